package provider

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/secure-lambda/terraform-provider-secure/internal/tfvalue"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// TestServer_GeneratesConfiguration: what Terraform sends and gets has the form
// that it was shown, with names that are refused and with a whole `managed`.
func TestServer_GeneratesConfiguration(t *testing.T) {
	t.Parallel()
	s := NewServer("test", Tuning{})()
	schema, err := s.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	shown := schema.ResourceSchemas["secure_lambda"].ValueType().(tftypes.Object)
	attributes := map[string]tftypes.Value{}
	for name, kind := range shown.AttributeTypes {
		attributes[name] = tftypes.NewValue(kind, nil)
	}
	attributes["name"] = tftypes.NewValue(tftypes.String, "orders")
	state, err := tfprotov6.NewDynamicValue(shown, tftypes.NewValue(shown, attributes))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := s.GenerateResourceConfig(t.Context(), &tfprotov6.GenerateResourceConfigRequest{TypeName: "secure_lambda", State: &state})
	if err != nil || len(resp.Diagnostics) > 0 {
		t.Fatal(err, resp)
	}
	config, err := resp.Config.Unmarshal(shown)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Name bp.String `attr:"name"`
	}
	if err := tfvalue.Decode(config, &got); err != nil || got.Name.Or("") != "orders" {
		t.Errorf("the name is %v: %v", got.Name, err)
	}
}

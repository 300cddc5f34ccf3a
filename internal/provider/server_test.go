package provider

import (
	"os"
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

// TestServer_UpgradesStates reads states of this release and of others.
func TestServer_UpgradesStates(t *testing.T) {
	t.Parallel()
	s := NewServer("test", Tuning{})()
	schema, err := s.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	kind := schema.ResourceSchemas["secure_lambda"].ValueType()
	for name, c := range map[string]struct {
		state   string
		managed bool   // whether `managed` is read
		fails   string // the summary of the error
	}{
		"of this release":      {state: `{"name": "orders", "timeout": 10, "managed": {"function": {"name": "orders"}}}`, managed: true},
		"with more":            {state: `{"name": "orders", "timeout": 10, "later": {"a": [1]}, "managed": {"later": true}}`, managed: true},
		"of another shape":     {state: `{"name": "orders", "timeout": 10, "managed": {"function": ["orders"]}}`},
		"numbers as texts":     {state: `{"name": "orders", "timeout": "10", "managed": {}}`, managed: true},
		"both":                 {state: `{"name": "orders", "timeout": "10", "managed": "orders"}`},
		"that nobody can read": {state: `{"name": "orders", "timeout": ["10"]}`, fails: "Unable to Read Previously Saved State for UpgradeResourceState"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resp, err := s.UpgradeResourceState(t.Context(), &tfprotov6.UpgradeResourceStateRequest{TypeName: "secure_lambda", RawState: &tfprotov6.RawState{JSON: []byte(c.state)}})
			if err != nil {
				t.Fatal(err)
			}
			if c.fails != "" {
				if len(resp.Diagnostics) != 1 || resp.Diagnostics[0].Summary != c.fails {
					t.Errorf("it says %v", resp.Diagnostics)
				}
				return
			}
			state, err := resp.UpgradedState.Unmarshal(kind)
			if err != nil || len(resp.Diagnostics) > 0 {
				t.Fatal(err, resp.Diagnostics)
			}
			var got struct {
				Name    bp.String              `attr:"name"`
				Timeout bp.Value[int64]        `attr:"timeout"`
				Managed bp.Value[bp.Blueprint] `attr:"managed"`
			}
			if err := tfvalue.Decode(state, &got); err != nil {
				t.Fatal(err)
			}
			if got.Name != bp.Known("orders") || got.Timeout != bp.Known[int64](10) || got.Managed.IsKnown() != c.managed {
				t.Errorf("%s became %s", c.state, state)
			}
		})
	}
}

// TestEnclosed_SaysOfWholeUnitsWhatTheFrameworkNeeds goes the way of a value from
// Terraform to the code and back.
func TestEnclosed_SaysOfWholeUnitsWhatTheFrameworkNeeds(t *testing.T) {
	t.Parallel()
	s, ok := NewServer("test", Tuning{})().(*server)
	if !ok {
		t.Fatal("the server is of another type")
	}
	visible, err := s.visible()
	if err != nil {
		t.Fatal(err)
	}
	unit, err := visible.named("secure_lambda", "orders")
	if err != nil {
		t.Fatal(err)
	}
	value := &tfprotov6.DynamicValue{MsgPack: unit}
	if err := s.inward("secure_lambda", value); err != nil {
		t.Fatal(err)
	}
	raw, err := value.Unmarshal(enclosedSchema().Type().TerraformType(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	state, err := decodeState(raw)
	if err != nil || state.spec.Name != bp.Known("orders") || !state.Managed.IsNull() {
		t.Fatal(state, err)
	}
	whole, err := wholeOf(raw)
	if err != nil {
		t.Fatal(err)
	}
	if again := enclose(whole); !again.Equal(raw) {
		t.Errorf("%s became %s", raw, again)
	}
	for _, broken := range []tftypes.Value{tftypes.NewValue(enclosedType, nil), tftypes.NewValue(tftypes.String, "orders")} {
		if _, err := decodeState(broken); err == nil {
			t.Errorf("%s was read", broken)
		}
	}
	if err := s.outward("secure_lambda", value); err != nil {
		t.Fatal(err)
	}
	back, err := value.Unmarshal(visible.kinds["secure_lambda"])
	if err != nil {
		t.Fatal(err)
	}
	want, err := tfprotov6.DynamicValue{MsgPack: unit}.Unmarshal(visible.kinds["secure_lambda"])
	if err != nil {
		t.Fatal(err)
	}
	if !back.Equal(want) {
		t.Errorf("%s came back as %s", want, back)
	}
}

// TestQuieten: what somebody asked for is written.
func TestQuieten(t *testing.T) { //nolint:paralleltest // it sets variables
	for asked, level := range map[string]string{"": "off", "TF_LOG": "", "TF_LOG_PROVIDER": ""} { //nolint:paralleltest // they set variables
		t.Run("asked by "+asked, func(t *testing.T) {
			for _, name := range append(logAsked, logLevel...) {
				t.Setenv(name, "")
			}
			if asked != "" {
				t.Setenv(asked, "INFO")
			}
			t.Setenv("TF_LOG_SDK_PROTO", "warn")
			quieten()
			if got := os.Getenv("TF_LOG_PROVIDER_SECURE"); got != level {
				t.Errorf("the level is %q, want %q", got, level)
			}
			if got := os.Getenv("TF_LOG_SDK_PROTO"); got != "warn" {
				t.Errorf("a level that was chosen became %q", got)
			}
		})
	}
}

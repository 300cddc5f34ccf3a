package acceptance

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// wire calls the provider as Terraform does, without the Terraform.
type wire struct {
	server      tfprotov6.ProviderServer
	block, unit tftypes.Type
}

// settings holds attributes by name; those left out are null. A nested block is
// settings again, a set or list a []any.
type settings map[string]any

// unknown is a value that only an apply will tell.
var unknown any = tftypes.UnknownValue

func newWire(t *testing.T) *wire {
	t.Helper()
	server, err := factories()["secure"]()
	if err != nil {
		t.Fatal(err)
	}
	schema := providerSchema(t)
	return &wire{server: server, block: schema.Provider.ValueType(), unit: schema.ResourceSchemas["secure_lambda"].ValueType()}
}

// schemaOnce asks a provider for its schema once: it is the same for all.
var schemaOnce = sync.OnceValues(func() (*tfprotov6.GetProviderSchemaResponse, error) {
	server, err := factories()["secure"]()
	if err != nil {
		return nil, err
	}
	return server.GetProviderSchema(context.Background(), &tfprotov6.GetProviderSchemaRequest{})
})

func providerSchema(t *testing.T) *tfprotov6.GetProviderSchemaResponse {
	t.Helper()
	schema, err := schemaOnce()
	must(t, err)
	return schema
}

func (w *wire) validateBlock(t *testing.T, c settings) []*tfprotov6.Diagnostic {
	t.Helper()
	resp, err := w.server.ValidateProviderConfig(t.Context(), &tfprotov6.ValidateProviderConfigRequest{Config: encode(t, w.block, c)})
	if err != nil {
		t.Fatal(err)
	}
	return resp.Diagnostics
}

func (w *wire) connect(t *testing.T, c settings) []*tfprotov6.Diagnostic {
	t.Helper()
	resp, err := w.server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{Config: encode(t, w.block, c)})
	if err != nil {
		t.Fatal(err)
	}
	return resp.Diagnostics
}

func (w *wire) validate(t *testing.T, c settings) []*tfprotov6.Diagnostic {
	t.Helper()
	resp, err := w.server.ValidateResourceConfig(t.Context(), &tfprotov6.ValidateResourceConfigRequest{
		TypeName: "secure_lambda", Config: encode(t, w.unit, c),
		ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	return resp.Diagnostics
}

// plan plans to create a unit.
func (w *wire) plan(t *testing.T, c settings) []*tfprotov6.Diagnostic {
	t.Helper()
	wanted := encode(t, w.unit, c)
	resp, err := w.server.PlanResourceChange(t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: "secure_lambda", Config: wanted, ProposedNewState: wanted, PriorState: null(t, w.unit), ProviderMeta: null(t, tftypes.Object{}),
	})
	if err != nil {
		t.Fatal(err)
	}
	return resp.Diagnostics
}

func (w *wire) importing(t *testing.T, id string) []*tfprotov6.Diagnostic {
	t.Helper()
	resp, err := w.server.ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: "secure_lambda", ID: id})
	if err != nil {
		t.Fatal(err)
	}
	return resp.Diagnostics
}

func null(t *testing.T, of tftypes.Type) *tfprotov6.DynamicValue {
	t.Helper()
	return dynamic(t, of, tftypes.NewValue(of, nil))
}

func encode(t *testing.T, of tftypes.Type, c settings) *tfprotov6.DynamicValue {
	t.Helper()
	return dynamic(t, of, toValue(of, c))
}

func dynamic(t *testing.T, of tftypes.Type, v tftypes.Value) *tfprotov6.DynamicValue {
	t.Helper()
	out, err := tfprotov6.NewDynamicValue(of, v)
	if err != nil {
		t.Fatal(err)
	}
	return &out
}

// toValue gives a Go value the type that the schema asks for.
func toValue(of tftypes.Type, v any) tftypes.Value {
	if v == nil || v == unknown {
		return tftypes.NewValue(of, v)
	}
	switch kind := of.(type) {
	case tftypes.Object:
		return toObject(kind, v.(settings))
	case tftypes.Map:
		members := map[string]tftypes.Value{}
		for key, member := range v.(settings) {
			members[key] = toValue(kind.ElementType, member)
		}
		return tftypes.NewValue(of, members)
	case tftypes.Set:
		return tftypes.NewValue(of, toValues(kind.ElementType, v.([]any)))
	case tftypes.List:
		return tftypes.NewValue(of, toValues(kind.ElementType, v.([]any)))
	}
	return tftypes.NewValue(of, v)
}

func toObject(of tftypes.Object, c settings) tftypes.Value {
	members := map[string]tftypes.Value{}
	for name, kind := range of.AttributeTypes {
		members[name] = toValue(kind, c[name])
	}
	for name := range c {
		if _, ok := members[name]; !ok {
			panic(fmt.Sprintf("the schema has no attribute %s", name))
		}
	}
	return tftypes.NewValue(of, members)
}

func toValues(of tftypes.Type, all []any) []tftypes.Value {
	out := make([]tftypes.Value, len(all))
	for i, v := range all {
		out[i] = toValue(of, v)
	}
	return out
}

// pathText writes a path as a user would: access["orders"].actions["*"].
func pathText(path *tftypes.AttributePath) string {
	var out strings.Builder
	for _, step := range path.Steps() {
		switch key := step.(type) {
		case tftypes.AttributeName:
			if out.Len() > 0 {
				out.WriteByte('.')
			}
			out.WriteString(string(key))
		case tftypes.ElementKeyString:
			fmt.Fprintf(&out, "[%q]", string(key))
		case tftypes.ElementKeyInt:
			fmt.Fprintf(&out, "[%d]", int64(key))
		case tftypes.ElementKeyValue:
			out.WriteString("[" + elementText(tftypes.Value(key)) + "]")
		}
	}
	return out.String()
}

func elementText(v tftypes.Value) string {
	var text string
	if v.IsNull() || v.As(&text) != nil {
		return "null"
	}
	return fmt.Sprintf("%q", text)
}

package provider

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// TestNameUnit_WarningsOfSeveralUnitsStayApart: Terraform folds warnings of one
// summary.
func TestNameUnit_WarningsOfSeveralUnitsStayApart(t *testing.T) {
	t.Parallel()
	kind := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"name": tftypes.String, "code": tftypes.String}}
	object := func(name any) *tfprotov6.DynamicValue {
		value, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, map[string]tftypes.Value{
			"name": tftypes.NewValue(tftypes.String, name), "code": tftypes.NewValue(tftypes.String, "x"),
		}))
		if err != nil {
			t.Fatal(err)
		}
		return &value
	}
	none, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, nil))
	if err != nil {
		t.Fatal(err)
	}
	const warned, wrong = tfprotov6.DiagnosticSeverityWarning, tfprotov6.DiagnosticSeverityError
	for name, c := range map[string]struct {
		severity       tfprotov6.DiagnosticSeverity
		summary        string
		configurations []*tfprotov6.DynamicValue
		want           string
	}{
		"warning":                 {warned, "Log events are deleted", []*tfprotov6.DynamicValue{object("orders")}, "Log events are deleted (unit orders)"},
		"error":                   {wrong, "The key cannot be used", []*tfprotov6.DynamicValue{object("orders")}, "The key cannot be used"},
		"named as a unit":         {warned, "Unit orders: 2 controls are not met", []*tfprotov6.DynamicValue{object("orders")}, "Unit orders: 2 controls are not met"},
		"named as a function":     {warned, "Function orders has more", []*tfprotov6.DynamicValue{object("orders")}, "Function orders has more"},
		"begins like another":     {warned, "Unit orders-api: 1 control is not met", []*tfprotov6.DynamicValue{object("orders")}, "Unit orders-api: 1 control is not met (unit orders)"},
		"destroy":                 {warned, "The destroy will be refused", []*tfprotov6.DynamicValue{&none, object("orders")}, "The destroy will be refused (unit orders)"},
		"name not known":          {warned, "Runtime x is deprecated", []*tfprotov6.DynamicValue{object(tftypes.UnknownValue)}, "Runtime x is deprecated"},
		"nothing is known at all": {warned, "Runtime x is deprecated", nil, "Runtime x is deprecated"},
	} {
		found := []*tfprotov6.Diagnostic{{Severity: c.severity, Summary: c.summary}}
		if err := nameUnit(found, c.configurations...); err != nil || found[0].Summary != c.want {
			t.Errorf("%s: %q, %v; want %q", name, found[0].Summary, err, c.want)
		}
	}
}

package provider

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/secure-lambda/terraform-provider-secure/internal/tfvalue"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// units says which schema of a unit the framework works with; see server.
type units int

const (
	// judged has the inputs with their rules, and `managed` as a text.
	judged units = iota
	// enclosed is the name and the whole as a text.
	enclosed
	// displayed is what Terraform is shown.
	displayed
)

// Attributes that matter by their name.
const (
	unitName    = "name"
	unitManaged = "managed"
	// theUnit is the whole of an enclosed unit.
	theUnit = "unit"
)

// enclosedSchema has the one plan modifier that a unit needs.
func enclosedSchema() schema.Schema {
	return schema.Schema{Attributes: map[string]schema.Attribute{
		unitName: schema.StringAttribute{Required: true, PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()}},
		theUnit:  schema.StringAttribute{Optional: true},
	}}
}

var enclosedType = tftypes.Object{AttributeTypes: map[string]tftypes.Type{unitName: tftypes.String, theUnit: tftypes.String}}

// wholeOf is the unit in a configuration, a plan or a state of the framework.
func wholeOf(raw tftypes.Value) (tfvalue.Wire, error) {
	attributes, err := members(raw)
	if err != nil {
		return nil, err
	}
	var text string
	if err := attributes[theUnit].As(&text); err != nil {
		return nil, fmt.Errorf("read resource value: %w", err)
	}
	return tfvalue.Opened(text)
}

// configured reads the inputs of a configuration.
func configured(config tftypes.Value) (bp.Spec, diag.Diagnostics) {
	var diags diag.Diagnostics
	var spec bp.Spec
	unit, err := wholeOf(config)
	if err == nil {
		err = unit.ReadInputs(&spec)
	}
	if err != nil {
		diags.AddError("The configuration could not be read", err.Error())
	}
	return spec, diags
}

// enclose makes a unit what the framework works with.
func enclose(unit tfvalue.Wire) tftypes.Value {
	name := tftypes.NewValue(tftypes.String, tftypes.UnknownValue)
	if text := unit.Text(unitName); text != "" {
		name = tftypes.NewValue(tftypes.String, text)
	}
	return tftypes.NewValue(enclosedType, map[string]tftypes.Value{
		unitName: name, theUnit: tftypes.NewValue(tftypes.String, unit.Sealed()),
	})
}

// with replaces attributes of a unit by the fields of structs.
func with(raw tftypes.Value, fields ...any) (tftypes.Value, error) {
	unit, err := wholeOf(raw)
	for _, f := range fields {
		if err == nil {
			unit, err = unit.With(f)
		}
	}
	if err != nil {
		return raw, err
	}
	return enclose(unit), nil
}

func members(raw tftypes.Value) (map[string]tftypes.Value, error) {
	attributes := map[string]tftypes.Value{}
	if err := raw.As(&attributes); err != nil {
		return nil, fmt.Errorf("read resource value: %w", err)
	}
	return attributes, nil
}

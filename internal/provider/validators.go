package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/rules"
)

// textRule makes a validator of a rule about one string.
type textRule func(string) error

func (textRule) Description(context.Context) string         { return "" }
func (textRule) MarkdownDescription(context.Context) string { return "" }

func (r textRule) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	addViolation(&resp.Diagnostics, req.Path, r(req.ConfigValue.ValueString()))
}

// numberRule makes a validator of a rule about one whole number.
type numberRule func(int64) error

func (numberRule) Description(context.Context) string         { return "" }
func (numberRule) MarkdownDescription(context.Context) string { return "" }

func (r numberRule) ValidateInt64(_ context.Context, req validator.Int64Request, resp *validator.Int64Response) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	addViolation(&resp.Diagnostics, req.Path, r(req.ConfigValue.ValueInt64()))
}

// decimalRule makes a validator of a rule about one number.
type decimalRule func(float64) error

func (decimalRule) Description(context.Context) string         { return "" }
func (decimalRule) MarkdownDescription(context.Context) string { return "" }

func (r decimalRule) ValidateFloat64(_ context.Context, req validator.Float64Request, resp *validator.Float64Response) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	addViolation(&resp.Diagnostics, req.Path, r(req.ConfigValue.ValueFloat64()))
}

// sizeRule makes a validator of a rule about the size of a set or list.
type sizeRule func(int) error

func (sizeRule) Description(context.Context) string         { return "" }
func (sizeRule) MarkdownDescription(context.Context) string { return "" }

func (r sizeRule) ValidateSet(_ context.Context, req validator.SetRequest, resp *validator.SetResponse) {
	if !req.ConfigValue.IsNull() && !req.ConfigValue.IsUnknown() {
		addViolation(&resp.Diagnostics, req.Path, r(len(req.ConfigValue.Elements())))
	}
}

func (r sizeRule) ValidateList(_ context.Context, req validator.ListRequest, resp *validator.ListResponse) {
	if !req.ConfigValue.IsNull() && !req.ConfigValue.IsUnknown() {
		addViolation(&resp.Diagnostics, req.Path, r(len(req.ConfigValue.Elements())))
	}
}

// setRule makes a validator of a rule about every string of a set.
type setRule func(string) error

func (setRule) Description(context.Context) string         { return "" }
func (setRule) MarkdownDescription(context.Context) string { return "" }

func (r setRule) ValidateSet(_ context.Context, req validator.SetRequest, resp *validator.SetResponse) {
	for _, element := range req.ConfigValue.Elements() {
		checkText(&resp.Diagnostics, req.Path.AtSetValue(element), element, r)
	}
}

// listRule makes a validator of a rule about every string of a list.
type listRule func(string) error

func (listRule) Description(context.Context) string         { return "" }
func (listRule) MarkdownDescription(context.Context) string { return "" }

func (r listRule) ValidateList(_ context.Context, req validator.ListRequest, resp *validator.ListResponse) {
	for i, element := range req.ConfigValue.Elements() {
		checkText(&resp.Diagnostics, req.Path.AtListIndex(i), element, r)
	}
}

// noNulls refuses null at any depth of a map.
type noNulls struct{}

func (noNulls) Description(context.Context) string         { return "" }
func (noNulls) MarkdownDescription(context.Context) string { return "" }

func (noNulls) ValidateMap(_ context.Context, req validator.MapRequest, resp *validator.MapResponse) {
	findNulls(req.Path, req.ConfigValue, &resp.Diagnostics)
}

func findNulls(at path.Path, value attr.Value, diags *diag.Diagnostics) {
	inside := func(at path.Path, element attr.Value) {
		checkText(diags, at, element, nil)
		findNulls(at, element, diags)
	}
	switch typed := value.(type) {
	case types.Map:
		for key, element := range typed.Elements() {
			inside(at.AtMapKey(key), element)
		}
	case types.Set:
		for _, element := range typed.Elements() {
			inside(at.AtSetValue(element), element)
		}
	}
}

// checkText applies a rule to an element of a collection. The rule may be nil.
func checkText(diags *diag.Diagnostics, at path.Path, element attr.Value, rule func(string) error) {
	if element.IsNull() {
		addViolation(diags, at, nullElement(at))
		return
	}
	text, ok := element.(types.String)
	if ok && !text.IsUnknown() && rule != nil {
		addViolation(diags, at, rule(text.ValueString()))
	}
}

// nullElement names the element: Terraform shows the line of the attribute, and
// a null comes from an expression as a rule.
func nullElement(at path.Path) *rules.Violation {
	v := &rules.Violation{
		What: at.String() + " is null", Why: "An element without a value means nothing to AWS",
		Write: "Write a value, or leave the element out",
	}
	last, _ := at.Steps().LastStep()
	switch step := last.(type) {
	case path.PathStepElementKeyString:
		v.Write = fmt.Sprintf("Write a value for %s, or leave %s out; a value that may be null is left out by { for k, v in VALUES : k => v if v != null }", string(step), string(step))
	case path.PathStepElementKeyValue:
		v.What = "An element of " + at.ParentPath().String() + " is null"
		v.Write += "; compact() leaves nulls out of a list of texts"
	case path.PathStepElementKeyInt:
		v.Write += "; compact() leaves nulls out of a list of texts"
	}
	return v
}

// notEmptySet refuses a set that is there but holds nothing.
type notEmptySet struct{ violation rules.Violation }

func (notEmptySet) Description(context.Context) string         { return "" }
func (notEmptySet) MarkdownDescription(context.Context) string { return "" }

func (r notEmptySet) ValidateSet(_ context.Context, req validator.SetRequest, resp *validator.SetResponse) {
	if !req.ConfigValue.IsNull() && !req.ConfigValue.IsUnknown() && len(req.ConfigValue.Elements()) == 0 {
		addViolation(&resp.Diagnostics, req.Path, &r.violation)
	}
}

// mapRule makes a validator of rules about the keys, the string values and the
// size of a map. Each may be nil. An entry that is null is not stated.
type mapRule struct {
	key, value func(string) error
	keys       func([]string) error
	count      func(int) error
	// whole refuses entries that are null instead.
	whole bool
}

func (mapRule) Description(context.Context) string         { return "" }
func (mapRule) MarkdownDescription(context.Context) string { return "" }

func (r mapRule) ValidateMap(_ context.Context, req validator.MapRequest, resp *validator.MapResponse) {
	elements := req.ConfigValue.Elements()
	maps.DeleteFunc(elements, func(_ string, element attr.Value) bool { return element.IsNull() && !r.whole })
	for key, element := range elements {
		at := req.Path.AtMapKey(key)
		if r.key != nil {
			addViolation(&resp.Diagnostics, at, r.key(key))
		}
		checkText(&resp.Diagnostics, at, element, r.value)
	}
	if r.keys != nil {
		addViolation(&resp.Diagnostics, req.Path, r.keys(slices.Collect(maps.Keys(elements))))
	}
	if r.count != nil {
		addViolation(&resp.Diagnostics, req.Path, r.count(len(elements)))
	}
}

// addViolation turns a rule's answer into a diagnostic at a path: an error, or a
// warning where AWS decides.
func addViolation(diags *diag.Diagnostics, at path.Path, err error) {
	if err == nil {
		return
	}
	if violation, ok := errors.AsType[*rules.Violation](err); ok {
		diags.AddAttributeError(at, violation.What, whereNested(at)+violation.Detail())
		return
	}
	if doubt, ok := errors.AsType[*rules.Doubt](err); ok {
		diags.AddAttributeWarning(at, doubt.What, whereNested(at)+doubt.Detail())
		return
	}
	diags.AddAttributeError(at, "Invalid value", err.Error())
}

// whereNested names an attribute inside another. Terraform shows the line of
// the whole block for it.
func whereNested(at path.Path) string {
	steps := at.Steps()
	if len(steps) > 0 {
		if _, element := steps[len(steps)-1].(path.PathStepElementKeyValue); element {
			at, steps = at.ParentPath(), steps[:len(steps)-1]
		}
	}
	names := 0
	for _, step := range steps {
		if _, ok := step.(path.PathStepAttributeName); ok {
			names++
		}
	}
	if names < 2 {
		return ""
	}
	return "In " + at.String() + ": "
}

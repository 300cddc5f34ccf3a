package shown_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/secure-lambda/terraform-provider-secure/internal/draft"
	"github.com/secure-lambda/terraform-provider-secure/internal/posture/worse"
	"github.com/secure-lambda/terraform-provider-secure/internal/render"
	"github.com/secure-lambda/terraform-provider-secure/internal/shown"
	"github.com/secure-lambda/terraform-provider-secure/internal/tfvalue"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// plain turns a value into what JSON of it decodes to, and into the shape of
// its unknowns.
func plain(t *testing.T, v tftypes.Value) (value, unknown any) {
	t.Helper()
	switch {
	case !v.IsKnown():
		return nil, true
	case v.IsNull():
		return nil, false
	}
	kind := v.Type()
	switch {
	case kind.Is(tftypes.String):
		var text string
		must(t, v.As(&text))
		return text, false
	case kind.Is(tftypes.Bool):
		var on bool
		must(t, v.As(&on))
		return on, false
	case kind.Is(tftypes.Number):
		var n json.Number
		text := v.String()
		n = json.Number(strings.TrimSuffix(strings.TrimPrefix(text, `tftypes.Number<"`), `">`))
		return n, false
	}
	var members map[string]tftypes.Value
	if v.As(&members) == nil {
		values, unknowns := map[string]any{}, map[string]any{}
		for name, member := range members {
			inner, open := plain(t, member)
			if open != true {
				values[name] = inner
			}
			if open != false {
				unknowns[name] = open
			}
		}
		return values, unknowns
	}
	var elements []tftypes.Value
	must(t, v.As(&elements))
	values, unknowns := make([]any, len(elements)), make([]any, len(elements))
	for i, element := range elements {
		values[i], unknowns[i] = plain(t, element)
	}
	return values, unknowns
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func asTerraform[T any](t *testing.T, v T) tftypes.Value {
	t.Helper()
	value, err := tfprotov6.DynamicValue{MsgPack: tfvalue.Write(v)}.Unmarshal(tfvalue.TypeOf[T]())
	must(t, err)
	return value
}

// resource is a unit as JSON, with its unknowns.
func resource(t *testing.T, spec bp.Spec, b bp.Blueprint) (value, unknown map[string]any) {
	t.Helper()
	v, u := plain(t, asTerraform(t, spec))
	value, unknown = v.(map[string]any), u.(map[string]any)
	value["managed"], unknown["managed"] = plain(t, asTerraform(t, b))
	return value, unknown
}

func text(t *testing.T, v any) []byte {
	t.Helper()
	out, err := json.Marshal(v)
	must(t, err)
	return out
}

func drafted(spec bp.Spec, key bp.String) bp.Blueprint {
	return draft.Draft(spec, draft.Facts{Place: worse.Place, CodeSHA256: bp.Known("q1w2e3"), KeyARN: key, SecretARN: key, Generation: key})
}

// TestRead_PlanAndState reads the same unit from both.
func TestRead_PlanAndState(t *testing.T) {
	t.Parallel()
	spec := worse.Start()
	spec.Tags = bp.Known(map[string]bp.String{"owner": bp.Known("orders-team")})
	b := drafted(spec, bp.Unknown[string]())
	after, unknown := resource(t, spec, b)
	units, err := shown.Read(text(t, map[string]any{
		"format_version": "1.2", "planned_values": map[string]any{},
		"resource_changes": []any{
			map[string]any{"address": "secure_lambda.gone", "mode": "managed", "type": "secure_lambda", "change": map[string]any{"after": nil}},
			map[string]any{"address": "null_resource.other", "mode": "managed", "type": "null_resource", "change": map[string]any{"after": map[string]any{}}},
			map[string]any{"address": "module.a.secure_lambda.orders", "mode": "managed", "type": "secure_lambda", "change": map[string]any{
				"after": after, "after_unknown": unknown, "after_sensitive": map[string]any{
					"environment": map[string]any{"TABLE": true}, "description": true, "tags": map[string]any{},
					"alarms": map[string]any{"actions": []any{true}}, "layers": true,
				},
			}},
		},
	}))
	must(t, err)
	if len(units) != 1 || units[0].Address != "module.a.secure_lambda.orders" {
		t.Fatalf("units: %v", units)
	}
	u := units[0]
	for _, d := range bp.Diff(b, u.Blueprint) {
		t.Errorf("plan: %s is %v, want %v", d.Path, d.Desired, d.Observed)
	}
	if v := u.Environment["TABLE"]; !v.Sensitive || v.Plain || v.Value != bp.Known("orders") {
		t.Errorf("a marked variable: %+v", v)
	}
	if v := u.Environment["POWERTOOLS_SERVICE_NAME"]; v.Sensitive || !v.Plain || v.Value != bp.Known("orders") {
		t.Errorf("a default variable: %+v", v)
	}
	if !u.HiddenDescription || u.HiddenTags["owner"] {
		t.Errorf("marks: %+v", u)
	}

	applied := drafted(spec, bp.Known("arn:aws:kms:eu-central-1:111122223333:key/own"))
	version, _ := applied.Version.Get()
	alias, _ := applied.Alias.Get()
	version.Number, alias.Version = bp.Known("1"), bp.Known("1")
	applied.Version, applied.Alias = bp.Known(version), bp.Known(alias)
	value, _ := resource(t, spec, applied)
	const retired = "arn:aws:kms:eu-central-1:111122223333:key/old"
	value["inventory"] = map[string]any{"retired_keys": []any{retired}}
	units, err = shown.Read(text(t, map[string]any{
		"format_version": "1.0",
		"values": map[string]any{"root_module": map[string]any{"child_modules": []any{map[string]any{"resources": []any{
			map[string]any{"address": "module.a.secure_lambda.orders", "mode": "managed", "type": "secure_lambda", "values": value, "sensitive_values": map[string]any{"tags": true}},
		}}}}},
	}))
	must(t, err)
	for _, d := range bp.Diff(applied, units[0].Blueprint) {
		t.Errorf("state: %s is %v, want %v", d.Path, d.Desired, d.Observed)
	}
	if got := units[0].RetiredKeys; !slices.Equal(got, []string{retired}) || len(u.RetiredKeys) > 0 {
		t.Errorf("retired keys: %v in the state, %v in the plan", got, u.RetiredKeys)
	}
	if !units[0].HiddenTags["owner"] || units[0].Environment["TABLE"].Sensitive {
		t.Errorf("marks: %+v", units[0])
	}
	planned, err := render.Render(render.CloudFormation, u.Unit)
	must(t, err)
	for _, hidden := range []string{"arn:aws:sns:eu-central-1:111122223333:oncall", "arn:aws:lambda:eu-central-1:111122223333:layer:tools:3"} {
		if strings.Contains(planned, hidden) {
			t.Errorf("%s was marked, and is shown", hidden)
		}
	}
	if strings.Contains(planned, "Default: orders") {
		t.Error("a marked value became a default")
	}
}

func TestRead_NotShown(t *testing.T) {
	t.Parallel()
	for _, input := range []string{"", "{}", "no json", `{"version":4,"resources":[]}`} {
		if _, err := shown.Read([]byte(input)); !errors.Is(err, shown.ErrNotShown) {
			t.Errorf("%q: %v", input, err)
		}
	}
	units, err := shown.Read([]byte(`{"format_version":"1.0"}`))
	if err != nil || len(units) != 0 {
		t.Errorf("an empty state: %v, %v", units, err)
	}
}

// TestRead_WithoutBlueprint is a plan in which the region is not known.
func TestRead_WithoutBlueprint(t *testing.T) {
	t.Parallel()
	spec := worse.Start()
	after, unknown := resource(t, spec, drafted(spec, bp.Unknown[string]()))
	after["managed"], unknown["managed"] = nil, true
	_, err := shown.Read(text(t, map[string]any{
		"format_version": "1.2", "planned_values": map[string]any{},
		"resource_changes": []any{map[string]any{"address": "secure_lambda.orders", "mode": "managed", "type": "secure_lambda", "change": map[string]any{"after": after, "after_unknown": unknown}}},
	}))
	if err == nil || !strings.Contains(err.Error(), "not known yet") || !strings.Contains(err.Error(), "secure_lambda.orders") {
		t.Errorf("got %v", err)
	}
}

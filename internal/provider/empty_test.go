package provider

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// validating is a server with the values that it is asked about.
type validating struct {
	t      *testing.T
	server tfprotov6.ProviderServer
	unit   tftypes.Object
	block  tftypes.Object
}

func newValidating(t *testing.T) *validating {
	t.Helper()
	s := NewServer("test", Tuning{})()
	schema, err := s.GetProviderSchema(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	v := &validating{t: t, server: s}
	v.unit, _ = schema.ResourceSchemas["secure_lambda"].ValueType().(tftypes.Object)
	v.block, _ = schema.Provider.ValueType().(tftypes.Object)
	return v
}

// resource validates a unit without mistakes, but for what is given.
func (v *validating) resource(with map[string]tftypes.Value) []*tfprotov6.Diagnostic {
	v.t.Helper()
	members := nullOf(v.unit)
	for name, text := range map[string]string{"name": "orders", "runtime": "python3.14", "handler": "app.handler"} {
		members[name] = tftypes.NewValue(tftypes.String, text)
	}
	code := nullOf(v.unit.AttributeTypes["code"])
	code["path"] = tftypes.NewValue(tftypes.String, "src")
	members["code"] = tftypes.NewValue(v.unit.AttributeTypes["code"], code)
	maps.Copy(members, with)
	config, err := tfprotov6.NewDynamicValue(v.unit, tftypes.NewValue(v.unit, members))
	if err != nil {
		v.t.Fatal(err)
	}
	resp, err := v.server.ValidateResourceConfig(v.t.Context(), &tfprotov6.ValidateResourceConfigRequest{TypeName: "secure_lambda", Config: &config})
	if err != nil {
		v.t.Fatal(err)
	}
	return resp.Diagnostics
}

func (v *validating) provider(with map[string]tftypes.Value) []*tfprotov6.Diagnostic {
	v.t.Helper()
	members := nullOf(v.block)
	maps.Copy(members, with)
	config, err := tfprotov6.NewDynamicValue(v.block, tftypes.NewValue(v.block, members))
	if err != nil {
		v.t.Fatal(err)
	}
	resp, err := v.server.ValidateProviderConfig(v.t.Context(), &tfprotov6.ValidateProviderConfigRequest{Config: &config})
	if err != nil {
		v.t.Fatal(err)
	}
	return resp.Diagnostics
}

// objectAt is what lies below an attribute where the object at the end of the
// steps has the given members. The objects above it state what they need.
func objectAt(of tftypes.Type, steps []string, inner map[string]tftypes.Value) tftypes.Value {
	switch kind := of.(type) {
	case tftypes.Map:
		return tftypes.NewValue(kind, map[string]tftypes.Value{"in_vpc": objectAt(kind.ElementType, steps[1:], inner)})
	case tftypes.List:
		return tftypes.NewValue(kind, []tftypes.Value{objectAt(kind.ElementType, steps[1:], inner)})
	case tftypes.Object:
		members := nullOf(kind)
		for name, value := range inner {
			if len(steps) == 0 {
				members[name] = value
			}
		}
		if len(steps) > 0 {
			members[steps[0]] = objectAt(kind.AttributeTypes[steps[0]], steps[1:], inner)
		}
		if path, ok := kind.AttributeTypes["staging_bucket"]; ok && len(steps) > 0 {
			members["path"] = tftypes.NewValue(path, "src")
		}
		return tftypes.NewValue(kind, members)
	}
	panic("no object at " + strings.Join(steps, "."))
}

// TestEmpty_EveryObject that states nothing gets exactly one diagnostic: an error
// with the lines to write where something has to be stated, else a warning.
func TestEmpty_EveryObject(t *testing.T) {
	t.Parallel()
	schema, objects, inputs := published(t), map[string][]string{}, 0
	objectsOf(schema.ResourceSchemas["secure_lambda"].Block.Attributes, nil, objects)
	for at := range objects {
		steps := strings.Split(at, ".")
		if slices.Contains([]string{"managed", "inventory", "posture"}, steps[0]) {
			continue // computed
		}
		inputs++
		v := newValidating(t)
		found := v.resource(map[string]tftypes.Value{steps[0]: objectAt(v.unit.AttributeTypes[steps[0]], steps[1:], nil)})
		if len(found) != 1 {
			t.Errorf("%s: %d diagnostics: %s", at, len(found), summaries(found))
			continue
		}
		d := found[0]
		write, needed := emptyObject{steps: steps}.write(wantedByUnit)
		switch {
		case at == "code", at == "alarms.concurrency", at == "alarms.destination_failures": // a rule says more
			if d.Severity != tfprotov6.DiagnosticSeverityError || strings.Contains(d.Summary, "states nothing") {
				t.Errorf("%s: %s: %s", at, d.Severity, d.Summary)
			}
		case !strings.Contains(d.Summary, "states nothing") || !strings.Contains(d.Detail, "misspelt"):
			t.Errorf("%s: %s: %s", at, d.Summary, d.Detail)
		case needed != (d.Severity == tfprotov6.DiagnosticSeverityError) || !strings.Contains(d.Detail, write):
			t.Errorf("%s: %s: %s", at, d.Severity, d.Detail)
		case len(d.Attribute.Steps()) != len(steps):
			t.Errorf("%s: reported at %s", at, d.Attribute)
		}
	}
	if inputs < 25 {
		t.Errorf("only %d objects were tried", inputs)
	}
}

func summaries(found []*tfprotov6.Diagnostic) string {
	var out []string
	for _, d := range found {
		out = append(out, d.Severity.String()+": "+d.Summary)
	}
	return strings.Join(out, "; ")
}

// TestEmpty_ProviderBlock is judged by the same rule; its warnings come with the
// first resource, once.
func TestEmpty_ProviderBlock(t *testing.T) {
	t.Parallel()
	v := newValidating(t)
	with := func(attribute string) []*tfprotov6.Diagnostic {
		return v.provider(map[string]tftypes.Value{attribute: objectAt(v.block.AttributeTypes[attribute], nil, nil)})
	}
	if got := summaries(with("vpc")); got != "ERROR: vpc states nothing" {
		t.Error(got)
	}
	for _, attribute := range []string{"ignore_tags", "endpoints"} {
		if got := summaries(with(attribute)); got != "" {
			t.Error(got)
		}
		if got := summaries(v.resource(nil)); got != "WARNING: "+attribute+" of the provider block states nothing" {
			t.Error(got)
		}
		if got := summaries(v.resource(nil)); got != "" {
			t.Errorf("repeated: %s", got)
		}
	}
}

// TestEmpty_RefusedNames are told of, and that nothing else is stated is not.
func TestEmpty_RefusedNames(t *testing.T) {
	t.Parallel()
	v := newValidating(t)
	some := tftypes.NewValue(tftypes.String, "x")
	list := tftypes.NewValue(someTexts, []tftypes.Value{some})
	for attribute, inner := range map[string]map[string]tftypes.Value{
		"async": {"max_retry_attempts": some}, "logs": {"skip_destroy": some}, "code": {"filename": some},
		"vpc": {"subnets": list, "security_groups": list},
	} {
		found := v.resource(map[string]tftypes.Value{attribute: objectAt(v.unit.AttributeTypes[attribute], nil, inner)})
		if len(found) != len(inner) {
			t.Errorf("%s: %s", attribute, summaries(found))
		}
	}
}

// TestEmpty_MisspeltNames are told of by the check of names: as an error they
// stand for all that is wrong, as a warning only for the warning.
func TestEmpty_MisspeltNames(t *testing.T) {
	t.Parallel()
	object := func(steps ...string) emptyObject {
		return emptyObject{at: tftypes.NewAttributePath(), steps: steps, shown: strings.Join(steps, ".")}
	}
	for label, c := range map[string]struct {
		of              emptyObject
		is, stops, plan bool
		want            string
		unknown         int
	}{
		"nothing found":                     {of: object("logs"), want: "WARNING: logs states nothing"},
		"found, an error":                   {of: object("logs"), is: true, stops: true, unknown: 1},
		"found in a module from elsewhere":  {of: object("logs"), is: true},
		"needed":                            {of: object("vpc"), want: "ERROR: vpc states nothing", unknown: 1},
		"needed, found, an error":           {of: object("vpc"), is: true, stops: true, unknown: 1},
		"needed, found in another's module": {of: object("vpc"), is: true, want: "ERROR: vpc states nothing", unknown: 1},
		"null by a variable, in a plan":     {of: object("logs"), plan: true},
		"needed, in a plan":                 {of: object("vpc"), plan: true, want: "ERROR: vpc states nothing", unknown: 1},
	} {
		diags, unknowns := judgeEmpty([]emptyObject{c.of}, wantedByUnit, func([]string) (bool, bool) { return c.is, c.stops }, c.plan)
		if got := summaries(diags); got != c.want || len(unknowns) != c.unknown {
			t.Errorf("%s: %q and %d unknown, want %q and %d", label, got, len(unknowns), c.want, c.unknown)
		}
	}
}

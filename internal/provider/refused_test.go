package provider

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/secure-lambda/terraform-provider-secure/internal/tfvalue"
)

// objectsOf lists the objects of a schema with the names that they have, by the
// steps that lead there.
func objectsOf(attributes []*tfprotov6.SchemaAttribute, at []string, out map[string][]string) {
	for _, a := range attributes {
		if a.NestedType == nil {
			continue
		}
		here := append(slices.Clone(at), a.Name)
		if a.NestedType.Nesting != tfprotov6.SchemaObjectNestingModeSingle {
			here = append(here, "*")
		}
		var names []string
		for _, inner := range a.NestedType.Attributes {
			names = append(names, inner.Name)
		}
		out[strings.Join(here, ".")] = names
		objectsOf(a.NestedType.Attributes, here, out)
	}
}

func published(t *testing.T) *tfprotov6.GetProviderSchemaResponse {
	t.Helper()
	schema, err := providerserver.NewProtocol6(&secureProvider{units: displayed})().GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// TestRefused_Table holds the tables against the schema: a refused name must be
// where an object is, must not hide one that the object has, and must not be
// there twice.
func TestRefused_Table(t *testing.T) {
	t.Parallel()
	valid := regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	schema := published(t)
	for label, c := range map[string]struct {
		schema *tfprotov6.Schema
		all    []refusal
	}{
		"unit": {schema.ResourceSchemas["secure_lambda"], refusedByUnit}, "provider": {schema.Provider, refusedByProvider},
	} {
		objects := map[string][]string{}
		objectsOf(c.schema.Block.Attributes, nil, objects)
		taken := map[string]bool{}
		for _, r := range c.all {
			places := 0
			for at, names := range objects {
				if !r.isAt(strings.Split(at, ".")) {
					continue
				}
				places++
				for name := range strings.FieldsSeq(r.names) {
					if slices.Contains(names, name) {
						t.Errorf("%s: %s.%s is refused and is an attribute", label, at, name)
					}
					if !valid.MatchString(name) {
						t.Errorf("%s: %s.%s is no name of an attribute", label, at, name)
					}
					if taken[at+"."+name] {
						t.Errorf("%s: %s.%s is there twice", label, at, name)
					}
					taken[at+"."+name] = true
				}
			}
			if places == 0 {
				t.Errorf("%s: the schema has no object %s", label, r.at)
			}
			if !strings.HasSuffix(r.write, ".") {
				t.Errorf("%s: %s of %s does not say what to write in a sentence: %q", label, r.names, r.at, r.write)
			}
		}
	}
}

// nullOf is an object of a schema of which nothing is stated.
func nullOf(of tftypes.Type) map[string]tftypes.Value {
	out := map[string]tftypes.Value{}
	object, _ := of.(tftypes.Object)
	for name, kind := range object.AttributeTypes {
		out[name] = tftypes.NewValue(kind, nil)
	}
	return out
}

// statedUnder is an object of which a name has an unknown value.
func statedUnder(of tftypes.Type, steps []string, name string) tftypes.Value {
	switch kind := of.(type) {
	case tftypes.Object:
		members := nullOf(kind)
		if len(steps) == 0 {
			members[name] = tftypes.NewValue(kind.AttributeTypes[name], tftypes.UnknownValue)
		} else {
			members[steps[0]] = statedUnder(kind.AttributeTypes[steps[0]], steps[1:], name)
		}
		return tftypes.NewValue(kind, members)
	case tftypes.Map:
		return tftypes.NewValue(kind, map[string]tftypes.Value{"one": statedUnder(kind.ElementType, steps[1:], name)})
	case tftypes.List:
		return tftypes.NewValue(kind, []tftypes.Value{statedUnder(kind.ElementType, steps[1:], name)})
	}
	panic("no object at " + strings.Join(steps, "."))
}

// TestRefused_EveryName is an error at its path that says what to write, for
// the unit and for the provider block; and is gone from what the framework gets.
func TestRefused_EveryName(t *testing.T) {
	t.Parallel()
	s := NewServer("test", Tuning{})()
	schema, err := s.GetProviderSchema(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for label, c := range map[string]struct {
		kind     tftypes.Type
		all      []refusal
		validate func(context.Context, *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error)
	}{
		"unit": {schema.ResourceSchemas["secure_lambda"].ValueType(), refusedByUnit, func(ctx context.Context, config *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error) {
			resp, err := s.ValidateResourceConfig(ctx, &tfprotov6.ValidateResourceConfigRequest{TypeName: "secure_lambda", Config: config})
			if err != nil {
				return nil, err
			}
			return resp.Diagnostics, nil
		}},
		"provider": {schema.Provider.ValueType(), refusedByProvider, func(ctx context.Context, config *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error) {
			resp, err := s.ValidateProviderConfig(ctx, &tfprotov6.ValidateProviderConfigRequest{Config: config})
			if err != nil {
				return nil, err
			}
			return resp.Diagnostics, nil
		}},
	} {
		for _, r := range c.all {
			for name := range strings.FieldsSeq(r.names) {
				if r.kind == nil {
					continue
				}
				steps := strings.Split(strings.ReplaceAll(r.at, "?", "errors"), ".")
				config, err := tfprotov6.NewDynamicValue(c.kind, statedUnder(c.kind, steps, name))
				if err != nil {
					t.Fatal(err)
				}
				found, err := c.validate(t.Context(), &config)
				if err != nil {
					t.Fatalf("%s: %s.%s: %v", label, r.at, name, err)
				}
				if !slices.ContainsFunc(found, func(d *tfprotov6.Diagnostic) bool {
					return d.Severity == tfprotov6.DiagnosticSeverityError && strings.HasPrefix(d.Summary, name+" is not an attribute of ") && d.Detail == r.write && d.Attribute != nil
				}) {
					t.Errorf("%s: %s.%s is not refused", label, r.at, name)
				}
			}
		}
	}
}

// TestRefused_Hidden takes the names out of a value and puts them back as null.
func TestRefused_Hidden(t *testing.T) {
	t.Parallel()
	schema := published(t).ResourceSchemas["secure_lambda"]
	without := schema.ValueType()
	hidden := refusing(schema, refusedByUnit)
	with := schema.ValueType()
	access := func(of tftypes.Type) tftypes.Value {
		members := nullOf(of)
		kind, _ := of.(tftypes.Object)
		entries, _ := kind.AttributeTypes["access"].(tftypes.Map)
		entry := nullOf(entries.ElementType)
		entry["to"] = tftypes.NewValue(tftypes.String, "arn")
		members["access"] = tftypes.NewValue(entries, map[string]tftypes.Value{
			"a": tftypes.NewValue(entries.ElementType, entry),
			"b": tftypes.NewValue(entries.ElementType, tftypes.UnknownValue),
			"c": tftypes.NewValue(entries.ElementType, nil),
		})
		code, _ := kind.AttributeTypes["code"].(tftypes.Object)
		inner := nullOf(code)
		inner["s3"] = tftypes.NewValue(code.AttributeTypes["s3"], nullOf(code.AttributeTypes["s3"]))
		members["code"] = tftypes.NewValue(code, inner)
		return tftypes.NewValue(kind, members)
	}
	for _, c := range []struct {
		from, to tftypes.Type
		rewrite  func(*tfprotov6.DynamicValue) error
	}{
		{with, without, func(v *tfprotov6.DynamicValue) error {
			stated, err := hidden.Remove(v)
			if len(stated) > 0 {
				t.Errorf("nulls count as stated: %v", stated)
			}
			return err
		}},
		{without, with, hidden.Add},
	} {
		value, err := tfprotov6.NewDynamicValue(c.from, access(c.from))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.rewrite(&value); err != nil {
			t.Fatal(err)
		}
		got, err := value.Unmarshal(c.to)
		if err != nil {
			t.Fatal(err)
		}
		if want := access(c.to); !got.Equal(want) {
			t.Errorf("got %v\nwant %v", got, want)
		}
	}
	var none *tfvalue.Hidden
	for _, empty := range []*tfprotov6.DynamicValue{nil, {}, {MsgPack: []byte{0xc0}}} {
		if err := hidden.Add(empty); err != nil {
			t.Error(err)
		}
		if _, err := none.Remove(empty); err != nil {
			t.Error(err)
		}
	}
}

package provider

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/secure-lambda/terraform-provider-secure/internal/tfvalue"
)

// An object that states nothing is as a rule what Terraform left of misspelt
// names. Nobody writes one on purpose, so it is a warning, and an error where
// something has to be stated.

// wanted says what an object has to state, which no Required of the schema asks
// for: an import that writes configuration could not leave it out.
type wanted struct {
	// at is as in refusal.
	at string
	// write is a list of what to write; empty where a rule of the unit says it.
	write string
}

var wantedByUnit = []wanted{
	{"code", ""}, // validateCode
	{"code.s3", `bucket = "acme-artifacts" and key = "orders/1.2.3.zip"`},
	{"code.image", `uri = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/orders:1.2.3"`},
	{"code.signing", `profile = "acme_lambda" and bucket = "acme-signing"`},
	{"vpc", `subnet_ids = ["subnet-0123456789abcdef0", "subnet-0fedcba9876543210"] and security_group_ids = ["sg-0123456789abcdef0"], or enabled = false to stay out of any VPC`},
	{"file_system", `arn = the ARN of an EFS access point and local_mount_path = "/mnt/data"`},
	{"runtime_management", `update_runtime_on = "FunctionUpdate"`},
	{"secret_rotation", "function_arn = the ARN of a function that rotates the secret"},
	{"secrets.*", "arn = the ARN of a secret or parameter"},
	{"access.*", `to = the ARN of what the function uses and level = "read", or actions and resources`},
	{"permissions.*", `principal = "s3.amazonaws.com" and source_arn = the ARN of a bucket`},
	{"waivers.*", `reason = "why it is accepted and by whom" and expires = the last day, such as "2027-01-31"`},
}

var wantedByProvider = []wanted{
	{"vpc", `subnet_ids = ["subnet-0123456789abcdef0", "subnet-0fedcba9876543210"] and security_group_ids = ["sg-0123456789abcdef0"]`},
}

// emptyObject is an object of a configuration that states nothing.
type emptyObject struct {
	at *tftypes.AttributePath
	// steps are as in refusal, shown is the path as a person would write it.
	steps []string
	shown string
	names []string
	// refused says that a name in it has a value and is refused.
	refused bool
	// required says that Terraform itself asks for a name in it.
	required bool
}

// emptyObjects finds those of a configuration.
func emptyObjects(attributes []*tfprotov6.SchemaAttribute, hidden *tfvalue.Hidden, config map[string]tftypes.Value, above emptyObject) ([]emptyObject, error) {
	var out []emptyObject
	for _, a := range attributes {
		value := config[a.Name]
		if a.NestedType == nil || value.IsNull() || !value.IsKnown() {
			continue
		}
		here := emptyObject{at: above.at.WithAttributeName(a.Name), steps: append(slices.Clone(above.steps), a.Name), shown: strings.TrimPrefix(above.shown+"."+a.Name, ".")}
		within := hidden.In(a.Name)
		found, err := emptyWithin(a.NestedType, within, value, here)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", here.shown, err)
		}
		out = append(out, found...)
	}
	return out, nil
}

// emptyWithin looks at the object, or the objects, that an attribute holds.
func emptyWithin(kind *tfprotov6.SchemaObject, hidden *tfvalue.Hidden, value tftypes.Value, here emptyObject) ([]emptyObject, error) {
	if kind.Nesting == tfprotov6.SchemaObjectNestingModeSingle {
		return emptyOrWithin(kind, hidden, value, here)
	}
	here.steps = append(here.steps, "*")
	var out []emptyObject
	look := func(element tftypes.Value, at *tftypes.AttributePath, key string) error {
		one := here
		one.at, one.shown = at, fmt.Sprintf("%s[%s]", here.shown, key)
		found, err := emptyOrWithin(kind, hidden.Element(), element, one)
		out = append(out, found...)
		return err
	}
	if kind.Nesting == tfprotov6.SchemaObjectNestingModeMap {
		var elements map[string]tftypes.Value
		if err := value.As(&elements); err != nil {
			return nil, err
		}
		for _, key := range slices.Sorted(maps.Keys(elements)) {
			if err := look(elements[key], here.at.WithElementKeyString(key), fmt.Sprintf("%q", key)); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	var elements []tftypes.Value
	if err := value.As(&elements); err != nil {
		return nil, err
	}
	for i, element := range elements {
		if err := look(element, here.at.WithElementKeyInt(i), fmt.Sprint(i)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func emptyOrWithin(kind *tfprotov6.SchemaObject, hidden *tfvalue.Hidden, value tftypes.Value, here emptyObject) ([]emptyObject, error) {
	if value.IsNull() || !value.IsKnown() {
		return nil, nil
	}
	inside, err := members(value)
	if err != nil {
		return nil, err
	}
	stated := false
	for _, a := range kind.Attributes {
		refused := hidden.Hides(a.Name)
		if !refused {
			here.names = append(here.names, a.Name)
			here.required = here.required || a.Required
		}
		if !inside[a.Name].IsNull() {
			stated, here.refused = stated || !refused, here.refused || refused
		}
	}
	if !stated {
		slices.Sort(here.names)
		return []emptyObject{here}, nil
	}
	return emptyObjects(kind.Attributes, hidden, inside, here)
}

// write is what an object has to state, and whether anything has to be.
func (e emptyObject) write(all []wanted) (string, bool) {
	i := slices.IndexFunc(all, func(w wanted) bool { return slices.Equal(strings.Split(w.at, "."), e.steps) })
	if i < 0 {
		return "", e.required
	}
	return all[i].write, true
}

func (e emptyObject) diagnostic(severity tfprotov6.DiagnosticSeverity, remedy string) *tfprotov6.Diagnostic {
	return &tfprotov6.Diagnostic{
		Severity: severity, Attribute: e.at, Summary: e.shown + " states nothing",
		Detail: "Every name in it is null, or was dropped: Terraform drops a name that an object does not have, such as a misspelt one, and says nothing. " + remedy,
	}
}

// judgeEmpty judges the objects of a configuration that state nothing. Those in
// unknowns have been told of, here or by the check of names: for the rules they
// are as good as unknown. Warnings are for the validation of what is written
// down: in a plan, a null may have come from a variable of a module.
func judgeEmpty(found []emptyObject, all []wanted, named func(steps []string) (is, stops bool), planning bool) (diags []*tfprotov6.Diagnostic, unknowns []*tftypes.AttributePath) {
	for _, e := range found {
		write, needed := e.write(all)
		misnamed, stops := named(e.steps)
		switch {
		case e.refused || stops:
			unknowns = append(unknowns, e.at)
		case needed && write != "":
			unknowns = append(unknowns, e.at)
			diags = append(diags, e.diagnostic(tfprotov6.DiagnosticSeverityError, fmt.Sprintf("Write %s, or leave %s out.", write, e.shown)))
		case needed, misnamed, planning:
		default:
			remedy := fmt.Sprintf("Check the spelling, or leave %s out. It takes %s.", e.shown, strings.Join(e.names, ", "))
			if len(e.steps) == 2 && e.steps[0] == "alarms" {
				remedy += " To have the alarm with its defaults, write enabled = true."
			}
			diags = append(diags, e.diagnostic(tfprotov6.DiagnosticSeverityWarning, remedy))
		}
	}
	return diags, unknowns
}

// withEmpty adds what was found to what the rules say. An error about the same
// object says more than a warning.
func withEmpty(said, found []*tfprotov6.Diagnostic) []*tfprotov6.Diagnostic {
	found = slices.DeleteFunc(found, func(d *tfprotov6.Diagnostic) bool {
		return d.Severity == tfprotov6.DiagnosticSeverityWarning && slices.ContainsFunc(said, func(other *tfprotov6.Diagnostic) bool {
			return other.Severity == tfprotov6.DiagnosticSeverityError && other.Attribute != nil && other.Attribute.Equal(d.Attribute)
		})
	})
	return append(said, found...)
}

// unknownAt returns a copy of a value in which some objects are unknown.
func unknownAt(of tftypes.Type, config *tfprotov6.DynamicValue, at []*tftypes.AttributePath) (*tfprotov6.DynamicValue, error) {
	if len(at) == 0 {
		return config, nil
	}
	value, err := config.Unmarshal(of)
	if err != nil {
		return nil, err
	}
	value, err = tftypes.Transform(value, func(here *tftypes.AttributePath, v tftypes.Value) (tftypes.Value, error) {
		if slices.ContainsFunc(at, here.Equal) {
			return tftypes.NewValue(v.Type(), tftypes.UnknownValue), nil
		}
		return v, nil
	})
	if err != nil {
		return nil, err
	}
	out, err := tfprotov6.NewDynamicValue(of, value)
	return &out, err
}

// emptyInUnit judges a resource's configuration. The second answer is a copy in
// which what has been told of is unknown, nil where that is nothing.
func (s *server) emptyInUnit(v *visible, kind string, config *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, *tfprotov6.DynamicValue, error) {
	schema := v.schema.ResourceSchemas[kind]
	if schema == nil {
		return nil, nil, nil // Terraform asks for nothing that it was not shown
	}
	attributes, err := attributesOf(v.kinds[kind], config)
	if err != nil {
		return nil, nil, err
	}
	found, err := emptyObjects(schema.Block.Attributes, v.resources[kind], attributes, emptyObject{at: tftypes.NewAttributePath()})
	if err != nil || len(found) == 0 {
		return nil, nil, err
	}
	diags, unknowns := judgeEmpty(found, wantedByUnit, s.names.namedIn(kind, attributes), s.names.configured.Load())
	if len(unknowns) == 0 {
		return diags, nil, nil
	}
	rest, err := unknownAt(v.kinds[kind], config, unknowns)
	return diags, rest, err
}

// emptyInBlock judges the provider block. Its warnings are given with the first
// resource, since the block is validated again before it is configured.
func (s *server) emptyInBlock(v *visible, config *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, *tfprotov6.DynamicValue, error) {
	attributes, err := attributesOf(v.block, config)
	if err != nil {
		return nil, config, err
	}
	found, err := emptyObjects(v.schema.Provider.Block.Attributes, v.provider, attributes, emptyObject{at: tftypes.NewAttributePath()})
	if err != nil || len(found) == 0 {
		return nil, config, err
	}
	diags, unknowns := judgeEmpty(found, wantedByProvider, s.names.namedIn("", attributes), false)
	var errs, warnings []*tfprotov6.Diagnostic
	for _, d := range diags {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			errs = append(errs, d)
			continue
		}
		// The resource that it comes with has no such attribute.
		d.Attribute, d.Summary = nil, strings.TrimSuffix(d.Summary, " states nothing")+" of the provider block states nothing"
		warnings = append(warnings, d)
	}
	s.names.postpone(warnings)
	rest, err := unknownAt(v.block, config, unknowns)
	return errs, rest, err
}

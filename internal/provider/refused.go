package provider

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/secure-lambda/terraform-provider-secure/internal/tfvalue"
)

// Terraform drops a name that an object does not have before a provider could
// see it. So the names that people bring along from elsewhere, and whose loss
// would change what a unit does, are attributes of the schema that Terraform is
// shown. The code behind never sees them: a value under one is an error, and
// that is all.

// refusal is a name, or several that mean the same, with what to write instead.
type refusal struct {
	// at is where it would be written: the steps from the resource or from the
	// provider block to the object, with "*" for an element and "?" for any step.
	at string
	// names are separated by spaces.
	names string
	// kind is the type that most values under the name have, nil for names that
	// are not declared because losing them cannot go unnoticed.
	kind tftypes.Type
	// write says why, and what to write instead.
	write string
}

func (r refusal) has(name string) bool { return slices.Contains(strings.Fields(r.names), name) }

func (r refusal) isAt(steps []string) bool {
	pattern := strings.Split(r.at, ".")
	return slices.EqualFunc(pattern, steps, func(want, step string) bool { return want == step || want == "?" })
}

// refusalOf finds what is known about a name that an object does not have.
func refusalOf(all []refusal, steps []string, name string) (refusal, bool) {
	i := slices.IndexFunc(all, func(r refusal) bool { return r.isAt(steps) && r.has(name) })
	if i < 0 {
		return refusal{}, false
	}
	return all[i], true
}

// refusing adds the declared names to a schema and returns where they are.
func refusing(schema *tfprotov6.Schema, all []refusal) *tfvalue.Hidden {
	return hiddenIn(schema.Block.Attributes, nil, all)
}

func hiddenIn(attributes []*tfprotov6.SchemaAttribute, at []string, all []refusal) *tfvalue.Hidden {
	h := &tfvalue.Hidden{Names: map[string]bool{}, Within: map[string]*tfvalue.Hidden{}}
	for _, attribute := range attributes {
		nested := attribute.NestedType
		if nested == nil {
			continue
		}
		here := append(slices.Clip(at), attribute.Name)
		isObject := nested.Nesting == tfprotov6.SchemaObjectNestingModeSingle
		if !isObject {
			here = append(here, "*")
		}
		inner := hiddenIn(nested.Attributes, here, all)
		inner = declare(nested, here, all, inner)
		if inner != nil && !isObject {
			inner = &tfvalue.Hidden{Elements: inner}
		}
		if inner != nil {
			h.Within[attribute.Name] = inner
		}
	}
	if len(h.Within) == 0 {
		return nil
	}
	return h
}

// declare adds the names that are refused in one object.
func declare(object *tfprotov6.SchemaObject, at []string, all []refusal, h *tfvalue.Hidden) *tfvalue.Hidden {
	for _, r := range all {
		if r.kind == nil || !r.isAt(at) {
			continue
		}
		if h == nil {
			h = &tfvalue.Hidden{}
		}
		if h.Names == nil {
			h.Names = map[string]bool{}
		}
		for name := range strings.FieldsSeq(r.names) {
			h.Names[name] = true
			object.Attributes = append(object.Attributes, &tfprotov6.SchemaAttribute{
				Name: name, Type: r.kind, Optional: true, Deprecated: true,
				Description: refusedMark + r.write, DescriptionKind: tfprotov6.StringKindMarkdown,
			})
		}
	}
	return h
}

// refusedMark begins the description of a name that is declared to be refused;
// scripts/generate-docs leaves those out.
const refusedMark = "Refused. "

// refuse turns a path at which a declared name has a value into an error.
func refuse(all []refusal, at *tftypes.AttributePath) *tfprotov6.Diagnostic {
	var steps, shown []string // to the object and the name in it
	for _, step := range at.Steps() {
		switch s := step.(type) {
		case tftypes.AttributeName:
			steps, shown = append(steps, string(s)), append(shown, string(s))
		case tftypes.ElementKeyString:
			steps, shown = append(steps, "*"), append(shown, string(s))
		default:
			steps = append(steps, "*")
		}
	}
	last := len(steps) - 1
	known, _ := refusalOf(all, steps[:last], steps[last])
	return &tfprotov6.Diagnostic{
		Severity: tfprotov6.DiagnosticSeverityError, Attribute: at,
		Summary: notAnAttribute(steps[last], shown[:len(shown)-1]), Detail: known.write,
	}
}

func notAnAttribute(name string, steps []string) string {
	where := slices.DeleteFunc(slices.Clone(steps), func(step string) bool { return step == "*" })
	return fmt.Sprintf("%s is not an attribute of %s", name, strings.Join(where, "."))
}

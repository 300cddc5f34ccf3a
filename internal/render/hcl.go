package render

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// Versions that the rendered module asks for.
const (
	terraformVersion = ">= 1.5"
	removedVersion   = ">= 1.7" // has blocks removed
	awsVersion       = ">= 6.0"
)

// hcl writes the module.
func (m *module) hcl() (string, error) {
	var names []string
	for _, p := range m.sortedParameters() {
		names = append(names, p.name)
	}
	w := &hclWriter{names: distinct(names, snake), lists: map[string]bool{}}
	for _, p := range m.parameters {
		w.lists[p.name] = p.kind == listKind
	}
	file := hclwrite.NewEmptyFile()
	settings := file.Body().AppendNewBlock("terraform", nil).Body()
	settings.SetAttributeValue("required_version", cty.StringVal(m.terraformVersion))
	settings.AppendNewBlock("required_providers", nil).Body().SetAttributeValue("aws",
		cty.ObjectVal(map[string]cty.Value{"source": cty.StringVal("hashicorp/aws"), "version": cty.StringVal(awsVersion)}))
	for _, b := range append(append(m.variables(w), m.blocks...), m.outputs()...) {
		file.Body().AppendNewline()
		if err := w.body(file.Body().AppendNewBlock(b.kind, b.labels).Body(), b.body); err != nil {
			return "", err
		}
	}
	var out bytes.Buffer
	for _, note := range m.notes {
		fmt.Fprintf(&out, "# Note: %s\n", note)
	}
	out.Write(hclwrite.Format(file.Bytes()))
	return out.String(), nil
}

func (m *module) variables(w *hclWriter) []block {
	var out []block
	for _, p := range m.sortedParameters() {
		body := object("description", p.description, "type", expression(map[kind]string{textKind: "string", numberKind: "number", switchKind: "bool", listKind: "list(string)"}[p.kind]))
		if p.secret {
			body.set("sensitive", true)
		}
		if value, known := p.value.Get(); known {
			body.set("default", value)
		}
		out = append(out, block{kind: "variable", labels: []string{w.names[p.name]}, body: body})
	}
	return out
}

func (m *module) outputs() []block {
	var out []block
	add := func(name, description string, value any) {
		out = append(out, block{kind: "output", labels: []string{name}, body: object("description", description, "value", value)})
	}
	if m.Alias.IsKnown() {
		add("alias_arn", "What callers invoke.", reference(objectAlias, attributeARN))
	} else {
		add("function_arn", "What callers invoke.", reference(objectFunction, attributeARN))
	}
	if m.Role.IsKnown() {
		add("role_arn", "Execution role.", reference(objectRole, attributeARN))
	}
	if m.Queue.IsKnown() {
		add("dead_letter_queue_url", "Queue with the events that could not be processed.", reference(objectQueue, attributeName))
	}
	return out
}

// hclWriter turns values into Terraform's language.
type hclWriter struct {
	names map[string]string // of variables
	lists map[string]bool   // those that are lists
}

func (w *hclWriter) body(body *hclwrite.Body, members fields) error {
	for _, member := range members {
		if inner, ok := member.value.(nested); ok {
			for _, each := range inner {
				if err := w.body(body.AppendNewBlock(member.name, nil).Body(), each); err != nil {
					return err
				}
			}
			continue
		}
		tokens, err := w.tokens(member.value)
		if err != nil {
			return err
		}
		body.SetAttributeRaw(member.name, tokens)
	}
	return nil
}

func (w *hclWriter) tokens(value any) (hclwrite.Tokens, error) {
	switch v := value.(type) {
	case string:
		return w.text(v), nil
	case bool:
		return hclwrite.TokensForValue(cty.BoolVal(v)), nil
	case int64:
		return hclwrite.TokensForValue(cty.NumberIntVal(v)), nil
	case float64:
		return hclwrite.TokensForValue(cty.NumberFloatVal(v)), nil
	case expression:
		return raw(string(v)), nil
	case encoded:
		inner, err := w.tokens(v.value)
		return hclwrite.TokensForFunctionCall("jsonencode", inner), err
	case []any:
		if len(v) == 1 && w.isList(v[0]) {
			return w.tokens(v[0])
		}
		elements := make([]hclwrite.Tokens, len(v))
		for i, element := range v {
			inner, err := w.tokens(element)
			if err != nil {
				return nil, err
			}
			elements[i] = inner
		}
		return hclwrite.TokensForTuple(elements), nil
	case fields:
		return w.object(v)
	}
	return nil, fmt.Errorf("no HCL for %T", value)
}

func (w *hclWriter) object(members fields) (hclwrite.Tokens, error) {
	out := make([]hclwrite.ObjectAttrTokens, len(members))
	for i, member := range members {
		inner, err := w.tokens(member.value)
		if err != nil {
			return nil, err
		}
		name := hclwrite.TokensForValue(cty.StringVal(member.name))
		if hclsyntax.ValidIdentifier(member.name) {
			name = hclwrite.TokensForIdentifier(member.name)
		}
		out[i] = hclwrite.ObjectAttrTokens{Name: name, Value: inner}
	}
	return hclwrite.TokensForObject(out), nil
}

// isList reports whether a text is nothing but a variable that is a list.
func (w *hclWriter) isList(value any) bool {
	text, ok := value.(string)
	if !ok {
		return false
	}
	all := pieces(text)
	return len(all) == 1 && all[0].parameter != "" && w.lists[all[0].parameter]
}

// text is a quoted text, a reference, or a template of both.
func (w *hclWriter) text(text string) hclwrite.Tokens {
	all := pieces(text)
	if len(all) == 1 && !all[0].literal() {
		return raw(w.address(all[0]))
	}
	var out strings.Builder
	for _, p := range all {
		if p.literal() {
			quoted := string(hclwrite.TokensForValue(cty.StringVal(p.text)).Bytes())
			out.WriteString(strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(quoted), `"`), `"`))
			continue
		}
		out.WriteString("${" + w.address(p) + "}")
	}
	return raw(`"` + out.String() + `"`)
}

func (w *hclWriter) address(p piece) string {
	if p.parameter != "" {
		return "var." + w.names[p.parameter]
	}
	return address(p)
}

// raw is source text as it is.
func raw(source string) hclwrite.Tokens {
	return hclwrite.Tokens{{Type: hclsyntax.TokenIdent, Bytes: []byte(source)}}
}

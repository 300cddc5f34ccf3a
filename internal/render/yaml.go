package render

import (
	"bytes"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// yaml writes the template.
func (t *template) yaml() (string, error) {
	w := &yamlWriter{serverless: t.serverless, names: t.parameterNames(), kinds: map[string]kind{}}
	for _, p := range t.parameters {
		w.kinds[p.name] = p.kind
	}
	top := fields{{"AWSTemplateFormatVersion", "2010-09-09"}}
	if t.serverless {
		top = append(top, field{"Transform", "AWS::Serverless-2016-10-31"})
	}
	f, _ := t.Function.Get()
	top = append(top, field{"Description", "Lambda function " + f.Name.Or("") + " with everything around it"})
	top.set("Parameters", t.yamlParameters(w))
	var resources fields
	for _, r := range t.resources {
		body := append(fields{{"Type", r.kind}}, r.attributes...)
		body.set("Properties", r.properties)
		resources.set(r.id, body)
	}
	top.set("Resources", resources)
	top.set("Outputs", t.outputs())
	node, err := w.node(top)
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	for _, note := range t.notes {
		fmt.Fprintf(&out, "# Note: %s\n", note)
	}
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(node); err != nil {
		return "", fmt.Errorf("write YAML: %w", err)
	}
	return out.String(), nil
}

func (t *template) parameterNames() map[string]string {
	var names []string
	for _, p := range t.sortedParameters() {
		names = append(names, p.name)
	}
	return distinct(names, camel)
}

func (t *template) yamlParameters(w *yamlWriter) fields {
	var out fields
	for _, p := range t.sortedParameters() {
		body := fields{{"Type", map[kind]string{textKind: "String", numberKind: "Number", switchKind: "String", listKind: "CommaDelimitedList"}[p.kind]}}
		body.set("Description", p.description)
		if p.secret {
			body.set("NoEcho", true)
		}
		if value, known := p.value.Get(); known {
			body.set("Default", value)
		}
		if p.kind == switchKind {
			body.set("AllowedValues", []any{"true", "false"})
		}
		out.set(w.names[p.name], body)
	}
	return out
}

func (t *template) outputs() fields {
	var out fields
	add := func(id, description string, value any) {
		out.set(id, object("Description", description, "Value", value))
	}
	switch {
	case t.Alias.IsKnown():
		add("AliasArn", "What callers invoke.", reference(objectAlias, attributeARN))
	default:
		add("FunctionArn", "What callers invoke.", reference(objectFunction, attributeARN))
	}
	if t.Role.IsKnown() {
		add("RoleArn", "Execution role.", reference(objectRole, attributeARN))
	}
	if t.Queue.IsKnown() {
		add("DeadLetterQueueUrl", "Queue with the events that could not be processed.", reference(objectQueue, attributeName))
	}
	return out
}

// yamlWriter turns values into YAML with CloudFormation's short forms.
type yamlWriter struct {
	serverless bool
	names      map[string]string // ids of parameters
	kinds      map[string]kind
}

func (w *yamlWriter) node(value any) (*yaml.Node, error) {
	switch v := value.(type) {
	case string:
		return w.text(v), nil
	case bool:
		return scalar("!!bool", strconv.FormatBool(v)), nil
	case int64:
		return scalar("!!int", strconv.FormatInt(v, 10)), nil
	case float64:
		if v == math.Trunc(v) {
			return scalar("!!int", strconv.FormatFloat(v, 'f', 0, 64)), nil // YAML would show the tag of a whole float
		}
		return scalar("!!float", strconv.FormatFloat(v, 'f', -1, 64)), nil
	case []any:
		if len(v) == 1 && w.isList(v[0]) {
			return w.node(v[0])
		}
		out := &yaml.Node{Kind: yaml.SequenceNode}
		for _, element := range v {
			inner, err := w.node(element)
			if err != nil {
				return nil, err
			}
			out.Content = append(out.Content, inner)
		}
		return out, nil
	case fields:
		out := &yaml.Node{Kind: yaml.MappingNode}
		for _, member := range v {
			inner, err := w.node(member.value)
			if err != nil {
				return nil, err
			}
			out.Content = append(out.Content, scalar("!!str", member.name), inner)
		}
		return out, nil
	}
	return nil, fmt.Errorf("no YAML for %T", value)
}

// isList reports whether a text is nothing but a parameter that is a list.
func (w *yamlWriter) isList(value any) bool {
	text, ok := value.(string)
	if !ok {
		return false
	}
	all := pieces(text)
	return len(all) == 1 && all[0].parameter != "" && w.kinds[all[0].parameter] == listKind
}

func scalar(tag, value string) *yaml.Node {
	node := &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: value}
	if tag == "!!str" && oldYAML.MatchString(value) {
		node.Style = yaml.DoubleQuotedStyle
	}
	return node
}

// oldYAML are texts that YAML 1.1, which CloudFormation reads, takes for switches
// or for numbers to base 60.
// https://yaml.org/type/bool.html
var oldYAML = regexp.MustCompile(`(?i)^(?:y|n|yes|no|on|off)$|^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$`)

func (w *yamlWriter) text(text string) *yaml.Node {
	all := pieces(text)
	if len(all) == 0 || len(all) == 1 && all[0].literal() {
		return scalar("!!str", text)
	}
	if len(all) == 1 {
		id, attribute := w.target(all[0])
		if attribute == "" {
			return scalar("!Ref", id)
		}
		// As a list: cfn-guard does not follow the short form with a dot.
		return &yaml.Node{
			Kind: yaml.SequenceNode, Tag: "!GetAtt", Style: yaml.FlowStyle | yaml.TaggedStyle,
			Content: []*yaml.Node{scalar("!!str", id), scalar("!!str", attribute)},
		}
	}
	var joined strings.Builder
	for _, p := range all {
		if p.literal() {
			joined.WriteString(strings.ReplaceAll(p.text, "${", "${!"))
			continue
		}
		id, attribute := w.target(p)
		joined.WriteString("${" + strings.TrimSuffix(id+"."+attribute, ".") + "}")
	}
	return scalar("!Sub", joined.String())
}

// target is what a mark stands for: a logical id, and an attribute where Ref
// is not what is meant.
func (w *yamlWriter) target(p piece) (id, attribute string) {
	if p.parameter != "" {
		return w.names[p.parameter], ""
	}
	if number, ok := strings.CutPrefix(p.object, objectPolicy+" "); ok {
		n, _ := strconv.Atoi(number)
		return policyID(n), ""
	}
	switch p.object {
	case objectKey:
		if p.attribute == attributeARN {
			return "Key", "Arn"
		}
		return "Key", ""
	case objectRole:
		return "Role", "Arn"
	case objectQueue:
		if p.attribute == attributeARN {
			return "DeadLetterQueue", "Arn"
		}
		return "DeadLetterQueue", ""
	case objectLogGroup:
		return "LogGroup", ""
	case objectSecret:
		return "Secret", "" // its ARN
	case objectFunction:
		if p.attribute == attributeARN {
			return "Function", "Arn"
		}
		return "Function", ""
	case objectAlias:
		if w.serverless { // SAM's name for the alias it makes
			return "Function.Alias", ""
		}
		return "Alias", ""
	}
	return p.object, "Version" // of a published version
}

// policyID is the logical id of the n-th policy, counted from 0.
func policyID(n int) string {
	if n == 0 {
		return "Policy"
	}
	return "Policy" + strconv.Itoa(n+1)
}

package deployer

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Terraform renders policies as aws_iam_policy resources of the provider
// hashicorp/aws, formatted as terraform fmt does it. (The library that formats
// HCL would make up a thirtieth of the binary; a test compares with it.)
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_policy
func Terraform(policies []Policy) ([]byte, error) {
	var out strings.Builder
	for i, p := range policies {
		if i > 0 {
			out.WriteString("\n")
		}
		fmt.Fprintf(&out, "resource \"aws_iam_policy\" %s {\n", quote(label(p.Name)))
		writeAttributes(&out, 1, []attribute{
			{"name", quote(p.Name)},
			{"description", quote(p.description())},
			{"policy", "jsonencode(" + expression(1, p.document().fields()) + ")"},
		})
		out.WriteString("}\n")
	}
	return []byte(out.String()), nil
}

func (p Policy) description() string {
	text := fmt.Sprintf("What terraform %s of secure_lambda takes", p.Phase)
	if p.Parts > 1 {
		text += fmt.Sprintf(", part %d of %d", p.Part, p.Parts)
	}
	return text
}

var (
	notInLabel = regexp.MustCompile(`[^A-Za-z0-9_]`)
	identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

// label turns a policy's name into one that Terraform takes for a resource.
func label(name string) string {
	text := notInLabel.ReplaceAllString(name, "_")
	if !identifier.MatchString(text) {
		return "_" + text
	}
	return text
}

// field is an attribute of an object with an order of its own.
type field struct {
	name  string
	value any
}

func (d document) fields() []field {
	statements := make([]any, len(d.Statement))
	for i, s := range d.Statement {
		fields := []field{{"Sid", s.Sid}, {"Effect", s.Effect}, {"Action", s.Action}, {"Resource", s.Resource}}
		if s.NotResource != nil {
			fields[3] = field{"NotResource", s.NotResource}
		}
		if s.Condition != nil {
			fields = append(fields, field{"Condition", s.Condition})
		}
		statements[i] = fields
	}
	return []field{{"Version", d.Version}, {"Statement", statements}}
}

// expression writes what JSON can hold as HCL, to stand on a line of that
// indentation.
func expression(depth int, value any) string {
	var out strings.Builder
	switch v := value.(type) {
	case []field:
		attributes := make([]attribute, len(v))
		for i, f := range v {
			attributes[i] = attribute{key(f.name), expression(depth+1, f.value)}
		}
		out.WriteString("{\n")
		writeAttributes(&out, depth+1, attributes)
		out.WriteString(indent(depth) + "}")
	case map[string]any:
		var fields []field
		for _, name := range slices.Sorted(maps.Keys(v)) {
			fields = append(fields, field{name, v[name]})
		}
		return expression(depth, fields)
	case []string:
		writeList(&out, depth, v)
	case []any:
		writeList(&out, depth, v)
	default:
		return quote(fmt.Sprint(v))
	}
	return out.String()
}

func writeList[T any](out *strings.Builder, depth int, list []T) {
	out.WriteString("[\n")
	for _, element := range list {
		out.WriteString(indent(depth+1) + expression(depth+1, element) + ",\n")
	}
	out.WriteString(indent(depth) + "]")
}

type attribute struct{ name, value string }

// writeAttributes aligns the equals signs of neighbours that are one line each.
func writeAttributes(out *strings.Builder, depth int, attributes []attribute) {
	for len(attributes) > 0 {
		run, width := 0, 0
		for run < len(attributes) && !strings.Contains(attributes[run].value, "\n") {
			width = max(width, len(attributes[run].name))
			run++
		}
		for _, a := range attributes[:run] {
			fmt.Fprintf(out, "%s%-*s = %s\n", indent(depth), width, a.name, a.value)
		}
		if attributes = attributes[run:]; run == 0 {
			fmt.Fprintf(out, "%s%s = %s\n", indent(depth), attributes[0].name, attributes[0].value)
			attributes = attributes[1:]
		}
	}
}

func indent(depth int) string { return strings.Repeat("  ", depth) }

// key is quoted where it is not a plain word, as those of conditions are.
func key(name string) string {
	if identifier.MatchString(name) {
		return name
	}
	return quote(name)
}

// quote writes a text in which nothing is a template.
func quote(text string) string {
	return strings.NewReplacer("${", "$${", "%{", "%%{").Replace(strconv.Quote(text))
}

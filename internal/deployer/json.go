package deployer

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// document is a policy document in the order people read one in. Its lists are
// sorted, and a list of one is written without brackets.
type document struct {
	Version   string
	Statement []statement
}

type statement struct {
	Sid         string
	Effect      string
	Action      any
	Resource    any            `json:",omitempty"`
	NotResource any            `json:",omitempty"`
	Condition   map[string]any `json:",omitempty"`
}

func (p Policy) document() document {
	doc := document{Version: "2012-10-17"}
	for _, s := range p.Statements {
		doc.Statement = append(doc.Statement, s.element())
	}
	return doc
}

// JSON renders policies as one object, from name to policy document, in their
// order.
func JSON(policies []Policy) ([]byte, error) {
	var out bytes.Buffer
	for i, p := range policies {
		text, err := json.Marshal(p.document())
		if err != nil {
			return nil, fmt.Errorf("policy %s: %w", p.Name, err)
		}
		out.WriteString(separator(i))
		fmt.Fprintf(&out, "%q:%s", p.Name, text)
	}
	out.WriteString("}")
	var indented bytes.Buffer
	if err := json.Indent(&indented, out.Bytes(), "", "  "); err != nil {
		return nil, fmt.Errorf("render policies: %w", err)
	}
	indented.WriteString("\n")
	return indented.Bytes(), nil
}

func separator(i int) string {
	if i == 0 {
		return "{"
	}
	return ","
}

package deployer

import (
	"bytes"
	"encoding/json"
	"fmt"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// document is a policy document in the order people read one in. Its lists are
// sorted, and a list of one is written without brackets.
type document struct {
	Version   string
	Statement []statement
}

type statement struct {
	Sid       string
	Effect    string
	Action    any
	Resource  any
	Condition any `json:",omitempty"`
}

func (p Policy) document() (document, error) {
	text, err := bp.Document(p.Statements)
	if err != nil {
		return document{}, fmt.Errorf("policy %s: %w", p.Name, err)
	}
	var doc document
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		return document{}, fmt.Errorf("policy %s: %w", p.Name, err)
	}
	return doc, nil
}

// JSON renders policies as one object, from name to policy document, in their
// order.
func JSON(policies []Policy) ([]byte, error) {
	var out bytes.Buffer
	for i, p := range policies {
		doc, err := p.document()
		if err != nil {
			return nil, err
		}
		text, err := json.Marshal(doc)
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

package secrets

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"

	"go.yaml.in/yaml/v3"
)

// node is a part of a JSON or YAML document and where it is.
type node struct {
	text    string
	scalar  bool
	quoted  bool
	line    int
	keys    []string
	members []*node // in the order of keys, or of a list
}

// member finds a member by one of its names.
func (n *node) member(names ...string) *node {
	for _, name := range names {
		if at := slices.Index(n.keys, name); at >= 0 {
			return n.members[at]
		}
	}
	return nil
}

// textOf is the text of a member, empty if there is none.
func (n *node) textOf(names ...string) string {
	if m := n.member(names...); m != nil && m.scalar {
		return m.text
	}
	return ""
}

var errNoTree = errors.New("this is no object and no list")

// readJSON reads a document, with the line of each part.
func readJSON(text []byte) (*node, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	r := jsonReader{decoder: decoder, text: text, line: 1}
	root, err := r.next(0)
	if err == nil && root.scalar {
		return nil, errNoTree
	}
	return root, err
}

type jsonReader struct {
	decoder *json.Decoder
	text    []byte
	at      int64
	line    int
}

func (r *jsonReader) token() (json.Token, int, error) {
	token, err := r.decoder.Token()
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	to := r.decoder.InputOffset()
	r.line += bytes.Count(r.text[r.at:to], []byte("\n"))
	r.at = to
	return token, r.line, err
}

func (r *jsonReader) next(depth int) (*node, error) {
	token, line, err := r.token()
	if err != nil {
		return nil, err
	}
	n := &node{line: line}
	opened, compound := token.(json.Delim)
	if !compound {
		n.scalar = true
		switch v := token.(type) {
		case string:
			n.text, n.quoted = v, true
		case json.Number:
			n.text = v.String()
		case bool:
			if v {
				n.text = "true"
			}
		}
		return n, nil
	}
	if depth > 100 {
		return nil, errNoTree
	}
	for r.decoder.More() {
		if opened == '{' {
			key, _, err := r.token()
			if err != nil {
				return nil, err
			}
			name, _ := key.(string) // nothing else is a key
			n.keys = append(n.keys, name)
		}
		inner, err := r.next(depth + 1)
		if err != nil {
			return nil, err
		}
		n.members = append(n.members, inner)
	}
	_, _, err = r.token()
	return n, err
}

// readYAML reads the documents of a text as one list.
func readYAML(text []byte) (*node, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	all := &node{line: 1}
	for {
		var document yaml.Node
		err := decoder.Decode(&document)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if n := fromYAML(&document, 0); n != nil {
			all.members = append(all.members, n)
		}
	}
	if !slices.ContainsFunc(all.members, func(n *node) bool { return !n.scalar }) {
		return nil, errNoTree
	}
	return all, nil
}

func fromYAML(from *yaml.Node, depth int) *node {
	n := &node{line: from.Line}
	switch {
	case depth > 100:
		return nil
	case from.Kind == yaml.DocumentNode && len(from.Content) > 0:
		return fromYAML(from.Content[0], depth+1)
	case from.Kind == yaml.ScalarNode:
		n.scalar, n.text = true, from.Value
		n.quoted = from.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0
		if from.Tag == "!!null" || len(from.Tag) > 1 && from.Tag[1] != '!' {
			n.text = "" // what a tag such as !Ref makes of it is elsewhere
		}
	case from.Kind == yaml.MappingNode:
		for i := 0; i+1 < len(from.Content); i += 2 {
			if inner := fromYAML(from.Content[i+1], depth+1); inner != nil {
				n.keys, n.members = append(n.keys, from.Content[i].Value), append(n.members, inner)
			}
		}
	case from.Kind == yaml.SequenceNode:
		for _, element := range from.Content {
			if inner := fromYAML(element, depth+1); inner != nil {
				n.members = append(n.members, inner)
			}
		}
	default:
		return nil // an alias: what it stands for is looked at where it is
	}
	return n
}

// walk judges every text of a document by the name it goes under, and calls use
// with the line of what is found until it returns false.
func (n *node) walk(name string, judge func(name string, at *node) (Reason, bool), use func(line int, reason Reason) bool) bool {
	if n.scalar {
		if reason, is := judge(name, n); is {
			return use(n.line, reason)
		}
		return true
	}
	if n.isPrivateJWK() {
		return use(n.line, PrivateKey)
	}
	if value := n.member("value", "Value", "val", "ParameterValue", "parameterValue"); value != nil && value.scalar {
		if n.textOf("sensitive") == "true" && value.text != "" {
			return use(value.line, ByName) // an output of Terraform, which says so itself
		}
		if pair := n.textOf("name", "Name", "key", "Key", "variable", "ParameterKey", "parameterKey", "field"); pair != "" {
			if reason, is := judge(pair, value); is && !use(value.line, reason) {
				return false
			}
		}
	}
	if line := n.sensitive(); line > 0 && !use(line, ByName) {
		return false
	}
	for i, inner := range n.members {
		under := name
		if i < len(n.keys) && n.keys[i] != "value" && n.keys[i] != "default" {
			under = n.keys[i]
		}
		if inner.scalar && (under == "auth" || under == "_auth" || under == "identitytoken") && (basic(inner.text) || generated(inner.text)) {
			if !use(inner.line, InHeader) {
				return false
			}
			continue
		}
		if !inner.walk(under, judge, use) {
			return false
		}
	}
	return true
}

// sensitive finds an attribute that Terraform's state holds and marks.
func (n *node) sensitive() int {
	marks, attributes := n.member("sensitive_attributes"), n.member("attributes")
	if marks == nil || attributes == nil {
		return 0
	}
	line := 0
	var look func(at *node)
	look = func(at *node) {
		if name := at.textOf("value"); name != "" {
			if held := attributes.member(name); held != nil && held.text != "" {
				line = held.line
			}
		}
		for _, inner := range at.members {
			look(inner)
		}
	}
	look(marks)
	return line
}

// isPrivateJWK reports whether an object is a JSON web key with what only its
// owner may have.
// https://www.rfc-editor.org/rfc/rfc7518, 6
func (n *node) isPrivateJWK() bool {
	has := func(member string) bool {
		text := n.textOf(member)
		return len(text) >= 10 && !placeholder(text)
	}
	switch n.textOf("kty") {
	case "RSA", "EC", "OKP", "AKP":
		return has("d") || has("priv")
	case "oct":
		return has("k")
	}
	return false
}

package awsmodel

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"unicode/utf8"
)

// Text is a value that travels as text whatever its type is: in a form, a URI,
// a query or a header.
type Text string

// Opaque is a body that is not looked into.
type Opaque struct{}

// Problem is one thing that AWS's model does not allow.
type Problem struct {
	// Member is the path to it: Tags[3].Key.
	Member string
	// Rule says what the model wants and what came.
	Rule string
	// Soft problems are values that the model's enumeration does not have: AWS
	// adds such values between releases.
	Soft bool
}

// Check holds a request's members against the model. Values are what JSON and
// CBOR decode to, and Text.
func (r Request) Check(input map[string]any) []Problem {
	c := checker{request: r}
	if r.Input == nil {
		for _, name := range slices.Sorted(maps.Keys(input)) {
			c.add(name, "unknown member: the operation has none")
		}
		return c.found
	}
	c.value(r.Input, "", input)
	return c.found
}

type checker struct {
	request Request
	found   []Problem
}

func (c *checker) add(member, format string, args ...any) {
	c.found = append(c.found, Problem{Member: member, Rule: fmt.Sprintf(format, args...)})
}

func (c *checker) value(s *Shape, path string, value any) {
	if _, opaque := value.(Opaque); opaque || s == nil {
		return
	}
	switch s.Type {
	case "structure":
		c.structure(s, path, value)
	case "list":
		c.list(s, path, value)
	case "map":
		c.mapping(s, path, value)
	case "string":
		c.text(s, path, value)
	case "integer", "long", "float", "double":
		c.number(s, path, value)
	case "boolean":
		_, isBool := value.(bool)
		if text, isText := value.(Text); !isBool && (!isText || text != "true" && text != "false") {
			c.add(path, "not a boolean: %v", value)
		}
	case "blob":
		c.blob(s, path, value)
	}
}

func (c *checker) structure(s *Shape, path string, value any) {
	members, ok := value.(map[string]any)
	if !ok {
		c.add(path, "not a structure")
		return
	}
	set := 0
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if members[name] == nil {
			continue
		}
		set++
		member, known := s.Members[name]
		if !known {
			c.add(join(path, name), "unknown member")
			continue
		}
		c.value(c.request.shapes[member.Shape], join(path, name), members[name])
	}
	for _, name := range s.Required {
		if members[name] == nil {
			c.add(join(path, name), "required")
		}
	}
	if s.Union && set != 1 {
		c.add(path, "exactly one member of the union is set, not %d", set)
	}
}

func (c *checker) list(s *Shape, path string, value any) {
	elements, ok := value.([]any)
	if !ok {
		c.add(path, "not a list")
		return
	}
	c.bounds(s, path, "entries", float64(len(elements)))
	for i, element := range elements {
		c.value(c.request.shapes[s.Element.Shape], fmt.Sprintf("%s[%d]", path, i), element)
	}
}

func (c *checker) mapping(s *Shape, path string, value any) {
	entries, ok := value.(map[string]any)
	if !ok {
		c.add(path, "not a map")
		return
	}
	c.bounds(s, path, "entries", float64(len(entries)))
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		c.value(c.request.shapes[s.Key.Shape], path+" (key)", Text(key))
		c.value(c.request.shapes[s.Value.Shape], path+"["+key+"]", entries[key])
	}
}

func (c *checker) text(s *Shape, path string, value any) {
	text, ok := AsText(value)
	if !ok {
		c.add(path, "not a string: %v", value)
		return
	}
	c.bounds(s, path, "characters", float64(utf8.RuneCountInString(text)))
	if len(s.Enum) > 0 && !slices.Contains(s.Enum, text) {
		c.found = append(c.found, Problem{Member: path, Rule: fmt.Sprintf("%q is not in the enumeration", text), Soft: true})
	}
	if s.Pattern == "" {
		return
	}
	fits, err := s.matches(text)
	switch {
	case err != nil:
		c.add(path, "not held against its pattern: %v", err)
	case !fits:
		c.add(path, "%q does not match %s", shorten(text), s.Pattern)
	}
}

func (c *checker) number(s *Shape, path string, value any) {
	number, ok := AsNumber(value)
	if !ok {
		c.add(path, "not a number: %v", value)
		return
	}
	if whole := s.Type == "integer" || s.Type == "long"; whole && number != float64(int64(number)) {
		c.add(path, "not a whole number: %v", value)
	}
	c.bounds(s, path, "", number)
}

func (c *checker) blob(s *Shape, path string, value any) {
	switch v := value.(type) {
	case []byte:
		c.bounds(s, path, "bytes", float64(len(v)))
	case string:
		if s.Min == nil && s.Max == nil {
			return // a deployment package, which is large
		}
		raw, err := base64.StdEncoding.DecodeString(v)
		if err != nil {
			c.add(path, "not base64")
			return
		}
		c.bounds(s, path, "bytes", float64(len(raw)))
	case Text:
	default:
		c.add(path, "not a blob")
	}
}

func (c *checker) bounds(s *Shape, path, unit string, size float64) {
	if unit != "" {
		unit = " " + unit
	}
	if s.Min != nil && size < *s.Min {
		c.add(path, "%v%s, at least %v", size, unit, *s.Min)
	}
	if s.Max != nil && size > *s.Max {
		c.add(path, "%v%s, at most %v", size, unit, *s.Max)
	}
}

// AsText is a value that is a string.
func AsText(value any) (string, bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case Text:
		return string(v), true
	default:
		return "", false
	}
}

// AsNumber is a value that is a number, or text that stands for one.
func AsNumber(value any) (float64, bool) {
	switch v := value.(type) {
	case json.Number:
		number, err := v.Float64()
		return number, err == nil
	case Text:
		number, err := strconv.ParseFloat(string(v), 64)
		return number, err == nil
	case float64:
		return v, true
	case int64:
		return float64(v), true
	default:
		return 0, false
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// shorten keeps a message readable.
func shorten(text string) string {
	const most = 120
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "..."
	}
	return text
}

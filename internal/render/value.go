package render

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

func first(v bp.Value[bp.Set]) any {
	if all, ok := list(v).([]any); ok {
		return all[0]
	}
	return nil
}

// Values of both languages are texts with marks, int64, float64, bool, []any
// and fields.

// fields is an object whose members keep their order.
type fields []field

type field struct {
	name  string
	value any
}

// set adds a member, unless there is nothing to add.
func (f *fields) set(name string, value any) {
	switch v := value.(type) {
	case nil:
		return
	case []any:
		if len(v) == 0 {
			return
		}
	case fields:
		if len(v) == 0 {
			return
		}
	}
	*f = append(*f, field{name, value})
}

// object builds fields from pairs of name and value.
func object(pairs ...any) fields {
	var out fields
	for i := 0; i+1 < len(pairs); i += 2 {
		out.set(pairs[i].(string), pairs[i+1])
	}
	return out
}

// text is a settled text, or nil.
func text(v bp.String) any {
	if s, known := v.Get(); known && s != "" {
		return s
	}
	return nil
}

// number is a number, the parameter that stands for it, or nil.
func number[T int64 | float64](path string, v bp.Value[T]) any {
	if v.IsUnknown() {
		return parameterMark(parameterName(path))
	}
	if n, known := v.Get(); known {
		return n
	}
	return nil
}

// whether is a switch, the parameter that stands for it, or nil.
func whether(path string, v bp.Value[bool]) any {
	if v.IsUnknown() {
		return parameterMark(parameterName(path))
	}
	if on, known := v.Get(); known {
		return on
	}
	return nil
}

// list is a list of settled texts, or nil.
func list[T bp.Set | bp.List](v bp.Value[T]) any {
	var out []any
	for _, element := range v.Or(nil) {
		out = append(out, element.Or(""))
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// texts is an object of settled texts, sorted by name.
func texts[V string | bp.String](m map[string]V) fields {
	var out fields
	for _, name := range slices.Sorted(maps.Keys(m)) {
		switch v := any(m[name]).(type) {
		case string:
			out = append(out, field{name, v})
		case bp.String:
			out = append(out, field{name, v.Or("")})
		}
	}
	return out
}

// document is a policy document: statements, and those by other hands as they
// were read.
func document(statements []bp.Named, unexpected bp.Value[map[string]bp.String]) (any, error) {
	rendered, err := bp.Document(statements)
	if err != nil {
		return nil, err
	}
	whole, err := parsed(rendered)
	if err != nil {
		return nil, err
	}
	foreign := unexpected.Or(nil)
	for _, sid := range slices.Sorted(maps.Keys(foreign)) {
		statement, err := parsed(foreign[sid].Or("{}"))
		if err != nil {
			return nil, fmt.Errorf("statement %s: %w", sid, err)
		}
		whole.add("Statement", statement)
	}
	return whole, nil
}

// add appends to a member that is a list.
func (f fields) add(name string, value any) {
	for i := range f {
		if members, ok := f[i].value.([]any); ok && f[i].name == name {
			f[i].value = slices.Concat(members, []any{value})
		}
	}
}

// parsed reads a JSON object; the members of policies get the order in which
// people write them.
func parsed(text string) (fields, error) {
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.UseNumber()
	var raw map[string]any
	if err := decoder.Decode(&raw); err != nil {
		return nil, fmt.Errorf("parse JSON: %w", err)
	}
	return ordered(raw).(fields), nil
}

var memberOrder = []string{"Version", "Id", "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition", "Statement"}

func ordered(raw any) any {
	switch v := raw.(type) {
	case map[string]any:
		out := fields{} // never nil: an empty object means something in a policy
		for _, name := range slices.SortedFunc(maps.Keys(v), func(a, b string) int {
			return cmp.Or(cmp.Compare(slices.Index(memberOrder, a), slices.Index(memberOrder, b)), cmp.Compare(a, b))
		}) {
			out = append(out, field{name, ordered(v[name])})
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, element := range v {
			out[i] = ordered(element)
		}
		return out
	case json.Number:
		return v.String()
	}
	return raw
}

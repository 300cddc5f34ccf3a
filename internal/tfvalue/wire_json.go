package tfvalue

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/vmihailenco/msgpack/v5/msgpcode"
)

// Shape is a Terraform type, made ready to write values of it.
type Shape struct {
	kind     tftypes.Type
	names    []string // the attributes of an object, in order
	encoded  [][]byte
	inside   []*Shape // of the attributes
	elements *Shape   // of a map, a list or a set
}

// ShapeOf prepares a type.
func ShapeOf(kind tftypes.Type) *Shape {
	s := &Shape{kind: kind}
	switch k := kind.(type) {
	case tftypes.Object:
		s.names = slices.Sorted(maps.Keys(k.AttributeTypes))
		for _, name := range s.names {
			s.encoded = append(s.encoded, appendText(nil, name))
			s.inside = append(s.inside, ShapeOf(k.AttributeTypes[name]))
		}
	case tftypes.Map:
		s.elements = ShapeOf(k.ElementType)
	case tftypes.List:
		s.elements = ShapeOf(k.ElementType)
	case tftypes.Set:
		s.elements = ShapeOf(k.ElementType)
	}
	return s
}

// FromJSON reads what a state stores. Attributes that the type does not have are
// left out, and those that are not there are null. What is not of the type is an
// error.
func (s *Shape) FromJSON(text []byte) (Wire, error) {
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, fmt.Errorf("read the stored value: %w", err)
	}
	return s.write(make([]byte, 0, len(text)), value)
}

func (s *Shape) write(out []byte, value any) ([]byte, error) {
	if value == nil {
		return append(out, msgpcode.Nil), nil
	}
	var err error
	switch s.kind.(type) {
	case tftypes.Object:
		members, is := value.(map[string]any)
		if !is {
			break
		}
		out = appendHeader(out, msgpcode.Map32, len(s.names))
		for i, name := range s.names {
			if out, err = s.inside[i].write(append(out, s.encoded[i]...), members[name]); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
		return out, nil
	case tftypes.Map:
		members, is := value.(map[string]any)
		if !is {
			break
		}
		out = appendHeader(out, msgpcode.Map32, len(members))
		for _, key := range slices.Sorted(maps.Keys(members)) {
			if out, err = s.elements.write(appendText(out, key), members[key]); err != nil {
				return nil, fmt.Errorf("%q: %w", key, err)
			}
		}
		return out, nil
	case tftypes.List, tftypes.Set:
		elements, is := value.([]any)
		if !is {
			break
		}
		out = appendHeader(out, msgpcode.Array32, len(elements))
		for i, element := range elements {
			if out, err = s.elements.write(out, element); err != nil {
				return nil, fmt.Errorf("%d: %w", i, err)
			}
		}
		return out, nil
	}
	return s.scalar(out, value)
}

func (s *Shape) scalar(out []byte, value any) ([]byte, error) {
	switch v := value.(type) {
	case string:
		if s.kind.Is(tftypes.String) {
			return appendText(out, v), nil
		}
	case bool:
		if s.kind.Is(tftypes.Bool) && v {
			return append(out, msgpcode.True), nil
		}
		if s.kind.Is(tftypes.Bool) {
			return append(out, msgpcode.False), nil
		}
	case json.Number:
		if s.kind.Is(tftypes.Number) {
			// As a text, nothing of a fraction is lost.
			if whole, err := strconv.ParseInt(v.String(), 10, 64); err == nil {
				return appendInt(out, whole), nil
			}
			return appendText(out, v.String()), nil
		}
	}
	return nil, fmt.Errorf("a %T is no %s", value, s.kind)
}

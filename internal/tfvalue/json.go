package tfvalue

import (
	"encoding/json"
	"fmt"
	"math/big"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// FromJSON reads a value of a known type from what Terraform's JSON output
// decodes to. unknown has the same shape, and true where the value is not known
// yet, as in after_unknown of a plan. Attributes that are not there are null, so
// that what an older release wrote can be read.
func FromJSON(kind tftypes.Type, value, unknown any) (tftypes.Value, error) {
	if all, ok := unknown.(bool); ok && all {
		return tftypes.NewValue(kind, tftypes.UnknownValue), nil
	}
	if object, ok := kind.(tftypes.Object); ok && (value != nil || hasMembers(unknown)) {
		return objectFromJSON(object, value, unknown)
	}
	if value == nil && !hasMembers(unknown) {
		return tftypes.NewValue(kind, nil), nil
	}
	switch k := kind.(type) {
	case tftypes.Map:
		members, _ := value.(map[string]any)
		open, _ := unknown.(map[string]any)
		out := map[string]tftypes.Value{}
		for _, all := range []map[string]any{members, open} {
			for name := range all {
				element, err := FromJSON(k.ElementType, members[name], open[name])
				if err != nil {
					return tftypes.Value{}, fmt.Errorf("%q: %w", name, err)
				}
				out[name] = element
			}
		}
		return tftypes.NewValue(kind, out), nil
	case tftypes.List:
		return elementsFromJSON(kind, k.ElementType, value, unknown)
	case tftypes.Set:
		return elementsFromJSON(kind, k.ElementType, value, unknown)
	}
	return scalarFromJSON(kind, value)
}

func hasMembers(unknown any) bool {
	switch u := unknown.(type) {
	case map[string]any:
		return len(u) > 0
	case []any:
		return len(u) > 0
	}
	return false
}

func objectFromJSON(kind tftypes.Object, value, unknown any) (tftypes.Value, error) {
	members, ok := value.(map[string]any)
	if value != nil && !ok {
		return tftypes.Value{}, fmt.Errorf("expected an object, found %T", value)
	}
	open, _ := unknown.(map[string]any)
	out := map[string]tftypes.Value{}
	for name, member := range kind.AttributeTypes {
		inner, err := FromJSON(member, members[name], open[name])
		if err != nil {
			return tftypes.Value{}, fmt.Errorf("%s: %w", name, err)
		}
		out[name] = inner
	}
	return tftypes.NewValue(kind, out), nil
}

// elementsFromJSON reads a list or a set. Terraform leaves an unknown element's
// place null.
func elementsFromJSON(kind, element tftypes.Type, value, unknown any) (tftypes.Value, error) {
	elements, _ := value.([]any)
	open, _ := unknown.([]any)
	out := make([]tftypes.Value, max(len(elements), len(open)))
	for i := range out {
		var v, u any
		if i < len(elements) {
			v = elements[i]
		}
		if i < len(open) {
			u = open[i]
		}
		inner, err := FromJSON(element, v, u)
		if err != nil {
			return tftypes.Value{}, fmt.Errorf("[%d]: %w", i, err)
		}
		out[i] = inner
	}
	return tftypes.NewValue(kind, out), nil
}

func scalarFromJSON(kind tftypes.Type, value any) (tftypes.Value, error) {
	number, isNumber := value.(json.Number)
	text, isText := value.(string)
	truth, isBool := value.(bool)
	switch {
	case kind.Is(tftypes.String) && isText:
		return tftypes.NewValue(kind, text), nil
	case kind.Is(tftypes.Bool) && isBool:
		return tftypes.NewValue(kind, truth), nil
	case kind.Is(tftypes.Number) && isNumber:
		parsed, _, err := big.ParseFloat(number.String(), 10, 512, big.ToNearestEven)
		if err != nil {
			return tftypes.Value{}, fmt.Errorf("read the number %s: %w", number, err)
		}
		return tftypes.NewValue(kind, parsed), nil
	}
	return tftypes.Value{}, fmt.Errorf("expected %s, found %T", kind, value)
}

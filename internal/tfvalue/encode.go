package tfvalue

import (
	"fmt"
	"reflect"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Encode turns a blueprint value, or a plain struct of such, into a Terraform
// value.
func Encode(v any) tftypes.Value {
	if node, ok := v.(blueprint.Node); ok {
		kind := typeOf(reflect.TypeOf(node.Zero()))
		state, inner := node.Inspect()
		switch state {
		case blueprint.StateNull:
			return tftypes.NewValue(kind, nil)
		case blueprint.StateUnknown:
			return tftypes.NewValue(kind, tftypes.UnknownValue)
		case blueprint.StateKnown:
		}
		return encodeKnown(kind, inner)
	}
	return encodeKnown(typeOf(reflect.TypeOf(v)), v)
}

func encodeKnown(kind tftypes.Type, v any) tftypes.Value {
	switch typed := v.(type) {
	case string, int64, float64, bool:
		return tftypes.NewValue(kind, typed)
	case blueprint.Set:
		return tftypes.NewValue(kind, encodeAll(typed))
	case blueprint.List:
		return tftypes.NewValue(kind, encodeAll(typed))
	}
	value := reflect.ValueOf(v)
	members := map[string]tftypes.Value{}
	if value.Kind() == reflect.Map {
		for _, key := range value.MapKeys() {
			members[key.String()] = Encode(value.MapIndex(key).Interface())
		}
		return tftypes.NewValue(kind, members)
	}
	for _, a := range blueprint.Attributes(value.Type()) {
		members[a.Name] = Encode(value.Field(a.Index).Interface())
		if a.Sealed {
			members[a.Name] = sealed(members[a.Name])
		}
	}
	return tftypes.NewValue(kind, members)
}

// sealed is a value as a text.
func sealed(value tftypes.Value) tftypes.Value {
	switch {
	case value.IsNull():
		return tftypes.NewValue(tftypes.String, nil)
	case !value.IsKnown():
		return tftypes.NewValue(tftypes.String, tftypes.UnknownValue)
	}
	text, err := SealedText(value)
	if err != nil {
		panic(err) // a value that was just encoded fits its own type
	}
	return tftypes.NewValue(tftypes.String, text)
}

func encodeAll(texts []blueprint.String) []tftypes.Value {
	elements := make([]tftypes.Value, len(texts))
	for i, e := range texts {
		elements[i] = Encode(e)
	}
	return elements
}

// TypeOf returns the Terraform type of a blueprint type.
func TypeOf[T any]() tftypes.Type { return typeOf(reflect.TypeFor[T]()) }

func typeOf(t reflect.Type) tftypes.Type {
	t = unwrap(t)
	switch t {
	case reflect.TypeFor[blueprint.Set]():
		return tftypes.Set{ElementType: tftypes.String}
	case reflect.TypeFor[blueprint.List]():
		return tftypes.List{ElementType: tftypes.String}
	}
	switch t.Kind() {
	case reflect.String:
		return tftypes.String
	case reflect.Bool:
		return tftypes.Bool
	case reflect.Int64, reflect.Float64:
		return tftypes.Number
	case reflect.Map:
		return tftypes.Map{ElementType: typeOf(t.Elem())}
	case reflect.Struct:
		attributes := map[string]tftypes.Type{}
		for _, a := range blueprint.Attributes(t) {
			attributes[a.Name] = typeOf(a.Type)
			if a.Sealed {
				attributes[a.Name] = tftypes.String
			}
		}
		return tftypes.Object{AttributeTypes: attributes}
	default:
		// A type that has no Terraform form is a mistake in this module; the
		// schema test meets every type.
		return tftypes.DynamicPseudoType
	}
}

// unwrap returns the type inside a Value, or t itself.
func unwrap(t reflect.Type) reflect.Type {
	if node, ok := reflect.TypeAssert[blueprint.Node](reflect.Zero(t)); ok {
		return reflect.TypeOf(node.Zero())
	}
	return t
}

// UnsupportedError says that a Terraform value does not have the shape its
// blueprint type expects.
type UnsupportedError struct {
	Path string
	Want reflect.Type
	Got  tftypes.Type
}

func (e *UnsupportedError) Error() string {
	return fmt.Sprintf("%s: cannot read %s as %s", e.Path, e.Got, e.Want)
}

package tfvalue

import (
	"fmt"
	"reflect"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

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

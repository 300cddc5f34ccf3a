package tfvalue

import (
	"fmt"
	"maps"
	"math/big"
	"reflect"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Decode reads a Terraform value into a pointer to a Value, or to a struct of
// Values. Attributes of the Terraform object that the struct does not name are
// left alone.
func Decode(value tftypes.Value, target any) error {
	return decode("", value, reflect.ValueOf(target).Elem())
}

func decode(path string, value tftypes.Value, target reflect.Value) error {
	settable, ok := reflect.TypeAssert[blueprint.Settable](target.Addr())
	if !ok {
		return decodeKnown(path, value, target)
	}
	kind := reflect.TypeOf(settable.Zero())
	switch {
	case value.IsNull():
		settable.Assign(blueprint.StateNull, nil)
		return nil
	case !value.IsKnown():
		settable.Assign(blueprint.StateUnknown, nil)
		return nil
	}
	inner := reflect.New(kind).Elem()
	if err := decodeKnown(path, value, inner); err != nil {
		return err
	}
	settable.Assign(blueprint.StateKnown, inner.Interface())
	return nil
}

func decodeKnown(path string, value tftypes.Value, target reflect.Value) error {
	switch target.Type() {
	case reflect.TypeFor[blueprint.Set]():
		return decodeAll(path, value, func(elements []blueprint.String) { target.Set(reflect.ValueOf(blueprint.Set(elements).Canonical())) })
	case reflect.TypeFor[blueprint.List]():
		return decodeAll(path, value, func(elements []blueprint.String) { target.Set(reflect.ValueOf(blueprint.List(elements))) })
	}
	switch target.Kind() {
	case reflect.String:
		return decodeScalar(path, value, new(string), func(s string) { target.SetString(s) })
	case reflect.Bool:
		return decodeScalar(path, value, new(bool), func(b bool) { target.SetBool(b) })
	case reflect.Int64, reflect.Float64:
		return decodeScalar(path, value, new(big.Float), func(f big.Float) { setNumber(target, &f) })
	case reflect.Map:
		return decodeMap(path, value, target)
	case reflect.Struct:
		return decodeStruct(path, value, target)
	default:
		return &UnsupportedError{Path: path, Want: target.Type(), Got: value.Type()}
	}
}

func decodeScalar[T any](path string, value tftypes.Value, into *T, assign func(T)) error {
	if err := value.As(into); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	assign(*into)
	return nil
}

func setNumber(target reflect.Value, number *big.Float) {
	if target.Kind() == reflect.Int64 {
		whole, _ := number.Int64()
		target.SetInt(whole)
		return
	}
	fraction, _ := number.Float64()
	target.SetFloat(fraction)
}

func decodeAll(path string, value tftypes.Value, assign func([]blueprint.String)) error {
	var elements []tftypes.Value
	if err := value.As(&elements); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	texts := make([]blueprint.String, len(elements))
	for i, e := range elements {
		if err := decode(path, e, reflect.ValueOf(&texts[i]).Elem()); err != nil {
			return err
		}
	}
	assign(texts)
	return nil
}

func decodeMap(path string, value tftypes.Value, target reflect.Value) error {
	var elements map[string]tftypes.Value
	if err := value.As(&elements); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	out := reflect.MakeMapWithSize(target.Type(), len(elements))
	for key, e := range elements {
		inner := reflect.New(target.Type().Elem()).Elem()
		if err := decode(fmt.Sprintf("%s[%q]", path, key), e, inner); err != nil {
			return err
		}
		out.SetMapIndex(reflect.ValueOf(key), inner)
	}
	target.Set(out)
	return nil
}

func decodeStruct(path string, value tftypes.Value, target reflect.Value) error {
	var members map[string]tftypes.Value
	if err := value.As(&members); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	for _, a := range blueprint.Attributes(target.Type()) {
		member, ok := members[a.Name]
		if !ok {
			return &UnsupportedError{Path: path + "." + a.Name, Want: a.Type, Got: value.Type()}
		}
		if err := decode(path+"."+a.Name, member, target.Field(a.Index)); err != nil {
			return err
		}
	}
	return nil
}

// DecodeInputs does so for what a configuration states. A null entry of an
// attribute that is a map means that the entry is not stated. Maps further inside
// keep theirs: a condition of a grant that vanished would widen the grant.
func DecodeInputs(value tftypes.Value, target any) error {
	stated, err := tftypes.Transform(value, func(at *tftypes.AttributePath, v tftypes.Value) (tftypes.Value, error) {
		if len(at.Steps()) != 1 || !v.Type().Is(tftypes.Map{}) || v.IsNull() || !v.IsKnown() {
			return v, nil
		}
		entries := map[string]tftypes.Value{}
		if err := v.As(&entries); err != nil {
			return v, err
		}
		all := len(entries)
		maps.DeleteFunc(entries, func(_ string, entry tftypes.Value) bool { return entry.IsNull() })
		if len(entries) == all {
			return v, nil
		}
		return tftypes.NewValue(v.Type(), entries), nil
	})
	if err != nil {
		return fmt.Errorf("read the inputs: %w", err)
	}
	return Decode(stated, target)
}

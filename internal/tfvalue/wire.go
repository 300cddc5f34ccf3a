package tfvalue

import (
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"sync"

	"github.com/vmihailenco/msgpack/v5/msgpcode"

	"github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Wire is a value as Terraform sends and gets it. It is read into blueprint
// values and written from them without the tree of tftypes values in between:
// each level of such a tree is compared with its whole type, which for the
// hundreds of leaves of a unit takes longer than all that is done with them.
type Wire []byte

// form says how the values of one Go type are written, once for each type.
type form struct {
	kind  reflect.Type // the type inside a Value, or the type itself
	value bool         // whether it is inside one
	// fields are those of an object.
	fields []field
	byName map[string]int
	// element is that of a map.
	element *form
}

type field struct {
	name    string
	encoded []byte // the name as it is written
	index   int
	isMap   bool
	*form
}

var forms sync.Map // of *form by reflect.Type

func formOf(t reflect.Type) *form {
	if known, ok := forms.Load(t); ok {
		return known.(*form)
	}
	kind := unwrap(t)
	f := &form{kind: kind, value: kind != t}
	switch {
	case kind == reflect.TypeFor[blueprint.Set]() || kind == reflect.TypeFor[blueprint.List]():
	case kind.Kind() == reflect.Map:
		f.element = formOf(kind.Elem())
	case kind.Kind() == reflect.Struct:
		for _, a := range blueprint.Attributes(kind) {
			f.fields = append(f.fields, field{
				name: a.Name, encoded: appendText(nil, a.Name), index: a.Index,
				isMap: unwrap(a.Type).Kind() == reflect.Map, form: formOf(a.Type),
			})
		}
		f.byName = map[string]int{}
		for i, member := range f.fields {
			f.byName[member.name] = i
		}
	}
	forms.Store(t, f)
	return f
}

// Write encodes a blueprint value, or a plain struct of such.
func Write(v any) Wire {
	value := reflect.ValueOf(v)
	return formOf(value.Type()).write(nil, value)
}

// unknownCode is how an unknown value is written.
var unknownCode = []byte{msgpcode.FixExt1, 0, 0}

func (f *form) write(out []byte, v reflect.Value) []byte {
	if f.value {
		node, _ := reflect.TypeAssert[blueprint.Node](v)
		state, inner := node.Inspect()
		switch state {
		case blueprint.StateNull:
			return append(out, msgpcode.Nil)
		case blueprint.StateUnknown:
			return append(out, unknownCode...)
		case blueprint.StateKnown:
		}
		v = reflect.ValueOf(inner)
	}
	switch f.kind.Kind() {
	case reflect.String:
		return appendText(out, v.String())
	case reflect.Bool:
		if v.Bool() {
			return append(out, msgpcode.True)
		}
		return append(out, msgpcode.False)
	case reflect.Int64:
		return appendInt(out, v.Int())
	case reflect.Float64:
		return appendFloat(out, v.Float())
	case reflect.Slice:
		out = appendHeader(out, msgpcode.Array32, v.Len())
		element := formOf(reflect.TypeFor[blueprint.String]())
		for i := range v.Len() {
			out = element.write(out, v.Index(i))
		}
		return out
	case reflect.Map:
		keys := make([]string, 0, v.Len())
		for _, key := range v.MapKeys() {
			keys = append(keys, key.String())
		}
		slices.Sort(keys)
		out = appendHeader(out, msgpcode.Map32, len(keys))
		for _, key := range keys {
			out = f.element.write(appendText(out, key), v.MapIndex(reflect.ValueOf(key)))
		}
		return out
	case reflect.Struct:
		out = appendHeader(out, msgpcode.Map32, len(f.fields))
		for _, member := range f.fields {
			out = member.write(append(out, member.encoded...), v.Field(member.index))
		}
		return out
	default:
		panic(fmt.Sprintf("%s has no Terraform form", f.kind)) // the schema test meets every type
	}
}

// appendText and appendHeader write two and one of the forms that there are: a few
// bytes more, and nothing to choose.
func appendText(out []byte, text string) []byte {
	if len(text) < 32 {
		out = append(out, msgpcode.FixedStrLow|byte(len(text)))
	} else {
		out = appendHeader(out, msgpcode.Str32, len(text))
	}
	return append(out, text...)
}

// appendHeader begins an array, a map or a text.
func appendHeader(out []byte, code byte, n int) []byte {
	return binary.BigEndian.AppendUint32(append(out, code), uint32(n))
}

func appendInt(out []byte, n int64) []byte {
	if n >= 0 && n <= math.MaxInt8 {
		return append(out, byte(n))
	}
	return binary.BigEndian.AppendUint64(append(out, msgpcode.Int64), uint64(n))
}

// appendFloat writes a whole number as one, as Terraform does.
func appendFloat(out []byte, n float64) []byte {
	switch {
	case n != math.Trunc(n) || math.IsInf(n, 0):
		out = append(out, msgpcode.Double)
		return binary.BigEndian.AppendUint64(out, math.Float64bits(n))
	case n >= math.MinInt64 && n < math.MaxInt64:
		return appendInt(out, int64(n))
	default:
		return appendText(out, strconv.FormatFloat(n, 'f', -1, 64))
	}
}

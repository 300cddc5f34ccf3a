package tfvalue

import (
	"bytes"
	"fmt"
	"math/big"
	"reflect"

	"github.com/vmihailenco/msgpack/v5"
	"github.com/vmihailenco/msgpack/v5/msgpcode"

	"github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// IsKnown reports whether a value is neither null nor unknown.
func (w Wire) IsKnown() bool { return len(w) > 0 && isKnown(w[0]) }

// Read decodes a value into a pointer to a Value, or to a struct of Values.
// Attributes that the struct does not name are left alone.
func (w Wire) Read(target any) error { return w.read(target, false) }

// ReadInputs does so for what a configuration states. A null entry of an
// attribute that is a map means that the entry is not stated; see DecodeInputs.
func (w Wire) ReadInputs(target any) error { return w.read(target, true) }

func (w Wire) read(target any, inputs bool) error {
	value := reflect.ValueOf(target).Elem()
	r := newReader(w)
	return r.value(formOf(value.Type()), value, inputs)
}

// reader reads one encoded value.
type reader struct {
	in      []byte
	bytes   *bytes.Reader
	decoder *msgpack.Decoder
}

func newReader(in []byte) *reader {
	r := &reader{in: in, bytes: bytes.NewReader(in)}
	r.decoder = msgpack.NewDecoder(r.bytes)
	return r
}

func (r *reader) position() int { return len(r.in) - r.bytes.Len() }

// next is the first byte of the next value.
func (r *reader) next() (byte, error) { return r.decoder.PeekCode() }

func (r *reader) value(f *form, target reflect.Value, inputs bool) error {
	if !f.value {
		return r.known(f, target, inputs)
	}
	settable, _ := reflect.TypeAssert[blueprint.Settable](target.Addr())
	code, err := r.next()
	if err != nil {
		return err
	}
	if !isKnown(code) {
		state := blueprint.StateNull
		if code != msgpcode.Nil {
			state = blueprint.StateUnknown
		}
		settable.Assign(state, nil)
		return r.decoder.Skip()
	}
	inner := reflect.New(f.kind).Elem()
	if err := r.known(f, inner, inputs); err != nil {
		return err
	}
	settable.Assign(blueprint.StateKnown, inner.Interface())
	return nil
}

func (r *reader) known(f *form, target reflect.Value, inputs bool) error {
	switch f.kind.Kind() {
	case reflect.Slice:
		return r.all(target)
	case reflect.Map:
		return r.entries(f, target, inputs)
	case reflect.Struct:
		return r.members(f, target, inputs)
	default:
		return r.scalar(target)
	}
}

func (r *reader) scalar(target reflect.Value) error {
	switch target.Kind() {
	case reflect.String:
		text, err := r.decoder.DecodeString()
		target.SetString(text)
		return err
	case reflect.Bool:
		truth, err := r.decoder.DecodeBool()
		target.SetBool(truth)
		return err
	case reflect.Int64, reflect.Float64:
		return r.number(target)
	default:
		return fmt.Errorf("cannot read %s", target.Type())
	}
}

// number reads a number in any of the forms in which Terraform sends one.
func (r *reader) number(target reflect.Value) error {
	code, err := r.next()
	if err != nil {
		return err
	}
	number := new(big.Float)
	switch {
	case msgpcode.IsString(code):
		text, err := r.decoder.DecodeString()
		if err != nil {
			return err
		}
		if number, _, err = big.ParseFloat(text, 10, 512, big.ToNearestEven); err != nil {
			return err
		}
	case code == msgpcode.Float || code == msgpcode.Double:
		fraction, err := r.decoder.DecodeFloat64()
		if err != nil {
			return err
		}
		number.SetFloat64(fraction)
	case code == msgpcode.Uint64:
		whole, err := r.decoder.DecodeUint64()
		if err != nil {
			return err
		}
		number.SetUint64(whole)
	default:
		whole, err := r.decoder.DecodeInt64()
		if err != nil {
			return err
		}
		if target.Kind() == reflect.Int64 {
			target.SetInt(whole)
		} else {
			target.SetFloat(float64(whole))
		}
		return nil
	}
	setNumber(target, number)
	return nil
}

func (r *reader) all(target reflect.Value) error {
	count, err := r.decoder.DecodeArrayLen()
	if err != nil {
		return err
	}
	element := formOf(reflect.TypeFor[blueprint.String]())
	texts := make([]blueprint.String, max(0, count))
	for i := range texts {
		if err := r.value(element, reflect.ValueOf(&texts[i]).Elem(), false); err != nil {
			return err
		}
	}
	if target.Type() == reflect.TypeFor[blueprint.Set]() {
		texts = blueprint.Set(texts).Canonical()
	}
	target.Set(reflect.ValueOf(texts).Convert(target.Type()))
	return nil
}

func (r *reader) entries(f *form, target reflect.Value, stated bool) error {
	count, err := r.decoder.DecodeMapLen()
	if err != nil {
		return err
	}
	out := reflect.MakeMapWithSize(f.kind, max(0, count))
	for range count {
		key, err := r.decoder.DecodeString()
		if err != nil {
			return err
		}
		code, err := r.next()
		if err != nil {
			return err
		}
		if stated && code == msgpcode.Nil {
			if err := r.decoder.Skip(); err != nil {
				return err
			}
			continue
		}
		inner := reflect.New(f.kind.Elem()).Elem()
		if err := r.value(f.element, inner, false); err != nil {
			return fmt.Errorf("%q: %w", key, err)
		}
		out.SetMapIndex(reflect.ValueOf(key), inner)
	}
	target.Set(out)
	return nil
}

func (r *reader) members(f *form, target reflect.Value, inputs bool) error {
	count, err := r.decoder.DecodeMapLen()
	if err != nil {
		return err
	}
	found := 0
	for range count {
		name, err := r.decoder.DecodeString()
		if err != nil {
			return err
		}
		i, ours := f.byName[name]
		if !ours {
			if err := r.decoder.Skip(); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			continue
		}
		found++
		member := f.fields[i]
		if err := r.value(member.form, target.Field(member.index), inputs && member.isMap); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	if found < len(f.fields) {
		return fmt.Errorf("it has %d of the %d attributes of %s", found, len(f.fields), f.kind)
	}
	return nil
}

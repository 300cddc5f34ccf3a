package tfvalue

import (
	"fmt"
	"reflect"

	"github.com/vmihailenco/msgpack/v5/msgpcode"
)

// With replaces attributes of an object by the fields of a struct. What Terraform
// knows of values that are still unknown, such as that they will not be null, is
// left out of the others: no answer of the provider repeats it.
func (w Wire) With(fields any) (Wire, error) {
	value := reflect.ValueOf(fields)
	f := formOf(value.Type())
	r := newReader(w)
	count, err := r.decoder.DecodeMapLen()
	if err != nil {
		return nil, fmt.Errorf("read the object: %w", err)
	}
	out := appendHeader(make([]byte, 0, len(w)+4096), msgpcode.Map32, max(0, count))
	replaced := map[string]bool{}
	for range count {
		name, err := r.decoder.DecodeString()
		if err != nil {
			return nil, fmt.Errorf("read the object: %w", err)
		}
		out = appendText(out, name)
		if i, ours := f.byName[name]; ours {
			replaced[name] = true
			out = f.fields[i].write(out, value.Field(f.fields[i].index))
			err = r.decoder.Skip()
		} else {
			out, err = r.copy(out, unknownCode)
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
	}
	for _, member := range f.fields {
		if !replaced[member.name] {
			return nil, fmt.Errorf("the object has no attribute %q", member.name)
		}
	}
	return out, nil
}

// WithoutUnknowns turns every unknown into null: a state may hold none.
func (w Wire) WithoutUnknowns() (Wire, error) {
	out, err := newReader(w).copy(make([]byte, 0, len(w)), []byte{msgpcode.Nil})
	if err != nil {
		return nil, fmt.Errorf("read the value: %w", err)
	}
	return out, nil
}

// copy appends the next value, with something else in place of what is unknown
// in it.
func (r *reader) copy(out, unknown []byte) ([]byte, error) {
	code, err := r.next()
	if err != nil {
		return nil, err
	}
	start, inside := r.position(), 0
	switch {
	case msgpcode.IsExt(code):
		return append(out, unknown...), r.decoder.Skip()
	case msgpcode.IsFixedMap(code) || code == msgpcode.Map16 || code == msgpcode.Map32:
		inside, err = r.decoder.DecodeMapLen()
		inside *= 2
	case msgpcode.IsFixedArray(code) || code == msgpcode.Array16 || code == msgpcode.Array32:
		inside, err = r.decoder.DecodeArrayLen()
	default:
		err = r.decoder.Skip()
	}
	if err != nil {
		return nil, err
	}
	out = append(out, r.in[start:r.position()]...)
	for range inside {
		if out, err = r.copy(out, unknown); err != nil {
			return nil, err
		}
	}
	return out, nil
}

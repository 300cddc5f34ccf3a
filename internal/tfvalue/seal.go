package tfvalue

import (
	"bytes"
	"encoding/base64"
	"fmt"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/vmihailenco/msgpack/v5"
	"github.com/vmihailenco/msgpack/v5/msgpcode"
)

// A value can be sealed: encoded into one text, which code in between carries
// without looking inside. Null and unknown stay what they are.

// Seal turns an encoded value into an encoded text.
func Seal(value []byte) ([]byte, error) { return appendText(nil, Wire(value).Sealed()), nil }

// Sealed is the value as a text.
func (w Wire) Sealed() string { return base64.StdEncoding.EncodeToString(w) }

// Opened is the value that a text holds.
func Opened(text string) (Wire, error) {
	value, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("open sealed value: %w", err)
	}
	return value, nil
}

// Attribute is an attribute of an object as it is encoded, nil for one that the
// object does not have.
func (w Wire) Attribute(name string) (Wire, error) {
	start, end, err := w.find(name)
	if err != nil || start == end {
		return nil, err
	}
	return w[start:end], nil
}

// find says where an attribute of an object is.
func (w Wire) find(name string) (start, end int, err error) {
	if !w.IsKnown() {
		return 0, 0, nil
	}
	r := newReader(w)
	attributes, err := r.decoder.DecodeMapLen()
	if err != nil {
		return 0, 0, fmt.Errorf("read resource value: %w", err)
	}
	for range attributes {
		key, err := r.decoder.DecodeString()
		if err != nil {
			return 0, 0, fmt.Errorf("read resource value: %w", err)
		}
		start := r.position()
		if err := r.decoder.Skip(); err != nil {
			return 0, 0, fmt.Errorf("read %s: %w", key, err)
		}
		if key == name {
			return start, r.position(), nil
		}
	}
	return 0, 0, nil
}

// Enclose turns an object into one of two attributes: the whole as a text, and
// one of its own attributes beside it.
func Enclose(object *tfprotov6.DynamicValue, within, beside string) error {
	if object == nil || !Wire(object.MsgPack).IsKnown() {
		return nil
	}
	whole := Wire(object.MsgPack)
	kept, err := whole.Attribute(beside)
	if err != nil {
		return err
	}
	if kept == nil {
		return fmt.Errorf("the object has no attribute %q", beside)
	}
	out := appendHeader(make([]byte, 0, 2*len(whole)), msgpcode.Map32, 2)
	out = append(appendText(out, beside), kept...)
	object.MsgPack = appendText(appendText(out, within), whole.Sealed())
	return nil
}

// Disclose turns what Enclose made, or code in between, into the whole again. It
// reports whether there was one.
func Disclose(object *tfprotov6.DynamicValue, within string) (bool, error) {
	if object == nil {
		return false, nil
	}
	text, err := TextAttribute(object, within)
	if err != nil || text == "" {
		return false, err
	}
	object.MsgPack, err = Opened(text)
	return true, err
}

// ReplaceAttribute replaces one attribute of an encoded object by what replace
// makes of it, unless the object or the attribute is null or unknown. An object
// without it is left alone.
func ReplaceAttribute(object *tfprotov6.DynamicValue, name string, replace func([]byte) ([]byte, error)) error {
	if object == nil {
		return nil
	}
	start, end, err := Wire(object.MsgPack).find(name)
	if err != nil || !Wire(object.MsgPack[start:end]).IsKnown() {
		return err
	}
	replaced, err := replace(object.MsgPack[start:end])
	if err != nil {
		return err
	}
	object.MsgPack = bytes.Join([][]byte{object.MsgPack[:start], replaced, object.MsgPack[end:]}, nil)
	return nil
}

// isKnown tells by its first byte whether an encoded value is neither null nor
// unknown, which is an extension.
func isKnown(code byte) bool { return code != msgpcode.Nil && !msgpcode.IsExt(code) }

// TextAttribute reads an attribute that is a text, empty when it is null or
// unknown, without decoding the rest.
func TextAttribute(object *tfprotov6.DynamicValue, name string) (string, error) {
	if object == nil {
		return "", nil
	}
	return Wire(object.MsgPack).text(name)
}

func (w Wire) text(name string) (string, error) {
	value, err := w.Attribute(name)
	if err != nil || !value.IsKnown() {
		return "", err
	}
	var text string
	err = msgpack.Unmarshal(value, &text)
	return text, err
}

// Text is an attribute of an object that is a text, empty when it is null or
// unknown, or cannot be read.
func (w Wire) Text(name string) string {
	text, err := w.text(name)
	if err != nil {
		return ""
	}
	return text
}

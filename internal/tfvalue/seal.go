package tfvalue

import (
	"bytes"
	"encoding/base64"
	"fmt"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/vmihailenco/msgpack/v5"
	"github.com/vmihailenco/msgpack/v5/msgpcode"
)

// An attribute can be sealed: encoded into one text, which code in between
// carries without looking inside. Fields with the option "sealed" in their tag
// are read from and written to such a text. Null and unknown stay what they are.

// SealedText seals one value.
func SealedText(value tftypes.Value) (string, error) {
	encoded, err := tfprotov6.NewDynamicValue(value.Type(), value)
	if err != nil {
		return "", fmt.Errorf("seal value: %w", err)
	}
	return base64.StdEncoding.EncodeToString(encoded.MsgPack), nil
}

// opened reads a sealed value of a known type.
func opened(text string, kind tftypes.Type) (tftypes.Value, error) {
	encoded, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return tftypes.Value{}, fmt.Errorf("open sealed value: %w", err)
	}
	return tfprotov6.DynamicValue{MsgPack: encoded}.Unmarshal(kind)
}

// Seal turns an encoded value into an encoded text.
func Seal(value []byte) ([]byte, error) {
	return msgpack.Marshal(base64.StdEncoding.EncodeToString(value))
}

// Unseal turns an encoded text into the encoded value that it holds.
func Unseal(value []byte) ([]byte, error) {
	var text string
	if err := msgpack.Unmarshal(value, &text); err != nil {
		return nil, fmt.Errorf("unseal value: %w", err)
	}
	return base64.StdEncoding.DecodeString(text)
}

// ReplaceAttribute replaces one attribute of an encoded object by what replace
// makes of it, unless the object or the attribute is null or unknown. An object
// without it is left alone.
func ReplaceAttribute(object *tfprotov6.DynamicValue, name string, replace func([]byte) ([]byte, error)) error {
	if object == nil || len(object.MsgPack) == 0 || !isKnown(object.MsgPack[0]) {
		return nil
	}
	reader := bytes.NewReader(object.MsgPack)
	decoder := msgpack.NewDecoder(reader)
	attributes, err := decoder.DecodeMapLen()
	if err != nil {
		return fmt.Errorf("read resource value: %w", err)
	}
	for range attributes {
		key, err := decoder.DecodeString()
		if err != nil {
			return fmt.Errorf("read resource value: %w", err)
		}
		start := len(object.MsgPack) - reader.Len()
		if err := decoder.Skip(); err != nil {
			return fmt.Errorf("read %s: %w", key, err)
		}
		end := len(object.MsgPack) - reader.Len()
		if key != name {
			continue
		}
		if value := object.MsgPack[start:end]; isKnown(value[0]) {
			replaced, err := replace(value)
			if err != nil {
				return err
			}
			object.MsgPack = bytes.Join([][]byte{object.MsgPack[:start], replaced, object.MsgPack[end:]}, nil)
		}
		return nil
	}
	return nil
}

// isKnown tells by its first byte whether an encoded value is neither null nor
// unknown, which is an extension.
func isKnown(code byte) bool { return code != msgpcode.Nil && !msgpcode.IsExt(code) }

// TextAttribute reads an attribute that is a text, empty when it is null or
// unknown, without decoding the rest.
func TextAttribute(object *tfprotov6.DynamicValue, name string) (string, error) {
	var text string
	if object == nil {
		return "", nil
	}
	untouched := *object
	err := ReplaceAttribute(&untouched, name, func(value []byte) ([]byte, error) {
		return value, msgpack.Unmarshal(value, &text)
	})
	return text, err
}

package tfvalue

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/vmihailenco/msgpack/v5"
	"github.com/vmihailenco/msgpack/v5/msgpcode"
)

// Hidden says which attributes of encoded values only Terraform sees: they are
// in the schema that it is shown and not in the one that the code works with.
type Hidden struct {
	// Names are the hidden attributes of an object.
	Names map[string]bool
	// Within are the attributes of the object that have hidden ones inside.
	Within map[string]*Hidden
	// Elements stands for what is in each element of a map or a list.
	Elements *Hidden
}

// Hides reports whether an attribute of the object is hidden.
func (h *Hidden) Hides(name string) bool { return h != nil && h.Names[name] }

// In is what is hidden inside an attribute of the object, nil for nothing.
func (h *Hidden) In(name string) *Hidden {
	if h == nil {
		return nil
	}
	return h.Within[name]
}

// Element is what is hidden in each element of a map or a list.
func (h *Hidden) Element() *Hidden {
	if h == nil {
		return nil
	}
	return h.Elements
}

// Remove takes the hidden attributes out of an encoded value and reports those
// that are not null, with their path.
func (h *Hidden) Remove(value *tfprotov6.DynamicValue) (stated []*tftypes.AttributePath, err error) {
	err = h.rewrite(value, &rewriting{report: func(at *tftypes.AttributePath) { stated = append(stated, at) }})
	return stated, err
}

// Add puts the hidden attributes into an encoded value, each null.
func (h *Hidden) Add(value *tfprotov6.DynamicValue) error {
	return h.rewrite(value, &rewriting{add: true})
}

func (h *Hidden) rewrite(value *tfprotov6.DynamicValue, w *rewriting) error {
	if h == nil || value == nil || len(value.MsgPack) == 0 || !isKnown(value.MsgPack[0]) {
		return nil
	}
	w.in, w.reader = value.MsgPack, bytes.NewReader(value.MsgPack)
	w.decoder = msgpack.NewDecoder(w.reader)
	w.out = make([]byte, 0, len(w.in)+64)
	if err := w.value(h, tftypes.NewAttributePath()); err != nil {
		return fmt.Errorf("read value: %w", err)
	}
	value.MsgPack = w.out
	return nil
}

// rewriting goes through one encoded value and writes another.
type rewriting struct {
	in      []byte
	reader  *bytes.Reader
	decoder *msgpack.Decoder
	out     []byte

	add    bool
	report func(*tftypes.AttributePath)
}

func (w *rewriting) position() int { return len(w.in) - w.reader.Len() }

// pass copies the next value as it is.
func (w *rewriting) pass() error {
	start := w.position()
	if err := w.decoder.Skip(); err != nil {
		return err
	}
	w.out = append(w.out, w.in[start:w.position()]...)
	return nil
}

// value rewrites the next value.
func (w *rewriting) value(h *Hidden, at *tftypes.AttributePath) error {
	if h == nil || !isKnown(w.in[w.position()]) {
		return w.pass()
	}
	if h.Elements != nil {
		return w.collection(h.Elements, at)
	}
	count, err := w.decoder.DecodeMapLen()
	if err != nil {
		return err
	}
	header := len(w.out)
	w.out = append(w.out, msgpcode.Map32, 0, 0, 0, 0)
	left := count
	for range count {
		start := w.position()
		name, err := w.decoder.DecodeString()
		if err != nil {
			return err
		}
		if h.Names[name] {
			left--
			if err := w.drop(at.WithAttributeName(name)); err != nil {
				return err
			}
			continue
		}
		w.out = append(w.out, w.in[start:w.position()]...)
		if err := w.value(h.Within[name], at.WithAttributeName(name)); err != nil {
			return err
		}
	}
	if w.add {
		for _, name := range slices.Sorted(maps.Keys(h.Names)) {
			encoded, err := msgpack.Marshal(name)
			if err != nil {
				return err
			}
			w.out = append(append(w.out, encoded...), msgpcode.Nil)
			left++
		}
	}
	binary.BigEndian.PutUint32(w.out[header+1:], uint32(left))
	return nil
}

// drop leaves the next value out.
func (w *rewriting) drop(at *tftypes.AttributePath) error {
	if w.in[w.position()] != msgpcode.Nil && w.report != nil {
		w.report(at)
	}
	return w.decoder.Skip()
}

// collection rewrites the elements of a map or a list.
func (w *rewriting) collection(h *Hidden, at *tftypes.AttributePath) error {
	start := w.position()
	if code := w.in[start]; msgpcode.IsFixedArray(code) || code == msgpcode.Array16 || code == msgpcode.Array32 {
		count, err := w.decoder.DecodeArrayLen()
		if err != nil {
			return err
		}
		w.out = append(w.out, w.in[start:w.position()]...)
		for i := range count {
			if err := w.value(h, at.WithElementKeyInt(i)); err != nil {
				return err
			}
		}
		return nil
	}
	count, err := w.decoder.DecodeMapLen()
	if err != nil {
		return err
	}
	w.out = append(w.out, w.in[start:w.position()]...)
	for range count {
		start := w.position()
		key, err := w.decoder.DecodeString()
		if err != nil {
			return err
		}
		w.out = append(w.out, w.in[start:w.position()]...)
		if err := w.value(h, at.WithElementKeyString(key)); err != nil {
			return err
		}
	}
	return nil
}

package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
)

// As much of CBOR (RFC 8949) as Smithy's rpc-v2-cbor protocol uses. Values are
// nil, bool, int64, float64, string, []byte, []any, map[string]any and tagged.

// taggedCBOR is a value with a tag, such as a time: tag 1.
type taggedCBOR struct {
	tag   uint64
	value any
}

const (
	cborUnsigned = iota
	cborNegative
	cborBytes
	cborText
	cborList
	cborMap
	cborTag
	cborSimple

	cborOpenEnd = 31 // the length of what ends with a break
	cborBreak   = 0xff
)

var errCBOR = errors.New("malformed CBOR")

func decodeCBOR(data []byte) (any, error) {
	d := &cborDecoder{data: data}
	value := d.value(0)
	if d.err == nil && len(d.data) > 0 {
		d.err = fmt.Errorf("%w: %d bytes too many", errCBOR, len(d.data))
	}
	return value, d.err
}

type cborDecoder struct {
	data []byte
	err  error
}

func (d *cborDecoder) fail(why string) any {
	if d.err == nil {
		d.err = fmt.Errorf("%w: %s", errCBOR, why)
	}
	d.data = nil
	return nil
}

func (d *cborDecoder) take(n uint64) []byte {
	if n > uint64(len(d.data)) {
		d.fail("too short")
		return nil
	}
	taken := d.data[:n]
	d.data = d.data[n:]
	return taken
}

// head reads a type and its argument; bits is the width of the argument.
func (d *cborDecoder) head() (major byte, low byte, argument uint64) {
	first := d.take(1)
	if len(first) == 0 {
		return cborSimple, 0, 0
	}
	major, low = first[0]>>5, first[0]&31
	if low < 24 || low == cborOpenEnd {
		return major, low, uint64(low)
	}
	if low > 27 {
		d.fail("reserved length")
		return major, low, 0
	}
	for _, b := range d.take(1 << (low - 24)) {
		argument = argument<<8 | uint64(b)
	}
	return major, low, argument
}

const cborDepth = 64 // no AWS shape is nested deeper

func (d *cborDecoder) value(depth int) any {
	if depth > cborDepth {
		return d.fail("nested too deep")
	}
	major, low, n := d.head()
	if d.err != nil {
		return nil
	}
	switch major {
	case cborUnsigned:
		return int64(n)
	case cborNegative:
		return -1 - int64(n)
	case cborBytes:
		return slices.Clone(d.take(n))
	case cborText:
		return string(d.take(n))
	case cborList:
		list := []any{}
		for d.more(low, &n) {
			list = append(list, d.value(depth+1))
		}
		return list
	case cborMap:
		members := map[string]any{}
		for d.more(low, &n) {
			key, _ := d.value(depth + 1).(string)
			members[key] = d.value(depth + 1)
		}
		return members
	case cborTag:
		return taggedCBOR{n, d.value(depth + 1)}
	default:
		return d.simple(low, n)
	}
}

// more counts down a collection, or looks for the break of an open one.
func (d *cborDecoder) more(low byte, left *uint64) bool {
	if d.err != nil {
		return false
	}
	if low == cborOpenEnd {
		if len(d.data) > 0 && d.data[0] == cborBreak {
			d.data = d.data[1:]
			return false
		}
		return true
	}
	*left--
	return *left != math.MaxUint64
}

func (d *cborDecoder) simple(low byte, n uint64) any {
	switch low {
	case 20, 21:
		return low == 21
	case 22, 23:
		return nil
	case 26:
		return float64(math.Float32frombits(uint32(n)))
	case 27:
		return math.Float64frombits(n)
	default:
		return d.fail("unknown simple value")
	}
}

// AppendCBOR encodes nil, bool, int64, float64, string, []byte, []any and
// map[string]any. Other types become null.
func AppendCBOR(out []byte, value any) []byte {
	switch v := value.(type) {
	case bool:
		if v {
			return append(out, 0xf5)
		}
		return append(out, 0xf4)
	case int64:
		if v < 0 {
			return appendCBORHead(out, cborNegative, uint64(-1-v))
		}
		return appendCBORHead(out, cborUnsigned, uint64(v))
	case float64:
		return binary.BigEndian.AppendUint64(append(out, 0xfb), math.Float64bits(v))
	case string:
		return append(appendCBORHead(out, cborText, uint64(len(v))), v...)
	case []byte:
		return append(appendCBORHead(out, cborBytes, uint64(len(v))), v...)
	case []any:
		out = appendCBORHead(out, cborList, uint64(len(v)))
		for _, element := range v {
			out = AppendCBOR(out, element)
		}
		return out
	case map[string]any:
		out = appendCBORHead(out, cborMap, uint64(len(v)))
		for _, key := range slices.Sorted(maps.Keys(v)) {
			out = AppendCBOR(AppendCBOR(out, key), v[key])
		}
		return out
	case taggedCBOR:
		return AppendCBOR(appendCBORHead(out, cborTag, v.tag), v.value)
	default:
		return append(out, 0xf6)
	}
}

// AppendCBORMap begins a map of so many members, each a text and a value.
func AppendCBORMap(out []byte, members int) []byte {
	return appendCBORHead(out, cborMap, uint64(members))
}

// AppendCBORList begins a list of so many values.
func AppendCBORList(out []byte, values int) []byte {
	return appendCBORHead(out, cborList, uint64(values))
}

func appendCBORHead(out []byte, major byte, n uint64) []byte {
	major <<= 5
	switch {
	case n < 24:
		return append(out, major|byte(n))
	case n <= math.MaxUint8:
		return append(out, major|24, byte(n))
	case n <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(out, major|25), uint16(n))
	case n <= math.MaxUint32:
		return binary.BigEndian.AppendUint32(append(out, major|26), uint32(n))
	default:
		return binary.BigEndian.AppendUint64(append(out, major|27), n)
	}
}

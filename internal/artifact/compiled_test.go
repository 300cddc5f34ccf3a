package artifact

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// classOf is a class file with methods, those of which begin with - not public.
func classOf(super string, interfaces []string, methods ...string) string {
	var constants, body bytes.Buffer
	count := uint16(1)
	put := func(to *bytes.Buffer, numbers ...any) {
		for _, n := range numbers {
			_ = binary.Write(to, binary.BigEndian, n) // a buffer takes all
		}
	}
	text := func(s string) uint16 {
		put(&constants, byte(constantText), uint16(len(s)), []byte(s))
		count++
		return count - 1
	}
	class := func(s string) uint16 {
		at := text(s)
		put(&constants, byte(constantClass), at)
		count++
		return count - 1
	}
	put(&constants, byte(constantLong), uint64(1))
	count += 2 // a long takes two places
	put(&body, uint16(0x21), class("com/example/Orders"), class(super), uint16(len(interfaces)))
	for _, i := range interfaces {
		put(&body, class(i))
	}
	kind := text("()V")
	put(&body, uint16(1), uint16(2), text("field"), kind, uint16(0), uint16(len(methods)+1))
	put(&body, uint16(1), text("<init>"), kind, uint16(1), text("Code"), uint32(3), []byte("abc"))
	for _, m := range methods {
		name, hidden := strings.CutPrefix(m, "-")
		flags := uint16(publicMethod)
		if hidden {
			flags = 2
		}
		put(&body, flags, text(name), kind, uint16(0))
	}
	var out bytes.Buffer
	put(&out, uint32(classMagic), uint16(0), uint16(69), count, constants.Bytes(), body.Bytes())
	return out.String()
}

// assemblyOf is an assembly with types.
func assemblyOf(types ...dotnetType) string {
	little := binary.LittleEndian
	heap := "\x00"
	text := func(s string) []byte {
		at := len(heap)
		heap += s + "\x00"
		return little.AppendUint16(nil, uint16(at))
	}
	split := func(full string) (space, name string) {
		dot := strings.LastIndexByte(full, '.')
		return full[:max(dot, 0)], full[dot+1:]
	}
	module := append(append(make([]byte, 2), text("Orders.dll")...), make([]byte, 6)...)
	var refs, defs, methods []byte
	method := uint16(1)
	for i, t := range types {
		space, name := split(t.base)
		refs = append(append(append(refs, 0, 0), text(name)...), text(space)...)
		space, name = split(t.name)
		defs = append(append(append(defs, 1, 0, 0, 0), text(name)...), text(space)...)
		defs = little.AppendUint16(defs, uint16((i+1)<<typeDefOrRefTag|typeRefTag))
		defs = little.AppendUint16(little.AppendUint16(defs, 1), method)
		for _, m := range t.methods {
			methods = append(append(append(methods, make([]byte, 8)...), text(m)...), 0, 0, 1, 0)
			method++
		}
	}
	tables := little.AppendUint64([]byte{0, 0, 0, 0, 2, 0, 0, 1}, 1<<tableModule|1<<tableTypeRef|1<<tableTypeDef|1<<tableMethodDef)
	tables = append(tables, make([]byte, 8)...)
	for _, n := range []int{1, len(types), len(types), int(method) - 1} {
		tables = little.AppendUint32(tables, uint32(n))
	}
	for _, rows := range [][]byte{module, refs, defs, methods} {
		tables = append(tables, rows...)
	}
	root := little.AppendUint32(nil, metadataMagic)
	root = append(append(append(root, 1, 0, 1, 0, 0, 0, 0, 0), 12, 0, 0, 0), "v4.0.30319\x00\x00\x00\x00\x02\x00"...)
	const streams = 32 + 12 + 20
	root = append(little.AppendUint32(little.AppendUint32(root, streams), uint32(len(tables))), "#~\x00\x00"...)
	root = append(little.AppendUint32(little.AppendUint32(root, uint32(streams+len(tables))), uint32(len(heap))), "#Strings\x00\x00\x00\x00"...)
	root = append(append(root, tables...), heap...)
	return portable(root)
}

// portable puts metadata into a program of Windows, as assemblies are.
func portable(root []byte) string {
	const begin, section, headers, clr = 0x40, 0x200, 0x200, 0x48
	little := binary.LittleEndian
	out := make([]byte, headers)
	copy(out, "MZ")
	little.PutUint32(out[0x3c:], begin)
	copy(out[begin:], "PE\x00\x00")
	coff := out[begin+4:]
	little.PutUint16(coff, 0x14c)
	little.PutUint16(coff[2:], 1)
	little.PutUint16(coff[16:], 96+16*8)
	little.PutUint16(coff[18:], 0x2102)
	optional := coff[20:]
	little.PutUint16(optional, 0x10b)
	little.PutUint32(optional[92:], 16)
	little.PutUint32(optional[96+clrDirectory*8:], 0x2000)
	little.PutUint32(optional[96+clrDirectory*8+4:], clr)
	table := optional[96+16*8:]
	copy(table, ".text")
	size := uint32(clr + len(root))
	for at, n := range map[int]uint32{8: size, 12: 0x2000, 16: size, 20: section} {
		little.PutUint32(table[at:], n)
	}
	header := make([]byte, clr)
	little.PutUint32(header, clr)
	little.PutUint32(header[metadataAt:], 0x2000+clr)
	little.PutUint32(header[metadataAt+4:], uint32(len(root)))
	return string(append(append(out, header...), root...))
}

package artifact

import (
	"bytes"
	"debug/pe"
	"encoding/binary"
	"math/bits"
	"strings"
)

// assemblyLooked is how much of an assembly is read, in bytes.
const assemblyLooked = 16 << 20

// dotnetType is a type of an assembly.
type dotnetType struct {
	name, base string // with namespaces; base is empty where the assembly does not say
	methods    []string
}

// The tables of an assembly's metadata that are read, by their numbers.
// https://ecma-international.org/publications-and-standards/standards/ecma-335/, partition II, 22
const (
	tableModule     = 0x00
	tableTypeRef    = 0x01
	tableTypeDef    = 0x02
	tableFieldPtr   = 0x03
	tableField      = 0x04
	tableMethodPtr  = 0x05
	tableMethodDef  = 0x06
	tableParam      = 0x08
	tableModuleRef  = 0x1a
	tableTypeSpec   = 0x1b
	tableAssembly   = 0x23
	tableExported   = 0x27
	clrDirectory    = 14
	metadataAt      = 8 // within the header of the runtime
	metadataMagic   = 0x424a5342
	typeRefTag      = 1
	typeDefOrRefTag = 2 // bits
)

// metadata reads the tables of an assembly.
type metadata struct {
	rows    [64]int
	sizes   [7]int // of a row, of the tables up to MethodDef
	at      [7]int
	tables  []byte
	strings []byte
	wide    byte // which heaps have indices of four bytes
}

// readAssembly lists the types of an assembly, or reports that it cannot: it is
// none, it was made smaller, or it passes types on to another one.
func readAssembly(text []byte) (types []dotnetType, ok bool) {
	defer func() {
		// What the file says of its own offsets may lead anywhere.
		if recover() != nil {
			types, ok = nil, false
		}
	}()
	m, ok := openMetadata(text)
	if !ok || m.rows[tableExported] > 0 {
		return nil, false
	}
	for i := range m.rows[tableTypeDef] {
		types = append(types, m.typeDef(i))
	}
	return types, true
}

func openMetadata(text []byte) (*metadata, bool) {
	file, err := pe.NewFile(bytes.NewReader(text))
	if err != nil {
		return nil, false
	}
	var directory pe.DataDirectory
	switch header := file.OptionalHeader.(type) {
	case *pe.OptionalHeader32:
		directory = header.DataDirectory[clrDirectory]
	case *pe.OptionalHeader64:
		directory = header.DataDirectory[clrDirectory]
	}
	offset := func(address uint32) []byte {
		for _, s := range file.Sections {
			if address >= s.VirtualAddress && address < s.VirtualAddress+max(s.Size, s.VirtualSize) {
				return text[s.Offset+address-s.VirtualAddress:]
			}
		}
		return nil
	}
	if directory.VirtualAddress == 0 {
		return nil, false
	}
	root := offset(binary.LittleEndian.Uint32(offset(directory.VirtualAddress)[metadataAt:]))
	if binary.LittleEndian.Uint32(root) != metadataMagic {
		return nil, false
	}
	m := &metadata{}
	at := 16 + int(binary.LittleEndian.Uint32(root[12:])) // behind the version's text
	streams := int(binary.LittleEndian.Uint16(root[at+2:]))
	at += 4
	for range streams {
		from, size := binary.LittleEndian.Uint32(root[at:]), binary.LittleEndian.Uint32(root[at+4:])
		name, _, _ := strings.Cut(string(root[at+8:at+8+32]), "\x00")
		at += 8 + (len(name)+4)/4*4
		switch name {
		case "#~":
			m.tables = root[from : from+size]
		case "#Strings":
			m.strings = root[from : from+size]
		}
	}
	if m.tables == nil || m.strings == nil {
		return nil, false
	}
	m.layOut()
	return m, true
}

// layOut finds where the tables begin: how wide their columns are depends on how
// many rows others have.
func (m *metadata) layOut() {
	m.wide = m.tables[6]
	valid := binary.LittleEndian.Uint64(m.tables[8:])
	at := 24
	for table := range 64 {
		if valid&(1<<table) != 0 {
			m.rows[table] = int(binary.LittleEndian.Uint32(m.tables[at:]))
			at += 4
		}
	}
	if m.wide&0x40 != 0 {
		at += 4 // extra data
	}
	text, guid, blob := m.heap(1), m.heap(2), m.heap(4)
	m.sizes = [7]int{
		tableModule:    2 + text + 3*guid,
		tableTypeRef:   m.coded(tableModule, tableModuleRef, tableAssembly, tableTypeRef) + 2*text,
		tableTypeDef:   4 + 2*text + m.typeDefOrRef() + m.index(tableField) + m.index(tableMethodDef),
		tableFieldPtr:  m.index(tableField),
		tableField:     2 + text + blob,
		tableMethodPtr: m.index(tableMethodDef),
		tableMethodDef: 8 + text + blob + m.index(tableParam),
	}
	for table, size := range m.sizes {
		m.at[table] = at
		at += size * m.rows[table]
	}
}

func (m *metadata) heap(bit byte) int {
	if m.wide&bit != 0 {
		return 4
	}
	return 2
}

func (m *metadata) index(table int) int {
	if m.rows[table] > 0xffff {
		return 4
	}
	return 2
}

// coded is the width of an index into one of several tables.
func (m *metadata) coded(tables ...int) int {
	most := 0
	for _, table := range tables {
		most = max(most, m.rows[table])
	}
	if most >= 1<<(16-bits.Len(uint(len(tables)-1))) {
		return 4
	}
	return 2
}

func (m *metadata) typeDefOrRef() int { return m.coded(tableTypeDef, tableTypeRef, tableTypeSpec) }

// row reads the columns of a row, of so many bytes each.
func (m *metadata) row(table, i int, widths ...int) []int {
	at := m.at[table] + i*m.sizes[table]
	var out []int
	for _, width := range widths {
		if width == 4 {
			out = append(out, int(binary.LittleEndian.Uint32(m.tables[at:])))
		} else {
			out = append(out, int(binary.LittleEndian.Uint16(m.tables[at:])))
		}
		at += width
	}
	return out
}

func (m *metadata) text(at int) string {
	text, _, _ := bytes.Cut(m.strings[at:], []byte{0})
	return string(text)
}

func (m *metadata) fullName(namespace, name int) string {
	if space := m.text(namespace); space != "" {
		return space + "." + m.text(name)
	}
	return m.text(name)
}

func (m *metadata) typeDef(i int) dotnetType {
	text := m.heap(1)
	widths := []int{4, text, text, m.typeDefOrRef(), m.index(tableField), m.index(tableMethodDef)}
	row := m.row(tableTypeDef, i, widths...)
	t := dotnetType{name: m.fullName(row[2], row[1])}
	if row[3]&(1<<typeDefOrRefTag-1) == typeRefTag {
		scope := m.coded(tableModule, tableModuleRef, tableAssembly, tableTypeRef)
		ref := m.row(tableTypeRef, row[3]>>typeDefOrRefTag-1, scope, text, text)
		t.base = m.fullName(ref[2], ref[1])
	}
	end := m.rows[tableMethodDef] + 1
	if i+1 < m.rows[tableTypeDef] {
		end = m.row(tableTypeDef, i+1, widths...)[5]
	}
	for method := row[5]; method < end && m.rows[tableMethodPtr] == 0; method++ {
		name := m.text(m.row(tableMethodDef, method-1, 4, 2, 2, text)[3])
		t.methods = append(t.methods, name)
	}
	return t
}

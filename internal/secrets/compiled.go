package secrets

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
)

// pycHeader is the length of what is before the code in a compiled module of
// Python 3.7 and later, in bytes.
// https://peps.python.org/pep-0552/
const pycHeader = 16

// Releases of Python by the number at the beginning of what they compile: the
// first with a code object that says something more, or less.
const (
	python38  = 3400
	python311 = 3450
)

// compiled writes the texts in a compiled module of Python as lines of source, as
// far as it can be read: with naming, those that are given a name as an assignment.
// It returns nothing for what is no such module.
func compiled(text []byte, naming bool) []byte {
	if len(text) < pycHeader+1 || text[2] != '\r' || text[3] != '\n' {
		return nil
	}
	m := &marshal{rest: text[pycHeader:], magic: int(binary.LittleEndian.Uint16(text)), naming: naming, known: map[string]bool{}}
	if m.magic < python38 || m.magic > 30000 {
		return nil
	}
	_, _ = m.next(0) // as much of it as there is
	return m.out.Bytes()
}

var errMarshal = errors.New("this is not what Python compiles to")

// marshal reads what Python's module of that name writes.
type marshal struct {
	rest  []byte
	magic int
	refs  []any
	out   bytes.Buffer
	// naming says that names are of interest; known are those that were judged.
	naming bool
	known  map[string]bool
}

func (m *marshal) take(n int) ([]byte, error) {
	if n < 0 || n > len(m.rest) {
		return nil, errMarshal
	}
	out := m.rest[:n]
	m.rest = m.rest[n:]
	return out, nil
}

// length reads a number of so many bytes.
func (m *marshal) length(width int) (int, error) {
	text, err := m.take(width)
	if err != nil {
		return 0, err
	}
	if width == 1 {
		return int(text[0]), nil
	}
	return int(int32(binary.LittleEndian.Uint32(text))), nil
}

// refFlag marks what is referred to later.
const refFlag = 0x80

// next reads an object: a text, a tuple as []any, and nothing of interest for all
// else.
func (m *marshal) next(depth int) (any, error) {
	kind, err := m.take(1)
	if err != nil || depth > 200 {
		return nil, errMarshal
	}
	ref := -1
	if kind[0]&refFlag != 0 {
		ref = len(m.refs)
		m.refs = append(m.refs, nil)
	}
	v, err := m.object(kind[0]&^refFlag, depth)
	if ref >= 0 {
		m.refs[ref] = v
	}
	return v, err
}

func (m *marshal) object(kind byte, depth int) (any, error) {
	switch kind {
	case '0', 'N', 'F', 'T', 'S', '.':
		return nil, nil
	case 'i':
		_, err := m.take(4)
		return nil, err
	case 'I', 'g':
		_, err := m.take(8)
		return nil, err
	case 'y':
		_, err := m.take(16)
		return nil, err
	case 'l':
		n, err := m.length(4)
		if err != nil {
			return nil, err
		}
		_, err = m.take(2 * max(n, -n))
		return nil, err
	case 's', 't', 'u', 'a', 'A':
		return m.text(4)
	case 'z', 'Z', 'f':
		return m.text(1)
	case '(', '[', '<', '>':
		return m.list(4, depth)
	case ')':
		return m.list(1, depth)
	case '{':
		for len(m.rest) > 0 && m.rest[0] != '0' {
			if _, err := m.next(depth + 1); err != nil {
				return nil, err
			}
		}
		_, err := m.take(1)
		return nil, err
	case ':':
		for range 3 {
			if _, err := m.next(depth + 1); err != nil {
				return nil, err
			}
		}
		return nil, nil
	case 'r':
		at, err := m.length(4)
		if err != nil || at < 0 || at >= len(m.refs) {
			return nil, errMarshal
		}
		return m.refs[at], nil
	case 'c':
		return nil, m.code(depth)
	}
	return nil, errMarshal
}

func (m *marshal) text(width int) (any, error) {
	n, err := m.length(width)
	if err != nil {
		return nil, err
	}
	text, err := m.take(n)
	return string(text), err
}

func (m *marshal) list(width, depth int) (any, error) {
	n, err := m.length(width)
	if err != nil || n < 0 || n > len(m.rest) {
		return nil, errMarshal
	}
	var all []any
	for range n {
		v, err := m.next(depth + 1)
		if err != nil {
			return all, err
		}
		all = append(all, v)
	}
	return all, nil
}

// code reads a code object: numbers, instructions, constants and names first.
func (m *marshal) code(depth int) error {
	numbers := 6
	if m.magic >= python311 {
		numbers = 5
	}
	if _, err := m.take(4 * numbers); err != nil {
		return err
	}
	var parts [3]any
	var err error
	for i := range parts {
		if parts[i], err = m.next(depth + 1); err != nil {
			break
		}
	}
	instructions, _ := parts[0].(string)
	constants, _ := parts[1].([]any)
	names, _ := parts[2].([]any)
	m.write(instructions, constants, names)
	if err != nil {
		return err
	}
	// Names of variables, the file's and the function's own name; a line number;
	// tables of lines and exceptions.
	before, after := 5, 1
	if m.magic >= python311 {
		after = 2
	}
	for i := range before + after {
		if i == before {
			if _, err := m.take(4); err != nil {
				return err
			}
		}
		if _, err := m.next(depth + 1); err != nil {
			return err
		}
	}
	return nil
}

// says reports whether a name is one of a secret.
func (m *marshal) says(name string) bool {
	if !m.naming || name == "" || len(name) > 60 {
		return false
	}
	says, known := m.known[name]
	if !known {
		says = nameOf(name).certainty != unsaid
		m.known[name] = says
	}
	return says
}

// write adds the texts of a code object. A constant that is loaded right before a
// name is used goes by it: the numbers of instructions change with every release,
// their arguments do not.
func (m *marshal) write(instructions string, constants, names []any) {
	under := map[int]string{}
	named := make([]string, len(names)) // those that secrets have
	some := false
	for i, name := range names {
		if text, is := name.(string); is && m.says(text) {
			named[i], some = text, true
		}
	}
	for at := 0; some && at+3 < len(instructions); at += 2 {
		constant, name := int(instructions[at+1]), int(instructions[at+3])
		if constant < len(constants) && name < len(named) && named[name] != "" && under[constant] == "" {
			under[constant] = named[name]
		}
	}
	before := ""
	for i, constant := range constants {
		text, is := constant.(string)
		if !is {
			if all, list := constant.([]any); list {
				m.write("", all, nil)
			}
			before = ""
			continue
		}
		name := under[i]
		if name == "" && len(text) >= shortest && m.says(before) {
			name = before // a key of a dictionary, with what is under it
		}
		if strings.ContainsAny(text, "\n\"") || name == "" {
			m.out.WriteString(text + "\n")
		} else {
			m.out.WriteString(name + ` = "` + text + "\"\n")
		}
		before = text
	}
}

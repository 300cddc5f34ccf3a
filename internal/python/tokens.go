package python

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Fault is why Python does not load a file.
type Fault struct {
	Line int
	// What reads on after "line 3: ".
	What string
}

type kind int

const (
	word kind = iota
	number
	text
	operator
)

// token is a word of Python, but for comments, line ends and indentation.
type token struct {
	kind kind
	text string
	line int
	// depth is how many brackets are open around it. A bracket is outside of itself.
	depth int
}

func (t token) in(words map[string]bool) bool { return t.kind != text && words[t.text] }

func (t token) is(texts ...string) bool {
	return t.kind != text && slices.Contains(texts, t.text)
}

// line is a logical line: what Python ends at a line end outside of brackets.
type line struct {
	indent int
	tokens []token
}

// source is a file in tokens.
type source struct {
	lines []line
	// fault is the first thing that no Python can be, if any.
	fault *Fault
	// unsure says that the tokenizer met what it does not understand.
	unsure bool
}

// open is a bracket that is not closed yet.
type open struct {
	bracket byte
	line    int
}

type tokenizer struct {
	source

	in      []byte
	at      int
	line    int
	release int // N of 3.N
	tokens  []token
	indent  int
	// The widths of the open indentations, with tabs to eight and to one.
	columns, alternates []int
	brackets            []open
}

// In releases of Python: from when on strings hold expressions with strings of
// their own (PEP 701), and strings are templates (PEP 750).
const (
	nestedStrings   = 12
	templateStrings = 14
)

func tokenize(in []byte, release int) source {
	t := &tokenizer{in: bytes.TrimPrefix(in, []byte("\xef\xbb\xbf")), line: 1, release: release, columns: []int{0}, alternates: []int{0}}
	for t.at < len(t.in) && t.fault == nil && !t.unsure {
		if len(t.tokens) == 0 && len(t.brackets) == 0 {
			t.startLine()
			if t.fault != nil || t.unsure || t.at >= len(t.in) {
				break
			}
		}
		t.next()
	}
	if t.fault == nil && !t.unsure && len(t.brackets) > 0 {
		last := t.brackets[len(t.brackets)-1]
		t.fail(last.line, "%q is never closed", string(last.bracket))
	}
	t.endLine()
	return t.source
}

func (t *tokenizer) fail(line int, format string, arguments ...any) {
	if t.fault == nil {
		t.fault = &Fault{line, fmt.Sprintf(format, arguments...)}
	}
}

func (t *tokenizer) peek(ahead int) byte {
	if t.at+ahead < len(t.in) {
		return t.in[t.at+ahead]
	}
	return 0
}

func (t *tokenizer) add(k kind, size int) {
	t.tokens = append(t.tokens, token{k, string(t.in[t.at : t.at+size]), t.line, len(t.brackets)})
	t.at += size
}

func (t *tokenizer) endLine() {
	if len(t.tokens) > 0 {
		t.lines = append(t.lines, line{t.indent, t.tokens})
		t.tokens = nil
	}
}

// newline passes a line end of any system, and reports whether there was one.
func (t *tokenizer) newline() bool {
	switch {
	case t.peek(0) == '\r' && t.peek(1) == '\n':
		t.at += 2
	case t.peek(0) == '\n', t.peek(0) == '\r':
		t.at++
	default:
		return false
	}
	t.line++
	return true
}

// startLine measures the indentation as Python does: it must mean the same
// whether a tab is eight wide or one.
func (t *tokenizer) startLine() {
	column, alternate := 0, 0
	for ; t.at < len(t.in); t.at++ {
		switch t.in[t.at] {
		case ' ':
			column, alternate = column+1, alternate+1
			continue
		case '\t':
			column, alternate = (column/8+1)*8, alternate+1
			continue
		case '\f':
			column, alternate = 0, 0
			continue
		}
		break
	}
	switch t.peek(0) {
	case '#', '\n', '\r', 0:
		return
	case '\\':
		t.unsure = true // how wide a continued indentation is differs between releases
		return
	}
	top := len(t.columns) - 1
	switch {
	case column == t.columns[top] && alternate == t.alternates[top]:
	case column > t.columns[top] && alternate > t.alternates[top]:
		t.columns, t.alternates = append(t.columns, column), append(t.alternates, alternate)
	case column < t.columns[top]:
		for column < t.columns[top] {
			top--
		}
		if column != t.columns[top] {
			t.fail(t.line, "it is indented like no line above it")
		} else if alternate != t.alternates[top] {
			t.fail(t.line, "its indentation mixes tabs and spaces")
		}
		t.columns, t.alternates = t.columns[:top+1], t.alternates[:top+1]
	default:
		t.fail(t.line, "its indentation mixes tabs and spaces")
	}
	t.indent = len(t.columns) - 1
}

var (
	numeral = regexp.MustCompile(`^(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9][0-9_]*)?[jJ]?)`)
)

// operators are all of Python's, also those that it has no more.
var operators = set(`**= //= >>= <<= ... -= += *= /= %= @= &= |= ^= == != <= >= := -> ** // << >> <>
	- + * / % @ & | ^ ~ = < > . , : ; ( ) [ ] { }`)

func set(words string) map[string]bool {
	out := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		out[word] = true
	}
	return out
}

// operatorAt is the longest operator that a text begins with, empty for none.
func operatorAt(rest []byte) string {
	for size := min(3, len(rest)); size > 0; size-- {
		if operators[string(rest[:size])] {
			return string(rest[:size])
		}
	}
	return ""
}

// prefixes go before the quote of a string.
var prefixes = set("r u b f t br rb fr rf tr rt")

// stringAt is the prefix and the quote that a text begins with, empty for none.
func stringAt(rest []byte) string {
	size := 0
	for size < len(rest) && size < 3 && rest[size] != '"' && rest[size] != '\'' {
		if !isWordByte(rest[size]) {
			return ""
		}
		size++
	}
	if size == 3 || size == len(rest) || size > 0 && !prefixes[strings.ToLower(string(rest[:size]))] {
		return ""
	}
	if len(rest) >= size+3 && rest[size+1] == rest[size] && rest[size+2] == rest[size] {
		return string(rest[:size+3])
	}
	return string(rest[:size+1])
}

func isWordByte(b byte) bool {
	return b == '_' || b >= utf8.RuneSelf || '0' <= b && b <= '9' || 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z'
}

// lookalikes are characters that editors and chats write in place of others.
const lookalikes = "\u201c\u201d\u2018\u2019\u00a0\u2013\u2014\u200b"

func (t *tokenizer) next() {
	b := t.in[t.at]
	rest := t.in[t.at:]
	begin := stringAt(rest)
	switch {
	case b == ' ' || b == '\t' || b == '\f':
		t.at++
	case b == '#':
		for t.at < len(t.in) && t.in[t.at] != '\n' && t.in[t.at] != '\r' {
			t.at++
		}
	case b == '\n' || b == '\r':
		t.newline()
		if len(t.brackets) == 0 {
			t.endLine()
		}
	case b == '\\':
		t.at++
		if !t.newline() && t.at < len(t.in) {
			t.fail(t.line, "a backslash stands before something else than a line end")
		}
	case begin != "":
		t.str(begin)
	case b >= '0' && b <= '9' || b == '.' && t.peek(1) >= '0' && t.peek(1) <= '9':
		t.add(number, len(numeral.Find(rest[:min(len(rest), 1<<16)])))
	case isWordByte(b):
		t.word()
	default:
		found := operatorAt(rest)
		if found == "" {
			t.fail(t.line, "%q is not a character of Python", string(b))
			return
		}
		t.operator(found)
	}
}

func (t *tokenizer) word() {
	size := 0
	for t.at+size < len(t.in) && isWordByte(t.in[t.at+size]) {
		size++
	}
	if name := t.in[t.at : t.at+size]; bytes.ContainsAny(name, lookalikes) {
		r := []rune(string(name[bytes.IndexAny(name, lookalikes):]))[0]
		t.fail(t.line, "%q (U+%04X) is not a character of Python", string(r), r)
	}
	t.add(word, size)
}

var closes = map[byte]byte{')': '(', ']': '[', '}': '{'}

func (t *tokenizer) operator(found string) {
	b := found[0]
	switch {
	case strings.ContainsAny(found, "([{"):
		t.add(operator, 1)
		t.brackets = append(t.brackets, open{b, t.line})
		return
	case closes[b] != 0:
		if len(t.brackets) == 0 {
			t.fail(t.line, "%q closes nothing", found)
			return
		}
		last := t.brackets[len(t.brackets)-1]
		if last.bracket != closes[b] {
			t.fail(t.line, "%q does not close the %q of line %d", found, string(last.bracket), last.line)
			return
		}
		t.brackets = t.brackets[:len(t.brackets)-1]
	}
	t.add(operator, len(found))
}

package javascript

import (
	"bytes"
	"errors"
	"io"
	"regexp"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/js"
)

// Fault is where a file is no JavaScript.
type Fault struct {
	Line int
	// Language is what the place is plainly written in, TypeScript or JSX. Without
	// one the parser may be wrong.
	Language string
}

// Function is what is known of a function that is exported.
type Function struct {
	// Parameters are as many as the function's length says: those before the first
	// that has a default.
	Parameters int
	// Literal says that the function itself stands in the file: it is no result of
	// a call.
	Literal bool
}

// Module is a file as it is read.
type Module struct {
	// ES says that it has an import or export declaration.
	ES bool
	// Await says that it waits at its top level.
	Await bool
	// CommonJS is what it uses in every run that only CommonJS has, such as
	// exports.handler; empty for nothing.
	CommonJS string
	// Sure says that it exports nothing else than Exports.
	Sure    bool
	Exports map[string][]Function
}

// attributes match what an import says of the file's type, which the parser does
// not know. https://tc39.es/proposal-import-attributes/
var attributes = regexp.MustCompile(`(?:from|import)\s*(?:"[^"\n]*"|'[^'\n]*')\s*((?:with|assert)\s*\{[^{}]*\})`)

// Read reads a module, or tells where it is none.
func Read(text []byte) (Module, *Fault) {
	tree, first := js.Parse(parse.NewInputBytes(bytes.Clone(text)), js.Options{})
	if isWhole(first) {
		return survey(tree, text), nil
	}
	plain := bytes.Clone(text)
	for _, at := range attributes.FindAllSubmatchIndex(text, -1) {
		for i := at[2]; i < at[3]; i++ {
			if plain[i] != '\n' && plain[i] != '\r' {
				plain[i] = ' '
			}
		}
	}
	if bytes.HasPrefix(plain, []byte("#!")) {
		copy(plain, "//")
	}
	// A CommonJS module is the body of a function, which may return.
	for _, inline := range []bool{false, true} {
		if tree, err := js.Parse(parse.NewInputBytes(bytes.Clone(plain)), js.Options{Inline: inline}); isWhole(err) {
			return survey(tree, text), nil
		}
	}
	return Module{}, faultOf(first, text)
}

func isWhole(err error) bool { return err == nil || errors.Is(err, io.EOF) }

// What only TypeScript and JSX have, in the line where a parser of JavaScript
// stopped.
var (
	typed = regexp.MustCompile(`^\s*(?:export\s+)?(?:default\s+)?(?:declare\s+|abstract\s+)*(?:interface|type|enum|namespace|abstract\s+class)\s+[A-Za-z_$]` +
		`|^\s*(?:import|export)\s+type\b` +
		`|\b(?:const|let|var)\s+[\w$]+\s*:\s*[\w$]` +
		`|\(\s*[\w$]+\??\s*:\s*[A-Za-z_$][\w$.<>\[\]| ]*\s*[,)=]` +
		`|\)\s*:\s*[A-Za-z_$][\w$.<>\[\]|, ]*\s*(?:=>|\{)` +
		`|\bas\s+(?:const|unknown|any|string|number)\b`)
	marked = regexp.MustCompile(`(?:^|[(,=?:&|\[{;>]|\breturn)\s*<(?:[A-Za-z][\w.]*(?:\s[^<]*)?/?>|>)`)
	tag    = regexp.MustCompile(`</[A-Za-z][\w.]*\s*>|</>|/>`)
	flow   = regexp.MustCompile(`^\s*<[A-Za-z]`)
)

// longest is the longest line that is taken for a person's, in bytes.
const longest = 400

func faultOf(err error, text []byte) *Fault {
	at := new(parse.Error)
	if !errors.As(err, &at) {
		return &Fault{Line: 1}
	}
	lines := bytes.Split(text, []byte("\n"))
	if at.Line < 1 || at.Line > len(lines) {
		return &Fault{Line: 1}
	}
	fault := &Fault{Line: at.Line}
	line := lines[at.Line-1]
	if len(line) > longest {
		return fault
	}
	switch {
	case typed.Match(line):
		fault.Language = "TypeScript"
	case (marked.Match(line) || flow.Match(line)) && tag.Match(text):
		fault.Language = "JSX"
	}
	return fault
}

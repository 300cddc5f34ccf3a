package artifact

import (
	"regexp"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/python"
)

// judgePython wants a file that the function's Python loads, with the handler at
// its top level.
func (x *examination) judgePython(f file, name string) error {
	text, err := f.head(codeLooked)
	if err != nil || f.size > codeLooked {
		return err
	}
	names, fault := python.Read(text, x.run.Runtime)
	if fault != nil {
		x.remark("code", true, "The handler's file is not Python", "%q, line %d: %s. Runtime %s does not load the file, so that every call fails with a syntax error. Correct the line.",
			f.name, fault.Line, fault.What, x.run.Runtime)
		return nil
	}
	if !names.Sure {
		return x.judgeMention(f, name)
	}
	if names.Has(name) {
		return nil
	}
	return x.missing(f, name, name, names.Defined, "defines")
}

// assignedFrom matches an assignment to an attribute from another file.
var assignedFrom = regexp.MustCompile(`([\w$.]+)\.([\w$]+)\s*=[^=>]`)

// own are objects that an assignment to changes no module.
var own = map[string]bool{"self": true, "cls": true, "this": true, "exports": true, "module.exports": true}

// reaches is how code of any module gives another one a name.
var reaches = regexp.MustCompile(`\bsetattr\(|\bsys\.modules\b|Object\.assign\(`)

// most of the other files are read for what reaches into the handler's.
const mostReaching = 200

// missing tells of a name that the handler's file does not have, and that is the
// path to what Lambda calls, or begins it. Where another file of the user's
// reaches into modules, it may come from there.
func (x *examination) missing(f file, name, path string, has []string, verb string) error {
	elsewhere, err := x.reachedFrom(f, name)
	if err != nil {
		return err
	}
	stem := strings.TrimSuffix(x.run.Handler, path)
	detail, arguments := "%q %s no %q, and Lambda looks there for handler %q, so that every call fails. ", []any{f.name, verb, name, x.run.Handler}
	if near := nearestFirst(name, has); len(near) > 0 {
		detail += "It " + verb + " %s. Write handler = %q, or correct the file."
		arguments = append(arguments, named(near), stem+near[0])
	} else {
		detail += "It " + verb + " nothing at all. Name another file in the handler, or correct this one."
	}
	if elsewhere != "" {
		detail += " Only if %q puts it there does the function run."
		arguments = append(arguments, elsewhere)
		x.remark("handler", false, "The handler is perhaps not in its file", detail, arguments...)
		return nil
	}
	x.remark("handler", true, "The handler is not in its file", detail, arguments...)
	return nil
}

// reachedFrom names a file of the user's own that may give the handler's file a
// name.
func (x *examination) reachedFrom(f file, name string) (string, error) {
	ending := f.name[strings.LastIndexByte(f.name, '.')+1:]
	read := 0
	for _, other := range sorted(x.files) {
		if other == f.name || !strings.HasSuffix(other, "."+ending) || x.ofOthers(other) {
			continue
		}
		if read++; read > mostReaching {
			return other, nil
		}
		text, err := x.files[other].head(textLooked)
		if err != nil {
			return "", err
		}
		if reaches.Match(text) {
			return other, nil
		}
		for _, match := range assignedFrom.FindAllSubmatch(text, -1) {
			if string(match[2]) == name && !own[string(match[1])] {
				return other, nil
			}
		}
	}
	return "", nil
}

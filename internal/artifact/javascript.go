package artifact

import (
	"bytes"
	"encoding/json"
	"path"
	"strconv"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/javascript"
)

const compileIt = "Compile it before it is packed, as esbuild, tsc and bundlers do, and let code.path name what they write"

// inTypeScript finds the source of a module that was not compiled.
func (x *examination) inTypeScript(module string) (string, bool) {
	for _, ending := range []string{".ts", ".mts", ".cts", ".tsx", ".jsx"} {
		if f, found, _ := x.find(module + ending); found {
			return f.name, true
		}
	}
	return "", false
}

// moduleKind is how Node.js loads a file.
type moduleKind int

const (
	kindUnknown moduleKind = iota
	esModule
	commonJS
	// undeclared files are CommonJS, unless Node.js finds out that they are not.
	undeclared
)

// Releases of Node.js on Lambda: from when on it looks into an undeclared file,
// since Lambda switches that off before, and calls no callbacks.
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html, read 2026-11-29
const (
	detectsModules = 24
	noCallbacks    = 24
)

// nodeRelease is N of the runtime nodejsN.x, zero for none.
func (r Run) nodeRelease() int {
	number, _ := strings.CutPrefix(r.Runtime, "nodejs")
	n, err := strconv.Atoi(strings.TrimSuffix(number, ".x"))
	if err != nil {
		return 0
	}
	return n
}

// kindOf tells by its name and the nearest package.json how a file is loaded.
func (x *examination) kindOf(f file) (moduleKind, error) {
	switch path.Ext(f.name) {
	case ".mjs":
		return esModule, nil
	case ".cjs":
		return commonJS, nil
	case ".js":
	default:
		return kindUnknown, nil
	}
	for folder := path.Dir(f.name); path.Base(folder) != "node_modules"; folder = path.Dir(folder) {
		manifest, found, open := x.find(path.Join(folder, "package.json"))
		if open {
			return kindUnknown, nil
		}
		if found {
			text, err := manifest.head(manifestLooked)
			if err != nil {
				return kindUnknown, err
			}
			return kindIn(text), nil
		}
		if folder == "." || folder == "/" {
			break
		}
	}
	return undeclared, nil
}

// kindIn is what a package.json says of the files that end in .js.
func kindIn(manifest []byte) moduleKind {
	var says struct {
		Type any `json:"type"`
	}
	switch {
	case json.Unmarshal(manifest, &says) != nil:
		return kindUnknown
	case says.Type == "module":
		return esModule
	case says.Type == "commonjs":
		return commonJS
	}
	return undeclared
}

// judgeJavaScript wants a file that Node.js loads, with the handler among its
// exports.
func (x *examination) judgeJavaScript(f file, export string) error {
	text, err := f.head(codeLooked)
	if err != nil || f.size > codeLooked {
		return err
	}
	kind, err := x.kindOf(f)
	if err != nil {
		return err
	}
	if kind == kindUnknown {
		return x.judgeMention(f, export)
	}
	module, fault := javascript.Read(text)
	switch {
	case fault != nil && fault.Language != "":
		x.remark("code", true, "The handler's file is not JavaScript", "%q is written in %s, see line %d, and Node.js reads JavaScript alone, so that every call fails with a syntax error. %s.",
			f.name, fault.Language, fault.Line, compileIt)
		return nil
	case fault != nil:
		x.remark("code", false, "The handler's file is perhaps not JavaScript", "%q could not be read as JavaScript from line %d on. If Node.js cannot read it either, every call fails with a syntax error: try node --check %s.",
			f.name, fault.Line, f.name)
		return x.judgeMention(f, export)
	case x.judgeKind(f, kind, module):
		return nil
	}
	if kind == esModule && !module.ES {
		module.Sure, module.Exports = true, nil
	}
	return x.judgeExport(f, text, module, export)
}

// judgeKind tells of a file that is written for the other system of modules, and
// reports whether it did. NODE_OPTIONS can make some of them run.
func (x *examination) judgeKind(f file, kind moduleKind, module javascript.Module) bool {
	const asES = "Rename the file to end in .mjs, or write \"type\": \"module\" into package.json"
	stops := !x.run.NodeOptions
	detects := kind == undeclared && x.run.nodeRelease() >= detectsModules
	why := "no package.json says \"type\": \"module\""
	if kind == commonJS {
		why = "its name ends in .cjs"
		if path.Ext(f.name) != ".cjs" {
			why = "package.json says \"type\": \"commonjs\""
		}
	}
	switch {
	case kind == esModule && module.CommonJS != "":
		why := "its name ends in .mjs"
		if path.Ext(f.name) != ".mjs" {
			why = "package.json says \"type\": \"module\""
		}
		instead := "Write export const handler = ... in its place, or name the file .cjs"
		if module.CommonJS == "require" {
			instead = "Write import in its place, or name the file .cjs"
		}
		x.remark("code", true, "The handler's file mixes two kinds of modules", "%q is an ES module, since %s, and uses %s, which only CommonJS modules have: every call fails with a ReferenceError. %s.",
			f.name, why, module.CommonJS, instead)
	case kind != esModule && module.Await:
		x.remark("code", stops, "The handler's file mixes two kinds of modules", "%q waits with await outside of a function, which only ES modules may, and Node.js loads it as CommonJS, since %s: every call fails. %s.", f.name, why, asES)
	case kind != esModule && module.ES && !detects:
		x.remark("code", stops, "The handler's file mixes two kinds of modules", "%q uses import or export, which only ES modules have, and Node.js loads it as CommonJS, since %s: every call fails with a syntax error. %s.", f.name, why, asES)
	default:
		return false
	}
	return true
}

// judgeExport wants the handler among a module's exports, as a function that the
// runtime calls.
func (x *examination) judgeExport(f file, text []byte, module javascript.Module, export string) error {
	name, _, nested := strings.Cut(export, ".")
	functions, found := module.Exports[name]
	if !found && !module.Sure {
		return x.judgeMention(f, export)
	}
	if !found {
		has := sorted(module.Exports)
		for i, each := range has {
			if each == "__esModule" {
				has = append(has[:i], has[i+1:]...)
				break
			}
		}
		return x.missing(f, name, export, has, "exports")
	}
	if nested || len(functions) == 0 || x.run.nodeRelease() < noCallbacks || bytes.Contains(text, []byte("streamifyResponse")) || bytes.Contains(text, []byte("aws.lambda.runtime")) {
		return nil
	}
	for _, function := range functions {
		if !function.Literal || function.Parameters < 3 {
			return nil
		}
	}
	x.remark("handler", true, "The handler waits for a callback that is never made", "%q exports %q with three parameters, and runtime %s refuses such a handler: callbacks ended with nodejs22.x. "+
		"Write async (event, context) => ..., and return the answer in place of calling back.", f.name, name, x.run.Runtime)
	return nil
}

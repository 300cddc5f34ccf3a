package artifact

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
)

// judgeHandler looks for what Lambda will call. With layers it may be in one of
// them, so that nothing can be said.
// https://docs.aws.amazon.com/lambda/latest/dg/foundation-progmodel.html
func (x *examination) judgeHandler() error {
	if x.run.Layers || x.run.Runtime == "" {
		return nil
	}
	family := strings.TrimRight(x.run.Runtime, "0123456789.x")
	switch {
	case strings.HasPrefix(x.run.Runtime, "provided"):
		return x.judgeBootstrap()
	case x.run.Handler == "":
		return nil
	case family == "python":
		return x.judgeModule(".py", "/__init__.py")
	case family == "nodejs":
		return x.judgeNode()
	case family == "ruby":
		return x.judgeModule(".rb")
	case strings.HasPrefix(x.run.Runtime, "java"):
		return x.judgeClass()
	case strings.HasPrefix(x.run.Runtime, "dotnet"):
		return x.judgeAssembly()
	}
	return nil
}

// passesOn matches a file that hands on whatever another one has.
var passesOn = regexp.MustCompile(`import \*|export\s*\*|module\.exports\s*=\s*require|__exportStar|__reExport|importlib|getattr|require_relative|\.\.\.\s*require|Object\.assign`)

// judgeModule wants a file for FILE.NAME, in which NAME is mentioned.
func (x *examination) judgeModule(endings ...string) error {
	handler := x.run.Handler
	dot := strings.LastIndexByte(handler, '.')
	if strings.HasPrefix(x.run.Runtime, "ruby") {
		dot = strings.IndexByte(handler, '.') // FILE.Class.method
	}
	if dot < 0 {
		return nil // its form is judged elsewhere
	}
	module, name := handler[:dot], handler[dot+1:]
	if strings.HasPrefix(x.run.Runtime, "python") {
		module = strings.ReplaceAll(module, ".", "/")
	}
	var tried []string
	var found []file
	for _, ending := range endings {
		tried = append(tried, fmt.Sprintf("%q", module+ending))
		f, ok, open := x.find(module + ending)
		if open {
			return nil
		}
		if ok {
			found = append(found, f)
		}
	}
	if x.isCompiled(module, len(found) > 0) {
		return nil
	}
	meant, file := x.withoutEnding(endings)
	if len(found) > 0 && (meant == "" || !strings.HasPrefix(name, "rb.")) { // no class of Ruby is called rb
		return x.judgeName(found[len(found)-1], name) // a package comes before a module
	}
	if meant != "" {
		x.remark("handler", true, "The handler is not in the package", "Handler %q has the ending of the file in it: %q is in the package, and a handler names it without its ending. Write handler = %q.", handler, file, meant)
		return nil
	}
	without := "does not have it"
	if len(tried) > 1 {
		without = "has neither"
	}
	x.absent(strings.Join(tried, " or "), without, name, x.nearby(module, endings))
	return nil
}

// absent tells that the handler's file is not there, and of the file that may be
// meant.
func (x *examination) absent(tried, without, name, near string) {
	detail, arguments := "Handler %q would be in %s, and the package %s", []any{x.run.Handler, tried, without}
	switch stem := strings.TrimSuffix(near, path.Ext(near)); {
	case near == "":
		detail += ". "
	case strings.Contains(near, `\`):
		detail += "; it has %q. "
		arguments = append(arguments, near)
	default:
		detail += "; it has %q. Did you mean handler = %q? "
		arguments = append(arguments, near, strings.TrimSuffix(stem, "/__init__")+"."+name)
	}
	if x.single {
		detail += "code.path is a file that is no archive, so it was taken as a package of that one file. "
	}
	x.remark("handler", true, "The handler is not in the package", detail+"Correct the handler, or pack the folder that holds the file at its root.", arguments...)
}

// MeantHandler is what a handler without a dot may mean: the file of that name in the
// package at a path, and what it has that handlers are called. Empty for none.
func MeantHandler(at string, run Run) string {
	word := run.Handler
	if !strings.HasPrefix(run.Runtime, "python") && !strings.HasPrefix(run.Runtime, "nodejs") && !strings.HasPrefix(run.Runtime, "ruby") {
		return "" // others are not in the form of a file and a name
	}
	for _, name := range []string{"handler", "lambda_handler", "main"} {
		run.Handler = word + "." + name
		found, err := Examine(at, run)
		if err != nil {
			return ""
		}
		if !slices.ContainsFunc(found.Remarks, func(r Remark) bool { return r.At == "handler" }) {
			return run.Handler
		}
	}
	return ""
}

// withoutEnding returns a handler such as app.py.handler without the ending, if
// the package has that file.
func (x *examination) withoutEnding(endings []string) (meant, file string) {
	for _, ending := range endings {
		before, name, has := strings.Cut(x.run.Handler, ending+".")
		for _, module := range []string{before, strings.ReplaceAll(before, ".", "/")} {
			if f, found, _ := x.find(module + ending); has && found {
				return module + "." + name, f.name
			}
		}
	}
	return "", ""
}

// isCompiled reports whether Python has a module in machine code, which comes
// before one in source, or in bytecode, which comes after.
func (x *examination) isCompiled(module string, inSource bool) bool {
	compiled := x.real(module)
	for name := range x.files {
		if strings.HasPrefix(name, compiled+".") && (strings.HasSuffix(name, ".so") || !inSource && strings.HasSuffix(name, ".pyc")) {
			return true
		}
	}
	return false
}

// judgeName wants the function of a handler in its file.
func (x *examination) judgeName(f file, name string) error {
	if strings.HasPrefix(x.run.Runtime, "ruby") {
		return x.judgeRuby(f, name)
	}
	return x.judgePython(f, name)
}

// judgeMention wants the name of the function in its file.
func (x *examination) judgeMention(f file, name string) error {
	text, err := f.head(codeLooked)
	if err != nil {
		return err
	}
	last := name[strings.LastIndexAny(name, ".:")+1:]
	mentioned, err := regexp.Match(`\b`+regexp.QuoteMeta(last)+`\b`, text)
	if err == nil && !mentioned && !passesOn.Match(text) && f.size <= codeLooked {
		x.remark("handler", false, "The handler is perhaps not in its file", "%q of the package does not mention %q, and Lambda looks there for handler %q. Correct the handler, or the file.", f.name, last, x.run.Handler)
	}
	return nil
}

// elsewhere says where a file of that name is instead, or which is called nearly so.
func (x *examination) elsewhere(module string, endings []string) string {
	if near := x.nearby(module, endings); near != "" {
		return fmt.Sprintf(", but %q", near)
	}
	return ""
}

// nearby is a file of that name elsewhere, or one that is called nearly so.
func (x *examination) nearby(module string, endings []string) string {
	near, closest := "", misspelt+1
	for _, name := range sorted(x.files) {
		written := strings.ReplaceAll(name, `\`, "/")
		for _, ending := range endings {
			if path.Base(written) == path.Base(module+ending) {
				return name
			}
			if !strings.HasSuffix(strings.ToLower(written), ending) {
				continue
			}
			// Letters in another case are no other letters, but another file.
			if far := levenshtein.Distance(strings.ToLower(written), strings.ToLower(module+ending), nil); far < closest && far <= len(module)/2 {
				near, closest = name, far
			}
		}
	}
	return near
}

// misspelt is how many letters a name may be off to be taken for a misspelling.
const misspelt = 2

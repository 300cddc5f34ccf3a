package artifact

import (
	"regexp"
	"strings"
)

var (
	rubyComment = regexp.MustCompile(`(?m)^\s*#.*$`)
	rubyDef     = regexp.MustCompile(`\bdef\s+(?:[A-Za-z_][\w:]*\.)?([a-zA-Z_]\w*[?!]?)`)
	// rubyMakes is how methods come into being without def, and how others' come
	// into a class.
	rubyMakes = regexp.MustCompile(`require_relative|\bload\b|require\s*\(?\s*["']\.|define_method|define_singleton_method|method_missing|_eval\b|\beval\b|\bsend\b|\bextend\b|\binclude\b|\bprepend\b|\balias|attr_|Class\.new|Module\.new|Struct\.new|Data\.define|\bclass\s+[\w:]+\s*<|autoload|delegate|def_delegator|instance_exec`)
)

// judgeRuby wants the method of FILE.method or FILE.Class.method in its file. It
// only doubts: Ruby makes methods in more ways than can be read.
func (x *examination) judgeRuby(f file, name string) error {
	text, err := f.head(codeLooked)
	if err != nil || f.size > codeLooked {
		return err
	}
	text = rubyComment.ReplaceAll(text, nil)
	if rubyMakes.Match(text) {
		return x.judgeMention(f, name)
	}
	class, method := "", name
	if dot := strings.LastIndexByte(name, '.'); dot >= 0 {
		class, method = name[:dot], name[dot+1:]
	}
	var has []string
	for _, match := range rubyDef.FindAllSubmatch(text, -1) {
		if string(match[1]) == method {
			method = ""
		}
		has = append(has, string(match[1]))
	}
	last := class[strings.LastIndexByte(class, ':')+1:]
	switch {
	case method != "" && regexp.MustCompile(`\b`+regexp.QuoteMeta(method)+`\s*=`).Match(text):
		// A constant or a global that is called.
	case method != "":
		detail, arguments := "%q has no def %s, and Lambda looks there for handler %q. ", []any{f.name, method, x.run.Handler}
		if near := nearestFirst(method, has); len(near) > 0 {
			detail += "It has %s. Write handler = %q, or correct the file."
			arguments = append(arguments, named(near), strings.TrimSuffix(x.run.Handler, method)+near[0])
		} else {
			detail += "It has no method at all. Correct the handler, or the file."
		}
		x.remark("handler", false, "The handler is perhaps not in its file", detail, arguments...)
	case last != "" && !regexp.MustCompile(`\b(?:class|module)\s+(?:\w+::)*`+regexp.QuoteMeta(last)+`\b|\b`+regexp.QuoteMeta(last)+`\s*=`).Match(text):
		x.remark("handler", false, "The handler is perhaps not in its file", "%q has no class or module %s, and Lambda looks there for handler %q. Correct the handler, or the file.", f.name, class, x.run.Handler)
	}
	return nil
}

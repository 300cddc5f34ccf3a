package python

import "slices"

// Names are what a module has at its top level.
type Names struct {
	// Defined are functions and classes first, in the order of the file.
	Defined []string
	// Sure says that the module has no other names than those it mentions: nothing
	// is imported without its name, and nothing reaches into the module.
	Sure bool

	mentioned map[string]bool
}

// Has reports whether the module may have a name. Of one that is sure it has no
// other.
func (n Names) Has(name string) bool { return !n.Sure || n.mentioned[name] }

// reaching are the names by which code gives a module names that stand nowhere.
var reaching = set(`globals locals vars exec eval execfile setattr modules runpy inspect currentframe _getframe f_globals
	__getattr__ __dict__ __builtins__ __import__ __path__ __spec__ __loader__ import_module builtins global_enum`)

// names reads the names of a module's top level.
func (s source) names() Names {
	n := Names{Sure: s.fault == nil && !s.unsure, mentioned: map[string]bool{}}
	var bodies []int // indentations of what holds names of its own
	var assigned []string
	for _, l := range s.lines {
		for len(bodies) > 0 && l.indent <= bodies[len(bodies)-1] {
			bodies = bodies[:len(bodies)-1]
		}
		tokens := l.tokens
		if tokens[0].is("async") && len(tokens) > 1 {
			tokens = tokens[1:]
		}
		top := len(bodies) == 0
		own := tokens[0].is("def", "class") && len(tokens) > 1
		if own && top {
			n.Defined = append(n.Defined, tokens[1].text)
			n.mentioned[tokens[1].text] = true
		}
		if name := tokens[0]; top && len(tokens) > 1 && tokens[1].is("=", ":") && name.kind == word && !name.isKeyword() {
			assigned = append(assigned, name.text)
		}
		n.mention(tokens, top && !own)
		n.doubt(tokens, top)
		if own {
			bodies = append(bodies, l.indent)
		}
	}
	for _, name := range assigned {
		if !slices.Contains(n.Defined, name) {
			n.Defined = append(n.Defined, name)
		}
	}
	return n
}

// mention notes the names that a line may give the module. Within a function
// that is what it declares global, and what := names in a comprehension.
func (n *Names) mention(tokens []token, top bool) {
	global := slices.ContainsFunc(tokens, func(t token) bool { return t.is("global") })
	for i, t := range tokens {
		switch {
		case t.kind != word || i > 0 && tokens[i-1].is("."):
		case top && (t.depth == 0 || i+1 == len(tokens) || !tokens[i+1].is("=")), // but for an argument's name
			global, i+1 < len(tokens) && tokens[i+1].is(":="):
			n.mentioned[t.text] = true
		}
	}
}

// doubt tells of lines by which a module may come to any name.
func (n *Names) doubt(tokens []token, top bool) {
	for i, t := range tokens {
		if t.in(reaching) || t.is("*") && i > 0 && tokens[i-1].is("import") {
			n.Sure = false
		}
	}
	// A call for its effect that is given the module's name can reach it.
	if top && slices.ContainsFunc(tokens, func(t token) bool { return t.is("__name__") && t.depth > 0 }) &&
		!slices.ContainsFunc(tokens, func(t token) bool { return t.depth == 0 && t.is("=", "if") || t.is("getLogger") }) {
		n.Sure = false
	}
}

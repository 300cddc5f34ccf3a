package source

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// value is an expression where it was written.
type value struct {
	expr  hcl.Expression
	scope *scope
}

// scope says what the names mean that an expression may refer to.
type scope struct {
	module *module
	// bound are the values that an iteration may give to a name: the variable of
	// a for expression, or each.value.
	bound map[string][]value
	outer *scope
}

func (s *scope) find(name string) ([]value, bool) {
	for ; s != nil; s = s.outer {
		if values, ok := s.bound[name]; ok {
			return values, true
		}
	}
	return nil, false
}

// follower follows expressions to the literal constructors that they may yield.
// It stops after as many steps as no sensible configuration takes, so that
// locals that refer to each other end too.
type follower struct{ steps int }

const (
	mostSteps = 20_000 // of one block
	mostDeep  = 40     // references behind one another
)

// builds returns the object, tuple and for expressions that a value may come
// from.
func (f *follower) builds(v value, deep int) []value {
	if f.steps++; f.steps > mostSteps || deep > mostDeep || v.expr == nil {
		return nil
	}
	deep++
	all := func(expressions ...hcl.Expression) []value {
		var out []value
		for _, e := range expressions {
			out = append(out, f.builds(value{e, v.scope}, deep)...)
		}
		return out
	}
	switch e := v.expr.(type) {
	case *hclsyntax.ObjectConsExpr, *hclsyntax.TupleConsExpr, *hclsyntax.ForExpr:
		return []value{v}
	case *hclsyntax.ParenthesesExpr:
		return all(e.Expression)
	case *hclsyntax.TemplateWrapExpr:
		return all(e.Wrapped)
	case *hclsyntax.ConditionalExpr:
		return all(e.TrueResult, e.FalseResult)
	case *hclsyntax.FunctionCallExpr:
		return f.call(e, v.scope, deep)
	case *hclsyntax.ScopeTraversalExpr:
		return f.reference(e.Traversal, v.scope, deep)
	case *hclsyntax.RelativeTraversalExpr:
		return f.step(all(e.Source), e.Traversal, deep)
	case *hclsyntax.IndexExpr:
		if key, ok := literalText(e.Key); ok {
			return f.member(all(e.Collection), key, deep)
		}
		return f.elements(all(e.Collection), deep)
	case hclsyntax.Expression:
		return nil
	}
	return f.buildsOfJSON(v, deep)
}

// buildsOfJSON does the same in JSON syntax, where an expression is a text with
// a template in it.
func (f *follower) buildsOfJSON(v value, deep int) []value {
	if _, diags := hcl.ExprMap(v.expr); !diags.HasErrors() {
		return []value{v}
	}
	if _, diags := hcl.ExprList(v.expr); !diags.HasErrors() {
		return []value{v}
	}
	literal, _ := v.expr.Value(nil)
	if !literal.IsKnown() || literal.IsNull() || literal.Type() != cty.String || !strings.Contains(literal.AsString(), "${") {
		return nil
	}
	at := v.expr.Range()
	template, diags := hclsyntax.ParseTemplate([]byte(literal.AsString()), at.Filename, at.Start)
	if diags.HasErrors() {
		return nil
	}
	return f.builds(value{template, v.scope}, deep)
}

// passing are functions whose result has the names of their arguments.
var passing = map[string]bool{
	"merge": true, "coalesce": true, "try": true, "tomap": true, "tolist": true, "toset": true, "concat": true, "coalescelist": true,
	"setunion": true, "distinct": true, "reverse": true, "flatten": true, "sensitive": true, "nonsensitive": true, "ephemeralasnull": true,
}

func (f *follower) call(e *hclsyntax.FunctionCallExpr, s *scope, deep int) []value {
	builds := func(from int) []value {
		var out []value
		for i := from; i < len(e.Args); i++ {
			built := f.builds(value{e.Args[i], s}, deep)
			if e.ExpandFinal && i == len(e.Args)-1 {
				built = f.elements(built, deep)
			}
			out = append(out, built...)
		}
		return out
	}
	switch name := strings.TrimPrefix(e.Name, "core::"); {
	case passing[name]:
		return builds(0)
	case name == "one" || name == "element":
		return f.elements(builds(0), deep)
	case name == "lookup" && len(e.Args) >= 2:
		return append(f.elements(f.builds(value{e.Args[0], s}, deep), deep), builds(2)...)
	}
	return nil
}

// reference follows a name: a local value of the same module, each.value, or
// the variable of a for expression.
func (f *follower) reference(t hcl.Traversal, s *scope, deep int) []value {
	if values, ok := s.find(t.RootName()); ok {
		rest := t[1:]
		if t.RootName() == "each" {
			if len(rest) == 0 || stepName(rest[0]) != "value" {
				return nil
			}
			rest = rest[1:]
		}
		var built []value
		for _, v := range values {
			built = append(built, f.builds(v, deep)...)
		}
		return f.step(built, rest, deep)
	}
	if t.RootName() != "local" || len(t) < 2 {
		return nil
	}
	expr, ok := s.module.locals()[stepName(t[1])]
	if !ok {
		return nil
	}
	return f.step(f.builds(value{expr, &scope{module: s.module}}, deep), t[2:], deep)
}

func stepName(step hcl.Traverser) string {
	if attribute, ok := step.(hcl.TraverseAttr); ok {
		return attribute.Name
	}
	return ""
}

// step goes from constructors on to what a traversal picks out of them.
func (f *follower) step(built []value, rest hcl.Traversal, deep int) []value {
	for _, next := range rest {
		switch step := next.(type) {
		case hcl.TraverseAttr:
			built = f.member(built, step.Name, deep)
		case hcl.TraverseIndex:
			if step.Key.Type() == cty.String {
				built = f.member(built, step.Key.AsString(), deep)
			} else {
				built = f.elements(built, deep)
			}
		default:
			return nil
		}
	}
	return built
}

// member follows what stands under a key.
func (f *follower) member(built []value, key string, deep int) []value {
	var out []value
	for _, v := range built {
		if _, computed := v.expr.(*hclsyntax.ForExpr); computed {
			out = append(out, f.elements([]value{v}, deep)...)
			continue
		}
		pairs, _ := hcl.ExprMap(v.expr)
		for _, pair := range pairs {
			if name, ok := literalText(pair.Key); !ok || name == key {
				out = append(out, f.builds(value{pair.Value, v.scope}, deep)...)
			}
		}
	}
	return out
}

// elements follows all that a collection holds.
func (f *follower) elements(built []value, deep int) []value {
	var out []value
	for _, v := range f.inside(built, deep) {
		out = append(out, f.builds(v, deep)...)
	}
	return out
}

// inside returns the expressions of a collection's elements.
func (f *follower) inside(built []value, deep int) []value {
	var out []value
	for _, v := range built {
		if e, ok := v.expr.(*hclsyntax.ForExpr); ok {
			inner := &scope{module: v.scope.module, outer: v.scope, bound: map[string][]value{}}
			if e.KeyVar != "" {
				inner.bound[e.KeyVar] = nil
			}
			inner.bound[e.ValVar] = f.inside(f.builds(value{e.CollExpr, v.scope}, deep), deep)
			out = append(out, value{e.ValExpr, inner})
			continue
		}
		if pairs, diags := hcl.ExprMap(v.expr); !diags.HasErrors() {
			for _, pair := range pairs {
				out = append(out, value{pair.Value, v.scope})
			}
			continue
		}
		expressions, _ := hcl.ExprList(v.expr)
		for _, e := range expressions {
			out = append(out, value{e, v.scope})
		}
	}
	return out
}

// literal is the value of an expression that refers to nothing.
func literal(e hcl.Expression) (cty.Value, bool) {
	v, diags := e.Value(nil)
	if diags.HasErrors() || !v.IsKnown() {
		return cty.NilVal, false
	}
	if _, native := e.(hclsyntax.Expression); !native && !v.IsNull() && v.Type() == cty.String && strings.Contains(v.AsString(), "{") && (strings.Contains(v.AsString(), "${") || strings.Contains(v.AsString(), "%{")) {
		return cty.NilVal, false // a template, which JSON syntax keeps in a text
	}
	return v, true
}

// literalText is the text of an expression that refers to nothing.
func literalText(e hcl.Expression) (string, bool) {
	v, ok := literal(e)
	if !ok || v.IsNull() || v.Type() != cty.String {
		return "", false
	}
	return v.AsString(), true
}

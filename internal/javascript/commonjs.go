package javascript

import (
	"bytes"

	"github.com/tdewolff/parse/v2/js"
)

// isFree reports whether an expression is a name that the file does not declare.
func isFree(e js.INode, name string) bool {
	v, ok := e.(*js.Var)
	for ok && v.Link != nil {
		v = v.Link
	}
	return ok && v.Decl == js.NoDecl && string(v.Data) == name
}

// member takes apart OBJECT.name and OBJECT["name"].
func member(e js.IExpr) (object js.IExpr, name string, ok bool) {
	switch m := e.(type) {
	case *js.DotExpr:
		if y, literal := m.Y.(*js.LiteralExpr); literal {
			return m.X, string(y.Data), true
		}
		if y, literal := m.Y.(js.LiteralExpr); literal {
			return m.X, string(y.Data), true
		}
	case *js.IndexExpr:
		if y, literal := m.Y.(*js.LiteralExpr); literal && y.TokenType == js.StringToken {
			return m.X, string(bytes.Trim(y.Data, `"'`)), true
		}
	}
	return nil, "", false
}

// isExports reports whether an expression is the module's exports.
func isExports(e js.IExpr) bool {
	if isFree(e, "exports") {
		return true
	}
	object, name, ok := member(e)
	return ok && name == "exports" && isFree(object, "module")
}

// exported is NAME of exports.NAME and module.exports.NAME.
func exported(e js.IExpr) (string, bool) {
	object, name, ok := member(e)
	return name, ok && isExports(object)
}

func plain(e js.IExpr) js.IExpr {
	for {
		group, ok := e.(*js.GroupExpr)
		if !ok {
			return e
		}
		e = group.X
	}
}

// Enter implements js.IVisitor.
func (s *surveyor) Enter(n js.INode) js.IVisitor {
	switch n := n.(type) {
	case *js.FuncDecl, *js.MethodDecl, *js.ClassDecl:
		s.own, s.any = s.own+1, s.any+1
	case *js.ArrowFunc:
		s.any++
	case *js.Var:
		if isFree(n, "exports") || isFree(n, "module") {
			s.mentions++
		}
	case *js.LiteralExpr:
		if n.TokenType == js.ThisToken && s.own == 0 {
			s.mentions++
		}
	case *js.UnaryExpr:
		if n.Op == js.AwaitToken && s.any == 0 {
			s.Await = true
		}
		if n.Op == js.TypeofToken && (isFree(n.X, "exports") || isFree(n.X, "module")) {
			s.understood++
		}
	case *js.ForOfStmt:
		s.Await = s.Await || n.Await && s.any == 0
	case *js.BinaryExpr:
		s.binary(n)
	case *js.CallExpr:
		s.call(n)
	case *js.DotExpr, *js.IndexExpr:
		s.read(n)
	}
	return s
}

// Exit implements js.IVisitor.
func (s *surveyor) Exit(n js.INode) {
	switch n.(type) {
	case *js.FuncDecl, *js.MethodDecl, *js.ClassDecl:
		s.own, s.any = s.own-1, s.any-1
	case *js.ArrowFunc:
		s.any--
	}
}

// read understands exports.NAME, module.exports.NAME and module.id.
func (s *surveyor) read(n js.INode) {
	e, _ := n.(js.IExpr)
	if _, ok := exported(e); ok {
		s.understood++
		return
	}
	if object, name, ok := member(e); ok && isFree(object, "module") && name != "exports" {
		s.understood++
	}
}

func isThis(e js.IExpr) bool {
	l, ok := e.(*js.LiteralExpr)
	return ok && l.TokenType == js.ThisToken
}

// binary understands assignments to exports, and what compilers write of this.
func (s *surveyor) binary(n *js.BinaryExpr) {
	switch n.Op {
	case js.EqEqEqToken, js.EqEqToken:
		for _, side := range []js.IExpr{n.X, n.Y} {
			if isFree(side, "module") {
				s.understood++
			}
		}
	case js.AndToken:
		object, _, ok := member(n.Y)
		if ok && isThis(n.X) && isThis(object) && s.own == 0 {
			s.understood += 2
		}
	case js.EqToken:
		if name, ok := exported(n.X); ok {
			s.add(name, s.settled(s.last(n.Y)))
		} else if isExports(n.X) {
			s.understood++
			s.whole(s.last(n.Y))
		}
	default:
	}
}

// last is the value of a chain of assignments.
func (s *surveyor) last(e js.IExpr) js.IExpr {
	for {
		e = plain(e)
		assigned, ok := e.(*js.BinaryExpr)
		if !ok || assigned.Op != js.EqToken {
			return e
		}
		e = assigned.Y
	}
}

// whole notes what is exported by module.exports = VALUE.
func (s *surveyor) whole(value js.IExpr) {
	switch v := value.(type) {
	case *js.ObjectExpr:
		for _, p := range v.List {
			if name, ok := nameOf(p); ok {
				s.add(name, s.settled(p.Value))
			} else {
				s.Sure = false
			}
		}
	case *js.FuncDecl, *js.ArrowFunc:
	case *js.CallExpr:
		if from, ok := copiedBy(v); ok {
			s.copied = append(s.copied, from)
			return
		}
		s.Sure = false
	default:
		if !isExports(value) {
			s.Sure = false
			return
		}
		s.understood++
	}
}

// nameOf is the name of a property, where it is written out.
func nameOf(p js.Property) (string, bool) {
	name := p.Name
	if m, ok := p.Value.(*js.MethodDecl); ok && name == nil {
		name = &m.Name.PropertyName
	}
	if v, ok := p.Value.(*js.Var); ok && name == nil && !p.Spread {
		return string(v.Name()), true
	}
	if p.Spread || name == nil || name.Computed != nil {
		return "", false
	}
	return string(bytes.Trim(name.Literal.Data, `"'`)), true
}

// settled is a value that means the same wherever it stands: within a function a
// name may be another one's.
func (s *surveyor) settled(value js.IExpr) js.IExpr {
	if _, ok := value.(*js.Var); ok && s.any > 0 {
		return nil
	}
	return value
}

// copiedBy is OBJECT of __toCommonJS(OBJECT), as esbuild writes it.
func copiedBy(call *js.CallExpr) (string, bool) {
	callee, ok := call.X.(*js.Var)
	if !ok || string(callee.Name()) != "__toCommonJS" || len(call.Args.List) != 1 {
		return "", false
	}
	from, ok := call.Args.List[0].Value.(*js.Var)
	if !ok {
		return "", false
	}
	return string(from.Name()), true
}

// call understands Object.defineProperty(exports, "NAME", ...) and esbuild's
// __export(OBJECT, { NAME: () => ... }).
func (s *surveyor) call(call *js.CallExpr) {
	args := call.Args.List
	if len(args) < 2 {
		return
	}
	if callee, ok := call.X.(*js.Var); ok {
		into, isName := args[0].Value.(*js.Var)
		if !isName {
			return
		}
		switch string(callee.Name()) {
		case "__export":
			s.bundle(string(into.Name()), args[1].Value)
		case "__reExport":
			s.Sure = false
		}
		return
	}
	_, name, ok := member(call.X)
	if !ok || name != "defineProperty" || !isExports(args[0].Value) {
		return
	}
	if key, literal := args[1].Value.(*js.LiteralExpr); literal && key.TokenType == js.StringToken {
		s.understood++
		s.add(string(bytes.Trim(key.Data, `"'`)), nil)
	}
}

func (s *surveyor) bundle(into string, value js.IExpr) {
	object, ok := value.(*js.ObjectExpr)
	if !ok {
		s.Sure = false
		return
	}
	for _, p := range object.List {
		if name, ok := nameOf(p); ok {
			s.bundled[into] = append(s.bundled[into], name)
		} else {
			s.Sure = false
		}
	}
}

// usedAtOnce is what of CommonJS a statement uses whenever the module is loaded.
func usedAtOnce(statement js.IStmt) string {
	switch st := statement.(type) {
	case *js.ExprStmt:
		return usedBy(st.Value)
	case *js.VarDecl:
		for _, element := range st.List {
			if used := usedBy(element.Default); used != "" {
				return used
			}
		}
	}
	return ""
}

func usedBy(e js.IExpr) string {
	switch e := plain(e).(type) {
	case *js.CommaExpr:
		for _, one := range e.List {
			if used := usedBy(one); used != "" {
				return used
			}
		}
	case *js.BinaryExpr:
		if e.Op != js.EqToken {
			return ""
		}
		if name, ok := exported(e.X); ok {
			if isFree(object(e.X), "exports") {
				return "exports." + name
			}
			return "module.exports"
		}
		if isExports(e.X) && !isFree(e.X, "exports") {
			return "module.exports"
		}
		return usedBy(e.Y)
	case *js.CallExpr:
		if isFree(e.X, "require") {
			return "require"
		}
		return usedBy(e.X)
	case *js.DotExpr:
		return usedBy(e.X)
	}
	return ""
}

func object(e js.IExpr) js.IExpr {
	of, _, _ := member(e)
	return of
}

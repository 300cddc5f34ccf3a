package javascript

import (
	"bytes"
	"slices"

	"github.com/tdewolff/parse/v2/js"
)

// surveyor walks a module and keeps count: the module's exports are known where
// each mention of exports and module is understood.
type surveyor struct {
	Module

	functions map[string]Function
	// mentions are the names exports, module and the module's own this; of them
	// understood ones are accounted for.
	mentions, understood int
	// depth is how many functions that have a this of their own, and within how
	// many functions of any kind, the walk is.
	own, any int
	// bundled are the objects that esbuild's __export fills, and whether one of
	// them is what the module exports.
	bundled map[string][]string
	copied  []string
}

func survey(tree *js.AST, text []byte) Module {
	s := &surveyor{Module: Module{Exports: map[string][]Function{}}, functions: map[string]Function{}, bundled: map[string][]string{}}
	sideEffects := bytes.Contains(text, []byte("globalThis")) || bytes.Contains(text, []byte("global."))
	s.Sure = true
	for _, statement := range tree.List {
		s.declare(statement)
		if i, ok := statement.(*js.ImportStmt); ok {
			s.ES = true
			sideEffects = sideEffects || i.Default == nil && len(i.List) == 0
		}
		if e, ok := statement.(*js.ExportStmt); ok {
			s.ES = true
			s.export(e)
		}
	}
	js.Walk(s, tree)
	if !sideEffects {
		for _, statement := range tree.List {
			if s.CommonJS == "" {
				s.CommonJS = usedAtOnce(statement)
			}
		}
	}
	if !s.ES {
		for _, from := range s.copied {
			names, known := s.bundled[from]
			s.Sure = s.Sure && known
			for _, name := range names {
				s.add(name, nil)
			}
		}
		s.Sure = s.Sure && s.mentions == s.understood
	}
	return s.Module
}

// declare notes a function at the top level by its name.
func (s *surveyor) declare(statement js.IStmt) {
	switch d := statement.(type) {
	case *js.FuncDecl:
		s.named(d.Name, d)
	case *js.VarDecl:
		s.constants(d)
	case *js.ExportStmt:
		switch d := d.Decl.(type) {
		case *js.FuncDecl:
			s.named(d.Name, d)
		case *js.VarDecl:
			s.constants(d)
		}
	}
}

func (s *surveyor) constants(d *js.VarDecl) {
	for _, element := range d.List {
		if v, ok := element.Binding.(*js.Var); ok && d.TokenType == js.ConstToken {
			s.named(v, element.Default)
		}
	}
}

func (s *surveyor) named(v *js.Var, value js.IExpr) {
	if f := s.functionOf(value); v != nil && f.Literal {
		s.functions[string(v.Name())] = f
	}
}

// functionOf tells what an expression is as a function.
func (s *surveyor) functionOf(value js.IExpr) Function {
	var params js.Params
	switch f := value.(type) {
	case *js.GroupExpr:
		return s.functionOf(f.X)
	case *js.FuncDecl:
		params = f.Params
	case *js.ArrowFunc:
		params = f.Params
	case *js.MethodDecl:
		params = f.Params
	case *js.Var:
		return s.functions[string(f.Name())]
	default:
		return Function{}
	}
	before := slices.IndexFunc(params.List, func(e js.BindingElement) bool { return e.Default != nil })
	if before < 0 {
		before = len(params.List)
	}
	return Function{Parameters: before, Literal: true}
}

func (s *surveyor) add(name string, value js.IExpr) {
	if u, ok := value.(*js.UnaryExpr); ok && u.Op == js.VoidToken {
		// Compilers write exports.NAME = void 0 before the function.
		s.Exports[name] = slices.Clip(s.Exports[name])
		return
	}
	s.Exports[name] = append(s.Exports[name], s.functionOf(value))
}

// export notes what an export declaration names.
func (s *surveyor) export(e *js.ExportStmt) {
	switch d := e.Decl.(type) {
	case *js.VarDecl:
		for _, element := range d.List {
			s.bound(element.Binding, element.Default)
		}
	case *js.FuncDecl:
		if !e.Default && d.Name != nil {
			s.add(string(d.Name.Name()), d)
		}
	case *js.ClassDecl:
		if !e.Default && d.Name != nil {
			s.add(string(d.Name.Name()), nil)
		}
	}
	if e.Default {
		s.add("default", e.Decl)
	}
	for _, a := range e.List {
		name := a.Binding
		if name == nil {
			name = a.Name
		}
		plain := string(bytes.Trim(name, `"'`))
		if plain == "*" || plain == "" {
			s.Sure = false
			continue
		}
		var local js.IExpr
		if e.Module == nil {
			from := a.Name
			if from == nil {
				from = a.Binding
			}
			local = &js.Var{Data: from}
		}
		s.add(plain, local)
	}
}

// bound notes the names of a declaration that takes a value apart.
func (s *surveyor) bound(binding js.IBinding, value js.IExpr) {
	switch b := binding.(type) {
	case *js.Var:
		s.add(string(b.Name()), value)
	case *js.BindingObject:
		for _, item := range b.List {
			s.bound(item.Value.Binding, nil)
		}
		if b.Rest != nil {
			s.add(string(b.Rest.Name()), nil)
		}
	case *js.BindingArray:
		for _, item := range b.List {
			s.bound(item.Binding, nil)
		}
		if b.Rest != nil {
			s.bound(b.Rest, nil)
		}
	}
}

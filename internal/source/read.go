package source

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// Subject is the provider whose blocks are looked at.
type Subject struct {
	// Address is that of the provider without its registry, NAMESPACE/TYPE.
	Address string
	// Name is what modules call it that do not say otherwise.
	Name string
	// Resources are the shapes of its resources by type.
	Resources map[string]*Shape
	// Provider is the shape of its own block.
	Provider *Shape
}

// Block is one block of the provider's.
type Block struct {
	// Resource is the type of a resource; empty for a provider block.
	Resource string
	// Stated are the attributes that the block gives a value, with the value
	// where it is literal.
	Stated map[string]Literal
	// Elsewhere says that the block is in a module that comes from a registry or
	// a repository.
	Elsewhere bool
	// Findings are the names in it that the core drops, in the order of lines.
	Findings []Finding
}

// Literal is a value as it was written.
type Literal struct {
	// Value is null or a scalar; without Known it says nothing.
	Value cty.Value
	Known bool
	// Composed says that an object, a list or the like was written, which is never
	// null.
	Composed bool
}

// Finding is a name that the core drops.
type Finding struct {
	Name string
	// Plain is the name in the spelling of Terraform, kms_key_arn for KmsKeyArn.
	Plain string
	// At are the steps to the object that has no such name, from the attribute
	// of the block on, with Any for an element of a map or a list.
	At []string
	// Nearest is the name that was most likely meant, empty without a likely one.
	Nearest string
	// Names are all that the object has.
	Names []string
	File  string
	Line  int
}

// Any stands for whichever element of a map or a list.
const Any = "*"

// Read reads the module in a folder and all modules that it calls, and returns
// the blocks of the subject. dataDir is where init keeps modules, relative to
// the folder. What cannot be read or parsed is left out.
func Read(dir, dataDir string, subject Subject) []Block {
	var out []Block
	for _, m := range inUse(dir, dataDir) {
		out = append(out, m.read(subject)...)
	}
	return out
}

func (m *module) read(subject Subject) []Block {
	var out []Block
	words := slices.Sorted(maps.Keys(subject.Resources))
	var names map[string]bool
	ours := func(name string) bool {
		if names == nil {
			names = m.localNames(subject.Address, subject.Name)
		}
		return names[name]
	}
	for _, block := range merged(m.blocks("resource", []string{"type", "name"}, words...)) {
		kind := block.Labels[0]
		shape, known := subject.Resources[kind]
		if !known {
			continue
		}
		attributes := block.attributes(shape)
		name := subject.Name
		if meta, ok := attributes["provider"]; ok {
			name = rootName(meta.Expr)
		}
		if !ours(name) {
			continue
		}
		s := &scope{module: m, bound: map[string][]value{}}
		if each, ok := attributes["for_each"]; ok {
			f := &follower{}
			s.bound["each"] = f.inside(f.builds(value{each.Expr, &scope{module: m}}, 0), 0)
		}
		out = append(out, m.check(kind, attributes, shape, s))
	}
	for _, block := range merged(m.blocks("provider", []string{"name"}, "provider")) {
		if ours(block.Labels[0]) {
			out = append(out, m.check("", block.attributes(subject.Provider), subject.Provider, &scope{module: m}))
		}
	}
	return out
}

// rootName is the first name of what `provider = secure.west` says.
func rootName(e hcl.Expression) string {
	if traversal, diags := hcl.AbsTraversalForExpr(e); !diags.HasErrors() {
		return traversal.RootName()
	}
	text, _ := literalText(e)
	name, _, _ := strings.Cut(text, ".")
	return name
}

// whole is a block with the blocks of override files that change it.
type whole struct {
	located

	overrides []located
}

// merged joins blocks and their overrides.
func merged(blocks []located) []whole {
	var out []whole
	for _, b := range blocks {
		at := -1
		if b.file.override {
			at = slices.IndexFunc(out, func(w whole) bool { return w.address() == b.address() })
		}
		if at < 0 {
			out = append(out, whole{located: b})
			continue
		}
		out[at].overrides = append(out[at].overrides, b)
	}
	return out
}

// address tells blocks of a module apart.
func (b located) address() string {
	address := strings.Join(b.Labels, ".")
	if b.Type == "provider" {
		content, _, _ := b.Body.PartialContent(&hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "alias"}}})
		if content != nil && content.Attributes["alias"] != nil {
			alias, _ := literalText(content.Attributes["alias"].Expr)
			address += "." + alias
		}
	}
	return address
}

// attributes are those of a shape that the block states, and those that every
// resource may have.
func (w whole) attributes(shape *Shape) hcl.Attributes {
	schema := &hcl.BodySchema{}
	for _, name := range append(shape.Sorted(), "provider", "for_each") {
		schema.Attributes = append(schema.Attributes, hcl.AttributeSchema{Name: name})
	}
	all := hcl.Attributes{}
	for _, b := range append([]located{w.located}, w.overrides...) {
		content, _, _ := b.Body.PartialContent(schema)
		if content != nil {
			maps.Copy(all, content.Attributes)
		}
	}
	return all
}

// check holds the attributes of a block against its shape.
func (m *module) check(kind string, attributes hcl.Attributes, shape *Shape, s *scope) Block {
	block := Block{Resource: kind, Elsewhere: m.elsewhere, Stated: map[string]Literal{}}
	c := checker{seen: map[string]bool{}}
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		inner, ok := shape.Names[name]
		if !ok {
			continue
		}
		expr := attributes[name].Expr
		block.Stated[name] = plain(expr)
		c.check(value{expr, s}, inner, []string{name})
	}
	slices.SortStableFunc(c.findings, func(a, b Finding) int {
		if a.File != b.File {
			return strings.Compare(a.File, b.File)
		}
		return a.Line - b.Line
	})
	block.Findings = c.findings
	return block
}

func plain(e hcl.Expression) Literal {
	if v, ok := literal(e); ok && (v.IsNull() || v.Type().IsPrimitiveType()) {
		return Literal{Value: v, Known: true}
	}
	_, isFor := e.(*hclsyntax.ForExpr)
	_, noObject := hcl.ExprMap(e)
	_, noList := hcl.ExprList(e)
	return Literal{Composed: isFor || !noObject.HasErrors() || !noList.HasErrors()}
}

// checker collects what one block says that is dropped.
type checker struct {
	follower

	seen     map[string]bool
	findings []Finding
}

func (c *checker) check(v value, shape *Shape, at []string) {
	if shape == nil || shape.Names == nil && shape.Elements == nil {
		return
	}
	built := c.builds(v, 0)
	if shape.Elements != nil {
		for _, element := range c.inside(built, 0) {
			c.check(element, shape.Elements, append(slices.Clip(at), Any))
		}
		return
	}
	for _, object := range built {
		pairs, _ := hcl.ExprMap(object.expr)
		for _, pair := range pairs {
			name, ok := literalText(pair.Key)
			if !ok || strings.HasPrefix(name, "//") {
				continue // named by an expression, or a comment in JSON syntax
			}
			if inner, known := shape.Names[name]; known {
				c.check(value{pair.Value, object.scope}, inner, append(slices.Clip(at), name))
				continue
			}
			if shape.Passed[name] {
				continue
			}
			c.note(name, shape, at, pair.Key.Range())
		}
	}
}

// note keeps a finding once: several expressions may lead to the same text.
func (c *checker) note(name string, shape *Shape, at []string, where hcl.Range) {
	key := fmt.Sprintf("%s:%d:%d", where.Filename, where.Start.Line, where.Start.Column)
	if c.seen[key] {
		return
	}
	c.seen[key] = true
	c.findings = append(c.findings, Finding{
		Name: name, Plain: snakeCase(name), At: at, Nearest: shape.nearest(name), Names: shape.Sorted(), File: where.Filename, Line: where.Start.Line,
	})
}

package blueprint

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// State says whether a value is null, unknown or known.
type State = state

// The three states of a value.
const (
	StateNull    = null
	StateUnknown = unknown
	StateKnown   = known
)

// Node is a Value of any type, for code that treats all leaves alike.
type Node interface {
	// Inspect returns the state and, when known, the value.
	Inspect() (State, any)
	// Zero returns the zero value of the type inside.
	Zero() any
}

// Settable is a pointer to a Value of any type.
type Settable interface {
	Node
	// Assign sets state and value; the value must be of the type inside.
	Assign(s State, value any)
}

// Inspect implements Node.
func (v Value[T]) Inspect() (State, any) { return v.state, v.value }

// Zero implements Node.
func (Value[T]) Zero() any {
	var zero T
	return zero
}

// Assign implements Settable.
func (v *Value[T]) Assign(s State, value any) {
	*v = Value[T]{state: s}
	if typed, ok := value.(T); ok && s == known {
		v.value = typed
	}
}

// Attribute describes one field of a blueprint or spec object.
type Attribute struct {
	Name      string
	Doc       string
	Locked    bool // frozen by a published version
	Sensitive bool // hidden in plans
	Index     int
	Type      reflect.Type
}

// Attributes lists the fields of an object type in declaration order.
func Attributes(object reflect.Type) []Attribute {
	var out []Attribute
	for i := range object.NumField() {
		field := object.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("attr"), ",")
		if name == "" {
			continue
		}
		out = append(out, Attribute{
			Name: name, Doc: field.Tag.Get("doc"), Index: i, Type: field.Type,
			Locked:    strings.Contains(options, "locked"),
			Sensitive: strings.Contains(options, "sensitive"),
		})
	}
	return out
}

// Leaf is a value with its path, such as function.timeout.
type Leaf struct {
	Path   string
	State  State
	Value  any
	Locked bool
}

// Leaves lists every leaf below a blueprint, an object or a Value, sorted by
// path. An object, map or set that is null or unknown is a leaf itself; a
// known set or list is one leaf.
func Leaves(root any) []Leaf {
	var out []Leaf
	walk("", root, false, func(l Leaf) { out = append(out, l) })
	slices.SortFunc(out, func(a, b Leaf) int { return cmp.Compare(a.Path, b.Path) })
	return out
}

func walk(path string, root any, locked bool, emit func(Leaf)) {
	value := root
	if node, ok := root.(Node); ok {
		s, inner := node.Inspect()
		if s != known {
			emit(Leaf{Path: path, State: s, Locked: locked})
			return
		}
		value = inner
	}
	switch typed := value.(type) {
	case Set:
		emitAll(path, typed.Canonical(), locked, emit)
		return
	case List:
		emitAll(path, Set(typed), locked, emit)
		return
	}
	switch v := reflect.ValueOf(value); v.Kind() {
	case reflect.Struct:
		for _, a := range Attributes(v.Type()) {
			walk(join(path, a.Name), v.Field(a.Index).Interface(), locked || a.Locked, emit)
		}
	case reflect.Map:
		if v.Len() == 0 {
			emit(Leaf{Path: path, State: known, Value: "{}", Locked: locked})
		}
		for _, key := range v.MapKeys() {
			walk(fmt.Sprintf("%s[%q]", path, key.String()), v.MapIndex(key).Interface(), locked, emit)
		}
	default:
		emit(Leaf{Path: path, State: known, Value: value, Locked: locked})
	}
}

func emitAll(path string, elements Set, locked bool, emit func(Leaf)) {
	texts, whole := elements.Strings()
	if !whole {
		emit(Leaf{Path: path, State: unknown, Locked: locked})
		return
	}
	emit(Leaf{Path: path, State: known, Value: texts, Locked: locked})
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// Difference is one path at which two blueprints differ.
type Difference struct {
	Path     string
	Observed Leaf
	Desired  Leaf
}

// Diff lists where desired differs from observed, sorted by path. A component
// that exists on one side only is one difference at its own path.
func Diff(observed, desired any) []Difference {
	var out []Difference
	diff("", observed, desired, &out)
	slices.SortFunc(out, func(a, b Difference) int { return cmp.Compare(a.Path, b.Path) })
	return out
}

// Equal reports whether both sides are the same in every leaf.
func Equal(observed, desired any) bool { return len(Diff(observed, desired)) == 0 }

func diff(path string, observed, desired any, out *[]Difference) {
	o, d := open(observed), open(desired)
	if o.State != known || d.State != known || isLeaf(o.Value) {
		if o.State != d.State || (o.State == known && !sameLeaf(o.Value, d.Value)) {
			o.Path, d.Path = path, path
			*out = append(*out, Difference{Path: path, Observed: o, Desired: d})
		}
		return
	}
	ov, dv := reflect.ValueOf(o.Value), reflect.ValueOf(d.Value)
	if ov.Kind() == reflect.Struct {
		for _, a := range Attributes(ov.Type()) {
			diff(join(path, a.Name), ov.Field(a.Index).Interface(), dv.Field(a.Index).Interface(), out)
		}
		return
	}
	for _, key := range unionKeys(ov, dv) {
		diff(fmt.Sprintf("%s[%q]", path, key), element(ov, key), element(dv, key), out)
	}
}

func open(v any) Leaf {
	if node, ok := v.(Node); ok {
		s, inner := node.Inspect()
		return Leaf{State: s, Value: inner}
	}
	return Leaf{State: known, Value: v}
}

func isLeaf(v any) bool {
	switch v.(type) {
	case Set, List:
		return true
	}
	kind := reflect.ValueOf(v).Kind()
	return kind != reflect.Struct && kind != reflect.Map
}

func sameLeaf(a, b any) bool {
	switch typed := a.(type) {
	case Set:
		other, ok := b.(Set)
		return ok && slices.Equal(typed.Canonical(), other.Canonical())
	case List:
		other, ok := b.(List)
		return ok && slices.Equal(typed, other)
	}
	return a == b
}

func unionKeys(a, b reflect.Value) []string {
	var keys []string
	for _, m := range []reflect.Value{a, b} {
		for _, k := range m.MapKeys() {
			keys = append(keys, k.String())
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// element returns a map's element, or the null of its type when it has none.
func element(m reflect.Value, key string) any {
	if e := m.MapIndex(reflect.ValueOf(key)); e.IsValid() {
		return e.Interface()
	}
	return reflect.Zero(m.Type().Elem()).Interface()
}

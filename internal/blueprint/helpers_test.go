package blueprint_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// tester is what testing.T and rapid.T have in common.
type tester interface {
	Helper()
	Errorf(format string, args ...any)
}

func same(t tester, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n got %v\nwant %v", what, got, want)
	}
}

// property runs a property, with the failure at the test that has it.
func property(t *testing.T, check func(*rapid.T)) {
	t.Helper()
	rapid.Check(t, check)
}

// states says which states a random value may have.
type states []bp.State

var (
	anyState = states{bp.StateKnown, bp.StateKnown, bp.StateKnown, bp.StateNull, bp.StateUnknown}
	settled  = states{bp.StateKnown, bp.StateKnown, bp.StateKnown, bp.StateNull}
	allKnown = states{bp.StateKnown}
)

// random draws a value of any blueprint type.
func random[T any](t *rapid.T, allowed states) T {
	var out T
	fill(t, reflect.ValueOf(&out).Elem(), allowed)
	return out
}

var texts = rapid.StringOfN(rapid.SampledFrom([]rune("abzAé 0\"\\./:*\n[]{}=")), 0, 5, -1)

func fill(t *rapid.T, target reflect.Value, allowed states) {
	if node, ok := reflect.TypeAssert[bp.Settable](target.Addr()); ok {
		state := rapid.SampledFrom(allowed).Draw(t, "state")
		inner := reflect.New(reflect.TypeOf(node.Zero())).Elem()
		if state == bp.StateKnown {
			fill(t, inner, allowed)
		}
		node.Assign(state, inner.Interface())
		return
	}
	switch target.Kind() {
	case reflect.String:
		target.SetString(texts.Draw(t, "text"))
	case reflect.Bool:
		target.SetBool(rapid.Bool().Draw(t, "bool"))
	case reflect.Int64:
		target.SetInt(rapid.Int64().Draw(t, "number"))
	case reflect.Float64:
		target.SetFloat(rapid.Float64Range(0, 1).Draw(t, "share"))
	case reflect.Slice:
		set := make(bp.Set, rapid.IntRange(0, 3).Draw(t, "elements"))
		for i := range set {
			// An element that is null is refused at validate.
			present := slices.DeleteFunc(slices.Clone(allowed), func(s bp.State) bool { return s == bp.StateNull })
			fill(t, reflect.ValueOf(&set[i]).Elem(), present)
		}
		if target.Type() == reflect.TypeFor[bp.Set]() {
			set = set.Canonical()
		}
		target.Set(reflect.ValueOf(set).Convert(target.Type()))
	case reflect.Map:
		target.Set(reflect.MakeMap(target.Type()))
		for _, key := range rapid.SliceOfNDistinct(texts, 0, 2, rapid.ID).Draw(t, "keys") {
			element := reflect.New(target.Type().Elem()).Elem()
			fill(t, element, allowed)
			target.SetMapIndex(reflect.ValueOf(key), element)
		}
	case reflect.Struct:
		for _, a := range bp.Attributes(target.Type()) {
			fill(t, target.Field(a.Index), allowed)
		}
	default:
		t.Fatalf("no generator for %s", target.Type())
	}
}

// changed returns a copy of v in which the leaf at a path is replaced.
func changed[T any](v T, at string, replace func(bp.Settable)) T {
	return rebuild(reflect.ValueOf(&v).Elem(), "", at, replace).Interface().(T)
}

func rebuild(v reflect.Value, path, at string, replace func(bp.Settable)) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	if node, ok := reflect.TypeAssert[bp.Settable](out.Addr()); ok {
		state, inner := node.Inspect()
		switch {
		case path == at:
			replace(node)
		case state == bp.StateKnown:
			node.Assign(state, rebuild(reflect.ValueOf(inner), path, at, replace).Interface())
		}
		return out
	}
	switch v.Kind() {
	case reflect.Struct:
		for _, a := range bp.Attributes(v.Type()) {
			below := a.Name
			if path != "" {
				below = path + "." + a.Name
			}
			out.Field(a.Index).Set(rebuild(v.Field(a.Index), below, at, replace))
		}
	case reflect.Map:
		out.Set(reflect.MakeMap(v.Type()))
		for _, key := range v.MapKeys() {
			below := fmt.Sprintf("%s[%q]", path, key.String())
			out.SetMapIndex(key, rebuild(v.MapIndex(key), below, at, replace))
		}
	default:
	}
	return out
}

// anotherValue gives a leaf content that it did not have.
func anotherValue(leaf bp.Settable) {
	state, inner := leaf.Inspect()
	if state != bp.StateKnown {
		leaf.Assign(bp.StateKnown, content(reflect.TypeOf(leaf.Zero())).Interface())
		return
	}
	switch v := inner.(type) {
	case string:
		leaf.Assign(bp.StateKnown, v+"x")
	case bool:
		leaf.Assign(bp.StateKnown, !v)
	case int64:
		leaf.Assign(bp.StateKnown, v+1)
	case float64:
		leaf.Assign(bp.StateKnown, v+1)
	case bp.Set:
		leaf.Assign(bp.StateKnown, v.Union(bp.SetOf("another element")))
	default: // an empty map; one with elements is no leaf
		leaf.Assign(bp.StateNull, nil)
	}
}

// content is a value in which something is set.
func content(kind reflect.Type) reflect.Value {
	out := reflect.New(kind).Elem()
	if node, ok := reflect.TypeAssert[bp.Settable](out.Addr()); ok {
		node.Assign(bp.StateKnown, content(reflect.TypeOf(node.Zero())).Interface())
		return out
	}
	switch kind.Kind() {
	case reflect.String:
		out.SetString("new")
	case reflect.Bool:
		out.SetBool(true)
	case reflect.Int64:
		out.SetInt(1)
	case reflect.Float64:
		out.SetFloat(1)
	case reflect.Slice:
		out.Set(reflect.ValueOf(bp.SetOf("new")).Convert(kind))
	case reflect.Map:
		out.Set(reflect.MakeMap(kind))
		out.SetMapIndex(reflect.ValueOf("new"), content(kind.Elem()))
	case reflect.Struct:
		for _, a := range bp.Attributes(kind) {
			out.Field(a.Index).Set(content(a.Type))
		}
	default:
	}
	return out
}

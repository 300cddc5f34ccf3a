package blueprint_test

import (
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

func TestLeaves_AreSortedPathsWithStateAndLock(t *testing.T) {
	t.Parallel()
	f := bp.Function{
		Name:        bp.Known("orders"),
		Timeout:     bp.Unknown[int64](),
		Environment: bp.Known(map[string]bp.Value[bp.Environment]{"A": bp.Known(bp.Environment{SHA256: bp.Known("d1")})}),
		Logging:     bp.Known(bp.Logging{Group: bp.Known("/g")}),
		Unmanaged:   bp.Known(bp.SetOf("b", "a")),
		Tags:        bp.Known(map[string]bp.String{}),
	}
	got := map[string]bp.Leaf{}
	var paths []string
	for _, leaf := range bp.Leaves(f) {
		got[leaf.Path] = leaf
		paths = append(paths, leaf.Path)
	}
	if !slices.IsSorted(paths) {
		t.Errorf("not sorted: %v", paths)
	}
	for _, want := range []bp.Leaf{
		{Path: "name", State: bp.StateKnown, Value: "orders"},
		{Path: "timeout", State: bp.StateUnknown, Locked: true},
		{Path: `environment["A"].sha256`, State: bp.StateKnown, Value: "d1", Locked: true},
		{Path: "logging.group", State: bp.StateKnown, Value: "/g", Locked: true},
		{Path: "unmanaged", State: bp.StateKnown, Value: []string{"a", "b"}},
		{Path: "tags", State: bp.StateKnown, Value: "{}"},
		{Path: "runtime", State: bp.StateNull, Locked: true},
	} {
		same(t, want.Path, got[want.Path], want)
	}
	for _, inner := range []string{"environment", "logging"} {
		if _, ok := got[inner]; ok {
			t.Errorf("%s is listed beside what is in it", inner)
		}
	}
}

func TestLeaves_SetWithAnUnknownElementIsUnknown(t *testing.T) {
	t.Parallel()
	leaves := bp.Leaves(bp.Known(bp.Set{bp.Known("a"), bp.Unknown[string]()}))
	same(t, "leaves", leaves, []bp.Leaf{{State: bp.StateUnknown}})
}

func TestDiff_OfABlueprintWithItselfIsEmpty(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T) {
		b := random[bp.Blueprint](t, anyState)
		copied := changed(b, "nowhere", func(bp.Settable) {})
		same(t, "differences", bp.Diff(b, copied), []bp.Difference(nil))
		same(t, "equal", bp.Equal(b, copied), true)
	})
}

func TestDiff_OfOneChangedLeafIsThatLeaf(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T) {
		before := random[bp.Blueprint](t, anyState)
		leaf := rapid.SampledFrom(bp.Leaves(before)).Draw(t, "leaf")
		after := changed(before, leaf.Path, anotherValue)
		differences := bp.Diff(before, after)
		if len(differences) != 1 || differences[0].Path != leaf.Path {
			t.Fatalf("changed %s, got %v", leaf.Path, differences)
		}
		same(t, "equal", bp.Equal(before, after), false)
		back := bp.Diff(after, before)
		same(t, "the other way round", len(back), 1)
		same(t, "observed and desired change places", back[0].Observed, differences[0].Desired)
	})
}

func TestDiff_TellsTheStatesApart(t *testing.T) {
	t.Parallel()
	all := []bp.String{bp.Null[string](), bp.Unknown[string](), bp.Known(""), bp.Known("a")}
	for i, a := range all {
		for j, b := range all {
			same(t, a.String()+" and "+b.String(), bp.Equal(a, b), i == j)
		}
	}
}

func TestDiff_ComponentOnOneSideIsOneDifference(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T) {
		whole := random[bp.Blueprint](t, allKnown)
		component := rapid.SampledFrom(bp.Attributes(reflect.TypeFor[bp.Blueprint]())).Draw(t, "component").Name
		for _, state := range []bp.State{bp.StateNull, bp.StateUnknown} {
			without := changed(whole, component, func(n bp.Settable) { n.Assign(state, nil) })
			for _, differences := range [][]bp.Difference{bp.Diff(whole, without), bp.Diff(without, whole)} {
				if len(differences) != 1 || differences[0].Path != component {
					t.Errorf("without %s: %v", component, differences)
				}
			}
		}
	})
}

func TestDiff_SetsHaveNoOrder(t *testing.T) {
	t.Parallel()
	a := bp.Known(bp.Set{bp.Known("a"), bp.Known("b")})
	b := bp.Known(bp.Set{bp.Known("b"), bp.Known("a"), bp.Known("b")})
	same(t, "equal", bp.Equal(a, b), true)
	same(t, "one element more", bp.Equal(a, bp.Known(bp.SetOf("a", "b", "c"))), false)
}

func TestDiff_NamesTheMapElement(t *testing.T) {
	t.Parallel()
	before := bp.Known(map[string]bp.String{"kept": bp.Known("1"), "gone": bp.Known("2")})
	after := bp.Known(map[string]bp.String{"kept": bp.Known("1"), "new": bp.Known("3")})
	var paths []string
	for _, d := range bp.Diff(before, after) {
		paths = append(paths, d.Path)
	}
	same(t, "paths", paths, []string{`["gone"]`, `["new"]`})
}

func TestDigest_ChangesWithEveryLockedLeafAndNoOther(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T) {
		f := random[bp.Function](t, settled)
		digest := f.Digest()
		for _, leaf := range bp.Leaves(f) {
			other := changed(f, leaf.Path, anotherValue).Digest()
			if leaf.Locked == (other == digest) {
				t.Errorf("%s, locked %t: digest %s became %s", leaf.Path, leaf.Locked, digest, other)
			}
		}
	})
}

func TestDigest_IsUnknownExactlyWhileALockedLeafIs(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T) {
		f := random[bp.Function](t, settled)
		leaf := rapid.SampledFrom(bp.Leaves(f)).Draw(t, "leaf")
		got := changed(f, leaf.Path, func(n bp.Settable) { n.Assign(bp.StateUnknown, nil) }).Digest()
		same(t, leaf.Path, got.IsUnknown(), leaf.Locked)
	})
}

func TestDigest_LocksWhatAVersionFreezes(t *testing.T) {
	t.Parallel()
	var free []string
	for _, a := range bp.Attributes(reflect.TypeFor[bp.Function]()) {
		if !a.Locked {
			free = append(free, a.Name)
		}
	}
	same(t, "settings that publish nothing", free, []string{"name", "arn", "source", "image_uri", "reserved_concurrency", "recursion", "code_signing_config_arn", "runtime_management", "unmanaged", "tags"})
}

func TestDigest_TextCannotPassForAnotherSetting(t *testing.T) {
	t.Parallel()
	one := bp.Function{Description: bp.Known("d"), Handler: bp.Known("app.handler")}
	two := bp.Function{Description: bp.Known("d\nhandler=app.handler")}
	three := bp.Function{Description: bp.Known("d\"\nhandler=\"app.handler")}
	if one.Digest() == two.Digest() || one.Digest() == three.Digest() {
		t.Error("a description with a line break has the digest of a handler")
	}
}

func TestHashText_IsHexSHA256(t *testing.T) {
	t.Parallel()
	same(t, "hash", bp.HashText("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
}

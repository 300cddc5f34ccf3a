package blueprint_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

func TestValue_ZeroValueIsNull(t *testing.T) {
	t.Parallel()
	var v bp.String
	same(t, "zero value", v, bp.Null[string]())
	same(t, "null, unknown, known", []bool{v.IsNull(), v.IsUnknown(), v.IsKnown()}, []bool{true, false, false})
}

func TestValue_EachStateIsOnlyThatState(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		value bp.Value[int64]
		is    [3]bool
		or    int64
		text  string
	}{
		"null":    {bp.Null[int64](), [3]bool{true, false, false}, 7, "null"},
		"unknown": {bp.Unknown[int64](), [3]bool{false, true, false}, 7, "unknown"},
		"known":   {bp.Known[int64](3), [3]bool{false, false, true}, 3, "3"},
	} {
		same(t, name+" state", [3]bool{c.value.IsNull(), c.value.IsUnknown(), c.value.IsKnown()}, c.is)
		same(t, name+" Or", c.value.Or(7), c.or)
		same(t, name+" String", c.value.String(), c.text)
		_, ok := c.value.Get()
		same(t, name+" Get", ok, c.is[2])
	}
}

func TestElse_ReplacesOnlyNull(t *testing.T) {
	t.Parallel()
	other := bp.Known("other")
	same(t, "null", bp.Null[string]().Else(other), other)
	same(t, "unknown", bp.Unknown[string]().Else(other), bp.Unknown[string]())
	same(t, "known", bp.Known("own").Else(other), bp.Known("own"))
	same(t, "null else unknown", bp.Null[string]().Else(bp.Unknown[string]()), bp.Unknown[string]())
}

func TestElse_IsAssociative(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T) {
		a, b, c := random[bp.String](t, anyState), random[bp.String](t, anyState), random[bp.String](t, anyState)
		same(t, "(a else b) else c", a.Else(b).Else(c), a.Else(b.Else(c)))
	})
}

func TestMap_PassesNullAndUnknownWithoutCalling(t *testing.T) {
	t.Parallel()
	called := false
	length := func(s string) int { called = true; return len(s) }
	same(t, "null", bp.Map(bp.Null[string](), length), bp.Null[int]())
	same(t, "unknown", bp.Map(bp.Unknown[string](), length), bp.Unknown[int]())
	if called {
		t.Error("called without a value")
	}
	same(t, "known", bp.Map(bp.Known("four"), length), bp.Known(4))
}

func TestMap_TwiceIsMapOfBoth(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T) {
		v := random[bp.String](t, anyState)
		twice := bp.Map(bp.Map(v, strings.ToUpper), func(s string) int { return len(s) })
		same(t, "map twice", twice, bp.Map(v, func(s string) int { return len(strings.ToUpper(s)) }))
		same(t, "identity", bp.Map(v, func(s string) string { return s }), v)
	})
}

func TestThen_GivesWhatTheDerivationGives(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T) {
		v, result := random[bp.String](t, anyState), random[bp.Value[int64]](t, anyState)
		got := bp.Then(v, func(string) bp.Value[int64] { return result })
		want := result
		switch {
		case v.IsNull():
			want = bp.Null[int64]()
		case v.IsUnknown():
			want = bp.Unknown[int64]()
		}
		same(t, "then", got, want)
	})
}

func TestField_OfAnObjectThatIsNullOrUnknown(t *testing.T) {
	t.Parallel()
	alias := func(r bp.ReleaseSpec) bp.String { return r.Alias }
	same(t, "null object", bp.Field(bp.Null[bp.ReleaseSpec](), alias), bp.Null[string]())
	same(t, "unknown object", bp.Field(bp.Unknown[bp.ReleaseSpec](), alias), bp.Unknown[string]())
	same(t, "known object", bp.Field(bp.Known(bp.ReleaseSpec{Alias: bp.Known("blue")}), alias), bp.Known("blue"))
}

func TestFormat_NullBeatsUnknownBeatsKnown(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T) {
		a, b := random[bp.String](t, anyState), random[bp.String](t, anyState)
		want := bp.Known(fmt.Sprintf("%s/%s", a.Or(""), b.Or("")))
		switch {
		case a.IsNull() || b.IsNull():
			want = bp.Null[string]()
		case a.IsUnknown() || b.IsUnknown():
			want = bp.Unknown[string]()
		}
		same(t, "format", bp.Format("%s/%s", a, b), want)
	})
}

func TestFormat_WithoutPartsIsItsText(t *testing.T) {
	t.Parallel()
	same(t, "format", bp.Format("text"), bp.Known("text"))
}

func TestAssign_KeepsTheValueOnlyWhenKnown(t *testing.T) {
	t.Parallel()
	v := bp.Known("old")
	v.Assign(bp.StateUnknown, "ignored")
	same(t, "unknown", v, bp.Unknown[string]())
	v.Assign(bp.StateKnown, "new")
	same(t, "known", v, bp.Known("new"))
}

func TestSet_CanonicalIsSortedWithoutRepeatsUnknownLast(t *testing.T) {
	t.Parallel()
	unknown := bp.Unknown[string]()
	got := bp.Set{unknown, bp.Known("b"), bp.Known("a"), unknown, bp.Known("b")}.Canonical()
	same(t, "canonical", got, bp.Set{bp.Known("a"), bp.Known("b"), unknown, unknown})
	same(t, "nil set", bp.Set(nil).Canonical(), bp.Set{})
}

func TestSet_CanonicalForgetsOrder(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T) {
		set := rapid.SliceOf(rapid.SampledFrom([]bp.String{bp.Known("a"), bp.Known("b"), bp.Known("c"), bp.Unknown[string]()})).Draw(t, "set")
		once := bp.Set(set).Canonical()
		same(t, "another order", bp.Set(rapid.Permutation(set).Draw(t, "order")).Canonical(), once)
		same(t, "twice", once.Canonical(), once)
	})
}

func TestSet_CanonicalLeavesTheReceiverAlone(t *testing.T) {
	t.Parallel()
	set := bp.Set{bp.Known("b"), bp.Known("a")}
	set.Canonical()
	same(t, "receiver", set, bp.Set{bp.Known("b"), bp.Known("a")})
}

func TestSet_UnionHoldsBothAndNothingElse(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T) {
		a, b := random[bp.Set](t, allKnown), random[bp.Set](t, allKnown)
		union := a.Union(b)
		if !union.Contains(a) || !union.Contains(b) {
			t.Errorf("%v does not contain %v and %v", union, a, b)
		}
		for _, e := range union {
			if !a.Contains(bp.Set{e}) && !b.Contains(bp.Set{e}) {
				t.Errorf("%v is in neither %v nor %v", e, a, b)
			}
		}
		same(t, "other way round", b.Union(a), union)
		same(t, "with itself", a.Union(a), a)
	})
}

func TestSet_ContainsAsksForEveryKnownElement(t *testing.T) {
	t.Parallel()
	set := bp.SetOf("a", "b")
	same(t, "part", set.Contains(bp.SetOf("b")), true)
	same(t, "more", set.Contains(bp.SetOf("b", "c")), false)
	same(t, "unknown element", set.Contains(bp.Set{bp.Unknown[string]()}), true)
	same(t, "nothing", bp.Set{}.Contains(bp.Set{}), true)
}

func TestSet_StringsSaysWhetherAllAreKnown(t *testing.T) {
	t.Parallel()
	got, whole := bp.SetOf("b", "a", "b").Strings()
	same(t, "strings", got, []string{"a", "b"})
	same(t, "whole", whole, true)
	got, whole = bp.Set{bp.Known("a"), bp.Unknown[string]()}.Strings()
	same(t, "strings", got, []string{"a"})
	same(t, "whole", whole, false)
}

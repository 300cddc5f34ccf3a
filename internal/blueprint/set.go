package blueprint

import (
	"cmp"
	"slices"
)

// Canonical returns the set in its one form: known elements sorted and
// without repeats, unknown elements last. An unknown element may turn out to
// repeat a known one, so unknown elements are kept one by one.
func (s Set) Canonical() Set {
	out := slices.Clone(s)
	slices.SortStableFunc(out, func(a, b Value[string]) int {
		if a.state != b.state {
			return cmp.Compare(b.state, a.state)
		}
		return cmp.Compare(a.value, b.value)
	})
	out = slices.CompactFunc(out, func(a, b Value[string]) bool {
		return a.state == known && a == b
	})
	if out == nil {
		out = Set{}
	}
	return out
}

// Union returns the elements of both sets in canonical form.
func (s Set) Union(other Set) Set {
	return slices.Concat(s, other).Canonical()
}

// Contains reports whether every known element of other is in s.
func (s Set) Contains(other Set) bool {
	for _, v := range other {
		if v.state == known && !slices.Contains(s, v) {
			return false
		}
	}
	return true
}

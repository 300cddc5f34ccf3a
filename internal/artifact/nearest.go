package artifact

import (
	"cmp"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
)

// nearestFirst sorts names by how far they are from one that was written.
func nearestFirst(written string, names []string) []string {
	far := func(name string) int {
		return levenshtein.Distance(strings.ToLower(written), strings.ToLower(name), nil)
	}
	out := slices.Clone(names)
	slices.SortStableFunc(out, func(a, b string) int { return cmp.Compare(far(a), far(b)) })
	return out
}

package artifact

import (
	"cmp"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
)

// nearestFirst sorts names by how far they are from one that was written. One that
// holds the other, as lambda_handler does handler, is nearer than any slip.
func nearestFirst(written string, names []string) []string {
	written = strings.ToLower(written)
	far := func(name string) int {
		name = strings.ToLower(name)
		if strings.Contains(name, written) || len(name) > 2 && strings.Contains(written, name) {
			return 0
		}
		return 1 + levenshtein.Distance(written, name, nil)
	}
	out := slices.Clone(names)
	slices.SortStableFunc(out, func(a, b string) int { return cmp.Compare(far(a), far(b)) })
	return out
}

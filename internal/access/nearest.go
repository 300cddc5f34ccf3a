package access

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Nearest returns at most so many actions whose names are close to one that
// does not exist, the closest first: what a person who mistyped it may have
// meant. None is close enough to something made up.
func (x *Index) Nearest(name string, most int) []string {
	type candidate struct {
		name     string
		distance int
	}
	wanted := strings.ToLower(name)
	// With more than a letter in six wrong it is another word.
	limit := max(2, len(wanted)/6)
	var found []candidate
	for _, prefix := range x.Services() {
		for short, action := range x.service(prefix) {
			full := prefix + ":" + short
			if max(len(full)-len(wanted), len(wanted)-len(full)) > limit {
				continue
			}
			if d := distance(wanted, full); d <= limit {
				found = append(found, candidate{action.Name, d})
			}
		}
	}
	slices.SortFunc(found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.name, b.name))
	})
	var out []string
	for _, c := range found[:min(most, len(found))] {
		out = append(out, c.name)
	}
	return out
}

// nearestLevel is the level that a text is a slip of, empty if it is none.
func (t target) nearestLevel(written string) string {
	squeezed := func(text string) string {
		return strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(text))
	}
	best, least := "", 0
	for _, level := range slices.Sorted(maps.Keys(t.levels)) {
		// In a word of four letters two wrong ones make another word.
		limit := min(2, (len(level)+1)/3)
		if off := distance(squeezed(written), squeezed(level)); off <= limit && (best == "" || off < least) {
			best, least = level, off
		}
	}
	return best
}

// distance is how many letters must be changed, added or dropped to turn one
// text into another (Levenshtein). Names of actions are ASCII.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

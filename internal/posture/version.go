package posture

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// ofVersion begins evidence that is about a version which runs beside what is judged
// as the function.
const ofVersion = "version "

// WithVersions takes, control by control, what is worse: of a function everything
// counts that can run. Versions are judged as if each served, by number.
func WithVersions(judgements []Judgement, versions map[string][]Judgement) []Judgement {
	rank := map[Outcome]int{NotApplicable: 0, Pass: 1, Unknown: 2, NeedsInput: 3, Fail: 3}
	out := slices.Clone(judgements)
	for _, number := range slices.SortedFunc(maps.Keys(versions), byNumber) {
		for i, j := range versions[number] {
			if rank[j.Outcome] > rank[out[i].Outcome] {
				out[i] = j
				out[i].Evidence = ofVersion + number + ": " + j.Evidence
			}
		}
	}
	return out
}

// aboutVersion reports whether a judgement is about a version that may not run any
// more once another is published.
func (j Judgement) aboutVersion() bool {
	number, _, found := strings.Cut(strings.TrimPrefix(j.Evidence, ofVersion), ": ")
	return found && strings.HasPrefix(j.Evidence, ofVersion) && strings.Trim(number, "0123456789") == ""
}

func byNumber(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) }

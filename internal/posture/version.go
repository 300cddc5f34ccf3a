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

// AboutVersion reports whether a judgement is about a version that may not run any
// more once another is published.
func (j Judgement) AboutVersion() bool {
	number, _, found := strings.Cut(strings.TrimPrefix(j.Evidence, ofVersion), ": ")
	return found && strings.HasPrefix(j.Evidence, ofVersion) && strings.Trim(number, "0123456789") == ""
}

// Perhaps judges a version of which it is not sure that anything can run it: what is
// not met of it is not known then, and why.
func Perhaps(judgements []Judgement, why string) []Judgement {
	if why == "" {
		return judgements
	}
	out := slices.Clone(judgements)
	for i, j := range out {
		if j.Outcome == Fail || j.Outcome == NeedsInput || j.Outcome == Unknown {
			out[i].Outcome, out[i].Later, out[i].Unread = Unknown, false, true
			out[i].Evidence = j.Evidence + "; what calls the version " + why
		}
	}
	return out
}

func byNumber(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) }

package audit

import (
	"cmp"
	"slices"

	"github.com/secure-lambda/terraform-provider-secure/internal/posture"
)

// Counts is how many controls came out how. Those that failed are counted by
// their severity.
type Counts struct {
	Critical      int `json:"critical"`
	High          int `json:"high"`
	Medium        int `json:"medium"`
	Low           int `json:"low"`
	NeedsInput    int `json:"needs_input"`
	Unknown       int `json:"unknown"`
	Pass          int `json:"pass"`
	NotApplicable int `json:"not_applicable"`
}

func (c *Counts) count(j posture.Judgement) {
	switch j.Outcome {
	case posture.Fail:
		c.fail(j.Severity)
	case posture.NeedsInput:
		c.NeedsInput++
	case posture.Unknown:
		c.Unknown++
	case posture.Pass:
		c.Pass++
	case posture.NotApplicable:
		c.NotApplicable++
	}
}

func (c *Counts) fail(s posture.Severity) {
	switch s {
	case posture.Critical:
		c.Critical++
	case posture.High:
		c.High++
	case posture.Medium:
		c.Medium++
	case posture.Low:
		c.Low++
	}
}

// Failed is how many controls failed, of any severity.
func (c Counts) Failed() int { return c.Critical + c.High + c.Medium + c.Low }

// Judged reports whether any control could be judged. Without one a score
// says nothing.
func (c Counts) Judged() bool { return c.Failed()+c.NeedsInput+c.Pass > 0 }

// Counts counts the function's judgements.
func (f Function) Counts() Counts {
	var c Counts
	for _, j := range f.Judgements {
		c.count(j)
	}
	return c
}

// Counts adds up those of all functions.
func (r Report) Counts() Counts {
	var c Counts
	for _, f := range r.Functions {
		for _, j := range f.Judgements {
			c.count(j)
		}
	}
	return c
}

// Undecided lists the judgements that keep a function from being shown to meet
// the minimum: controls that it asks for and that could not be judged.
func (r Report) Undecided(f Function) []posture.Judgement {
	var out []posture.Judgement
	for _, j := range f.Judgements {
		if j.Outcome == posture.Unknown && r.Minimum != "" && j.AskedBy(r.Minimum) {
			out = append(out, j)
		}
	}
	return out
}

// Standing is how a function stands to the minimum: "below", "undecided" when
// something it asks for could not be judged, "meets", or empty without a
// minimum.
func (r Report) Standing(f Function) string {
	switch {
	case r.Minimum == "":
		return ""
	case len(r.Fails(f)) > 0:
		return "below"
	case len(r.Undecided(f)) > 0:
		return "undecided"
	default:
		return "meets"
	}
}

// Standings counts the functions of one standing.
func (r Report) Standings(of string) int {
	n := 0
	for _, f := range r.Functions {
		if r.Standing(f) == of {
			n++
		}
	}
	return n
}

// scores lists those of the functions that could be judged, lowest first.
func (r Report) scores() []int64 {
	var out []int64
	for _, f := range r.Functions {
		if f.Counts().Judged() {
			out = append(out, f.Score)
		}
	}
	slices.Sort(out)
	return out
}

// mean rounds to the nearest point. Nothing has none.
func mean(scores []int64) *int64 {
	if len(scores) == 0 {
		return nil
	}
	var sum int64
	for _, s := range scores {
		sum += s
	}
	n := int64(len(scores))
	out := (sum + n/2) / n
	return &out
}

// worstFirst sorts by what failed, the severest first, then by score. A
// function that could not be judged comes last: nothing is known against it.
func worstFirst(functions []Function) []Function {
	type ranked struct {
		Function
		Counts
	}
	list := make([]ranked, len(functions))
	for i, f := range functions {
		list[i] = ranked{f, f.Counts()}
	}
	last := func(r ranked) int {
		if r.Judged() {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(list, func(a, b ranked) int {
		return cmp.Or(
			cmp.Compare(last(a), last(b)),
			cmp.Compare(b.Critical, a.Critical), cmp.Compare(b.High, a.High),
			cmp.Compare(a.Score, b.Score),
			cmp.Compare(a.Name, b.Name), cmp.Compare(a.Region, b.Region), cmp.Compare(a.ARN, b.ARN),
		)
	})
	out := make([]Function, len(list))
	for i, r := range list {
		out[i] = r.Function
	}
	return out
}

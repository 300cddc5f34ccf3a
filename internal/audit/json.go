package audit

import (
	"encoding/json"
	"io"
	"time"

	"github.com/secure-lambda/terraform-provider-secure/internal/posture"
)

// document is a report as JSON. Fields are only ever added.
type document struct {
	// Version is the provider's.
	Version string `json:"version"`
	// At is when the account was read, in UTC.
	At      time.Time `json:"at"`
	Account string    `json:"account"`
	// Minimum is the posture that was asked for, or empty.
	Minimum   string            `json:"minimum"`
	Summary   documentSummary   `json:"summary"`
	Functions []documentFn      `json:"functions"`
	Problems  []documentProblem `json:"problems"`
}

type documentSummary struct {
	Functions int `json:"functions"`
	// BelowMinimum fail a control that the minimum asks for.
	BelowMinimum int `json:"below_minimum"`
	// Undecided fail none of them, and not all could be judged.
	Undecided int `json:"undecided"`
	// MeanScore is null when no function could be judged.
	MeanScore *int64 `json:"mean_score"`
	Counts    Counts `json:"counts"`
}

type documentFn struct {
	Name    string `json:"name"`
	ARN     string `json:"arn"`
	Region  string `json:"region"`
	Runtime string `json:"runtime"`
	// Managed says that it is a unit of this provider.
	Managed bool `json:"managed"`
	// Score is null when no control could be judged.
	Score *int64 `json:"score"`
	// Standing to the minimum is below, undecided, meets or empty.
	Standing   string              `json:"standing"`
	Counts     Counts              `json:"counts"`
	Judgements []documentJudgement `json:"judgements"`
}

type documentJudgement struct {
	Control string `json:"control"`
	Title   string `json:"title"`
	// Fault says what is wrong where the control is not met, empty elsewhere.
	Fault    string `json:"fault,omitempty"`
	Severity string `json:"severity"`
	// Outcome is pass, fail, needs_input, unknown or not_applicable.
	Outcome  string `json:"outcome"`
	Evidence string `json:"evidence"`
	Remedy   string `json:"remedy"`
	Page     string `json:"page"`
	// Waived is the waiver in force that excuses it, of the states that were given.
	Waived *Waiver `json:"waived,omitempty"`
	// External are ids of the same control by catalogue.
	External map[string][]string `json:"external"`
}

type documentProblem struct {
	Region string `json:"region"`
	Call   string `json:"call"`
	Code   string `json:"code"`
	// Functions is how many functions the call left unknown.
	Functions int    `json:"functions"`
	Message   string `json:"message"`
}

func writeJSON(out io.Writer, r Report) error {
	d := document{
		Version: r.Version, At: r.At.UTC(), Account: r.Account, Minimum: string(r.Minimum),
		Summary: documentSummary{
			Functions: len(r.Functions), BelowMinimum: r.Standings("below"), Undecided: r.Standings("undecided"),
			MeanScore: mean(r.scores()), Counts: r.Counts(),
		},
		Functions: []documentFn{}, Problems: []documentProblem{},
	}
	for _, f := range r.Functions {
		d.Functions = append(d.Functions, newDocumentFn(r, f))
	}
	for _, p := range r.Problems {
		d.Problems = append(d.Problems, documentProblem(p))
	}
	return indented(out, d)
}

func newDocumentFn(r Report, f Function) documentFn {
	d := documentFn{
		Name: f.Name, ARN: f.ARN, Region: f.Region, Runtime: f.Runtime, Managed: f.Managed,
		Standing: r.Standing(f), Counts: f.Counts(), Judgements: []documentJudgement{},
	}
	if d.Counts.Judged() {
		d.Score = &f.Score
	}
	for _, j := range f.Judgements {
		fault := ""
		if j.Outcome == posture.Fail || j.Outcome == posture.NeedsInput {
			fault = j.Fault
		}
		d.Judgements = append(d.Judgements, documentJudgement{
			Control: j.ID, Title: j.Title, Fault: fault, Severity: j.Severity.String(), Outcome: string(j.Outcome),
			Evidence: j.Evidence, Remedy: j.Remedy, Page: j.Page, Waived: f.waiverOf(j.ID), External: external(j.Control),
		})
	}
	return d
}

// external groups a control's ids elsewhere by catalogue.
func external(c posture.Control) map[string][]string {
	out := map[string][]string{}
	for _, e := range c.External {
		out[e.Catalogue] = append(out[e.Catalogue], e.ID)
	}
	return out
}

// indented writes JSON for people too: "<" stays "<".
func indented(out io.Writer, value any) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

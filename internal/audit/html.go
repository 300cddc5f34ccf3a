package audit

import (
	"crypto/sha256"
	_ "embed" // the page's parts
	"encoding/base64"
	"html/template"
	"io"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/posture"
)

var (
	//go:embed page/report.html
	pageHTML string
	//go:embed page/report.css
	pageCSS string
	//go:embed page/report.js
	pageJS string

	pageTemplate = template.Must(template.New("report").Funcs(template.FuncMap{"count": count}).Parse(pageHTML))
)

// page is what the template shows without a script. The script adds sorting,
// filters and all judgements of a function.
type page struct {
	CSS  template.CSS
	JS   template.JS
	CSP  string
	Data pageData

	Report    Report
	At        string
	Regions   []string
	Counts    Counts
	Spread    spread
	Lines     []severityLine
	Below     int
	Undecided int
	Functions []functionRow
	Controls  []controlRow
}

// functionRow is a function's row.
type functionRow struct {
	Function

	Counts   Counts
	Band     string
	Standing string
	// Unmet are failed controls, the severest first, then those that need input.
	Unmet []posture.Judgement
}

// controlRow is a control's row: how many functions came out how.
type controlRow struct {
	posture.Control

	Asked     []posture.Standard
	Elsewhere []catalogueIDs
	// Unmet is how many functions fail it or need input, of Judged ones.
	Unmet, Met, Unknown, NotApplicable int
}

func (c controlRow) Judged() int { return c.Unmet + c.Met }

// Share is how many of a hundred judged functions do not meet it.
func (c controlRow) Share() int { return 100 * c.Unmet / max(1, c.Judged()) }

// severityLine is a line of the overview.
type severityLine struct {
	Key, Label string
	// Findings is how often it came out so, on how many Functions.
	Findings, Functions int
}

func writeHTML(out io.Writer, r Report) error {
	controls := controlsOf(r)
	p := page{
		CSS: template.CSS(pageCSS), JS: template.JS(pageJS), CSP: policy(), Data: newPageData(r, controls),
		Report: r, At: r.At.UTC().Format("2 January 2006, 15:04 UTC"), Regions: regions(r), Counts: r.Counts(),
		Spread: newSpread(r.scores(), r.Counts()), Lines: severityLines(r), Below: r.Standings("below"), Undecided: r.Standings("undecided"),
		Controls: controlRows(r, controls),
	}
	for _, f := range r.Functions {
		p.Functions = append(p.Functions, newFunctionRow(r, f))
	}
	return pageTemplate.Execute(out, p)
}

// policy lets the page's own style and script run and nothing else: a page
// that names what is weak in an account must not be able to tell anybody.
func policy() string {
	hash := func(text string) string {
		sum := sha256.Sum256([]byte(text))
		return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	return strings.Join([]string{
		"default-src 'none'", "style-src " + hash(pageCSS), "script-src " + hash(pageJS), "base-uri 'none'", "form-action 'none'",
	}, "; ")
}

func newFunctionRow(r Report, f Function) functionRow {
	row := functionRow{Function: f, Counts: f.Counts(), Band: band(f.Score, f.Counts()), Standing: r.Standing(f)}
	for _, s := range severest() {
		for _, j := range f.Judgements {
			if j.Outcome == posture.Fail && j.Severity == s {
				row.Unmet = append(row.Unmet, j)
			}
		}
	}
	for _, j := range f.Judgements {
		if j.Outcome == posture.NeedsInput {
			row.Unmet = append(row.Unmet, j)
		}
	}
	return row
}

func severest() []posture.Severity {
	return []posture.Severity{posture.Critical, posture.High, posture.Medium, posture.Low}
}

// controlRows lists the controls that most functions do not meet first, within
// a severity; those that all meet come last.
func controlRows(r Report, controls []posture.Control) []controlRow {
	index := map[string]int{}
	rows := make([]controlRow, len(controls))
	for i, c := range controls {
		index[c.ID] = i
		rows[i] = controlRow{Control: c, Elsewhere: elsewhere(c)}
		for _, s := range posture.Standards() {
			if c.AskedBy(s) {
				rows[i].Asked = append(rows[i].Asked, s)
			}
		}
	}
	for _, f := range r.Functions {
		for _, j := range f.Judgements {
			rows[index[j.ID]].count(j.Outcome)
		}
	}
	sortControls(rows)
	return rows
}

func (c *controlRow) count(o posture.Outcome) {
	switch o {
	case posture.Fail, posture.NeedsInput:
		c.Unmet++
	case posture.Pass:
		c.Met++
	case posture.Unknown:
		c.Unknown++
	case posture.NotApplicable:
		c.NotApplicable++
	}
}

func severityLines(r Report) []severityLine {
	lines := []severityLine{
		{Key: "critical", Label: "Critical"}, {Key: "high", Label: "High"}, {Key: "medium", Label: "Medium"},
		{Key: "low", Label: "Low"}, {Key: "input", Label: "Needs input"}, {Key: "unknown", Label: "Unknown"},
	}
	for _, f := range r.Functions {
		c := f.Counts()
		for i, n := range []int{c.Critical, c.High, c.Medium, c.Low, c.NeedsInput, c.Unknown} {
			lines[i].Findings += n
			if n > 0 {
				lines[i].Functions++
			}
		}
	}
	return lines
}

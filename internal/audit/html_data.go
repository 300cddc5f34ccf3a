package audit

import (
	"cmp"
	"slices"

	"github.com/secure-lambda/terraform-provider-secure/internal/posture"
)

// pageData is what the page's script reads: the catalogue once, every text of
// evidence once, and two short lists for each function. Two hundred functions
// would take several megabytes otherwise.
type pageData struct {
	Controls  []pageControl  `json:"controls"`
	Evidence  []string       `json:"evidence"`
	Functions []pageFunction `json:"functions"`
}

type pageControl struct {
	ID        string         `json:"id"`
	Title     string         `json:"title"`
	Fault     string         `json:"fault"`
	Severity  string         `json:"severity"`
	Remedy    string         `json:"remedy"`
	Page      string         `json:"page"`
	Elsewhere []catalogueIDs `json:"elsewhere"`
}

// pageFunction is one function. Outcomes has a letter for each control, in the
// catalogue's order, and Evidence as many places in the list of texts; -1 is
// none.
type pageFunction struct {
	Name     string `json:"n"`
	ARN      string `json:"a"`
	Region   string `json:"g"`
	Runtime  string `json:"r"`
	Outcomes string `json:"o"`
	Evidence []int  `json:"e"`
}

// letters of the outcomes. A control that was not judged at all has "-".
var letters = map[posture.Outcome]byte{
	posture.Fail: 'f', posture.NeedsInput: 'i', posture.Unknown: 'u', posture.Pass: 'p', posture.NotApplicable: 'n',
}

func newPageData(r Report, controls []posture.Control) pageData {
	d := pageData{Evidence: []string{}, Functions: []pageFunction{}}
	index := map[string]int{}
	for i, c := range controls {
		index[c.ID] = i
		d.Controls = append(d.Controls, pageControl{c.ID, c.Title, c.Fault, c.Severity.String(), c.Remedy, c.Page, elsewhere(c)})
	}
	texts := map[string]int{}
	for _, f := range r.Functions {
		outcomes, evidence := slices.Repeat([]byte{'-'}, len(controls)), slices.Repeat([]int{-1}, len(controls))
		for _, j := range f.Judgements {
			at, seen := texts[j.Evidence]
			if !seen {
				at = len(d.Evidence)
				texts[j.Evidence] = at
				d.Evidence = append(d.Evidence, j.Evidence)
			}
			outcomes[index[j.ID]], evidence[index[j.ID]] = letters[j.Outcome], at
		}
		d.Functions = append(d.Functions, pageFunction{f.Name, f.ARN, f.Region, f.Runtime, string(outcomes), evidence})
	}
	return d
}

// catalogueIDs are a control's ids in one other catalogue.
type catalogueIDs struct {
	Catalogue string   `json:"catalogue"`
	IDs       []string `json:"ids"`
}

// catalogueNames are the other catalogues by the names people know.
var catalogueNames = []struct{ id, name string }{
	{"securityhub", "Security Hub"}, {"config", "AWS Config"}, {"controltower", "Control Tower"}, {"checkov", "Checkov"},
	{"prowler", "Prowler"}, {"cfn-guard", "cfn-guard"}, {"cdk-nag", "cdk-nag"}, {"trivy", "Trivy"},
}

// elsewhere lists a control's ids in other catalogues, in a fixed order.
func elsewhere(c posture.Control) []catalogueIDs {
	out := []catalogueIDs{}
	ids := external(c)
	for _, catalogue := range catalogueNames {
		if len(ids[catalogue.id]) > 0 {
			out = append(out, catalogueIDs{catalogue.name, ids[catalogue.id]})
		}
	}
	return out
}

func regions(r Report) []string {
	var out []string
	for _, f := range r.Functions {
		out = append(out, f.Region)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func sortControls(rows []controlRow) {
	slices.SortStableFunc(rows, func(a, b controlRow) int {
		return cmp.Or(
			cmp.Compare(min(1, b.Unmet), min(1, a.Unmet)),
			cmp.Compare(b.Severity, a.Severity), cmp.Compare(b.Unmet, a.Unmet),
		)
	})
}

// band names the colour of a score. The number is always beside it. Nothing is
// good while a critical or high control fails, however many others are met.
func band(score int64, c Counts) string {
	switch {
	case score < 50:
		return "low"
	case score < 80 || c.Critical+c.High > 0:
		return "mid"
	default:
		return "good"
	}
}

// spread is how the scores are distributed.
type spread struct {
	Mean, Lowest, Median *int64
	Band                 string
	Bars                 []bar
}

// bar is one of ten columns, in the units of the picture.
type bar struct {
	From, To, Functions  int
	X, Y, Height, Middle int
}

// tallest is the height of the tallest bar.
const tallest = 64

func newSpread(scores []int64, c Counts) spread {
	s := spread{Mean: mean(scores)}
	if s.Mean == nil {
		return s
	}
	s.Lowest, s.Median, s.Band = &scores[0], &scores[(len(scores)-1)/2], band(*s.Mean, c)
	for i := range 10 {
		b := bar{From: 10 * i, To: 10*i + 9, X: 32 * i}
		if i == 9 {
			b.To = 100
		}
		for _, score := range scores {
			if int(score) >= b.From && int(score) <= b.To {
				b.Functions++
			}
		}
		s.Bars = append(s.Bars, b)
	}
	most := slices.MaxFunc(s.Bars, func(a, b bar) int { return cmp.Compare(a.Functions, b.Functions) }).Functions
	for i := range s.Bars {
		b := &s.Bars[i]
		b.Height = tallest * b.Functions / most
		if b.Functions > 0 {
			b.Height = max(b.Height, 2)
		}
		b.Y, b.Middle = 14+tallest-b.Height, b.X+14
	}
	return s
}

package posture_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/draft"
	"github.com/secure-lambda/terraform-provider-secure/internal/posture"
	"github.com/secure-lambda/terraform-provider-secure/internal/posture/worse"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

var place = worse.Place

// complete is a unit with all that only its user can give.
func complete() (bp.Spec, draft.Facts) {
	return worse.Start(), draft.Facts{
		Place: place, CodeSHA256: bp.Known("q1w2e3"), KeyARN: bp.Known("arn:aws:kms:eu-central-1:111122223333:key/0a1b2c3d-0000-1111-2222-333344445555"),
		SecretARN:  bp.Known("arn:aws:secretsmanager:eu-central-1:111122223333:secret:secure/orders-AbCdEf"),
		Generation: bp.Known("0a1b2c3d-0000-1111-2222-333344445555"),
	}
}

func facts() posture.Facts {
	return posture.Facts{Zones: bp.Known[int64](2), Account: place.Account, CodeRead: true, Around: &bp.Around{}}
}

func judged(t *testing.T, b bp.Blueprint, f posture.Facts) map[string]posture.Judgement {
	t.Helper()
	out := map[string]posture.Judgement{}
	for _, j := range posture.Judge(b, f) {
		out[j.ID] = j
		if j.Evidence == "" {
			t.Errorf("%s is %s without evidence", j.ID, j.Outcome)
		}
	}
	return out
}

// failing lists what is not met.
func failing(judgements map[string]posture.Judgement) []string {
	var out []string
	for id, j := range judgements {
		if j.Outcome == posture.Fail || j.Outcome == posture.NeedsInput {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

func TestJudge_CompleteUnitMeetsAll(t *testing.T) {
	t.Parallel()
	for id, j := range judged(t, draft.Draft(complete()), facts()) {
		if j.Outcome != posture.Pass {
			t.Errorf("%s is %s: %s", id, j.Outcome, j.Evidence)
		}
	}
}

// TestJudge_NewUnitIsKnown plans a unit of four lines, whose key does not exist
// yet: nothing fails, nothing is unknown.
func TestJudge_NewUnitIsKnown(t *testing.T) {
	t.Parallel()
	spec := bp.Spec{
		Name: bp.Known("orders"), Runtime: bp.Known("python3.14"), Handler: bp.Known("app.handler"), Code: bp.Known(bp.CodeSpec{Path: bp.Known("src")}),
		Environment: bp.Known(map[string]bp.String{"TABLE": bp.Known("orders")}),
	}
	judgements := judged(t, draft.Draft(spec, draft.Facts{
		Place: place, CodeSHA256: bp.Known("q1w2e3"), KeyARN: bp.Unknown[string](), Generation: bp.Unknown[string](),
	}), posture.Facts{Account: place.Account})
	want := []string{"alarm-actions", "code-signing", "in-vpc", "reserved-concurrency"}
	if got := failing(judgements); !slices.Equal(got, want) {
		t.Errorf("not met: %v, want %v", got, want)
	}
	for id, j := range judgements {
		if j.Outcome == posture.Unknown && !j.CodeOnly || j.Outcome == posture.Fail {
			t.Errorf("%s is %s: %s", id, j.Outcome, j.Evidence)
		}
	}
}

// TestJudge_EachControlCanFail makes one field worse at a time: its control
// fails, and no other.
func TestJudge_EachControlCanFail(t *testing.T) {
	t.Parallel()
	tried := map[string]bool{}
	for _, c := range worse.Cases() {
		tried[c.Control] = true
		b, f := draft.Draft(complete()), facts()
		c.Worsen(&b, &f)
		want := append([]string{c.Control}, c.Also...)
		slices.Sort(want)
		if got := failing(judged(t, b, f)); !slices.Equal(got, want) {
			t.Errorf("%s: %v fail, want %v", c.Control, got, want)
		}
	}
	for _, c := range posture.Controls() {
		if !tried[c.ID] {
			t.Errorf("nothing makes %s fail", c.ID)
		}
	}
}

// TestLatestRuntime_NewerThanThisReleaseIsMet compares versions.
func TestLatestRuntime_NewerThanThisReleaseIsMet(t *testing.T) {
	t.Parallel()
	for runtime, met := range map[string]bool{
		"python3.14": true, "python3.15": true, "python4.0": true, "nodejs28.x": true, "java29": true, "dotnet12": true, "provided.al2026": true,
		"python3.13": false, "nodejs22.x": false, "java21": false, "ruby3.6": false,
	} {
		b := draft.Draft(complete())
		f, _ := b.Function.Get()
		f.Runtime = bp.Known(runtime)
		b.Function = bp.Known(f)
		if j := judged(t, b, facts())["latest-runtime"]; (j.Outcome == posture.Pass) != met {
			t.Errorf("%s: %s, %s", runtime, j.Outcome, j.Evidence)
		}
	}
}

func TestCatalogue(t *testing.T) {
	t.Parallel()
	seen, external := map[string]bool{}, map[posture.External]bool{}
	for _, c := range posture.Controls() {
		if seen[c.ID] || c.Title == "" || c.Remedy == "" || c.At == "" || !strings.HasPrefix(c.Page, "https://docs.aws.amazon.com/") || c.Since == "" || c.Severity < posture.Low {
			t.Errorf("%+v", c)
		}
		seen[c.ID] = true
		for _, e := range c.External {
			if external[e] {
				t.Errorf("%v is mapped twice", e)
			}
			external[e] = true
		}
	}
	if len(external) < 70 {
		t.Errorf("%d external ids, want at least 70", len(external))
	}
	t.Logf("%d controls answer %d external ids", len(seen), len(external))
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(string(readme)), " ")
	if says := fmt.Sprintf("%d controls, which cover %d rules", len(seen), len(external)); !strings.Contains(text, says) {
		t.Errorf("README does not say %q", says)
	}
}

// TestControls_NameTheFault wants a sentence of its own for a control that is
// not met: what reads as if it were met sends the reader away.
func TestControls_NameTheFault(t *testing.T) {
	t.Parallel()
	words := func(text string) []string { return strings.Fields(strings.ToLower(text)) }
	faults := map[string]string{}
	for _, c := range posture.Controls() {
		switch {
		case c.Fault == "" || c.Fault == c.Title || strings.HasSuffix(c.Fault, ".") || strings.ToUpper(c.Fault[:1]) != c.Fault[:1]:
			t.Errorf("%s: the fault %q is no sentence of its own without a full stop", c.ID, c.Fault)
		case len(words(c.Fault)) < 3 || len(c.Fault) > 80:
			t.Errorf("%s: the fault %q is not short and whole", c.ID, c.Fault)
		case faults[c.Fault] != "":
			t.Errorf("%s and %s have the same fault", c.ID, faults[c.Fault])
		case c.At == "name":
			t.Errorf("%s points at the name, which nobody has to change", c.ID)
		}
		faults[c.Fault] = c.ID
	}
	for _, id := range []string{"no-plaintext-secrets", "no-secrets-in-code"} {
		if c, _ := posture.Lookup(id); !strings.Contains(c.Remedy, "secret_values_wo") || !strings.Contains(c.Remedy, "secrets ") && !strings.Contains(c.Remedy, "into secrets") {
			t.Errorf("%s: the remedy does not name the attributes: %s", id, c.Remedy)
		}
	}
}

func TestControl_BindsFromTheNextMajorRelease(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		since, release string
		binds          bool
	}{
		{"1.0", "1.0.0", true}, {"1.0", "v1.4.0", true}, {"1.3", "1.3.0", false}, {"1.3", "v1.9.2", false}, {"1.3", "2.0.0", true}, {"1.0", "dev", true},
	} {
		if got := (posture.Control{Since: c.since}).Binding(c.release); got != c.binds {
			t.Errorf("a control of %s binds in %s: %v", c.since, c.release, got)
		}
	}
}

func TestScore(t *testing.T) {
	t.Parallel()
	none := func(string) bool { return false }
	b, f := draft.Draft(complete()), facts()
	if got := posture.Score(posture.Judge(b, f), none); got != 100 {
		t.Errorf("a unit that meets all has %d points", got)
	}
	for _, c := range worse.Cases() {
		b, f := draft.Draft(complete()), facts()
		c.Worsen(&b, &f)
		judgements := posture.Judge(b, f)
		control, _ := posture.Lookup(c.Control)
		got := posture.Score(judgements, none)
		if got >= 100 || control.Severity == posture.Critical && got > 97 {
			t.Errorf("without %s a unit has %d points", c.Control, got)
		}
		if got := posture.Score(judgements, func(id string) bool { return id == c.Control || slices.Contains(c.Also, id) }); got != 100 {
			t.Errorf("with %s waived a unit has %d points", c.Control, got)
		}
	}
}

// TestReport_WaitsForWhatIsNotKnown shows nothing in a plan that an apply could
// contradict.
func TestReport_WaitsForWhatIsNotKnown(t *testing.T) {
	t.Parallel()
	none := bp.Null[map[string]bp.WaiverSpec]()
	spec, known := complete()
	access := spec.Access.Or(nil)
	entry, _ := access["table"].Get()
	entry.Resources = bp.Known(bp.Set{bp.Unknown[string]()})
	access = maps.Clone(access)
	access["table"] = bp.Known(entry)
	spec.Access = bp.Known(access)
	if report := posture.NewReport(posture.Judge(draft.Draft(spec, known), facts()), none); !report.IsUnknown() {
		t.Errorf("the report does not wait for a resource that is not known: %v", report)
	}
	entry.Actions, entry.Resources = bp.Known(bp.SetOf("*")), bp.Known(bp.SetOf("*"))
	access["everything"] = bp.Known(entry)
	judged := posture.Judge(draft.Draft(spec, known), facts())
	admin := slices.IndexFunc(judged, func(j posture.Judgement) bool { return j.ID == "no-wildcard-admin" })
	if report := posture.NewReport(judged, none); judged[admin].Outcome != posture.Fail || !report.IsUnknown() {
		t.Errorf("a statement that is bad whatever the others say: %v, %v", judged[admin], report)
	}
	f := facts()
	f.Secrets, f.SecretsOpen = []string{"environment.A (its name)"}, true
	judgements := posture.Judge(draft.Draft(complete()), f)
	if report := posture.NewReport(judgements, none); !report.IsUnknown() || len(posture.Objections(judgements, nil, nil, "1.0.0")) != 1 {
		t.Errorf("a secret beside a value that is not known: %v", report)
	}
	b := draft.Draft(complete())
	queue, _ := b.Queue.Get()
	policy, _ := queue.Policy.Get()
	policy.Unexpected = bp.Known(map[string]bp.String{"Odd": bp.Known("{")})
	queue.Policy = bp.Known(policy)
	b.Queue = bp.Known(queue)
	report, ok := posture.NewReport(posture.Judge(b, facts()), none).Get()
	if unknown, _ := report.Unknown.Or(nil).Strings(); !ok || !slices.Equal(unknown, []string{"queue-not-public"}) {
		t.Errorf("what could not be read is not listed: %v", report)
	}
}

package audit_test

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/audit"
	"github.com/secure-lambda/terraform-provider-secure/internal/posture"
)

// sarif is what GitHub reads of a log.
type sarif struct {
	Version string
	Runs    []struct {
		Tool struct {
			Driver struct {
				Name  string
				Rules []struct {
					ID                                      string
					ShortDescription, FullDescription, Help struct{ Text string }
					Properties                              struct {
						SecuritySeverity string `json:"security-severity"`
						Tags             []string
					}
				}
			}
		}
		Invocations []struct {
			ExecutionSuccessful        *bool
			ToolExecutionNotifications []struct {
				Level   string
				Message struct{ Text string }
			}
		}
		Results []struct {
			RuleID              string
			RuleIndex           int
			Level               string
			Message             struct{ Text string }
			PartialFingerprints map[string]string
			Locations           []struct {
				PhysicalLocation struct {
					ArtifactLocation struct{ URI string }
					Region           struct{ StartLine int }
				}
				LogicalLocations []struct{ FullyQualifiedName string }
			}
		}
	}
}

func readSARIF(t *testing.T, r audit.Report) sarif {
	t.Helper()
	var log sarif
	if err := json.Unmarshal([]byte(written(t, "sarif", r)), &log); err != nil {
		t.Fatal(err)
	}
	if log.Version != "2.1.0" || len(log.Runs) != 1 {
		t.Fatalf("version %s with %d runs", log.Version, len(log.Runs))
	}
	return log
}

// TestSARIF_RuleForEachControl holds rules to what GitHub asks of them:
// https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
func TestSARIF_RuleForEachControl(t *testing.T) {
	t.Parallel()
	rules := readSARIF(t, small()).Runs[0].Tool.Driver.Rules
	if len(rules) != len(posture.Controls()) {
		t.Fatalf("%d rules for %d controls", len(rules), len(posture.Controls()))
	}
	severity := map[posture.Severity]string{posture.Critical: "9.5", posture.High: "8.0", posture.Medium: "5.5", posture.Low: "2.0"}
	for i, c := range posture.Controls() {
		rule := rules[i]
		if rule.ID != c.ID || rule.ShortDescription.Text != c.Fault || !strings.Contains(rule.Help.Text, c.Remedy) || rule.FullDescription.Text == "" {
			t.Errorf("rule %d is %+v, want %s", i, rule, c.ID)
		}
		if rule.Properties.SecuritySeverity != severity[c.Severity] {
			t.Errorf("%s is %s, want %s", c.ID, rule.Properties.SecuritySeverity, severity[c.Severity])
		}
		if tags := rule.Properties.Tags; !slices.Contains(tags, "security") || len(tags) > 10 || len(tags) != len(slices.Compact(slices.Sorted(slices.Values(tags)))) {
			t.Errorf("%s has tags %v", c.ID, tags)
		}
	}
}

// TestSARIF_ResultForEachFinding expects what is not met, and nothing else.
func TestSARIF_ResultForEachFinding(t *testing.T) {
	t.Parallel()
	run := readSARIF(t, small()).Runs[0]
	got := map[string]string{}
	for _, r := range run.Results {
		if run.Tool.Driver.Rules[r.RuleIndex].ID != r.RuleID {
			t.Errorf("rule %d is not %s", r.RuleIndex, r.RuleID)
		}
		got[r.RuleID+" "+r.Locations[0].LogicalLocations[0].FullyQualifiedName] = r.Level
	}
	want := map[string]string{}
	for _, f := range small().Functions {
		for _, j := range f.Judgements {
			level := map[posture.Severity]string{posture.Critical: "error", posture.High: "error", posture.Medium: "warning", posture.Low: "note"}[j.Severity]
			switch j.Outcome {
			case posture.Fail:
				want[j.ID+" "+f.ARN] = level
			case posture.NeedsInput:
				want[j.ID+" "+f.ARN] = "note"
			default: // no result
			}
		}
	}
	for key, level := range want {
		if got[key] != level {
			t.Errorf("%s is %q, want %q", key, got[key], level)
		}
	}
	if len(run.Results) != len(want) {
		t.Errorf("%d results, want %d", len(run.Results), len(want))
	}
}

// TestSARIF_PlacesAreRelative keeps every result where GitHub takes it,
// whatever a function is called.
func TestSARIF_PlacesAreRelative(t *testing.T) {
	t.Parallel()
	r := hostileReport()
	r.Functions = append(r.Functions, judged("..", "..", "in-vpc"), judged("//evil.example/x", "", "in-vpc"))
	results := readSARIF(t, r).Runs[0].Results
	if len(results) == 0 {
		t.Fatal("there is no result")
	}
	for _, result := range results {
		place := result.Locations[0].PhysicalLocation
		uri, err := url.Parse(place.ArtifactLocation.URI)
		if err != nil || uri.IsAbs() || uri.Host != "" || !strings.HasPrefix(uri.Path, "aws/") || strings.Contains("/"+uri.EscapedPath()+"/", "/../") || place.Region.StartLine < 1 {
			t.Errorf("the place is %+v: %v", place, err)
		}
	}
}

// TestSARIF_FingerprintsStay reads the same account twice: other evidence,
// another order and another function do not make old findings new ones.
func TestSARIF_FingerprintsStay(t *testing.T) {
	t.Parallel()
	fingerprints := func(r audit.Report) map[string]bool {
		out := map[string]bool{}
		for _, result := range readSARIF(t, r).Runs[0].Results {
			id := result.PartialFingerprints["primaryLocationLineHash"]
			if out[id] || id == "" {
				t.Errorf("fingerprint %q of %s is not its own", id, result.RuleID)
			}
			out[id] = true
		}
		return out
	}
	later := small()
	slices.Reverse(later.Functions)
	later.Version, later.At = "1.5.0", later.At.AddDate(0, 0, 1)
	for _, f := range later.Functions {
		for i := range f.Judgements {
			f.Judgements[i].Evidence += " still"
		}
	}
	later.Functions = append(later.Functions, judged("new", "eu-central-1", "in-vpc"))
	before, after := fingerprints(small()), fingerprints(later)
	for id := range before {
		if !after[id] {
			t.Errorf("%s is gone", id)
		}
	}
	if len(after) != len(before)+1 {
		t.Errorf("%d fingerprints, want one more than %d", len(after), len(before))
	}
}

func TestSARIF_ProblemsAreNotifications(t *testing.T) {
	t.Parallel()
	invocation := readSARIF(t, small()).Runs[0].Invocations[0]
	if invocation.ExecutionSuccessful == nil || !*invocation.ExecutionSuccessful {
		t.Error("the audit is not called successful")
	}
	notes := invocation.ToolExecutionNotifications
	if len(notes) != 1 || notes[0].Level != "warning" || !strings.Contains(notes[0].Message.Text, "lambda:GetFunction in us-east-1 was refused with AccessDeniedException and left 1 function unknown") {
		t.Errorf("the notifications are %+v", notes)
	}
}

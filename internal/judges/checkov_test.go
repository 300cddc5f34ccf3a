package judges

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/posture"
	"github.com/secure-lambda/terraform-provider-secure/internal/posture/worse"
	"github.com/secure-lambda/terraform-provider-secure/internal/render"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// verdicts of checkov by file, below the scanned directory, and check: true is
// passed by all resources.
type verdicts map[string]map[string]bool

func checkov(t *testing.T, dir string) verdicts {
	t.Helper()
	out := scan(t, "checkov", "--directory", dir, "--framework", "terraform", "cloudformation", "--output", "json", "--compact", "--skip-download")
	type report struct {
		Results map[string][]struct {
			CheckID  string `json:"check_id"`
			FilePath string `json:"file_path"`
		} `json:"results"`
	}
	var reports []report
	if !bytes.HasPrefix(bytes.TrimSpace(out), []byte("[")) {
		out = slices.Concat([]byte("["), out, []byte("]"))
	}
	must(t, json.Unmarshal(out, &reports))
	found := verdicts{}
	for _, r := range reports {
		for outcome, list := range map[string]bool{"passed_checks": true, "failed_checks": false} {
			for _, c := range r.Results[outcome] {
				file := strings.TrimPrefix(c.FilePath, "/")
				if found[file] == nil {
					found[file] = map[string]bool{}
				}
				before, seen := found[file][c.CheckID]
				found[file][c.CheckID] = list && (before || !seen)
			}
		}
	}
	if len(found) == 0 {
		t.Fatalf("checkov judged nothing: %.300s", out)
	}
	return found
}

func (v verdicts) failed(file string) []string {
	var out []string
	for id, passed := range v[file] {
		if !passed {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

// disagreements are ids of checkov that answer a control and do not change with
// it in what render writes, and why.
var disagreements = map[string]string{
	"CKV_AWS_50":  "passes PassThrough too, which traces only what a caller samples; Security Hub's Lambda.7 wants Active, and so do we",
	"CKV_AWS_66":  "wants that events expire at all; we want a year at least, and for ever is longer than that",
	"CKV2_AWS_64": "wants a key to have a policy, which every key of AWS's has; we judge what it says",
	"CKV_AWS_1":   "reads aws_iam_policy_document only, which the render does not use; CKV_AWS_62 says the same of a policy",
	"CKV_AWS_49":  "reads aws_iam_policy_document only, which the render does not use; CKV_AWS_63 says the same of a policy",
	"CKV_AWS_356": "reads aws_iam_policy_document only, which the render does not use; CKV_AWS_355 says the same of a policy",
}

// more are cases for checks that look for one way of many to be worse.
func more() []worse.Case {
	return []worse.Case{
		{Control: "queue-not-public", Worsen: worse.QueuePolicy(`{"Sid":"Foreign","Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}`, true)},
		{Control: "trust-lambda-only", Worsen: worse.Trust(`{"Sid":"Foreign","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"sts:AssumeRole"}`)},
		{Control: "no-administrator-policy", Worsen: worse.Attach("arn:aws:iam::aws:policy/IAMFullAccess")},
		{Control: "no-privilege-escalation", Worsen: worse.Policy(`{"Sid":"Foreign","Effect":"Allow","Action":"iam:CreateAccessKey","Resource":"*"}`)},
		{Control: "no-wildcard-resources", Worsen: worse.Policy(`{"Sid":"Foreign","Effect":"Allow","Action":"iam:CreateAccessKey","Resource":"*"}`)},
	}
}

// start is a unit that cases begin with, and the controls whose cases do.
type start struct {
	unit  func() render.Unit
	takes func(control string) bool
}

var starts = map[string]start{
	"best":    {best, func(string) bool { return true }},
	"literal": {literal, ofPolicy},
	"keyed":   {keyed, func(control string) bool { return control == "queue-encrypted" }},
}

// TestCheckov_TurnsWithUs takes one property away at a time. Whatever checkov
// has for the control must pass before and fail then, in one of the renders.
func TestCheckov_TurnsWithUs(t *testing.T) {
	t.Parallel()
	tool(t, "checkov")
	dir := t.TempDir()
	cases := append(worse.Cases(), more()...)
	for name, begin := range starts {
		rendered(t, filepath.Join(dir, name), begin.unit())
		for i, c := range cases {
			if !begin.takes(c.Control) {
				continue
			}
			u := begin.unit()
			if c.Control == "no-plaintext-secrets" { // not a value of the blueprint
				u.Environment["TABLE"] = render.Variable{Value: bp.Known("AKIA" + strings.Repeat("Q7", 8))}
			}
			c.Worsen(&u.Blueprint, new(posture.Facts))
			rendered(t, filepath.Join(dir, fmt.Sprint(name, i)), u)
		}
	}
	found := checkov(t, dir)
	turned := map[string][]string{} // ids, and the formats in which they do
	for _, format := range render.Formats() {
		file := string(format) + "/unit" + format.Extension()
		for name := range starts {
			t.Logf("%s %s fails: %v", name, format, found.failed(name+"/"+file))
			for id, passed := range found[name+"/"+file] {
				for i, c := range cases {
					still, judged := found[fmt.Sprint(name, i, "/", file)][id]
					if passed && judged && !still && answers(c.Control, id) && !slices.Contains(turned[id], string(format)) {
						turned[id] = append(turned[id], string(format))
					}
				}
			}
		}
	}
	table(t, "checkov", turned, disagreements)
}

// ofPolicy reports whether a control is about what the role may do.
func ofPolicy(control string) bool {
	c, _ := posture.Lookup(control)
	return c.At == "access"
}

func answers(control, id string) bool {
	c, _ := posture.Lookup(control)
	return slices.ContainsFunc(c.External, func(e posture.External) bool { return e.ID == id })
}

// table prints what was verified, and fails for what neither was nor has a
// reason.
func table(t *testing.T, catalogue string, turned map[string][]string, reasons map[string]string) {
	t.Helper()
	verified, mapped := 0, 0
	var lines []string
	for _, c := range posture.Controls() {
		for _, e := range c.External {
			if e.Catalogue != catalogue {
				continue
			}
			mapped++
			switch where, reason := turned[e.ID], reasons[e.ID]; {
			case len(where) > 0:
				verified++
				lines = append(lines, fmt.Sprintf("%-28s %-16s turns in %s", c.ID, e.ID, strings.Join(where, ", ")))
				if reason != "" {
					t.Errorf("%s has a reason why it does not turn, and turns", e.ID)
				}
			case reason != "":
				lines = append(lines, fmt.Sprintf("%-28s %-16s not: %s", c.ID, e.ID, reason))
			default:
				t.Errorf("%s is said to answer %s, and its verdict does not turn with ours", e.ID, c.ID)
			}
		}
	}
	t.Logf("%s: %d ids mapped, %d verified\n%s", catalogue, mapped, verified, strings.Join(lines, "\n"))
}

package judges

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/render"
)

// checkov judges every file below a directory.
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
		for list, outcome := range map[string]bool{"passed_checks": true, "failed_checks": false} {
			for _, c := range r.Results[list] {
				found.add(strings.TrimPrefix(c.FilePath, "/"), c.CheckID, outcome)
			}
		}
	}
	if len(found) == 0 {
		t.Fatalf("checkov judged nothing: %.300s", out)
	}
	return found
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

// TestCheckov_TurnsWithUs judges both languages that checkov reads.
func TestCheckov_TurnsWithUs(t *testing.T) {
	t.Parallel()
	tool(t, "checkov")
	m := newMatrix(t, render.Formats()...)
	table(t, "checkov", m.turned(t, checkov(t, m.dir)), disagreements)
}

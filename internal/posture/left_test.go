package posture_test

import (
	"strings"
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/draft"
	"github.com/secure-lambda/terraform-provider-secure/internal/posture"
	"github.com/secure-lambda/terraform-provider-secure/internal/posture/worse"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// TestBeside_ASettingThatIsLeftToOthers is not mended by writing it: for every case of
// the catalogue that comes from a setting which can be left to others, and is
// left.
func TestBeside_ASettingThatIsLeftToOthers(t *testing.T) {
	t.Parallel()
	for _, c := range worse.Cases() {
		before := draft.Draft(complete())
		after, f := before, facts()
		c.Worsen(&after, &f)
		for _, d := range bp.Diff(before, after) {
			path, _, _ := strings.Cut(d.Path, "[")
			if bp.KeepPath(path) != nil {
				continue
			}
			for _, j := range posture.Beside(posture.Judge(after, f), bp.Known(bp.SetOf(path))) {
				if j.ID == c.Control && (j.Outcome == posture.Fail || j.Outcome == posture.NeedsInput) && !strings.Contains(j.Remedy, "out of ignore_drift") {
					t.Errorf("%s, with %s left to others: %s", j.ID, path, j.Remedy)
				}
			}
		}
	}
}

// TestRemedyBeside_OnlyWhatItIsAbout leaves remedies alone that work all the same.
func TestRemedyBeside_OnlyWhatItIsAbout(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		control, evidence, left string
		changed                 bool
	}{
		{"tracing-active", `function.tracing is "PassThrough"`, "function.tracing", true},
		{"tracing-active", `function.tracing is "PassThrough"`, "function.timeout", false},
		{"no-public-invoke", "permissions to invoke: function/theirs", "permissions.unexpected", true},
		{"invoke-by-source", "permissions to invoke: rule (AWS:SourceArn arn:aws:events:*:*:rule/orders has a wildcard)", "permissions.unexpected", false},
		{"invoke-by-source", "permissions to invoke: rule (no condition names a source), live/theirs (no condition names a source)", "permissions.unexpected", true},
		{"no-plaintext-secrets", "description (password)", "function.description", false},
		{"no-plaintext-secrets", "function.description, which others set (password)", "function.description", true},
		{"no-plaintext-secrets", "tags.owner (password)", "function.environment", false},
		{"no-wildcard-resources", "role's policy: Orders", "role.attached_policies", false},
		{"no-wildcard-resources", "role's policy: arn:aws:iam::aws:policy/ReadOnlyAccess: Read", "role.attached_policies", true},
		{"no-wildcard-resources", "role's policy: inline policy theirs: Read", "role.inline_policies", true},
	} {
		for _, control := range posture.Controls() {
			if control.ID != c.control {
				continue
			}
			if got := posture.RemedyBeside(control, c.evidence, bp.Known(bp.SetOf(c.left))); strings.Contains(got, "out of ignore_drift") != c.changed {
				t.Errorf("%s, %s, %s left: %s", c.control, c.evidence, c.left, got)
			}
		}
	}
}

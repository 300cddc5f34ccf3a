package judges

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/render"
)

// trivyFailures are checks of Trivy that the best unit fails, and why.
var trivyFailures = map[string]string{}

// TestTrivy_TurnsWithUs judges by the checks that are built into Trivy.
func TestTrivy_TurnsWithUs(t *testing.T) {
	t.Parallel()
	tool(t, "trivy")
	m := newMatrix(t, render.CloudFormation, render.Terraform)
	out := scan(t, "trivy", "config", "--quiet", "--skip-check-update", "--skip-version-check", "--disable-telemetry",
		"--cache-dir", t.TempDir(), "--include-non-failures", "--format", "json", m.dir)
	var report struct {
		Results []struct {
			Target            string
			Misconfigurations []struct{ ID, Status string }
		}
	}
	must(t, json.Unmarshal(out, &report))
	found := verdicts{}
	for _, r := range report.Results {
		file := r.Target
		if filepath.Ext(file) == "" { // what a whole module passes
			file = filepath.Join(file, "unit"+render.Terraform.Extension())
		}
		for _, c := range r.Misconfigurations {
			found.add(file, c.ID, c.Status == "PASS")
		}
	}
	table(t, "trivy", m.turned(t, found), nil)
	m.passesBut(t, found, trivyFailures)
}

package cli

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/posture"
)

func TestControls(t *testing.T) {
	t.Parallel()
	_, table, _ := run(t, "controls")
	if lines := strings.Count(table, "\n"); lines != len(posture.Controls())+1 {
		t.Errorf("the table has %d lines", lines)
	}
	code, out, problems := run(t, "controls", "--minimum", "pci", "--format", "json")
	var list []shownControl
	if err := json.Unmarshal([]byte(out), &list); err != nil || code != Success {
		t.Fatalf("exit %d: %v %s", code, err, problems)
	}
	ids := map[string]shownControl{}
	for _, c := range list {
		ids[c.ID] = c
	}
	if c := ids["in-vpc"]; !c.Input || c.Stops || len(c.External["checkov"]) != 1 {
		t.Errorf("in-vpc: %+v", c)
	}
	if _, ok := ids["reserved-concurrency"]; ok {
		t.Error("PCI DSS asks for reserved concurrency")
	}
	_, page, _ := run(t, "controls", "--format", "markdown")
	for _, c := range posture.Controls() {
		for _, e := range c.External {
			if !strings.Contains(page, e.Catalogue+": ") || !strings.Contains(page, e.ID) {
				t.Errorf("the page does not show %v of %s", e, c.ID)
			}
		}
	}
	for _, args := range [][]string{{"--minimum", "iso"}, {"--format", "csv"}} {
		if code, _, problems := run(t, append([]string{"controls"}, args...)...); code != Usage || !strings.Contains(problems, "must be") {
			t.Errorf("%v: exit %d, %s", args, code, problems)
		}
	}
}

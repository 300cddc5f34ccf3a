package posture_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/draft"
	"github.com/secure-lambda/terraform-provider-secure/internal/posture"
)

func evidenceOf(secrets []string) string {
	f := facts()
	f.Secrets = secrets
	for _, j := range posture.Judge(draft.Draft(complete()), f) {
		if j.ID == posture.NoPlaintextSecrets {
			return j.Evidence
		}
	}
	return ""
}

// TestJudge_NamesAllThatStops lists what a unit can hold at most: an error that stops
// a plan leaves none of it out.
func TestJudge_NamesAllThatStops(t *testing.T) {
	t.Parallel()
	var all []string
	for i := range 100 {
		all = append(all, fmt.Sprintf("environment.SERVICE_NUMBER_%d_PASSWORD (its name, and more)", i))
	}
	if got := evidenceOf(all); got != strings.Join(all, ", ") {
		t.Errorf("%d of %d characters: ...%s", len(got), len(strings.Join(all, ", ")), got[len(got)-60:])
	}
}

func TestJudge_CutsBetweenItems(t *testing.T) {
	t.Parallel()
	var all []string
	for i := range 1000 {
		all = append(all, fmt.Sprintf("environment.SERVICE_NUMBER_%d_PASSWORD (its name, and more)", i))
	}
	got := evidenceOf(all)
	listed := strings.Count(got, "(its name, and more)")
	if !strings.HasSuffix(got, fmt.Sprintf("(its name, and more) and %d more (the next plan names them, once these are gone)", len(all)-listed)) || len(got) > 9000 {
		t.Errorf("%d listed: ...%s", listed, got[len(got)-120:])
	}
	if got := evidenceOf([]string{"environment." + strings.Repeat("x", 5000)}); len(got) > 1100 || !strings.HasSuffix(got, "...") {
		t.Errorf("a single name has %d characters", len(got))
	}
}

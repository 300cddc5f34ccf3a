package posture_test

import (
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/draft"
	"github.com/secure-lambda/terraform-provider-secure/internal/posture"
)

// BenchmarkJudge judges a whole unit, as every plan does several times.
func BenchmarkJudge(b *testing.B) {
	unit, f := draft.Draft(complete()), facts()
	for b.Loop() {
		posture.Judge(unit, f)
	}
}

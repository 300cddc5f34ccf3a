package posture_test

import (
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/draft"
	"github.com/secure-lambda/terraform-provider-secure/internal/posture"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// TestJudge_RecursionWhereItCanMatter does not hold it against a function that it
// may set itself off where its role lets it send nowhere.
func TestJudge_RecursionWhereItCanMatter(t *testing.T) {
	t.Parallel()
	access := func(action, resource string) bp.Value[map[string]bp.Value[bp.AccessSpec]] {
		return bp.Known(map[string]bp.Value[bp.AccessSpec]{"one": bp.Known(bp.AccessSpec{Actions: bp.Known(bp.SetOf(action)), Resources: bp.Known(bp.SetOf(resource))})})
	}
	for name, c := range map[string]struct {
		recursion string
		access    bp.Value[map[string]bp.Value[bp.AccessSpec]]
		want      posture.Outcome
	}{
		"nowhere to send":            {"Allow", access("dynamodb:GetItem", "arn:aws:dynamodb:eu-central-1:111122223333:table/orders"), posture.NotApplicable},
		"a queue":                    {"Allow", access("sqs:SendMessage", "arn:aws:sqs:eu-central-1:111122223333:orders"), posture.Fail},
		"a queue, stopped":           {"Terminate", access("sqs:SendMessage", "arn:aws:sqs:eu-central-1:111122223333:orders"), posture.Pass},
		"by a wildcard":              {"Allow", access("s3:Put*", "arn:aws:s3:::orders/*"), posture.Fail},
		"what is not known yet":      {"Allow", bp.Unknown[map[string]bp.Value[bp.AccessSpec]](), posture.Unknown},
		"stopped, and not known yet": {"Terminate", bp.Unknown[map[string]bp.Value[bp.AccessSpec]](), posture.Pass},
	} {
		spec, known := complete()
		spec.Recursion, spec.Access = bp.Known(c.recursion), c.access
		if got := judged(t, draft.Draft(spec, known), facts())["recursion-stopped"]; got.Outcome != c.want {
			t.Errorf("%s: %s, %s", name, got.Outcome, got.Evidence)
		}
	}
}

package posture_test

import (
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/draft"
	"github.com/secure-lambda/terraform-provider-secure/internal/posture"
	"github.com/secure-lambda/terraform-provider-secure/internal/posture/worse"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// TestCarry says in a plan what the refresh found of what others own, as long as the
// plan does not change what that depends on.
func TestCarry(t *testing.T) {
	t.Parallel()
	none := bp.Null[map[string]bp.WaiverSpec]()
	blind := facts()
	blind.Around = nil
	found := facts()
	found.Around = harmless()
	open := worse.Writing(`{"Sid":"Open","Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}`)
	open.Of = keyARN
	found.Around.Key = open
	before := using(queueARN)
	last := posture.NewReport(posture.Judge(before, found), none)
	if report, _ := last.Get(); len(report.Failed.Or(nil)) != 1 {
		t.Fatalf("the refresh found %v", report.Failed)
	}

	carried, same := posture.Carry(posture.Judge(before, blind), posture.Judge(before, blind), last)
	if got := posture.NewReport(carried, none); !same || !bp.Equal(got, last) {
		t.Errorf("an unchanged unit: %v, want %v", got, last)
	}

	// Tracing has nothing to do with the key: its control is judged, the key's stays.
	spec, known := complete()
	spec.PolicyARNs, spec.KMSKeyARN = bp.Known(bp.SetOf(attachedARN)), bp.Known(keyARN)
	spec.DeadLetter = bp.Known(bp.DeadLetterSpec{TargetARN: bp.Known(queueARN)})
	async, _ := spec.Async.Get()
	async.OnSuccess = bp.Known(topicARN)
	spec.Async, spec.Tracing = bp.Known(async), bp.Known("PassThrough")
	carried, same = posture.Carry(posture.Judge(draft.Draft(spec, known), blind), posture.Judge(before, blind), last)
	report, whole := posture.NewReport(carried, none).Get()
	if same || !whole || !report.Failed.Or(nil)["tracing-active"].IsKnown() || !report.Failed.Or(nil)["key-policy-closed"].IsKnown() || len(report.Failed.Or(nil)) != 2 {
		t.Errorf("with another setting: %v", report)
	}

	// With another key nobody knows yet.
	spec.KMSKeyARN = bp.Null[string]()
	spec.DeadLetter = bp.Null[bp.DeadLetterSpec]()
	carried, _ = posture.Carry(posture.Judge(draft.Draft(spec, known), blind), posture.Judge(before, blind), last)
	for _, j := range carried {
		if j.ID == "key-policy-closed" && j.Outcome != posture.Pass {
			t.Errorf("the unit's own key: %s, %s", j.Outcome, j.Evidence)
		}
	}
	if first, same := posture.Carry(posture.Judge(before, blind), posture.Judge(before, blind), bp.Null[posture.Report]()); same || !posture.Open(first) {
		t.Error("without a refresh everything is known")
	}
}

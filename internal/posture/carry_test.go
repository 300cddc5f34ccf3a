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

	carried, same := posture.Carry(posture.Judge(before, blind), posture.Judge(before, blind), last, false)
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
	carried, same = posture.Carry(posture.Judge(draft.Draft(spec, known), blind), posture.Judge(before, blind), last, false)
	report, whole := posture.NewReport(carried, none).Get()
	if same || !whole || !report.Failed.Or(nil)["tracing-active"].IsKnown() || !report.Failed.Or(nil)["key-policy-closed"].IsKnown() || len(report.Failed.Or(nil)) != 2 {
		t.Errorf("with another setting: %v", report)
	}

	// With another key nobody knows yet.
	spec.KMSKeyARN = bp.Null[string]()
	spec.DeadLetter = bp.Null[bp.DeadLetterSpec]()
	carried, _ = posture.Carry(posture.Judge(draft.Draft(spec, known), blind), posture.Judge(before, blind), last, false)
	for _, j := range carried {
		if j.ID == "key-policy-closed" && j.Outcome != posture.Pass {
			t.Errorf("the unit's own key: %s, %s", j.Outcome, j.Evidence)
		}
	}
	if first, same := posture.Carry(posture.Judge(before, blind), posture.Judge(before, blind), bp.Null[posture.Report](), false); same || !posture.Open(first) {
		t.Error("without a refresh everything is known")
	}
}

// TestCarry_AnotherObject finds a key open, and plans another: what was found of the
// first is not said of the second.
func TestCarry_AnotherObject(t *testing.T) {
	t.Parallel()
	none := bp.Null[map[string]bp.WaiverSpec]()
	blind := facts()
	blind.Around = nil
	found := facts()
	found.Around = harmless()
	found.Around.Key = worse.Writing(`{"Sid":"Open","Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}`)
	found.Around.Key.Of = keyARN
	before := using(queueARN)
	last := posture.NewReport(posture.Judge(before, found), none)
	for what, change := range map[string]struct {
		to      func(*bp.Spec)
		control string
	}{
		"key":        {func(s *bp.Spec) { s.KMSKeyARN = bp.Known(keyARN + "0") }, "key-policy-closed"},
		"queue":      {func(s *bp.Spec) { s.DeadLetter = bp.Known(bp.DeadLetterSpec{TargetARN: bp.Known(queueARN + "2")}) }, "queue-not-public"},
		"encryption": {func(s *bp.Spec) { s.DeadLetter = bp.Known(bp.DeadLetterSpec{TargetARN: bp.Known(queueARN + "2")}) }, "queue-encrypted"},
		"policy":     {func(s *bp.Spec) { s.PolicyARNs = bp.Known(bp.SetOf(attachedARN + "2")) }, "no-administrator-policy"},
		"rights":     {func(s *bp.Spec) { s.PolicyARNs = bp.Known(bp.SetOf(attachedARN + "2")) }, "no-privilege-escalation"},
		"destination": {func(s *bp.Spec) {
			async, _ := s.Async.Get()
			async.OnSuccess = bp.Known(topicARN + "2")
			s.Async = bp.Known(async)
		}, "queue-not-public"},
	} {
		spec, known := complete()
		spec.PolicyARNs, spec.KMSKeyARN = bp.Known(bp.SetOf(attachedARN)), bp.Known(keyARN)
		spec.DeadLetter = bp.Known(bp.DeadLetterSpec{TargetARN: bp.Known(queueARN)})
		async, _ := spec.Async.Get()
		async.OnSuccess = bp.Known(topicARN)
		spec.Async = bp.Known(async)
		change.to(&spec)
		carried, same := posture.Carry(posture.Judge(draft.Draft(spec, known), blind), posture.Judge(before, blind), last, false)
		for _, j := range carried {
			if j.ID == change.control && (same || !j.Later) {
				t.Errorf("another %s: %s is %s already: %s", what, j.ID, j.Outcome, j.Evidence)
			}
		}
	}
}

// TestWithVersions counts what is wrong with a version that callers reach, until a plan
// moves the alias.
func TestWithVersions(t *testing.T) {
	t.Parallel()
	none := bp.Null[map[string]bp.WaiverSpec]()
	unit := using(queueARN)
	found := facts()
	found.Around = harmless()
	blind := facts()
	blind.Around = nil
	old := unit
	function, _ := old.Function.Get()
	function.Tracing = bp.Known("PassThrough")
	old.Function = bp.Known(function)
	judged := posture.WithVersions(posture.Judge(unit, found), map[string][]posture.Judgement{"7": posture.Judge(old, found), "12": posture.Judge(unit, found)})
	last := posture.NewReport(judged, none)
	report, _ := last.Get()
	finding, _ := report.Failed.Or(nil)["tracing-active"].Get()
	if len(report.Failed.Or(nil)) != 1 || finding.Evidence.Or("") != `version 7: function.tracing is "PassThrough"` {
		t.Errorf("with version 7: %v", report.Failed)
	}
	planned := posture.Judge(unit, blind)
	if stays, same := posture.Carry(planned, planned, last, false); !same || !bp.Equal(posture.NewReport(stays, none), last) {
		t.Error("a plan that leaves the alias shows something else")
	}
	if moves, same := posture.Carry(planned, planned, last, true); same || posture.NewReport(moves, none).IsKnown() {
		t.Error("a plan that moves the alias knows already what will be found")
	}
}

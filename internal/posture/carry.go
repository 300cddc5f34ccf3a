package posture

import bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"

// Carry judges what is planned where nobody may look at what others own: an apply
// with other rights would contradict a plan that did. Both sides are judged without
// it, and last is what a refresh found with it. A control that comes out on both
// sides alike is as it was found; one that only what others own decides, and whose
// grounds change, is not known yet. So is one that was found of a version, when
// the plan moves the alias. same says that all of them do come out alike.
func Carry(planned, observed []Judgement, last bp.Value[Report], moves bool) (out []Judgement, same bool) {
	report, known := last.Get()
	if !known {
		return planned, false
	}
	out, same = make([]Judgement, len(planned)), true
	for i, j := range planned {
		before := observed[i]
		same = same && alike(j, before)
		found := report.outcome(before)
		switch {
		case moves && found.AboutVersion():
			same = false
			out[i] = Judgement{Control: j.Control, Outcome: Unknown, Evidence: j.Evidence, Later: true}
		case alike(j, before):
			out[i] = found
		case j.Later || before.Later || alike(found, before):
			out[i] = j // it waits, or others decide it no more, or never did
		default:
			out[i] = Judgement{Control: j.Control, Outcome: Unknown, Evidence: before.Evidence, Later: true}
		}
	}
	return out, same
}

func alike(a, b Judgement) bool {
	return a.Outcome == b.Outcome && a.Evidence == b.Evidence && a.Later == b.Later
}

// outcome is what the report says of a control that was judged without looking at
// what others own.
func (r Report) outcome(j Judgement) Judgement {
	if j.CodeOnly {
		return j // a report leaves it out
	}
	for _, listed := range []bp.Value[map[string]bp.Value[Finding]]{r.Failed, r.NeedsInput, r.Waived} {
		finding, is := listed.Or(nil)[j.ID].Get()
		if !is {
			continue
		}
		outcome := Fail
		if j.Input {
			outcome = NeedsInput
		}
		carried := Judgement{Control: j.Control, Outcome: outcome, Evidence: finding.Evidence.Or("")}
		carried.Remedy = carried.remedyFor(carried.Evidence)
		return carried
	}
	for _, id := range r.Unknown.Or(nil) {
		if id == bp.Known(j.ID) {
			return Judgement{Control: j.Control, Outcome: Unknown, Evidence: j.Evidence}
		}
	}
	if j.Outcome == NotApplicable {
		return j
	}
	return Judgement{Control: j.Control, Outcome: Pass, Evidence: j.Evidence}
}

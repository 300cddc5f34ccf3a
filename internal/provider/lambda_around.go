package provider

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud"
	"github.com/secure-lambda/terraform-provider-secure/internal/posture"
	"github.com/secure-lambda/terraform-provider-secure/internal/secrets"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// sightings remember what the refresh of a run saw beside the aliases of units,
// so that the plan need not ask again.
type sightings struct {
	mu   sync.Mutex
	seen map[string]map[string]bp.Writing
}

func (s *sightings) note(function string, invoked map[string]bp.Writing) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen == nil {
		s.seen = map[string]map[string]bp.Writing{}
	}
	s.seen[function] = invoked
}

func (s *sightings) of(function string) (invoked map[string]bp.Writing, seen bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	invoked, seen = s.seen[function]
	return invoked, seen
}

// refersOf lists what a unit uses and others own, as far as it is known.
func refersOf(b bp.Blueprint) cloud.Refers {
	policies, _ := posture.ForeignPolicies(b)
	function := functionOf(b)
	role := roleOf(b)
	inline, _ := role.InlinePolicies.Or(nil).Strings()
	refers := cloud.Refers{Policies: policies, Role: role.Name.Or(""), Inline: inline, Targets: destinationsOf(b)}
	if b.Key.IsNull() {
		refers.Key = function.KMSKeyARN.Else(groupOf(b).KMSKeyARN).Or("")
	}
	if b.Queue.IsNull() {
		refers.DeadLetters = function.DeadLetterARN.Or("")
	}
	return refers
}

// privatePolicies is the private-state key of which versions of given policies were
// their defaults when they were last read: a refresh then reads each in one call.
const privatePolicies = "policies"

func (r *lambdaResource) recallPolicies(ctx context.Context, private privateReader) diag.Diagnostics {
	text, diags := private.GetKey(ctx, privatePolicies)
	var versions map[string]string
	if len(text) > 0 && json.Unmarshal(text, &versions) == nil {
		r.session.client.RememberDefaults(versions)
	}
	return diags
}

func (r *lambdaResource) notePolicies(ctx context.Context, private privateWriter, arns []string) diag.Diagnostics {
	versions := r.session.client.Defaults(arns)
	if len(versions) == 0 {
		return nil
	}
	text, err := json.Marshal(versions)
	if err != nil {
		return nil // texts always marshal
	}
	return private.SetKey(ctx, privatePolicies, text)
}

// destinationsOf lists where reports of invocations go, as far as it is known.
func destinationsOf(b bp.Blueprint) []string {
	async, _ := b.Async.Get()
	queue, _ := b.Queue.Get()
	var out []string
	for _, target := range []bp.String{async.OnSuccess, async.OnFailure} {
		if arn, known := target.Get(); known && target != queue.ARN {
			out = append(out, arn)
		}
	}
	return out
}

// around reads what a unit uses and others own. Of a function that exists, what
// others made beside the unit's alias belongs to it; a plan without a refresh has
// not seen that, and asks only where it changes something.
func (r *lambdaResource) around(ctx context.Context, in intent, b bp.Blueprint, ask bool) *bp.Around {
	if !r.connected() {
		return nil
	}
	refers := refersOf(b)
	name := in.spec.Name.Or("")
	invoked, seen := r.session.sightings.of(name)
	if !seen && ask && in.observed().Function.IsKnown() {
		refers.Function, refers.Alias = name, aliasOf(in.observed()).Name.Or("")
	}
	out := r.session.client.Around(ctx, refers)
	if seen {
		out.Invoked = invoked
	} else if refers.Function != "" {
		r.session.sightings.note(name, out.Invoked)
	}
	return out
}

// gate judges what a plan that changes something leads to: with what others made beside
// the alias that the unit serves callers with, which stays as it is. That is every
// version that another alias, a mapping or a policy lets somebody run, the policies of
// all versions, and where reports of all invocations go. A refresh leaves these out,
// since each takes a call.
func (r *lambdaResource) gate(ctx context.Context, in intent, want bp.Blueprint, zones bp.Value[int64], code codeFacts, changes bool) (*bp.Around, []posture.Judgement) {
	around := r.around(ctx, in, want, changes)
	if around == nil || !changes || !in.observed().Function.IsKnown() {
		return around, in.judgeWith(want, zones, code, around)
	}
	reach := r.session.client.Reach(ctx, in.spec.Name.Or(""), in.observed().Alias, around.Invoked)
	// What is remembered for the run stays as it was.
	invoked := map[string]bp.Writing{}
	maps.Copy(invoked, around.Invoked)
	maps.Copy(invoked, reach.Policies)
	around.Invoked, around.Destinations, around.Unlisted = invoked, reach.Destinations, reach.Unlisted
	delete(around.Destinations, aliasOf(want).Name.Or(""))
	for _, arns := range around.Destinations {
		maps.Copy(around.Targets, r.session.client.TargetWritings(ctx, arns))
	}
	versions := r.judgeFrozen(ctx, in, r.session.client.Frozen(ctx, want, slices.Sorted(maps.Keys(reach.Versions))), invoked)
	for number, judgements := range versions {
		// A version is frozen: no change of the unit mends it, and one that is imported
		// may have been made long before. Only what is critical stops for its sake; the
		// rest is in the audit, and in the posture where an alias sends callers to it.
		judgements = slices.DeleteFunc(judgements, func(j posture.Judgement) bool { return j.Severity != posture.Critical })
		versions[number] = posture.Perhaps(judgements, reach.Versions[number])
	}
	return around, posture.WithVersions(in.judgeWith(want, zones, code, around), versions)
}

// judgeRunning judges the versions that callers are sent to beside what is in the
// making, each as if it served.
func (r *lambdaResource) judgeRunning(ctx context.Context, in intent, observed cloud.Observation) map[string][]posture.Judgement {
	return r.judgeFrozen(ctx, in, r.session.client.Running(ctx, observed), observed.Invoked)
}

func (r *lambdaResource) judgeFrozen(ctx context.Context, in intent, versions map[string]cloud.Running, invoked map[string]bp.Writing) map[string][]posture.Judgement {
	reasons, _ := reasonsOf(in.spec)
	out := map[string][]posture.Judgement{}
	for number, version := range versions {
		around := r.session.client.Around(ctx, refersOf(version.Blueprint))
		around.Invoked = invoked
		judgements := posture.Judge(version.Blueprint, posture.Facts{
			Secrets:     secrets.Among(version.Environment, nil, functionOf(version.Blueprint).Description.Or("")),
			SecretsOpen: functionOf(version.Blueprint).Environment.IsUnknown(),
			Account:     in.place.Account, Around: around, Reasons: reasons,
		})
		for i, j := range judgements {
			if j.Later && j.Outcome == posture.Unknown { // no apply will tell
				judgements[i].Evidence, judgements[i].Unread = "it could not be read", true
			}
			judgements[i].Later = false
		}
		out[number] = judgements
	}
	return out
}

// plannedReport is the posture that a plan shows: without looking at what others
// own, which the apply may see otherwise, but as the refresh found it where nothing
// changes.
func (in intent) plannedReport(b bp.Blueprint) bp.Value[posture.Report] {
	if in.prior.Status != bp.Known(statusReady) {
		return posture.NewReport(posture.Beside(in.judge(b), in.spec.IgnoreDrift), in.waivers())
	}
	before := intent{spec: in.prior.spec, place: in.place, house: in.house}
	judgements, same := posture.Carry(in.judge(b), before.judge(in.observed()), in.prior.Posture, !bp.Equal(in.observed().Alias, b.Alias))
	if same && bp.Equal(in.spec.Waivers, in.prior.spec.Waivers) && bp.Equal(in.spec.IgnoreDrift, in.prior.spec.IgnoreDrift) {
		return in.prior.Posture
	}
	return posture.NewReport(posture.Beside(judgements, in.spec.IgnoreDrift), in.waivers())
}

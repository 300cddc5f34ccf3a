package judges

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/access"
	"github.com/secure-lambda/terraform-provider-secure/internal/draft"
	"github.com/secure-lambda/terraform-provider-secure/internal/judges/corpus"
	"github.com/secure-lambda/terraform-provider-secure/internal/posture"
	"github.com/secure-lambda/terraform-provider-secure/internal/posture/worse"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// ownVerdict is ours of a policy, with the controls that say so.
func ownVerdict(e corpus.Entry) (verdict corpus.Verdict, controls []string) {
	spec := worse.Start()
	facts := posture.Facts{Account: worse.Place.Account, CodeRead: true}
	writing := worse.Writing(e.Inner())
	around := &bp.Around{Key: writing, Targets: map[string]bp.Writing{}, Invoked: map[string]bp.Writing{}}
	const (
		attached = "arn:aws:iam::111122223333:policy/theirs"
		topic    = "arn:aws:sns:eu-central-1:111122223333:theirs"
	)
	judged := []string{"key-policy-closed", "queue-not-public", "no-public-invoke", "invoke-by-source"}
	switch e.Kind {
	case corpus.Queue, corpus.Topic:
		spec.DeadLetter = bp.Known(bp.DeadLetterSpec{TargetARN: bp.Known(topic)})
		around.Targets[topic] = writing
	case corpus.Key:
		spec.KMSKeyARN = bp.Known(key)
		around.Key.Of = key
	case corpus.Function:
		around.Invoked["theirs"] = writing
	case corpus.Identity, corpus.Managed:
		spec.PolicyARNs = bp.Known(bp.SetOf(attached))
		around.Policies = map[string]bp.Writing{attached: writing}
		judged = []string{"no-administrator-policy"}
		for _, c := range posture.Controls() {
			if ofPolicy(c.ID) {
				judged = append(judged, c.ID)
			}
		}
	}
	b := draft.Draft(spec, draft.Facts{
		Place: worse.Place, CodeSHA256: bp.Known("q1w2e3"), KeyARN: bp.Known(key), SecretARN: bp.Unknown[string](), Generation: bp.Unknown[string](),
	})
	facts.Around = around
	verdict = corpus.Good
	for _, j := range posture.Judge(b, facts) {
		if j.Outcome != posture.Fail || !slices.Contains(judged, j.ID) || j.ID == "no-inline-policies" {
			continue
		}
		controls = append(controls, j.ID)
		now := corpus.Medium
		if j.Severity >= posture.High {
			now = corpus.Stops
		}
		if verdict.Milder(now) {
			verdict = now
		}
	}
	return verdict, controls
}

// TestCorpus_OwnVerdicts wants of every policy the verdict that it deserves: no
// bad one passes, and no good one fails.
func TestCorpus_OwnVerdicts(t *testing.T) {
	t.Parallel()
	names, counts := map[string]bool{}, map[string]int{}
	for _, kind := range corpus.Kinds() {
		entries, err := corpus.Of(kind)
		must(t, err)
		for _, e := range entries {
			if names[e.Name] || e.Why == "" {
				t.Errorf("%s is listed twice, or says not why", e.Name)
			}
			names[e.Name] = true
			counts[fmt.Sprintf("%s, %s", map[bool]string{true: "identity", false: "resource"}[kind.OfRole()], e.Verdict)]++
			if got, controls := ownVerdict(e); got != e.Verdict {
				t.Errorf("%s is %s, want %s, since: %s. Fails: %v", e.Name, got, e.Verdict, e.Why, controls)
			}
			if !kind.OfRole() {
				continue
			}
			found, err := access.LintDocument(e.Document())
			must(t, err)
			found = slices.DeleteFunc(found, func(f string) bool { return strings.Contains(f, "characters without white space") })
			if stops := len(found) > 0; stops != (e.AsEntry() != corpus.Good) {
				t.Errorf("%s as an entry of access: %v, want %s, since: %s", e.Name, found, e.AsEntry(), e.Why)
			}
		}
	}
	t.Logf("policies by verdict: %v", counts)
	for verdict, least := range map[string]int{"identity, stops": 80, "resource, stops": 40, "identity, good": 40, "resource, good": 20} {
		if counts[verdict] < least {
			t.Errorf("%d policies are %s, want %d", counts[verdict], verdict, least)
		}
	}
}

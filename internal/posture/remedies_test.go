package posture_test

import (
	"strings"
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/draft"
	"github.com/secure-lambda/terraform-provider-secure/internal/posture"
	"github.com/secure-lambda/terraform-provider-secure/internal/posture/worse"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

const everyone = `{"Sid":"Open","Effect":"Allow","Principal":"*","Action":"*","Resource":"*"},{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}`

// remedyOf is what a judgement of a control that is not met says, the same with and
// without a look at what is left to others.
func remedyOf(t *testing.T, id string, b bp.Blueprint, f posture.Facts) string {
	t.Helper()
	for _, j := range posture.Judge(b, f) {
		if j.ID != id {
			continue
		}
		if j.Outcome != posture.Fail {
			t.Fatalf("%s: %s (%s)", id, j.Outcome, j.Evidence)
		}
		plain, _ := posture.Lookup(id)
		if again := posture.RemedyBeside(plain, j.Evidence, bp.Null[bp.Set]()); again != j.Remedy {
			t.Errorf("%s: %q with what is left to others, %q without", id, again, j.Remedy)
		}
		return j.Remedy
	}
	t.Fatalf("%s is not judged", id)
	return ""
}

func TestJudge_RemediesOfWhatIsGiven(t *testing.T) {
	t.Parallel()
	for id, change := range map[string]func(*bp.Around){
		"queue-tls-only": func(a *bp.Around) { a.Queue = bp.Known(bp.Queue{ARN: bp.Known(queueARN)}) },
		"queue-encrypted": func(a *bp.Around) {
			a.Queue = bp.Known(bp.Queue{ARN: bp.Known(queueARN)})
		},
		"queue-not-public":  func(a *bp.Around) { a.Targets[queueARN] = worse.Writing(everyone) },
		"key-policy-closed": func(a *bp.Around) { a.Key = worse.Writing(everyone); a.Key.Of = keyARN },
	} {
		around := harmless()
		change(around)
		f := facts()
		f.Around = around
		if got := remedyOf(t, id, using(queueARN), f); strings.Contains(got, "Apply again") || strings.Contains(got, "own") || !strings.Contains(got, "given") {
			t.Errorf("%s of what is given: %s", id, got)
		}
	}
}

func TestJudge_RemediesOfTheUnitsOwn(t *testing.T) {
	t.Parallel()
	open := bp.Known(map[string]bp.String{"Open": bp.Known(`{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}`)})
	for id, change := range map[string]func(*bp.Blueprint){
		"queue-tls-only": func(b *bp.Blueprint) {
			queue, _ := b.Queue.Get()
			queue.Policy = bp.Null[bp.QueuePolicy]()
			b.Queue = bp.Known(queue)
		},
		"queue-encrypted": func(b *bp.Blueprint) {
			queue, _ := b.Queue.Get()
			queue.KMSKeyARN = bp.Null[string]()
			b.Queue = bp.Known(queue)
		},
		"queue-not-public": func(b *bp.Blueprint) {
			queue, _ := b.Queue.Get()
			policy, _ := queue.Policy.Get()
			policy.Unexpected = open
			queue.Policy = bp.Known(policy)
			b.Queue = bp.Known(queue)
		},
		"key-policy-closed": func(b *bp.Blueprint) {
			key, _ := b.Key.Get()
			policy, _ := key.Policy.Get()
			policy.Unexpected = open
			key.Policy = bp.Known(policy)
			b.Key = bp.Known(key)
		},
	} {
		b := draft.Draft(complete())
		change(&b)
		if got := remedyOf(t, id, b, facts()); strings.Contains(got, "given") || !strings.Contains(got, "the unit's own") {
			t.Errorf("%s of the unit's own: %s", id, got)
		}
	}
}

// TestRemedyBeside_OfBoth says both where both are concerned.
func TestRemedyBeside_OfBoth(t *testing.T) {
	t.Parallel()
	c, _ := posture.Lookup("queue-not-public")
	evidence := "version 3: dead-letter queue or destination: Open (anybody, anywhere), the 2nd statement of " + topicARN + " (principal *, action sns:Publish)"
	got := posture.RemedyBeside(c, evidence, bp.Null[bp.Set]())
	if !strings.HasPrefix(got, "Apply again: ") || !strings.Contains(got, "the given queue or topic") {
		t.Errorf("%s", got)
	}
}

func TestJudge_RemedyOfSecretsIsWhereTheyAre(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		secrets      []string
		begins, also string
		never        string
	}{
		{[]string{"environment.DB_PASSWORD (its name)"}, "Move the value to secret_values_wo", "into secrets", "Take the secret"},
		{[]string{"a key of environment (jwt)"}, "Move the value to secret_values_wo", "into secrets", "Take the secret"},
		{[]string{"tags.owner (password in a URL)"}, "Take the secret out of the tags", "Replace the secret", "secret_values_wo"},
		{[]string{"a key of tags (github-pat)", "tags.environment.db (its name)"}, "Take the secret out of the tags", "Replace the secret", "secret_values_wo"},
		{[]string{"a key of default_tags (github-pat)"}, "Take the secret out of default_tags in the provider block", "Replace the secret", "secret_values_wo"},
		{[]string{"description (its name)"}, "Take the secret out of the description", "Replace the secret", "secret_values_wo"},
		{[]string{"function.description, which others set (password)"}, "Take the secret out of the description", "Replace the secret", "secret_values_wo"},
		{[]string{"environment.X (jwt)", "tags.owner (jwt)"}, "Move the value to secret_values_wo", "Take the secret out of the tags", "description"},
	} {
		f := facts()
		f.Secrets = c.secrets
		got := remedyOf(t, posture.NoPlaintextSecrets, draft.Draft(complete()), f)
		if !strings.HasPrefix(got, c.begins) || !strings.Contains(got, c.also) || strings.Contains(got, c.never) {
			t.Errorf("%v: %s", c.secrets, got)
		}
	}
}

// TestRemedyBeside_ReadsOn is one sentence up to the remedy.
func TestRemedyBeside_ReadsOn(t *testing.T) {
	t.Parallel()
	c, _ := posture.Lookup(posture.NoPlaintextSecrets)
	got := posture.RemedyBeside(c, "environment.DB_PASSWORD (its name)", bp.Known(bp.SetOf("function.environment")))
	if !strings.Contains(got, `take "function.environment" out of ignore_drift, and then move the value to secret_values_wo`) {
		t.Error(got)
	}
}

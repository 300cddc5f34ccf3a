package posture_test

import (
	"strings"
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/draft"
	"github.com/secure-lambda/terraform-provider-secure/internal/posture"
	"github.com/secure-lambda/terraform-provider-secure/internal/posture/worse"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

const (
	attachedARN = "arn:aws:iam::111122223333:policy/shared"
	keyARN      = "arn:aws:kms:eu-central-1:111122223333:key/99999999-0000-1111-2222-333344445555"
	queueARN    = "arn:aws:sqs:eu-central-1:111122223333:shared-dead-letters"
	topicARN    = "arn:aws:sns:eu-central-1:111122223333:shared-failures"
)

// using is a unit that uses what others own: an attached policy, a key, a
// dead-letter target and a destination.
func using(target string) bp.Blueprint {
	spec, known := complete()
	spec.PolicyARNs = bp.Known(bp.SetOf(attachedARN))
	spec.KMSKeyARN = bp.Known(keyARN)
	spec.DeadLetter = bp.Known(bp.DeadLetterSpec{TargetARN: bp.Known(target)})
	async, _ := spec.Async.Get()
	async.OnSuccess = bp.Known(topicARN)
	spec.Async = bp.Known(async)
	return draft.Draft(spec, known)
}

// harmless is what others wrote, with nothing wrong.
func harmless() *bp.Around {
	const tls = `{"Sid":"TLS","Effect":"Deny","Principal":"*","Action":"sqs:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`
	key := worse.Writing(`{"Sid":"Account","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}`)
	key.Of = keyARN
	return &bp.Around{
		Policies: map[string]bp.Writing{attachedARN: worse.Writing(`{"Sid":"Read","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::shared/*"}`)},
		Key:      key,
		Queue: bp.Known(bp.Queue{
			ARN: bp.Known(queueARN), KMSKeyARN: bp.Known(keyARN),
			Policy: bp.Known(bp.QueuePolicy{Unexpected: bp.Known(map[string]bp.String{"TLS": bp.Known(tls)})}),
		}),
		Targets: map[string]bp.Writing{
			queueARN: worse.Writing(tls),
			topicARN: worse.Writing(`{"Sid":"Own","Effect":"Allow","Principal":{"AWS":"*"},"Action":"sns:Publish","Resource":"*","Condition":{"StringEquals":{"aws:SourceOwner":"111122223333"}}}`),
		},
	}
}

// TestJudge_WhatOthersWrote judges a unit by what it uses: policies, key, queue,
// topic and the policies of other aliases.
func TestJudge_WhatOthersWrote(t *testing.T) {
	t.Parallel()
	const everyone = `{"Sid":"Open","Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}`
	policy := func(text string) func(*bp.Around) {
		return func(a *bp.Around) { a.Policies[attachedARN] = worse.Writing(text) }
	}
	for name, c := range map[string]struct {
		target  string
		change  func(*bp.Around)
		fails   string // controls, with one of them at least
		unknown string
		says    string
	}{
		"nothing wrong":           {queueARN, func(*bp.Around) {}, "", "", ""},
		"a topic, nothing wrong":  {topicARN, func(*bp.Around) {}, "", "", ""},
		"an administrator":        {queueARN, policy(`{"Sid":"All","Effect":"Allow","Action":"*","Resource":"*"}`), "no-administrator-policy no-wildcard-admin", "", attachedARN},
		"one in two statements":   {queueARN, policy(`{"Effect":"Allow","NotAction":"iam:*","Resource":"*"},{"Effect":"Allow","Action":"iam:*","Resource":"*"}`), "no-administrator-policy no-wildcard-admin", "", ""},
		"one that can become one": {queueARN, policy(`{"Effect":"Allow","Action":["iam:PassRole","codebuild:*"],"Resource":"*"}`), "no-administrator-policy no-privilege-escalation", "", "iam:PassRole with codebuild:"},
		"together with the unit":  {queueARN, policy(`{"Effect":"Allow","Action":"states:CreateStateMachine","Resource":"*"},{"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::111122223333:role/worker"}`), "no-privilege-escalation", "", "states:CreateStateMachine"},
		"an open key":             {queueARN, func(a *bp.Around) { w := worse.Writing(everyone); w.Of = keyARN; a.Key = w }, "key-policy-closed", "", keyARN},
		"an open queue":           {queueARN, func(a *bp.Around) { a.Targets[queueARN] = worse.Writing(everyone) }, "queue-not-public", "", queueARN},
		"a queue for its account": {queueARN, func(a *bp.Around) {
			a.Targets[queueARN] = worse.Writing(`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"SQS:*","Resource":"*"}`)
		}, "", "", ""},
		"a queue for another account": {queueARN, func(a *bp.Around) {
			a.Targets[queueARN] = worse.Writing(`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::444455556666:root"},"Action":"SQS:*","Resource":"*"}`)
		}, "queue-not-public", "", queueARN},
		"a topic for anybody's bucket": {topicARN, func(a *bp.Around) {
			a.Targets[topicARN] = worse.Writing(`{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sns:Publish","Resource":"*","Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:s3:::orders"}}}`)
		}, "queue-not-public", "", topicARN},
		"a policy bound by tags":   {queueARN, policy(`{"Effect":"Allow","Action":"ec2:StopInstances","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/team":"orders"}}}`), "", "", ""},
		"one that opens resources": {queueARN, policy(`{"Effect":"Allow","Action":"logs:PutResourcePolicy","Resource":"*"}`), "no-wildcard-resources", "", attachedARN},
		"an open topic":            {topicARN, func(a *bp.Around) { a.Targets[topicARN] = worse.Writing(everyone) }, "queue-not-public", "", topicARN},
		"an open destination":      {queueARN, func(a *bp.Around) { a.Targets[topicARN] = worse.Writing(everyone) }, "queue-not-public", "", topicARN},
		"a queue for any topic": {queueARN, func(a *bp.Around) {
			a.Targets[queueARN] = worse.Writing(`{"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"*"}`)
		}, "queue-not-public", "", ""},
		"a queue encrypted by SQS": {queueARN, func(a *bp.Around) { a.Queue, a.EncryptedBySQS = bp.Known(bp.Queue{ARN: bp.Known(queueARN)}), true }, "queue-tls-only", "", ""},
		"a queue in the clear":     {queueARN, func(a *bp.Around) { a.Queue = bp.Known(bp.Queue{ARN: bp.Known(queueARN)}) }, "queue-encrypted queue-tls-only", "", ""},
		"another alias":            {queueARN, func(a *bp.Around) { a.Invoked = map[string]bp.Writing{"beta": worse.Writing(everyone)} }, "no-public-invoke", "", "beta: Open"},
		"a policy unread": {queueARN, func(a *bp.Around) {
			a.Policies[attachedARN] = bp.Writing{Unread: "could not be read: it takes iam:GetPolicyVersion"}
		}, "", "no-administrator-policy no-wildcard-admin no-privilege-escalation", "iam:GetPolicyVersion"},
		"a policy not looked at": {queueARN, func(a *bp.Around) { a.Policies = nil }, "", "no-administrator-policy no-wildcard-admin", "was not looked at"},
		"a key unread": {queueARN, func(a *bp.Around) {
			a.Key = bp.Writing{Of: keyARN, Unread: "could not be read: it takes kms:GetKeyPolicy"}
		}, "", "key-policy-closed", "kms:GetKeyPolicy"},
		"a queue unread": {queueARN, func(a *bp.Around) {
			a.Queue, a.Targets[queueARN] = bp.Unknown[bp.Queue](), bp.Writing{Unread: "could not be read: it takes sqs:GetQueueAttributes"}
		}, "", "queue-encrypted queue-tls-only queue-not-public", "sqs:GetQueueAttributes"},
		"a bucket as destination":   {"arn:aws:s3:::failures", func(*bp.Around) {}, "", "queue-not-public", "bucket"},
		"a bus as destination":      {"arn:aws:events:eu-central-1:111122223333:event-bus/failures", func(*bp.Around) {}, "", "queue-not-public", "event bus"},
		"a destination not seen":    {queueARN, func(a *bp.Around) { delete(a.Targets, topicARN) }, "", "queue-not-public", "was not looked at"},
		"a function as destination": {"arn:aws:lambda:eu-central-1:111122223333:function:failures", func(*bp.Around) {}, "", "", ""},
		"an alias' policy unread": {queueARN, func(a *bp.Around) {
			a.Invoked = map[string]bp.Writing{"beta": {Unread: "could not be read: it takes lambda:GetPolicy"}}
		}, "", "no-public-invoke invoke-by-source", "lambda:GetPolicy"},
	} {
		f := facts()
		f.Around = harmless()
		c.change(f.Around)
		all := judged(t, using(c.target), f)
		text := ""
		for _, want := range []struct {
			ids     string
			outcome posture.Outcome
		}{{c.fails, posture.Fail}, {c.unknown, posture.Unknown}} {
			for id := range strings.FieldsSeq(want.ids) {
				if all[id].Outcome != want.outcome || all[id].Later {
					t.Errorf("%s: %s is %s: %s", name, id, all[id].Outcome, all[id].Evidence)
				}
				text += all[id].Evidence + "\n"
			}
		}
		if !strings.Contains(text, c.says) {
			t.Errorf("%s: %q does not say %q", name, text, c.says)
		}
		for id, j := range all {
			if c.fails+c.unknown == "" && j.Outcome != posture.Pass && j.Outcome != posture.NotApplicable {
				t.Errorf("%s: %s is %s: %s", name, id, j.Outcome, j.Evidence)
			}
		}
	}
	// While nobody looked, nothing is said that an apply could contradict.
	f := facts()
	f.Around = nil
	all := judged(t, using(queueARN), f)
	for _, id := range []string{"no-administrator-policy", "no-wildcard-admin", "key-policy-closed", "queue-encrypted", "queue-tls-only", "queue-not-public"} {
		if all[id].Outcome != posture.Unknown || !all[id].Later {
			t.Errorf("unseen, %s is %s: %s", id, all[id].Outcome, all[id].Evidence)
		}
	}
}

// TestNoWildcardResources_ThroughAnAccessPoint binds all file systems to one point.
func TestNoWildcardResources_ThroughAnAccessPoint(t *testing.T) {
	t.Parallel()
	for condition, want := range map[string]posture.Outcome{
		`"StringEquals":{"elasticfilesystem:AccessPointArn":"arn:aws:elasticfilesystem:eu-central-1:111122223333:access-point/fsap-1"}`: posture.Pass,
		`"StringEquals":{"elasticfilesystem:AccessPointArn":"*"}`:                                                                       posture.Fail,
		`"StringLike":{"elasticfilesystem:AccessPointArn":"arn:*"}`:                                                                     posture.Fail,
		`"Bool":{"elasticfilesystem:AccessedViaMountTarget":"true"}`:                                                                    posture.Fail,
	} {
		b, f := draft.Draft(complete()), facts()
		worse.Policy(`{"Sid":"Files","Effect":"Allow","Action":"elasticfilesystem:ClientMount","Resource":"arn:aws:elasticfilesystem:eu-central-1:111122223333:file-system/*","Condition":{`+condition+`}}`)(&b, &f)
		if j := judged(t, b, f)["no-wildcard-resources"]; j.Outcome != want {
			t.Errorf("%s: %s, %s", condition, j.Outcome, j.Evidence)
		}
	}
}

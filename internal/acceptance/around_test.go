package acceptance

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox"
)

// lent is a policy, a key, a queue for dead letters and one for reports that units are
// given.
type lent struct{ policy, key, queue, reports string }

func (a *tenant) given(t *testing.T) lent {
	t.Helper()
	ctx := t.Context()
	policy, err := a.iam.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: new("tfacc-given"), PolicyDocument: new(statements(`{"Sid":"Read","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::shared/*"}`))})
	must(t, err)
	key := a.sharedKey(t)
	_, err = a.sqs.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: new("tfacc-given"), Attributes: map[string]string{"KmsMasterKeyId": key}})
	must(t, err)
	_, err = a.sqs.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: new("tfacc-reports"), Attributes: map[string]string{"KmsMasterKeyId": key}})
	must(t, err)
	queue := func(name string) string { return fmt.Sprintf("arn:aws:sqs:%s:%s:%s", region, a.id, name) }
	return lent{*policy.Policy.Arn, key, queue("tfacc-given"), queue("tfacc-reports")}
}

func (s lent) attributes() map[string]string {
	return map[string]string{
		"additional_policy_arns": fmt.Sprintf("[%q]", s.policy), "kms_key_arn": fmt.Sprintf("%q", s.key), "dead_letter": fmt.Sprintf("{ target_arn = %q }", s.queue),
		"async": fmt.Sprintf("{ on_failure = %q }", s.reports),
	}
}

// TestAccAround_PlanAndAuditSayWhatOthersOpened opens, one by one, what a unit uses
// and others own: the plan of the unchanged unit warns, the state says so, the audit
// says the same, and a change is refused.
func TestAccAround_PlanAndAuditSayWhatOthersOpened(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	ctx := t.Context()
	given := a.given(t)
	c := newCore(t, a, unit(t, "x", "tfacc-around", given.attributes()))
	c.must("apply", "-auto-approve")
	c.empty()
	url, err := a.sqs.GetQueueUrl(ctx, &sqs.GetQueueUrlInput{QueueName: new("tfacc-given")})
	must(t, err)
	const open = `{"Version":"2012-10-17","Statement":[{"Sid":"Open","Effect":"Allow","Principal":"*","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}]}`
	reports, err := a.sqs.GetQueueUrl(ctx, &sqs.GetQueueUrlInput{QueueName: new("tfacc-reports")})
	must(t, err)
	policed := func(url *string, policy string) {
		_, err := a.sqs.SetQueueAttributes(ctx, &sqs.SetQueueAttributesInput{QueueUrl: url, Attributes: map[string]string{"Policy": policy}})
		must(t, err)
	}
	version := func(document string) {
		_, err := a.iam.CreatePolicyVersion(ctx, &iam.CreatePolicyVersionInput{PolicyArn: &given.policy, PolicyDocument: &document, SetAsDefault: true})
		must(t, err)
	}
	published, err := a.lambda.ListVersionsByFunction(ctx, &lambda.ListVersionsByFunctionInput{FunctionName: new("tfacc-around")})
	must(t, err)
	for _, c2 := range []struct {
		what, control string
		open, close   func()
	}{
		{
			"policy", "no-administrator-policy",
			func() { version(statements(`{"Effect":"Allow","Action":["iam:?*"],"Resource":"*"}`)) },
			func() {
				version(statements(`{"Sid":"Read","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::shared/*"}`))
			},
		},
		{
			"key", "key-policy-closed",
			func() {
				a.addToKey(t, given.key, `{"Sid":"Open","Effect":"Allow","Principal":{"AWS":"*"},"Action":"kms:*","Resource":"*"}`)
			},
			func() {
				_, err := a.kms.PutKeyPolicy(ctx, &kms.PutKeyPolicyInput{KeyId: &given.key, Policy: new(sharedKeyPolicy(a.id))})
				must(t, err)
			},
		},
		{
			"queue", "queue-not-public",
			func() { policed(url.QueueUrl, open) },
			func() { policed(url.QueueUrl, "") },
		},
		{
			"destination", "queue-not-public",
			func() { policed(reports.QueueUrl, open) },
			func() { policed(reports.QueueUrl, "") },
		},
		{
			"another alias", "no-public-invoke",
			func() {
				_, err := a.lambda.CreateAlias(ctx, &lambda.CreateAliasInput{FunctionName: new("tfacc-around"), Name: new("beta"), FunctionVersion: published.Versions[len(published.Versions)-1].Version})
				must(t, err)
				_, err = a.lambda.AddPermission(ctx, &lambda.AddPermissionInput{FunctionName: new("tfacc-around"), Qualifier: new("beta"), StatementId: new("open"), Action: new("lambda:InvokeFunction"), Principal: new("*")})
				must(t, err)
			},
			func() {
				_, err := a.lambda.DeleteAlias(ctx, &lambda.DeleteAliasInput{FunctionName: new("tfacc-around"), Name: new("beta")})
				must(t, err)
			},
		},
	} {
		c2.open()
		stdout, stderr, code := c.run("plan", "-detailed-exitcode")
		if said := unwrapped(stdout + stderr); code != 0 || !strings.Contains(said, c2.control) {
			t.Errorf("%s opened: exit %d, and the plan does not say %s:\n%s", c2.what, code, c2.control, stdout+stderr)
		}
		if got := a.audited(t).verdicts(t, "tfacc-around")[c2.control]; got != "fail" {
			t.Errorf("%s opened: the audit says %s", c2.what, got)
		}
		c.must("apply", "-refresh-only", "-auto-approve")
		if _, failed := c.posture().Failed[c2.control]; !failed {
			t.Errorf("%s opened: the state does not say that %s is not met: %v", c2.what, c2.control, c.posture().Failed)
		}
		changed := given.attributes()
		changed["timeout"] = "33"
		c.write(unit(t, "x", "tfacc-around", changed))
		c.says(1, []string{"plan"}, "Control "+c2.control+" is not met")
		c.write(unit(t, "x", "tfacc-around", given.attributes()))
		c2.close()
	}
	c.must("apply", "-refresh-only", "-auto-approve")
	c.empty()
	for _, control := range []string{"no-administrator-policy", "key-policy-closed", "queue-not-public", "no-public-invoke"} {
		if _, failed := c.posture().Failed[control]; failed {
			t.Errorf("closed again, and %s is not met", control)
		}
	}
}

// TestAccAround_AnIdleVersionIsOpened opens a version that nothing routes to: the audit
// says so, and a plan that changes the unit does.
func TestAccAround_AnIdleVersionIsOpened(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	c := newCore(t, a, unit(t, "x", "tfacc-idle-version", nil))
	c.must("apply", "-auto-approve")
	c.write(unit(t, "x", "tfacc-idle-version", map[string]string{"timeout": "33"}))
	c.must("apply", "-auto-approve")
	_, err := a.lambda.AddPermission(t.Context(), &lambda.AddPermissionInput{FunctionName: new("tfacc-idle-version"), Qualifier: new("1"), StatementId: new("open"), Action: new("lambda:InvokeFunction"), Principal: new("*")})
	must(t, err)
	if got := a.audited(t).verdicts(t, "tfacc-idle-version")["no-public-invoke"]; got != "fail" {
		t.Errorf("the audit says %s", got)
	}
	c.write(unit(t, "x", "tfacc-idle-version", map[string]string{"timeout": "34"}))
	c.says(1, []string{"plan"}, "Control no-public-invoke is not met")
	_, err = a.lambda.RemovePermission(t.Context(), &lambda.RemovePermissionInput{FunctionName: new("tfacc-idle-version"), Qualifier: new("1"), StatementId: new("open")})
	must(t, err)
	c.must("apply", "-auto-approve")
	c.empty()
}

// TestAccAround_ReadsWhatIsSharedOnce counts the calls about what two units share:
// a refresh makes one about each, whatever the number of units.
func TestAccAround_ReadsWhatIsSharedOnce(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	given := a.given(t)
	c := newCore(t, a, unit(t, "x", "tfacc-shares-x", given.attributes())+unit(t, "y", "tfacc-shares-y", given.attributes()))
	c.must("apply", "-auto-approve")
	mark := box.Recorder().Mark()
	c.empty()
	made := map[string]int{}
	for _, call := range box.Recorder().Since(mark, sandbox.InAccount(a.id)) {
		if strings.Contains(call.Resource, "tfacc-given") || strings.Contains(call.Resource, "tfacc-reports") || call.Service == "kms" { // no unit has a key of its own
			made[call.Name()]++
		}
	}
	// The state of the key is a check of the plan, and was before.
	want := map[string]int{"iam.GetPolicyVersion": 1, "kms.GetKeyPolicy": 1, "kms.DescribeKey": 1, "sqs.GetQueueAttributes": 2} // of two queues
	if fmt.Sprint(made) != fmt.Sprint(want) {
		t.Errorf("a refresh of two units makes %v, want %v", made, want)
	}
}

// TestAccAround_WhatMayNotBeReadIsUnknown takes away the rights to read what others
// own: nothing of it counts as met, and the plan says which action is missing.
func TestAccAround_WhatMayNotBeReadIsUnknown(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	lent := a.given(t)
	for _, c := range []struct{ service, operation, attribute, control, action string }{
		{"iam", "GetPolicyVersion", "additional_policy_arns", "no-administrator-policy", "iam:GetPolicyVersion"},
		{"sqs", "GetQueueAttributes", "dead_letter", "queue-not-public", "sqs:GetQueueAttributes"},
	} {
		core := newCore(t, a, unit(t, "x", "tfacc-unread", map[string]string{c.attribute: lent.attributes()[c.attribute]}))
		a.refuse(c.service, c.operation)
		stdout, stderr, code := core.run("plan")
		if said := unwrapped(stdout + stderr); code != 0 || !strings.Contains(said, c.control) || !strings.Contains(said, "it takes "+c.action) {
			t.Errorf("%s: exit %d, and the plan does not say that %s is not known:\n%s", c.operation, code, c.control, stdout+stderr)
		}
	}
}

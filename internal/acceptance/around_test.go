package acceptance

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
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
	// The version in service is called one thing by all.
	_, err = a.lambda.AddPermission(t.Context(), &lambda.AddPermissionInput{FunctionName: new("tfacc-idle-version"), Qualifier: new("3"), StatementId: new("open"), Action: new("lambda:InvokeFunction"), Principal: new("*")})
	must(t, err)
	c.must("apply", "-refresh-only", "-auto-approve")
	audited := a.audited(t).evidence("tfacc-idle-version", "no-public-invoke")
	if shown := c.must("show"); !strings.HasSuffix(audited, ": version/open") || !strings.Contains(shown, audited) {
		t.Errorf("the audit says %q, and the state does not:\n%s", audited, shown)
	}
}

// lets makes a policy that others attach to the role of a unit.
func (a *tenant) lets(t *testing.T, resource string, actions ...string) (arn string) {
	t.Helper()
	made, err := a.iam.CreatePolicy(t.Context(), &iam.CreatePolicyInput{
		PolicyName: new("tfacc-lets"), PolicyDocument: new(statements(fmt.Sprintf(`{"Effect":"Allow","Action":["%s"],"Resource":%q}`, strings.Join(actions, `","`), resource))),
	})
	must(t, err)
	return *made.Policy.Arn
}

// TestAccAround_AnOldVersionCanBeCalled freezes a secret and an administrator's role in
// a version that no alias routes to, and lets somebody call that: the audit judges it,
// and so does a plan that changes the unit.
func TestAccAround_AnOldVersionCanBeCalled(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	ctx := t.Context()
	const name = "tfacc-callable"
	secret := func(ctx context.Context, a *tenant, unit string, in *lambda.UpdateFunctionConfigurationInput) error {
		in.Environment = &lambdatypes.Environment{Variables: map[string]string{"API_KEY": "hunter2-Correct-Horse-9!"}}
		return asAdministrator(ctx, a, unit, in)
	}
	_, err := a.sqs.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: new("tfacc-callable")})
	must(t, err)
	queue := "arn:aws:sqs:" + region + ":" + a.id + ":tfacc-callable"
	attributes := map[string]string{"additional_policy_arns": fmt.Sprintf("[%q]", a.lets(t, queue, "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"))}
	c := newCore(t, a, unit(t, "x", name, attributes))
	c.must("apply", "-auto-approve")
	must(t, frozen("live", 0, secret)(ctx, a, name))
	_, err = a.lambda.DeleteAlias(ctx, &lambda.DeleteAliasInput{FunctionName: new(name), Name: new("theirs")})
	must(t, err)
	attributes["timeout"] = "33"
	c.write(unit(t, "x", name, attributes))
	c.must("plan") // nothing can call it
	if evidence := a.audited(t).evidence(name, "no-wildcard-admin"); strings.Contains(evidence, "version") {
		t.Errorf("nothing can call it, and the audit says %s", evidence)
	}
	var mapping *lambda.CreateEventSourceMappingOutput
	for _, by := range []struct {
		what        string
		open, close func()
	}{
		{"a permission", func() {
			_, err := a.lambda.AddPermission(ctx, &lambda.AddPermissionInput{FunctionName: new(name), Qualifier: new("2"), StatementId: new("theirs"), Action: new("lambda:InvokeFunction"), Principal: new("444455556666")})
			must(t, err)
		}, func() {
			_, err := a.lambda.RemovePermission(ctx, &lambda.RemovePermissionInput{FunctionName: new(name), Qualifier: new("2"), StatementId: new("theirs")})
			must(t, err)
		}},
		{"another alias", func() {
			_, err := a.lambda.CreateAlias(ctx, &lambda.CreateAliasInput{FunctionName: new(name), Name: new("theirs"), FunctionVersion: new("2")})
			must(t, err)
		}, func() {
			_, err := a.lambda.DeleteAlias(ctx, &lambda.DeleteAliasInput{FunctionName: new(name), Name: new("theirs")})
			must(t, err)
		}},
		{"a mapping", func() {
			var err error
			mapping, err = a.lambda.CreateEventSourceMapping(ctx, &lambda.CreateEventSourceMappingInput{FunctionName: new(name + ":2"), EventSourceArn: &queue})
			must(t, err)
		}, func() {
			_, err := a.lambda.DeleteEventSourceMapping(ctx, &lambda.DeleteEventSourceMappingInput{UUID: mapping.UUID})
			must(t, err)
		}},
	} {
		by.open()
		audited := a.audited(t)
		for _, control := range []string{"no-wildcard-admin", "no-plaintext-secrets"} {
			if got := audited.verdicts(t, name)[control]; got != "fail" {
				t.Errorf("%s: the audit says that %s is %s", by.what, control, got)
			}
			c.says(1, []string{"plan"}, "Control "+control+" is not met", audited.evidence(name, control))
		}
		by.close()
		c.must("plan")
	}
	a.refuse("lambda", "ListEventSourceMappings")
	const why = "it takes lambda:ListEventSourceMappings"
	audited := a.audited(t)
	if got, evidence := audited.verdicts(t, name)["no-plaintext-secrets"], audited.evidence(name, "no-plaintext-secrets"); got != "unknown" || !strings.Contains(evidence, "version 2: ") || !strings.Contains(evidence, why) {
		t.Errorf("mappings are not read, and the audit says %s, %s", got, evidence)
	}
	c.says(0, []string{"plan"}, "no-plaintext-secrets", why)
}

// TestAccAround_ReportsOfOtherInvocationsAreJudged lets reports of invocations of what
// is in the making, and of another alias, go to a public queue.
func TestAccAround_ReportsOfOtherInvocationsAreJudged(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	ctx := t.Context()
	const name = "tfacc-reported"
	_, err := a.sqs.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: new("tfacc-public"), Attributes: map[string]string{"Policy": statements(`{"Sid":"Open","Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}`)}})
	must(t, err)
	public := "arn:aws:sqs:" + region + ":" + a.id + ":tfacc-public"
	attributes := map[string]string{"additional_policy_arns": fmt.Sprintf("[%q]", a.lets(t, public, "sqs:SendMessage"))}
	c := newCore(t, a, unit(t, "x", name, attributes))
	c.must("apply", "-auto-approve")
	a.byHand(t, 1)
	_, err = a.iam.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: new("by-hand-all"), PolicyName: new("theirs"), PolicyDocument: new(statements(`{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"` + public + `"}`))})
	must(t, err)
	_, err = a.lambda.DeleteAlias(ctx, &lambda.DeleteAliasInput{FunctionName: new("by-hand-000"), Name: new("live")})
	must(t, err)
	_, err = a.lambda.CreateAlias(ctx, &lambda.CreateAliasInput{FunctionName: new(name), Name: new("theirs"), FunctionVersion: new("1")})
	must(t, err)
	attributes["timeout"] = "33"
	c.write(unit(t, "x", name, attributes))
	for _, at := range []struct{ function, qualifier string }{{name, "theirs"}, {name, "$LATEST"}, {name, "1"}, {"by-hand-000", "$LATEST"}} {
		_, err := a.lambda.PutFunctionEventInvokeConfig(ctx, &lambda.PutFunctionEventInvokeConfigInput{
			FunctionName: &at.function, Qualifier: &at.qualifier, DestinationConfig: &lambdatypes.DestinationConfig{OnFailure: &lambdatypes.OnFailure{Destination: &public}},
		})
		must(t, err)
		audited := a.audited(t)
		if got, evidence := audited.verdicts(t, at.function)["queue-not-public"], audited.evidence(at.function, "queue-not-public"); got != "fail" || !strings.Contains(evidence, public) {
			t.Errorf("%v: the audit says %s, %s", at, got, evidence)
		}
		if at.function == name {
			c.says(1, []string{"plan"}, "Control queue-not-public is not met", public)
		}
		_, err = a.lambda.DeleteFunctionEventInvokeConfig(ctx, &lambda.DeleteFunctionEventInvokeConfigInput{FunctionName: &at.function, Qualifier: &at.qualifier})
		must(t, err)
	}
	c.must("plan")
	a.refuse("lambda", "ListFunctionEventInvokeConfigs")
	audited := a.audited(t)
	for _, function := range []string{name, "by-hand-000"} {
		if got, evidence := audited.verdicts(t, function)["queue-not-public"], audited.evidence(function, "queue-not-public"); got != "unknown" || !strings.Contains(evidence, "lambda:ListFunctionEventInvokeConfigs") {
			t.Errorf("they are not listed, and the audit says %s, %s", got, evidence)
		}
	}
	c.says(0, []string{"plan"}, "queue-not-public", "it takes lambda:ListFunctionEventInvokeConfigs")
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

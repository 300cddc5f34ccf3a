package acceptance

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"os/exec"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	smtypes "github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox"
)

// The tests here forge the tags of units: whoever may tag can write any tag, and
// must gain nothing by it. For every kind of object they are forged as another
// unit's, as another generation's, as this unit's own, as what an update is about to
// make and as the state of a role; and met by a create, an update, a destroy, an
// import and the command orphans.

// objects are where the objects of a unit are, by kind.
func (a *tenant) objectsOf(t *testing.T, unit string) map[string]string {
	t.Helper()
	ctx := t.Context()
	policy, err := a.policyARN(ctx, unit)
	must(t, err)
	key, err := a.kms.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: new("alias/secure/" + unit)})
	must(t, err)
	arn := func(service, resource string) string {
		return fmt.Sprintf("arn:aws:%s:%s:%s:%s", service, region, a.id, resource)
	}
	function, err := a.lambda.GetFunction(ctx, &lambda.GetFunctionInput{FunctionName: &unit})
	must(t, err)
	out := map[string]string{
		"role": fmt.Sprintf("arn:aws:iam::%s:role/%s-%s", a.id, unit, region), "policy": policy, "key": *key.KeyMetadata.Arn,
		"function": arn("lambda", "function:"+unit), "queue": arn("sqs", unit+"-dead-letter"), "alarm": arn("cloudwatch", "alarm:"+unit+"-errors"),
		"log group": arn("logs", "log-group:"+*function.Configuration.LoggingConfig.LogGroup),
	}
	secret, err := a.secrets.DescribeSecret(ctx, &secretsmanager.DescribeSecretInput{SecretId: new("secure/" + unit)})
	if err == nil {
		out["secret"] = *secret.ARN
	}
	return out
}

// forge writes tags on an object, as somebody with the right to tag it.
func (a *tenant) forge(ctx context.Context, arn string, tags map[string]string) error {
	last := arn[strings.LastIndexAny(arn, "/:")+1:]
	var err error
	switch {
	case strings.Contains(arn, ":role/"):
		var list []iamtypes.Tag
		for k, v := range tags {
			list = append(list, iamtypes.Tag{Key: &k, Value: &v})
		}
		_, err = a.iam.TagRole(ctx, &iam.TagRoleInput{RoleName: &last, Tags: list})
	case strings.Contains(arn, ":policy/"):
		var list []iamtypes.Tag
		for k, v := range tags {
			list = append(list, iamtypes.Tag{Key: &k, Value: &v})
		}
		_, err = a.iam.TagPolicy(ctx, &iam.TagPolicyInput{PolicyArn: &arn, Tags: list})
	case strings.Contains(arn, ":function:"):
		_, err = a.lambda.TagResource(ctx, &lambda.TagResourceInput{Resource: &arn, Tags: tags})
	case strings.Contains(arn, ":log-group:"):
		_, err = a.logs.TagResource(ctx, &cloudwatchlogs.TagResourceInput{ResourceArn: &arn, Tags: tags})
	case strings.Contains(arn, ":sqs:"):
		url, urlErr := a.queueURL(ctx, strings.TrimSuffix(last, "-dead-letter"))
		if urlErr != nil {
			return urlErr
		}
		_, err = a.sqs.TagQueue(ctx, &sqs.TagQueueInput{QueueUrl: url, Tags: tags})
	case strings.Contains(arn, ":secret:"):
		var list []smtypes.Tag
		for k, v := range tags {
			list = append(list, smtypes.Tag{Key: &k, Value: &v})
		}
		_, err = a.secrets.TagResource(ctx, &secretsmanager.TagResourceInput{SecretId: &arn, Tags: list})
	case strings.Contains(arn, ":alarm:"):
		var list []cwtypes.Tag
		for k, v := range tags {
			list = append(list, cwtypes.Tag{Key: &k, Value: &v})
		}
		_, err = a.cloudwatch.TagResource(ctx, &cloudwatch.TagResourceInput{ResourceARN: &arn, Tags: list})
	default:
		var list []kmstypes.Tag
		for k, v := range tags {
			list = append(list, kmstypes.Tag{TagKey: &k, TagValue: &v})
		}
		_, err = a.kms.TagResource(ctx, &kms.TagResourceInput{KeyId: &arn, Tags: list})
	}
	return err
}

// generation is that of a unit, as its role says.
func (a *tenant) generation(t *testing.T, unit string) string {
	t.Helper()
	role, err := a.iam.GetRole(t.Context(), &iam.GetRoleInput{RoleName: new(unit + "-" + region)})
	must(t, err)
	for _, tag := range role.Role.Tags {
		if *tag.Key == "secure:generation" {
			return *tag.Value
		}
	}
	t.Fatalf("role of %s has no generation", unit)
	return ""
}

// untouched checks that an object is there, and is not going away.
func (a *tenant) untouched(t *testing.T, kind, arn string) {
	t.Helper()
	ctx, last := t.Context(), arn[strings.LastIndexAny(arn, "/:")+1:]
	var err error
	switch kind {
	case "role":
		_, err = a.iam.GetRole(ctx, &iam.GetRoleInput{RoleName: &last})
	case "policy":
		_, err = a.iam.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: &arn})
	case "function":
		_, err = a.lambda.GetFunction(ctx, &lambda.GetFunctionInput{FunctionName: &last})
	case "alias":
		_, err = a.lambda.GetFunction(ctx, &lambda.GetFunctionInput{FunctionName: new(strings.TrimSuffix(arn, ":"+last)), Qualifier: &last})
	case "log group":
		_, name, _ := strings.Cut(arn, ":log-group:")
		out, describe := a.logs.DescribeLogGroups(ctx, &cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: &name})
		if err = describe; err == nil && len(out.LogGroups) == 0 {
			err = fmt.Errorf("there is no log group %s", name)
		}
	case "queue":
		_, err = a.queueURL(ctx, strings.TrimSuffix(last, "-dead-letter"))
	case "secret":
		out, describe := a.secrets.DescribeSecret(ctx, &secretsmanager.DescribeSecretInput{SecretId: &arn})
		if err = describe; err == nil && out.DeletedDate != nil {
			err = fmt.Errorf("the secret goes on %s", out.DeletedDate)
		}
	case "alarm":
		out, describe := a.cloudwatch.DescribeAlarms(ctx, &cloudwatch.DescribeAlarmsInput{AlarmNames: []string{last}})
		if err = describe; err == nil && len(out.MetricAlarms) == 0 {
			err = fmt.Errorf("there is no alarm %s", last)
		}
	case "key":
		out, describe := a.kms.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &arn})
		if err = describe; err == nil && out.KeyMetadata.KeyState != kmstypes.KeyStateEnabled {
			err = fmt.Errorf("the key is %s", out.KeyMetadata.KeyState)
		}
	}
	if err != nil {
		t.Errorf("%s %s: %v", kind, arn, err)
	}
}

// withSecret is a unit with an object of every kind.
var withSecret = map[string]string{"secret_values_wo": `{ TOKEN = "not a real one" }`, "secret_values_wo_version": "1"}

// TestAccForged_DestroyLeavesWhatAnotherUnitIsTaggedWith forges, for every kind of
// object, another unit and another generation on a unit's own objects: a destroy
// leaves each of them and names it.
func TestAccForged_DestroyLeavesWhatAnotherUnitIsTaggedWith(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	var configuration strings.Builder
	type forged struct {
		unit, kind, arn string
		generation      bool
	}
	var all []forged
	for i, kind := range []string{"role", "policy", "function", "log group", "queue", "secret", "alarm", "key"} {
		for j := range 2 {
			if j == 1 && (kind == "role" || kind == "secret") {
				// A plan refuses the one already, see below. The other may be of an earlier
				// unit of the name: the state lists it, and the role is this unit's.
				continue
			}
			name := fmt.Sprintf("tfacc-forged-%d%d", i, j)
			configuration.WriteString(unit(t, fmt.Sprintf("x%d%d", i, j), name, withSecret))
			all = append(all, forged{name, kind, "", j == 1})
		}
	}
	c := newCore(t, a, configuration.String())
	c.must("apply", "-auto-approve", "-parallelism=16")
	for i := range all {
		f := &all[i]
		f.arn = a.objectsOf(t, f.unit)[f.kind]
		tags := map[string]string{"secure:unit": "another"}
		if f.generation {
			tags = map[string]string{"secure:generation": "00000000-1111-2222-3333-444444444444"}
		}
		must(t, a.forge(t.Context(), f.arn, tags))
	}
	_, stderr, code := c.run("destroy", "-auto-approve", "-parallelism=16")
	said := strings.Join(strings.Fields(unwrapped(stderr)), "")
	for _, f := range all {
		named := f.arn
		if f.kind == "alarm" {
			named = "alarm" + f.arn[strings.LastIndex(f.arn, ":")+1:]
		}
		if !strings.Contains(said, named) {
			t.Errorf("the destroy does not name the %s %s", f.kind, f.arn)
		}
		a.untouched(t, f.kind, f.arn)
	}
	if t.Failed() || code == 0 {
		t.Errorf("exit %d:\n%s", code, stderr)
	}
	b := newTenant(t)
	c = newCore(t, b, unit(t, "x", "tfacc-forged-role", nil))
	c.must("apply", "-auto-approve")
	objects := b.objectsOf(t, "tfacc-forged-role")
	must(t, b.forge(t.Context(), objects["role"], map[string]string{"secure:generation": "00000000-1111-2222-3333-444444444444"}))
	c.says(1, []string{"destroy", "-auto-approve"}, "Unit tfacc-forged-role was made again by others")
	for kind, arn := range objects {
		b.untouched(t, kind, arn)
	}
}

// TestAccForged_Announcements forges what an update is about to make, on the role of
// a unit, and the unit's tags on what is announced: neither an update nor a destroy
// touches it.
func TestAccForged_Announcements(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	victim := newCore(t, a, unit(t, "victim", "tfacc-victim", nil))
	victim.must("apply", "-auto-approve")
	c := newCore(t, a, unit(t, "x", "tfacc-announced", nil))
	c.must("apply", "-auto-approve")
	theirs := a.objectsOf(t, "tfacc-victim")
	theirs["alias"] = theirs["function"] + ":live"
	ours := a.objectsOf(t, "tfacc-announced")
	own := map[string]string{"secure:unit": "tfacc-announced", "secure:generation": a.generation(t, "tfacc-announced")}
	role := "tfacc-announced-" + region
	for i, f := range []struct{ tag, kind string }{
		{"next-role", "role"}, {"next-policy", "policy"}, {"next-log-group", "log group"},
		{"next-policy", "alias"}, {"next-role", "function"}, {"next-log-group", "queue"}, {"next-role", "key"}, {"next-anything", "queue"},
	} {
		arn := theirs[f.kind]
		if f.kind != "alias" {
			must(t, a.forge(t.Context(), arn, own))
		}
		announce := func() {
			must(t, a.forge(t.Context(), ours["role"], map[string]string{"secure:" + f.tag: arn}))
		}
		announce()
		c.write(unit(t, "x", "tfacc-announced", map[string]string{"timeout": fmt.Sprint(20 + i)}))
		c.must("apply", "-auto-approve")
		a.untouched(t, f.kind, arn)
		announce()
		said := strings.Join(strings.Fields(c.says(1, []string{"destroy", "-auto-approve"})), "")
		if !strings.Contains(said, strings.Join(strings.Fields(arn), "")) {
			t.Errorf("%s on a %s: the destroy does not name %s:\n%s", f.tag, f.kind, arn, said)
		}
		a.untouched(t, f.kind, arn)
		_, err := a.iam.UntagRole(t.Context(), &iam.UntagRoleInput{RoleName: &role, TagKeys: []string{"secure:" + f.tag}})
		must(t, err)
		c.must("apply", "-auto-approve") // what the destroy removed before it was stopped
	}
	// A role that holds the unit's policy goes with the unit only if it is the unit's.
	_, err := a.iam.AttachRolePolicy(t.Context(), &iam.AttachRolePolicyInput{RoleName: new("tfacc-victim-" + region), PolicyArn: aws.String(a.objectsOf(t, "tfacc-announced")["policy"])})
	must(t, err)
	own["secure:generation"] = a.generation(t, "tfacc-announced")
	must(t, a.forge(t.Context(), theirs["role"], own))
	c.says(1, []string{"destroy", "-auto-approve"}, "tfacc-victim-"+region, "Anybody who may tag can set tags")
	for _, kind := range sortedKeys(theirs) {
		a.untouched(t, kind, theirs[kind])
	}
}

// planted makes the role that a create which was cut short leaves, with tags that
// anybody may have written.
func (a *tenant) planted(t *testing.T, unit, like string) string {
	t.Helper()
	ctx := t.Context()
	model, err := a.iam.GetRole(ctx, &iam.GetRoleInput{RoleName: new(like + "-" + region)})
	must(t, err)
	all := map[string]string{"secure:unit": unit, "secure:generation": "11111111-2222-3333-4444-555555555555", "secure:state": "unfinished:planted:20200101T000000Z:0"}
	var list []iamtypes.Tag
	for k, v := range all {
		list = append(list, iamtypes.Tag{Key: &k, Value: &v})
	}
	role, err := a.iam.CreateRole(ctx, &iam.CreateRoleInput{RoleName: new(unit + "-" + region), AssumeRolePolicyDocument: new(decoded(*model.Role.AssumeRolePolicyDocument)), Tags: list})
	must(t, err)
	return *role.Role.Arn
}

// TestAccForged_CreateTakesUpNothingForeign plants roles that say that a create was
// cut short, each beside one object that carries the tags and has something on it
// that no unit makes: a create changes nothing and names the object.
func TestAccForged_CreateTakesUpNothingForeign(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	ctx := t.Context()
	neighbour := newCore(t, a, unit(t, "n", "tfacc-neighbour", nil))
	neighbour.must("apply", "-auto-approve")
	theirs := a.objectsOf(t, "tfacc-neighbour")
	forgedTags := func(unit string) map[string]string {
		return map[string]string{"secure:unit": unit, "secure:generation": "11111111-2222-3333-4444-555555555555"}
	}
	const open = `{"Version":"2012-10-17","Statement":[{"Sid":"Open","Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}`
	plant := map[string]func(t *testing.T, name, role string) (arn string){
		"role with an inline policy": func(t *testing.T, name, role string) string {
			_, err := a.iam.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: new(name + "-" + region), PolicyName: new("theirs"), PolicyDocument: new(statements(`{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::theirs/*"}`))})
			must(t, err)
			return role
		},
		"role with a policy": func(t *testing.T, name, role string) string {
			_, err := a.iam.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: new(name + "-" + region), PolicyArn: new("arn:aws:iam::aws:policy/AdministratorAccess")})
			must(t, err)
			return role
		},
		"role that others may assume": func(t *testing.T, name, role string) string {
			_, err := a.iam.UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{RoleName: new(name + "-" + region), PolicyDocument: new(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::999999999999:root"},"Action":"sts:AssumeRole"}]}`)})
			must(t, err)
			return role
		},
		"policy of others": func(t *testing.T, name, _ string) string {
			var tags []iamtypes.Tag
			for k, v := range forgedTags(name) {
				tags = append(tags, iamtypes.Tag{Key: &k, Value: &v})
			}
			policy := theirs["policy"][strings.LastIndex(theirs["policy"], "/")+1:]
			out, err := a.iam.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: new(strings.Replace(policy, "tfacc-neighbour", name, 1)), Tags: tags,
				PolicyDocument: new(statements(`{"Sid":"Theirs","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::theirs/*"}`))})
			must(t, err)
			_, err = a.iam.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: new("tfacc-neighbour-" + region), PolicyArn: out.Policy.Arn})
			must(t, err)
			return *out.Policy.Arn
		},
		"function with a role of its own": func(t *testing.T, name, _ string) string {
			role := theirs["role"]
			out, err := a.lambda.CreateFunction(ctx, &lambda.CreateFunctionInput{FunctionName: &name, Role: &role, Runtime: "python3.12", Handler: new("app.handler"), Code: zipOf(), Tags: forgedTags(name)})
			must(t, err)
			return *out.FunctionArn
		},
		"queue that is open": func(t *testing.T, name, _ string) string {
			_, err := a.sqs.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: new(name + "-dead-letter"), Tags: forgedTags(name), Attributes: map[string]string{"Policy": open}})
			must(t, err)
			return fmt.Sprintf("arn:aws:sqs:%s:%s:%s-dead-letter", region, a.id, name)
		},
		"log group of another function": func(t *testing.T, name, _ string) string {
			group := strings.Replace(theirs["log group"][strings.Index(theirs["log group"], ":log-group:")+11:], "tfacc-neighbour", name, 1)
			_, err := a.logs.CreateLogGroup(ctx, &cloudwatchlogs.CreateLogGroupInput{LogGroupName: &group, Tags: forgedTags(name)})
			must(t, err)
			role := theirs["role"]
			_, err = a.lambda.CreateFunction(ctx, &lambda.CreateFunctionInput{FunctionName: new(name + "-other"), Role: &role, Runtime: "python3.12", Handler: new("app.handler"), Code: zipOf(), LoggingConfig: logsTo(group)})
			must(t, err)
			return fmt.Sprintf("arn:aws:logs:%s:%s:log-group:%s", region, a.id, group)
		},
		"key of others": func(t *testing.T, name, _ string) string {
			key, err := a.kms.CreateKey(ctx, &kms.CreateKeyInput{Policy: new(`{"Version":"2012-10-17","Statement":[{"Sid":"Theirs","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + a.id + `:root"},"Action":"kms:*","Resource":"*"}]}`)})
			must(t, err)
			must(t, a.forge(ctx, *key.KeyMetadata.Arn, forgedTags(name)))
			_, err = a.kms.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: new("alias/house"), TargetKeyId: key.KeyMetadata.KeyId})
			must(t, err)
			return *key.KeyMetadata.Arn
		},
		"alarm on another function": func(t *testing.T, name, _ string) string {
			must(t, a.putAlarm(ctx, "tfacc-neighbour", "errors", func(in *cloudwatch.PutMetricAlarmInput) { in.AlarmName = new(name + "-errors") }))
			arn := fmt.Sprintf("arn:aws:cloudwatch:%s:%s:alarm:%s-errors", region, a.id, name)
			must(t, a.forge(ctx, arn, forgedTags(name)))
			return arn
		},
	}
	var configuration strings.Builder
	arns := map[string]string{}
	for i, what := range sortedKeys(plant) {
		name := fmt.Sprintf("tfacc-planted-%d", i)
		role := a.planted(t, name, "tfacc-neighbour")
		arns[what] = plant[what](t, name, role)
		configuration.WriteString(unit(t, fmt.Sprintf("x%d", i), name, nil))
	}
	// The role of a unit that is complete, and in another state, says that it is not.
	must(t, a.forge(ctx, theirs["role"], map[string]string{"secure:state": "unfinished:forged:20200101T000000Z:0"}))
	arns["unit that is complete"] = theirs["function"]
	configuration.WriteString(unit(t, "taken", "tfacc-neighbour", nil))

	c := newCore(t, a, configuration.String())
	mark := box.Recorder().Mark()
	_, stderr, code := c.run("apply", "-auto-approve", "-parallelism=16")
	said := strings.Join(strings.Fields(unwrapped(stderr)), "")
	for _, what := range sortedKeys(arns) {
		if !strings.Contains(said, arns[what]) {
			t.Errorf("%s: the apply does not name %s", what, arns[what])
		}
	}
	for _, call := range a.writes(mark) {
		if call.Status < 300 && call.Operation != "CreateRole" {
			t.Errorf("the apply changed something: %s %s", call.Name(), call.Resource)
		}
	}
	if code == 0 {
		t.Error("the apply went through")
	}
}

// TestAccForged_ImportTakesOverNothingShared imports functions whose key, queue or
// alarm only their tags call the unit's, and refuses one whose role others use.
func TestAccForged_ImportTakesOverNothingShared(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	ctx := t.Context()
	const name = "tfacc-import-forged"
	a.makeByHand(t, name)
	house := a.sharedKey(t)
	forged := map[string]string{"secure:unit": name, "secure:generation": "11111111-2222-3333-4444-555555555555"}
	must(t, a.forge(ctx, house, forged))
	must(t, a.configure(ctx, &lambda.UpdateFunctionConfigurationInput{FunctionName: new(name), KMSKeyArn: &house}))
	c := newCore(t, a, unit(t, "x", name, nil))
	stdout, stderr, code := c.run("import", "secure_lambda.x", name)
	if flat := unwrapped(stdout + stderr); code != 0 || !strings.Contains(flat, "uses what only its tags call its own") || !strings.Contains(strings.Join(strings.Fields(flat), ""), house) {
		t.Fatalf("exit %d:\n%s", code, stdout+stderr)
	}
	c.must("destroy", "-auto-approve")
	a.untouched(t, "key", house)

	for what, use := range map[string]func(role string){
		"instance profile": func(role string) {
			_, err := a.iam.CreateInstanceProfile(ctx, &iam.CreateInstanceProfileInput{InstanceProfileName: new("machines")})
			must(t, err)
			_, err = a.iam.AddRoleToInstanceProfile(ctx, &iam.AddRoleToInstanceProfileInput{InstanceProfileName: new("machines"), RoleName: &role})
			must(t, err)
		},
		"also trusts": func(role string) {
			_, err := a.iam.UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{RoleName: &role, PolicyDocument: new(`{"Version":"2012-10-17","Statement":[` +
				`{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"},{"Sid":"Odd","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::999999999999:root"},"Action":"sts:AssumeRole"}]}`)})
			must(t, err)
		},
	} {
		b := newTenant(t)
		other := "tfacc-import-" + strings.ReplaceAll(what, " ", "-")
		b.makeByHand(t, other)
		a = b
		use("hand-made")
		c := newCore(t, b, unit(t, "x", other, nil))
		if _, stderr, code := c.run("import", "secure_lambda.x", other); code == 0 || !strings.Contains(unwrapped(stderr), what) {
			t.Errorf("%s: exit %d:\n%s", what, code, stderr)
		}
		b.untouched(t, "role", fmt.Sprintf("arn:aws:iam::%s:role/service-role/hand-made", b.id))
	}
}

// TestAccForged_OrphansDeletesNothingInUse plants what the command orphans would
// delete by its tags: a complete unit, and objects of others beside a planted role.
func TestAccForged_OrphansDeletesNothingInUse(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	ctx := t.Context()
	c := newCore(t, a, unit(t, "x", "tfacc-complete", nil)+unit(t, "y", "tfacc-other", nil))
	c.must("apply", "-auto-approve")
	complete, other := a.objectsOf(t, "tfacc-complete"), a.objectsOf(t, "tfacc-other")
	must(t, a.forge(ctx, complete["role"], map[string]string{"secure:state": "unfinished:forged:20200101T000000Z:0"}))
	a.planted(t, "tfacc-ghost", "tfacc-other")
	for _, kind := range sortedKeys(other) {
		must(t, a.forge(ctx, other[kind], map[string]string{"secure:unit": "tfacc-ghost", "secure:generation": "11111111-2222-3333-4444-555555555555"}))
	}
	run := func(arguments ...string) (string, int) {
		t.Helper()
		cmd := exec.CommandContext(ctx, binary, append([]string{"orphans", "--region", region}, arguments...)...)
		cmd.Env = c.env
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		err := cmd.Run()
		if cmd.ProcessState == nil {
			t.Fatal(err)
		}
		return out.String(), cmd.ProcessState.ExitCode()
	}
	if out, code := run("--delete"); code != 2 || !strings.Contains(out, "--yes-no-state") {
		t.Errorf("exit %d: %s", code, out)
	}
	mark := box.Recorder().Mark()
	out, code := run("--delete", "--yes-no-state", "--older-than", "0s")
	if code != 0 || !strings.Contains(out, "left tfacc-complete: ") || !strings.Contains(out, "left tfacc-ghost: ") || strings.Contains(out, "removed") {
		t.Errorf("exit %d:\n%s", code, out)
	}
	for _, text := range []string{"it has the alias live", other["function"], other["role"]} {
		if !strings.Contains(out, text) {
			t.Errorf("the command does not say %q:\n%s", text, out)
		}
	}
	if writes := a.writes(mark); len(writes) > 0 {
		t.Errorf("the command changed %v", writes)
	}
	for kind, arn := range other {
		a.untouched(t, kind, arn)
	}
	for kind, arn := range complete {
		a.untouched(t, kind, arn)
	}
}

func zipOf() *lambdatypes.FunctionCode { return &lambdatypes.FunctionCode{ZipFile: foreignZip} }

func logsTo(group string) *lambdatypes.LoggingConfig {
	return &lambdatypes.LoggingConfig{LogGroup: &group}
}

// decoded reads a document as IAM answers it.
func decoded(document string) string {
	text, err := url.QueryUnescape(document)
	if err != nil {
		return document
	}
	return text
}

// TestAccForged_WhatNobodyUsesIsNotTheUnitsEither forges tags on objects that nothing
// contradicts but what they are called and hold: a log group with events of others, a
// policy and a queue of other names, a secret that was there before, a version with
// other code.
func TestAccForged_WhatNobodyUsesIsNotTheUnitsEither(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	ctx := t.Context()
	c := newCore(t, a, unit(t, "x", "tfacc-quiet", nil))
	c.must("apply", "-auto-approve")
	own := map[string]string{"secure:unit": "tfacc-quiet", "secure:generation": a.generation(t, "tfacc-quiet")}
	tags := func(of map[string]string) (list []iamtypes.Tag) {
		for k, v := range of {
			list = append(list, iamtypes.Tag{Key: &k, Value: &v})
		}
		return list
	}
	group := func(name string, of map[string]string) string {
		_, err := a.logs.CreateLogGroup(ctx, &cloudwatchlogs.CreateLogGroupInput{LogGroupName: &name, Tags: of})
		must(t, err)
		_, err = a.logs.CreateLogStream(ctx, &cloudwatchlogs.CreateLogStreamInput{LogGroupName: &name, LogStreamName: new("ecs/app/1")})
		must(t, err)
		return fmt.Sprintf("arn:aws:logs:%s:%s:log-group:%s", region, a.id, name)
	}
	model, err := a.iam.GetRole(ctx, &iam.GetRoleInput{RoleName: new("tfacc-quiet-" + region)})
	must(t, err)
	role, err := a.iam.CreateRole(ctx, &iam.CreateRoleInput{RoleName: new("payroll"), AssumeRolePolicyDocument: new(decoded(*model.Role.AssumeRolePolicyDocument)), Tags: tags(own)})
	must(t, err)
	policy, err := a.iam.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: new("payroll"), PolicyDocument: new(statements(`{"Sid":"SecureTracing","Effect":"Allow","Action":"xray:PutTraceSegments","Resource":"*"}`)), Tags: tags(own)})
	must(t, err)
	announced := map[string]string{"next-log-group": group("/ecs/announced", own), "next-role": *role.Role.Arn, "next-policy": *policy.Policy.Arn}
	for _, tag := range sortedKeys(announced) {
		must(t, a.forge(ctx, *model.Role.Arn, map[string]string{"secure:" + tag: announced[tag]}))
	}
	said := strings.Join(strings.Fields(c.says(1, []string{"destroy", "-auto-approve"})), "")
	for tag, kind := range map[string]string{"next-log-group": "log group", "next-role": "role", "next-policy": "policy"} {
		if !strings.Contains(said, announced[tag]) {
			t.Errorf("the destroy does not name %s", announced[tag])
		}
		a.untouched(t, kind, announced[tag])
	}

	kept := group("/ecs/kept", map[string]string{"secure:unit": "tfacc-keeper", "secure:retained": "true"})
	keeper := newCore(t, a, unit(t, "x", "tfacc-keeper", map[string]string{"logs": `{ group_name = "/ecs/kept" }`}))
	if _, stderr, code := keeper.run("apply", "-auto-approve"); code == 0 || !strings.Contains(strings.Join(strings.Fields(stderr), ""), "/ecs/kept") {
		t.Errorf("a retained log group with the streams of others: exit %d\n%s", code, stderr)
	}
	a.untouched(t, "log group", kept)

	// A secret in use, and a version that anybody may call, beside planted roles.
	before := map[string]string{"secure:unit": "tfacc-vic", "secure:generation": "11111111-2222-3333-4444-555555555555"}
	var secretTags []smtypes.Tag
	for k, v := range before {
		secretTags = append(secretTags, smtypes.Tag{Key: &k, Value: &v})
	}
	secret, err := a.secrets.CreateSecret(ctx, &secretsmanager.CreateSecretInput{Name: new("secure/tfacc-vic"), SecretString: new("theirs"), Tags: secretTags})
	must(t, err)
	must(t, a.forge(ctx, *secret.ARN, before))
	evil := a.planted(t, "tfacc-evil", "tfacc-quiet")
	retry(t, func() error {
		_, err := a.lambda.CreateFunction(ctx, &lambda.CreateFunctionInput{
			FunctionName: new("tfacc-evil"), Role: &evil, Runtime: "python3.12", Handler: new("app.handler"), Code: zipOf(), Publish: true,
			Tags: map[string]string{"secure:unit": "tfacc-evil", "secure:generation": "11111111-2222-3333-4444-555555555555"},
		})
		return err
	})
	_, err = a.lambda.AddPermission(ctx, &lambda.AddPermissionInput{FunctionName: new("tfacc-evil"), Qualifier: new("1"), StatementId: new("open"), Action: new("lambda:InvokeFunction"), Principal: new("*")})
	must(t, err)
	taken := newCore(t, a, unit(t, "evil", "tfacc-evil", nil))
	_, stderr, code := taken.run("apply", "-auto-approve")
	if flat := unwrapped(stderr); code == 0 || !strings.Contains(flat, "version 1 has a policy") {
		t.Errorf("a version that anybody may call: exit %d\n%s", code, stderr)
	}

	// What orphans would find by its tags alone.
	a.planted(t, "tfacc-ghost", "tfacc-quiet")
	ghost := map[string]string{"secure:unit": "tfacc-ghost", "secure:generation": "11111111-2222-3333-4444-555555555555"}
	_, err = a.sqs.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: new("orders-dead-letter"), Tags: ghost})
	must(t, err)
	payments := group("/ecs/payments", ghost)
	cmd := exec.CommandContext(ctx, binary, "orphans", "--region", region, "--name-prefix", "tfacc-ghost", "--delete", "--yes-no-state", "--older-than", "0s")
	cmd.Env = c.env
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "left tfacc-ghost: ") || strings.Contains(string(out), "removed") {
		t.Errorf("%v:\n%s", err, out)
	}
	a.untouched(t, "log group", payments)
	a.untouched(t, "queue", fmt.Sprintf("arn:aws:sqs:%s:%s:orders-dead-letter", region, a.id))
}

// TestAccAround_InlinePolicies adds one by hand: what it says counts, and not only that
// it is there.
func TestAccAround_InlinePolicies(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	c := newCore(t, a, unit(t, "x", "tfacc-inline", nil))
	c.must("apply", "-auto-approve")
	_, err := a.iam.PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{RoleName: new("tfacc-inline-" + region), PolicyName: new("in"), PolicyDocument: new(statements(`{"Effect":"Allow","Action":"*:*","Resource":"*"}`))})
	must(t, err)
	c.must("apply", "-refresh-only", "-auto-approve")
	for _, control := range []string{"no-inline-policies", "no-wildcard-admin", "no-privilege-escalation"} {
		if _, failed := c.posture().Failed[control]; !failed {
			t.Errorf("%s is not among %v", control, c.posture().Failed)
		}
	}
	c.write(unit(t, "x", "tfacc-inline", map[string]string{"ignore_drift": `["role.inline_policies"]`, "memory_size": "640"}))
	c.says(1, []string{"plan"}, "Control no-wildcard-admin is not met")
}

// TestAccForged_ASecretUnderTheTagsOfACut forges the tags of a create that was really
// cut short on a secret that it has not made, and sends what its log group gets to
// others: the secret is neither taken up nor deleted, and the group stays.
func TestAccForged_ASecretUnderTheTagsOfACut(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	r := newResumed(t, "tfacc-cut")
	ctx := t.Context()
	r.fails([]sandbox.Fault{{Service: "lambda", Operation: "CreateFunction", Times: 1, Harm: sandbox.DropBefore, Then: r.kill}})
	var tags []smtypes.Tag
	for key, value := range map[string]string{"secure:unit": r.name, "secure:generation": r.a.generation(t, r.name)} {
		tags = append(tags, smtypes.Tag{Key: &key, Value: &value})
	}
	secret, err := r.a.secrets.CreateSecret(ctx, &secretsmanager.CreateSecretInput{Name: new("secure/" + r.name), SecretString: new("theirs"), Tags: tags})
	must(t, err)
	group := "/aws/lambda/" + r.name
	_, err = r.a.logs.PutSubscriptionFilter(ctx, &cloudwatchlogs.PutSubscriptionFilterInput{
		LogGroupName: &group, FilterName: new("siem"), FilterPattern: new(""), DestinationArn: new(fmt.Sprintf("arn:aws:logs:%s:%s:destination:siem", region, r.a.id)),
	})
	must(t, err)
	cmd := exec.CommandContext(ctx, binary, "orphans", "--region", region, "--name-prefix", r.name, "--delete", "--yes-no-state", "--older-than", "0s")
	cmd.Env = r.env
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "values that the unit has not put") || !strings.Contains(string(out), "subscription filter siem") {
		t.Errorf("%v:\n%s", err, out)
	}
	r.a.untouched(t, "log group", fmt.Sprintf("arn:aws:logs:%s:%s:log-group:%s", region, r.a.id, group))
	if _, stderr, code := r.run("apply", "-auto-approve"); code == 0 || !strings.Contains(unwrapped(stderr), "values that the unit has not put") {
		t.Errorf("the create takes it up: exit %d\n%s", code, stderr)
	}
	r.a.untouched(t, "secret", *secret.ARN)
}

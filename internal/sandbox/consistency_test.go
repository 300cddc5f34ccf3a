package sandbox

import (
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// testLag is long beside a call, also on a busy machine.
const testLag = 1500 * time.Millisecond

const anyObject = `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}`

// sees waits for a read to show what it has to, at the end of the lag and not
// before.
func sees(t *testing.T, began time.Time, what string, shown func() bool) {
	t.Helper()
	for !shown() {
		if time.Since(began) > 4*testLag {
			t.Fatalf("%s does not show after %s", what, time.Since(began))
		}
		time.Sleep(20 * time.Millisecond)
	}
	if after := time.Since(began); after < testLag-50*time.Millisecond {
		t.Errorf("%s shows after %s, the lag is %s", what, after, testLag)
	}
}

func TestConsistency_QueuesAndTheirAttributes(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	ctx := t.Context()
	box.SetConditions(c.account, Conditions{Consistency: Consistency{Queues: testLag, QueueAttributes: testLag}})
	began := time.Now()
	made, err := c.sqs().CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: aws.String("q"), Attributes: map[string]string{"MessageRetentionPeriod": "100"}})
	if err != nil {
		t.Fatal(err)
	}
	read := func() (map[string]string, error) {
		out, err := c.sqs().GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: made.QueueUrl, AttributeNames: []types.QueueAttributeName{"MessageRetentionPeriod"}})
		if err != nil {
			return nil, err
		}
		return out.Attributes, nil
	}
	_, err = read()
	wantError(t, err, "AWS.SimpleQueueService.NonExistentQueue", "")
	sees(t, began, "the queue", func() bool { _, err := read(); return err == nil })

	began = time.Now()
	set := func(value string) {
		t.Helper()
		_, err := c.sqs().SetQueueAttributes(ctx, &sqs.SetQueueAttributesInput{QueueUrl: made.QueueUrl, Attributes: map[string]string{"MessageRetentionPeriod": value}})
		if err != nil {
			t.Fatal(err)
		}
	}
	set("200")
	time.Sleep(testLag / 2)
	second := time.Now()
	set("300")
	if got, err := read(); err != nil || len(got) != 1 || got["MessageRetentionPeriod"] != "100" {
		t.Errorf("after both: %v %v, want what was before the first alone", got, err)
	}
	sees(t, began, "the first change", func() bool { got, _ := read(); return got["MessageRetentionPeriod"] == "200" })
	sees(t, second, "the second change", func() bool { got, _ := read(); return got["MessageRetentionPeriod"] == "300" })
}

func TestConsistency_Keys(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	ctx := t.Context()
	box.SetConditions(c.account, Conditions{Consistency: Consistency{Keys: testLag}})
	made, err := c.kms.CreateKey(ctx, &kms.CreateKeyInput{Policy: aws.String(policyOf(`{"Sid":"first","Effect":"Allow","Principal":{"AWS":"*"},"Action":"kms:*","Resource":"*"}`))})
	if err != nil {
		t.Fatal(err)
	}
	key := made.KeyMetadata
	policy := func() string {
		out, err := c.kms.GetKeyPolicy(ctx, &kms.GetKeyPolicyInput{KeyId: key.Arn, PolicyName: aws.String("default")})
		if err != nil {
			t.Fatal(err)
		}
		return *out.Policy
	}
	first := policy()
	if len(first) == 0 {
		t.Error("the policy that the key is created with is not there at once")
	}
	began := time.Now()
	second := policyOf(`{"Sid":"second","Effect":"Allow","Principal":{"AWS":"*"},"Action":"kms:*","Resource":"*"}`)
	_, put := c.kms.PutKeyPolicy(ctx, &kms.PutKeyPolicyInput{KeyId: key.KeyId, PolicyName: aws.String("default"), Policy: &second})
	_, rotate := c.kms.EnableKeyRotation(ctx, &kms.EnableKeyRotationInput{KeyId: key.KeyId})
	_, alias := c.kms.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: aws.String("alias/a"), TargetKeyId: key.KeyId})
	for _, err := range []error{put, rotate, alias} {
		if err != nil {
			t.Fatal(err)
		}
	}
	rotates := func() bool {
		out, err := c.kms.GetKeyRotationStatus(ctx, &kms.GetKeyRotationStatusInput{KeyId: key.KeyId})
		if err != nil {
			t.Fatal(err)
		}
		return out.KeyRotationEnabled
	}
	_, err = c.kms.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: aws.String("alias/a")})
	wantError(t, err, "NotFoundException", "")
	if _, err := c.kms.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: key.Arn}); err != nil {
		t.Errorf("the key itself: %v", err)
	}
	if policy() != first || rotates() {
		t.Error("the writes show at once")
	}
	sees(t, began, "the policy", func() bool { return policy() != first })
	sees(t, began, "the rotation", rotates)
	sees(t, began, "the alias", func() bool {
		_, err := c.kms.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: aws.String("alias/a")})
		return err == nil
	})
}

func TestConsistency_Roles(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	ctx := t.Context()
	box.SetConditions(c.account, Conditions{Consistency: Consistency{Roles: testLag}})
	began := time.Now()
	arn := c.freshRole(t, "r", lambdaTrust)
	role := func() (*iam.GetRoleOutput, error) {
		return c.iam.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String("r")})
	}
	_, err := role()
	wantError(t, err, "NoSuchEntity", "")
	calls := box.Recorder().Since(0, InAccount(c.account))
	if last := calls[len(calls)-1]; last.ErrorCode != "NoSuchEntity" || len(calls) != 2 {
		t.Errorf("%d calls are recorded, the last with %q", len(calls), last.ErrorCode)
	}
	// Only reads lag: Lambda takes the role as before.
	input := functionInput(t, "f", arn)
	time.Sleep(testRolePropagation)
	if _, err := c.lambda.CreateFunction(ctx, input); err != nil {
		t.Error(err)
	}
	sees(t, began, "the role", func() bool { _, err := role(); return err == nil })

	began = time.Now()
	policy, err := c.iam.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: aws.String("p"), PolicyDocument: aws.String(policyOf(anyObject))})
	if err != nil {
		t.Fatal(err)
	}
	_, attach := c.iam.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: aws.String("r"), PolicyArn: policy.Policy.Arn})
	_, version := c.iam.CreatePolicyVersion(ctx, &iam.CreatePolicyVersionInput{PolicyArn: policy.Policy.Arn, PolicyDocument: aws.String(policyOf(anyObject)), SetAsDefault: true})
	_, describe := c.iam.UpdateRole(ctx, &iam.UpdateRoleInput{RoleName: aws.String("r"), Description: aws.String("new")})
	for _, err := range []error{attach, version, describe} {
		if err != nil {
			t.Fatal(err)
		}
	}
	attached := func() int {
		out, err := c.iam.ListAttachedRolePolicies(ctx, &iam.ListAttachedRolePoliciesInput{RoleName: aws.String("r")})
		if err != nil {
			t.Fatal(err)
		}
		return len(out.AttachedPolicies)
	}
	current := func() string {
		out, err := c.iam.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: policy.Policy.Arn})
		if err != nil {
			t.Fatal(err)
		}
		return *out.Policy.DefaultVersionId
	}
	described := func() bool {
		out, err := role()
		return err == nil && aws.ToString(out.Role.Description) == "new"
	}
	if attached() != 0 || current() != "v1" || described() {
		t.Error("the writes show at once")
	}
	sees(t, began, "the attachment", func() bool { return attached() == 1 })
	sees(t, began, "the version", func() bool { return current() == "v2" })
	sees(t, began, "the description", described)
}

func TestConsistency_AWritesFailureChangesNothing(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	c.freshRole(t, "r", lambdaTrust)
	box.SetConditions(c.account, Conditions{Consistency: AsAWS(1)})
	trust := "{"
	if _, err := c.iam.UpdateAssumeRolePolicy(t.Context(), &iam.UpdateAssumeRolePolicyInput{RoleName: aws.String("r"), PolicyDocument: &trust}); err == nil {
		t.Fatal("the emulator takes a broken policy")
	}
	box.SetConditions(c.account, Conditions{})
	if _, err := c.iam.UpdateRole(t.Context(), &iam.UpdateRoleInput{RoleName: aws.String("r"), Description: aws.String("new")}); err != nil {
		t.Fatal(err)
	}
	box.SetConditions(c.account, Conditions{Consistency: AsAWS(1)})
	out, err := c.iam.GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("r")})
	if err != nil || aws.ToString(out.Role.Description) != "new" {
		t.Errorf("%+v %v, an old answer is shown", out, err)
	}
}

func TestConsistency_AsAWSIsScaled(t *testing.T) {
	t.Parallel()
	if got := AsAWS(10); got.QueueAttributes != 6*time.Second || got.Keys != 3*time.Second || got.Roles != 1500*time.Millisecond || got.Queues != 100*time.Millisecond {
		t.Errorf("%+v", got)
	}
}

func TestOperationsCanBeMissingInAnAccount(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	c.function(t)
	recursion := func() error {
		_, err := c.lambda.GetFunctionRecursionConfig(t.Context(), &lambda.GetFunctionRecursionConfigInput{FunctionName: aws.String("f")})
		return err
	}
	roles := func() error {
		_, err := c.iam.ListRoles(t.Context(), &iam.ListRolesInput{})
		return err
	}
	box.SetFaults(c.account, slices.Concat(NotOffered("lambda.GetFunctionRecursionConfig", "iam.ListRoles"), Unimplemented("kms.ListKeys"))...)
	for range 2 { // every time
		wantError(t, recursion(), "AccessDeniedException", "Unable to determine service/operation name")
		wantError(t, roles(), "InvalidAction", "ListRoles")
		_, err := c.kms.ListKeys(t.Context(), &kms.ListKeysInput{})
		wantError(t, err, unsupported, "")
	}
	box.SetFaults(c.account)
	if err := recursion(); err != nil {
		t.Error(err)
	}
}

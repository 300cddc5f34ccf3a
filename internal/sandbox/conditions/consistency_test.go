package conditions_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/conditions"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/record"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/sandboxtest"
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
	c := sandboxtest.New(t)
	ctx := t.Context()
	sandboxtest.Box.SetConditions(c.Account, conditions.Conditions{Consistency: conditions.Consistency{Queues: testLag, QueueAttributes: testLag}})
	began := time.Now()
	made, err := c.SQS().CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: aws.String("q"), Attributes: map[string]string{"MessageRetentionPeriod": "100"}})
	if err != nil {
		t.Fatal(err)
	}
	read := func() (map[string]string, error) {
		out, err := c.SQS().GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: made.QueueUrl, AttributeNames: []types.QueueAttributeName{"MessageRetentionPeriod"}})
		if err != nil {
			return nil, err
		}
		return out.Attributes, nil
	}
	_, err = read()
	sandboxtest.WantError(t, err, "AWS.SimpleQueueService.NonExistentQueue", "")
	sees(t, began, "the queue", func() bool { _, err := read(); return err == nil })

	began = time.Now()
	set := func(value string) {
		t.Helper()
		_, err := c.SQS().SetQueueAttributes(ctx, &sqs.SetQueueAttributesInput{QueueUrl: made.QueueUrl, Attributes: map[string]string{"MessageRetentionPeriod": value}})
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
	c := sandboxtest.New(t)
	ctx := t.Context()
	sandboxtest.Box.SetConditions(c.Account, conditions.Conditions{Consistency: conditions.Consistency{Keys: testLag}})
	made, err := c.KMS.CreateKey(ctx, &kms.CreateKeyInput{Policy: aws.String(sandboxtest.PolicyOf(`{"Sid":"first","Effect":"Allow","Principal":{"AWS":"*"},"Action":"kms:*","Resource":"*"}`))})
	if err != nil {
		t.Fatal(err)
	}
	key := made.KeyMetadata
	policy := func() string {
		out, err := c.KMS.GetKeyPolicy(ctx, &kms.GetKeyPolicyInput{KeyId: key.Arn, PolicyName: aws.String("default")})
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
	second := sandboxtest.PolicyOf(`{"Sid":"second","Effect":"Allow","Principal":{"AWS":"*"},"Action":"kms:*","Resource":"*"}`)
	_, put := c.KMS.PutKeyPolicy(ctx, &kms.PutKeyPolicyInput{KeyId: key.KeyId, PolicyName: aws.String("default"), Policy: &second})
	_, rotate := c.KMS.EnableKeyRotation(ctx, &kms.EnableKeyRotationInput{KeyId: key.KeyId})
	_, alias := c.KMS.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: aws.String("alias/a"), TargetKeyId: key.KeyId})
	for _, err := range []error{put, rotate, alias} {
		if err != nil {
			t.Fatal(err)
		}
	}
	rotates := func() bool {
		out, err := c.KMS.GetKeyRotationStatus(ctx, &kms.GetKeyRotationStatusInput{KeyId: key.KeyId})
		if err != nil {
			t.Fatal(err)
		}
		return out.KeyRotationEnabled
	}
	_, err = c.KMS.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: aws.String("alias/a")})
	sandboxtest.WantError(t, err, "NotFoundException", "")
	if _, err := c.KMS.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: key.Arn}); err != nil {
		t.Errorf("the key itself: %v", err)
	}
	if policy() != first || rotates() {
		t.Error("the writes show at once")
	}
	sees(t, began, "the policy", func() bool { return policy() != first })
	sees(t, began, "the rotation", rotates)
	sees(t, began, "the alias", func() bool {
		_, err := c.KMS.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: aws.String("alias/a")})
		return err == nil
	})
}

func TestConsistency_Roles(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	ctx := t.Context()
	sandboxtest.Box.SetConditions(c.Account, conditions.Conditions{Consistency: conditions.Consistency{Roles: testLag}})
	began := time.Now()
	arn := c.FreshRole(t, "r", sandboxtest.Trust)
	role := func() (*iam.GetRoleOutput, error) {
		return c.IAM.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String("r")})
	}
	_, err := role()
	sandboxtest.WantError(t, err, "NoSuchEntity", "")
	calls := sandboxtest.Box.Recorder().Since(0, record.InAccount(c.Account))
	if last := calls[len(calls)-1]; last.ErrorCode != "NoSuchEntity" || len(calls) != 2 {
		t.Errorf("%d calls are recorded, the last with %q", len(calls), last.ErrorCode)
	}
	// Only reads lag: Lambda takes the role as before.
	input := sandboxtest.FunctionInput(t, "f", arn)
	time.Sleep(sandboxtest.RolePropagation)
	if _, err := c.Lambda.CreateFunction(ctx, input); err != nil {
		t.Error(err)
	}
	sees(t, began, "the role", func() bool { _, err := role(); return err == nil })

	began = time.Now()
	policy, err := c.IAM.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: aws.String("p"), PolicyDocument: aws.String(sandboxtest.PolicyOf(anyObject))})
	if err != nil {
		t.Fatal(err)
	}
	_, attach := c.IAM.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: aws.String("r"), PolicyArn: policy.Policy.Arn})
	_, version := c.IAM.CreatePolicyVersion(ctx, &iam.CreatePolicyVersionInput{PolicyArn: policy.Policy.Arn, PolicyDocument: aws.String(sandboxtest.PolicyOf(anyObject)), SetAsDefault: true})
	_, describe := c.IAM.UpdateRole(ctx, &iam.UpdateRoleInput{RoleName: aws.String("r"), Description: aws.String("new")})
	for _, err := range []error{attach, version, describe} {
		if err != nil {
			t.Fatal(err)
		}
	}
	attached := func() int {
		out, err := c.IAM.ListAttachedRolePolicies(ctx, &iam.ListAttachedRolePoliciesInput{RoleName: aws.String("r")})
		if err != nil {
			t.Fatal(err)
		}
		return len(out.AttachedPolicies)
	}
	current := func() string {
		out, err := c.IAM.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: policy.Policy.Arn})
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
	c := sandboxtest.New(t)
	c.FreshRole(t, "r", sandboxtest.Trust)
	sandboxtest.Box.SetConditions(c.Account, conditions.Conditions{Consistency: conditions.AsAWS(1)})
	trust := "{"
	if _, err := c.IAM.UpdateAssumeRolePolicy(t.Context(), &iam.UpdateAssumeRolePolicyInput{RoleName: aws.String("r"), PolicyDocument: &trust}); err == nil {
		t.Fatal("the emulator takes a broken policy")
	}
	sandboxtest.Box.SetConditions(c.Account, conditions.Conditions{})
	if _, err := c.IAM.UpdateRole(t.Context(), &iam.UpdateRoleInput{RoleName: aws.String("r"), Description: aws.String("new")}); err != nil {
		t.Fatal(err)
	}
	sandboxtest.Box.SetConditions(c.Account, conditions.Conditions{Consistency: conditions.AsAWS(1)})
	out, err := c.IAM.GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("r")})
	if err != nil || aws.ToString(out.Role.Description) != "new" {
		t.Errorf("%+v %v, an old answer is shown", out, err)
	}
}

func TestConsistency_AsAWSIsScaled(t *testing.T) {
	t.Parallel()
	if got := conditions.AsAWS(10); got.QueueAttributes != 6*time.Second || got.Keys != 3*time.Second || got.Roles != 1500*time.Millisecond || got.Queues != 100*time.Millisecond {
		t.Errorf("%+v", got)
	}
}

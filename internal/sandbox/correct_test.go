package sandbox

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
)

func (c tenant) key(t *testing.T, policy *string) string {
	t.Helper()
	out, err := c.kms.CreateKey(t.Context(), &kms.CreateKeyInput{Policy: policy})
	if err != nil {
		t.Fatal(err)
	}
	return *out.KeyMetadata.Arn
}

func TestKey_PendingDeletionRefusesUseAndChange(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	ctx := t.Context()
	key := c.key(t, nil)
	schedule := &kms.ScheduleKeyDeletionInput{KeyId: &key, PendingWindowInDays: aws.Int32(7)}
	if out, err := c.kms.ScheduleKeyDeletion(ctx, schedule); err != nil || out.KeyState != kmstypes.KeyStatePendingDeletion {
		t.Fatalf("%v %v", out, err)
	}
	_, encrypt := c.kms.Encrypt(ctx, &kms.EncryptInput{KeyId: &key, Plaintext: []byte("x")})
	_, again := c.kms.ScheduleKeyDeletion(ctx, schedule)
	_, enable := c.kms.EnableKey(ctx, &kms.EnableKeyInput{KeyId: &key})
	_, rotate := c.kms.EnableKeyRotation(ctx, &kms.EnableKeyRotationInput{KeyId: &key})
	_, tag := c.kms.TagResource(ctx, &kms.TagResourceInput{KeyId: &key, Tags: []kmstypes.Tag{{TagKey: aws.String("a"), TagValue: aws.String("b")}}})
	_, alias := c.kms.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: aws.String("alias/a"), TargetKeyId: &key})
	for name, err := range map[string]error{"encrypt": encrypt, "schedule": again, "enable": enable, "rotate": rotate, "tag": tag, "alias": alias} {
		t.Log(name)
		wantError(t, err, "KMSInvalidStateException", key+" is pending deletion.")
	}
}

func TestKey_IsDisabledAfterACancelledDeletion(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	ctx := t.Context()
	key := c.key(t, nil)
	_, err := c.kms.CancelKeyDeletion(ctx, &kms.CancelKeyDeletionInput{KeyId: &key})
	wantError(t, err, "KMSInvalidStateException", "is not pending deletion.")
	if _, err := c.kms.ScheduleKeyDeletion(ctx, &kms.ScheduleKeyDeletionInput{KeyId: &key}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.kms.CancelKeyDeletion(ctx, &kms.CancelKeyDeletionInput{KeyId: &key}); err != nil {
		t.Fatal(err)
	}
	out, err := c.kms.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &key})
	if err != nil || out.KeyMetadata.KeyState != kmstypes.KeyStateDisabled || out.KeyMetadata.Enabled {
		t.Errorf("%+v %v", out.KeyMetadata, err)
	}
	_, err = c.kms.Encrypt(ctx, &kms.EncryptInput{KeyId: &key, Plaintext: []byte("x")})
	wantError(t, err, "DisabledException", key+" is disabled.")
	if _, err := c.kms.EnableKey(ctx, &kms.EnableKeyInput{KeyId: &key}); err != nil {
		t.Error(err)
	}
}

func TestKeyPolicy_MustBeAPolicy(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	_, err := c.kms.PutKeyPolicy(t.Context(), &kms.PutKeyPolicyInput{KeyId: aws.String(c.key(t, nil)), Policy: aws.String("{nope")})
	wantError(t, err, "MalformedPolicyDocumentException", "")
}

func keyPolicy(account, condition string) string {
	return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::%s:root"},"Action":"kms:*","Resource":"*"},
		{"Effect":"Allow","Principal":{"Service":"logs.%s.amazonaws.com"},"Action":["kms:Encrypt*","kms:Decrypt*","kms:GenerateDataKey*"],"Resource":"*",
		 "Condition":{"ArnLike":{"kms:EncryptionContext:aws:logs:arn":"%s"}}}]}`, account, region, condition)
}

func TestLogGroup_KeyMustAdmitTheLogsService(t *testing.T) {
	t.Parallel()
	const refused = "The specified KMS key does not exist or is not allowed to be used with Arn 'arn:aws:logs:"
	c := newTenant(t)
	arns := fmt.Sprintf("arn:aws:logs:%s:%s:log-group:/app/*", region, c.account)
	admitting := c.key(t, aws.String(keyPolicy(c.account, arns)))
	create := func(name, key string) error {
		_, err := c.logs.CreateLogGroup(t.Context(), &cloudwatchlogs.CreateLogGroupInput{LogGroupName: &name, KmsKeyId: &key})
		return err
	}
	wantError(t, create("/app/a", c.key(t, nil)), "InvalidParameterException", refused)
	wantError(t, create("/app/a", admitting[:len(admitting)-4]+"0000"), "InvalidParameterException", refused)
	wantError(t, create("/other/a", admitting), "InvalidParameterException", refused)
	if err := create("/app/a", admitting); err != nil {
		t.Error(err)
	}
}

func TestLogGroup_KeyCanBeAssociatedAndDisassociated(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	ctx := t.Context()
	key := c.key(t, aws.String(keyPolicy(c.account, "*")))
	name := "/app/a"
	_, err := c.logs.AssociateKmsKey(ctx, &cloudwatchlogs.AssociateKmsKeyInput{LogGroupName: &name, KmsKeyId: &key})
	wantError(t, err, "ResourceNotFoundException", "does not exist")
	if _, err := c.logs.CreateLogGroup(ctx, &cloudwatchlogs.CreateLogGroupInput{LogGroupName: &name}); err != nil {
		t.Fatal(err)
	}
	keyOf := func() string {
		out, err := c.logs.DescribeLogGroups(ctx, &cloudwatchlogs.DescribeLogGroupsInput{})
		if err != nil || len(out.LogGroups) != 1 {
			t.Fatal(out, err)
		}
		if arn := *out.LogGroups[0].Arn; arn != *out.LogGroups[0].LogGroupArn+":*" {
			t.Errorf("arn %s", arn)
		}
		return aws.ToString(out.LogGroups[0].KmsKeyId)
	}
	if _, err := c.logs.AssociateKmsKey(ctx, &cloudwatchlogs.AssociateKmsKeyInput{LogGroupName: &name, KmsKeyId: &key}); err != nil {
		t.Fatal(err)
	}
	if got := keyOf(); got != key {
		t.Errorf("associated: %q", got)
	}
	if _, err := c.logs.DisassociateKmsKey(ctx, &cloudwatchlogs.DisassociateKmsKeyInput{LogGroupName: &name}); err != nil {
		t.Fatal(err)
	}
	if got := keyOf(); got != "" {
		t.Errorf("disassociated: %q", got)
	}
}

func statement(fields string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` + fields + `}]}`
}

func TestPolicyDocument_IsCheckedForGrammarAndSize(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	long := statement(`"Action":"s3:GetObject","Resource":"arn:aws:s3:::` + strings.Repeat("x", 6100) + `"`)
	spaced := statement(`"Action":"s3:GetObject", ` + strings.Repeat(" ", 6100) + ` "Resource":"*"`)
	cases := map[string]struct{ document, code, message string }{
		"no JSON":     {"{nope", "MalformedPolicyDocument", "This policy contains invalid Json"},
		"no vendor":   {statement(`"Action":"GetObject","Resource":"*"`), "MalformedPolicyDocument", "must be prefaced by a vendor"},
		"no ARN":      {statement(`"Action":"s3:GetObject","Resource":"bucket"`), "MalformedPolicyDocument", `Resource bucket must be in ARN format or "*".`},
		"no resource": {statement(`"Action":"s3:GetObject"`), "MalformedPolicyDocument", "must contain resources"},
		"principal":   {statement(`"Action":"s3:GetObject","Resource":"*","Principal":"*"`), "MalformedPolicyDocument", "should not specify a principal"},
		"sid":         {statement(`"Sid":"a-b","Action":"s3:GetObject","Resource":"*"`), "MalformedPolicyDocument", "must be alpha-numeric"},
		"too long":    {long, "LimitExceeded", "Cannot exceed quota for PolicySize: 6144"},
		"white space": {spaced, "", ""},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := c.iam.CreatePolicy(t.Context(), &iam.CreatePolicyInput{PolicyName: aws.String(strings.ReplaceAll(name, " ", "")), PolicyDocument: &test.document})
			if test.code == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			wantError(t, err, test.code, test.message)
		})
	}
	_, err := c.iam.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String("r"), AssumeRolePolicyDocument: aws.String("{nope")})
	wantError(t, err, "MalformedPolicyDocument", "This policy contains invalid Json")
}

func TestPolicy_IsDeletedOnlyWithoutOtherVersionsAndAttachments(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	ctx := t.Context()
	document := statement(`"Action":"s3:GetObject","Resource":"*"`)
	out, err := c.iam.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: aws.String("p"), PolicyDocument: &document})
	if err != nil {
		t.Fatal(err)
	}
	arn := out.Policy.Arn
	for range 4 {
		if _, err := c.iam.CreatePolicyVersion(ctx, &iam.CreatePolicyVersionInput{PolicyArn: arn, PolicyDocument: &document}); err != nil {
			t.Fatal(err)
		}
	}
	_, err = c.iam.CreatePolicyVersion(ctx, &iam.CreatePolicyVersionInput{PolicyArn: arn, PolicyDocument: &document})
	wantError(t, err, "LimitExceeded", "versions")
	_, err = c.iam.DeletePolicy(ctx, &iam.DeletePolicyInput{PolicyArn: arn})
	wantError(t, err, "DeleteConflict", "This policy has more than one version.")
	for version := 2; version <= 5; version++ {
		if _, err := c.iam.DeletePolicyVersion(ctx, &iam.DeletePolicyVersionInput{PolicyArn: arn, VersionId: aws.String(fmt.Sprintf("v%d", version))}); err != nil {
			t.Fatal(err)
		}
	}
	role := "r"
	c.freshRole(t, role, lambdaTrust)
	if _, err := c.iam.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: &role, PolicyArn: arn}); err != nil {
		t.Fatal(err)
	}
	_, err = c.iam.DeletePolicy(ctx, &iam.DeletePolicyInput{PolicyArn: arn})
	wantError(t, err, "DeleteConflict", "attached")
	_, err = c.iam.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: &role})
	wantError(t, err, "DeleteConflict", "")
	_, detach := c.iam.DetachRolePolicy(ctx, &iam.DetachRolePolicyInput{RoleName: &role, PolicyArn: arn})
	_, policy := c.iam.DeletePolicy(ctx, &iam.DeletePolicyInput{PolicyArn: arn})
	_, gone := c.iam.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: &role})
	if err := errors.Join(detach, policy, gone); err != nil {
		t.Error(err)
	}
}

func TestAttachment_NeedsAnExistingPolicyAndATenthPlace(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	ctx := t.Context()
	role := "r"
	c.freshRole(t, role, lambdaTrust)
	attach := func(arn string) error {
		_, err := c.iam.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: &role, PolicyArn: &arn})
		return err
	}
	wantError(t, attach("arn:aws:iam::"+c.account+":policy/missing"), "NoSuchEntity", "does not exist or is not attachable.")
	document := statement(`"Action":"s3:GetObject","Resource":"*"`)
	var last error
	for i := range 11 {
		out, err := c.iam.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: aws.String(fmt.Sprintf("p%d", i)), PolicyDocument: &document})
		if err != nil {
			t.Fatal(err)
		}
		if last = attach(*out.Policy.Arn); last != nil && i < 10 {
			t.Fatal(last)
		}
	}
	wantError(t, last, "LimitExceeded", "Cannot exceed quota for PoliciesPerRole: 10")
}

func (c tenant) listed(t *testing.T, request string) string {
	t.Helper()
	status, answer := c.post(t, "tagging", "ResourceGroupsTaggingAPI_20170126.GetResources", request)
	if status != http.StatusOK {
		t.Fatal(status, answer)
	}
	found := ""
	list, _ := answer["ResourceTagMappingList"].([]any)
	for _, entry := range list {
		mapping, _ := entry.(map[string]any)
		arn := object(mapping).text("ResourceARN")
		found += arn[strings.LastIndexAny(arn, ":/")+1:] + " "
	}
	return found
}

func TestTagging_ListsLogGroupsAlarmsAndSecrets(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	tags := map[string]string{"unit": "u"}
	if _, err := c.logs.CreateLogGroup(t.Context(), &cloudwatchlogs.CreateLogGroupInput{LogGroupName: aws.String("group"), Tags: tags}); err != nil {
		t.Fatal(err)
	}
	c.post(t, "monitoring", "GraniteServiceVersion20100801.PutMetricAlarm", `{"AlarmName":"alarm","MetricName":"m","Namespace":"n","Statistic":"Sum","Period":60,
		"EvaluationPeriods":1,"Threshold":1,"ComparisonOperator":"GreaterThanThreshold","Tags":[{"Key":"unit","Value":"u"}]}`)
	c.post(t, "sqs", "AmazonSQS.CreateQueue", `{"QueueName":"queue","tags":{"unit":"u"}}`)
	const filter = `"TagFilters":[{"Key":"unit","Values":["u"]}]`

	if got := c.listed(t, `{`+filter+`}`); got != "queue group alarm " {
		t.Errorf("listed: %s", got)
	}
	if got := c.listed(t, `{`+filter+`,"ResourceTypeFilters":["logs:log-group"]}`); got != "group " {
		t.Errorf("log groups: %s", got)
	}
	if got := c.listed(t, `{"TagFilters":[{"Key":"unit","Values":["other"]}]}`); got != "" {
		t.Errorf("another value: %s", got)
	}
	arn := fmt.Sprintf("arn:aws:logs:%s:%s:log-group:group", region, c.account)
	_, err := c.logs.UntagResource(t.Context(), &cloudwatchlogs.UntagResourceInput{ResourceArn: &arn, TagKeys: []string{"unit"}})
	if err != nil {
		t.Fatal(err)
	}
	c.post(t, "monitoring", "GraniteServiceVersion20100801.DeleteAlarms", `{"AlarmNames":["alarm"]}`)
	if got := c.listed(t, `{`+filter+`}`); got != "queue " {
		t.Errorf("after untagging and deletion: %s", got)
	}
	if got := newTenant(t).listed(t, `{`+filter+`}`); got != "" {
		t.Errorf("another account: %s", got)
	}
}

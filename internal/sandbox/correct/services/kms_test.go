package services_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/sandboxtest"
)

func TestKey_IsFoundByItsAlias(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	ctx := t.Context()
	key := c.Key(t, aws.String(sandboxtest.KeyPolicy(c.Account, "*")))
	if _, err := c.KMS.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: aws.String("alias/a"), TargetKeyId: &key}); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"alias/a", strings.Split(key, "key/")[0] + "alias/a"} {
		out, err := c.KMS.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &id})
		if err != nil || *out.KeyMetadata.Arn != key || out.KeyMetadata.KeyManager != kmstypes.KeyManagerTypeCustomer {
			t.Errorf("%s: %+v %v", id, out, err)
		}
	}
	policy, err := c.KMS.GetKeyPolicy(ctx, &kms.GetKeyPolicyInput{KeyId: &key})
	if err != nil || !strings.Contains(*policy.Policy, "logs."+sandboxtest.Region) {
		t.Errorf("policy: %+v %v", policy, err)
	}
}

func TestKey_OfAServiceIsManagedByAWS(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	describe := func() *kmstypes.KeyMetadata {
		out, err := c.KMS.DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: aws.String("alias/aws/sns")})
		if err != nil {
			t.Fatal(err)
		}
		return out.KeyMetadata
	}
	first, again := describe(), describe()
	if first.KeyManager != kmstypes.KeyManagerTypeAws || *first.Arn != *again.Arn {
		t.Errorf("%+v, then %+v", first, again)
	}
	_, err := c.KMS.CreateAlias(t.Context(), &kms.CreateAliasInput{AliasName: aws.String("alias/aws/mine"), TargetKeyId: first.Arn})
	sandboxtest.WantError(t, err, "NotAuthorizedException", "")
}

func TestTopic_KeepsItsKeyAndTags(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	client := sns.NewFromConfig(c.Config)
	topic, err := client.CreateTopic(t.Context(), &sns.CreateTopicInput{
		Name: aws.String("alarms"), Attributes: map[string]string{"KmsMasterKeyId": "alias/aws/sns"},
		Tags: []snstypes.Tag{{Key: aws.String("unit"), Value: aws.String("u")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := client.GetTopicAttributes(t.Context(), &sns.GetTopicAttributesInput{TopicArn: topic.TopicArn})
	if err != nil || out.Attributes["KmsMasterKeyId"] != "alias/aws/sns" || out.Attributes["Owner"] != c.Account {
		t.Errorf("%+v %v", out, err)
	}
	tags, err := client.ListTagsForResource(t.Context(), &sns.ListTagsForResourceInput{ResourceArn: topic.TopicArn})
	if err != nil || len(tags.Tags) != 1 || *tags.Tags[0].Value != "u" {
		t.Errorf("%+v %v", tags, err)
	}
}

func TestKey_PendingDeletionRefusesUseAndChange(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	ctx := t.Context()
	key := c.Key(t, nil)
	schedule := &kms.ScheduleKeyDeletionInput{KeyId: &key, PendingWindowInDays: aws.Int32(7)}
	if out, err := c.KMS.ScheduleKeyDeletion(ctx, schedule); err != nil || out.KeyState != kmstypes.KeyStatePendingDeletion {
		t.Fatalf("%v %v", out, err)
	}
	_, encrypt := c.KMS.Encrypt(ctx, &kms.EncryptInput{KeyId: &key, Plaintext: []byte("x")})
	_, again := c.KMS.ScheduleKeyDeletion(ctx, schedule)
	_, enable := c.KMS.EnableKey(ctx, &kms.EnableKeyInput{KeyId: &key})
	_, rotate := c.KMS.EnableKeyRotation(ctx, &kms.EnableKeyRotationInput{KeyId: &key})
	_, tag := c.KMS.TagResource(ctx, &kms.TagResourceInput{KeyId: &key, Tags: []kmstypes.Tag{{TagKey: aws.String("a"), TagValue: aws.String("b")}}})
	_, alias := c.KMS.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: aws.String("alias/a"), TargetKeyId: &key})
	for name, err := range map[string]error{"encrypt": encrypt, "schedule": again, "enable": enable, "rotate": rotate, "tag": tag, "alias": alias} {
		t.Log(name)
		sandboxtest.WantError(t, err, "KMSInvalidStateException", key+" is pending deletion.")
	}
}

func TestKey_IsDisabledAfterACancelledDeletion(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	ctx := t.Context()
	key := c.Key(t, nil)
	_, err := c.KMS.CancelKeyDeletion(ctx, &kms.CancelKeyDeletionInput{KeyId: &key})
	sandboxtest.WantError(t, err, "KMSInvalidStateException", "is not pending deletion.")
	if _, err := c.KMS.ScheduleKeyDeletion(ctx, &kms.ScheduleKeyDeletionInput{KeyId: &key}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.KMS.CancelKeyDeletion(ctx, &kms.CancelKeyDeletionInput{KeyId: &key}); err != nil {
		t.Fatal(err)
	}
	out, err := c.KMS.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &key})
	if err != nil || out.KeyMetadata.KeyState != kmstypes.KeyStateDisabled || out.KeyMetadata.Enabled {
		t.Errorf("%+v %v", out.KeyMetadata, err)
	}
	_, err = c.KMS.Encrypt(ctx, &kms.EncryptInput{KeyId: &key, Plaintext: []byte("x")})
	sandboxtest.WantError(t, err, "DisabledException", key+" is disabled.")
	if _, err := c.KMS.EnableKey(ctx, &kms.EnableKeyInput{KeyId: &key}); err != nil {
		t.Error(err)
	}
}

func TestKeyPolicy_MustBeAPolicy(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	_, err := c.KMS.PutKeyPolicy(t.Context(), &kms.PutKeyPolicyInput{KeyId: aws.String(c.Key(t, nil)), Policy: aws.String("{nope")})
	sandboxtest.WantError(t, err, "MalformedPolicyDocumentException", "")
}

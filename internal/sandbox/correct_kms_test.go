package sandbox

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"
)

func TestKey_IsFoundByItsAlias(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	ctx := t.Context()
	key := c.key(t, aws.String(keyPolicy(c.account, "*")))
	if _, err := c.kms.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: aws.String("alias/a"), TargetKeyId: &key}); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"alias/a", strings.Split(key, "key/")[0] + "alias/a"} {
		out, err := c.kms.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &id})
		if err != nil || *out.KeyMetadata.Arn != key || out.KeyMetadata.KeyManager != kmstypes.KeyManagerTypeCustomer {
			t.Errorf("%s: %+v %v", id, out, err)
		}
	}
	policy, err := c.kms.GetKeyPolicy(ctx, &kms.GetKeyPolicyInput{KeyId: &key})
	if err != nil || !strings.Contains(*policy.Policy, "logs."+region) {
		t.Errorf("policy: %+v %v", policy, err)
	}
}

func TestKey_OfAServiceIsManagedByAWS(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	describe := func() *kmstypes.KeyMetadata {
		out, err := c.kms.DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: aws.String("alias/aws/sns")})
		if err != nil {
			t.Fatal(err)
		}
		return out.KeyMetadata
	}
	first, again := describe(), describe()
	if first.KeyManager != kmstypes.KeyManagerTypeAws || *first.Arn != *again.Arn {
		t.Errorf("%+v, then %+v", first, again)
	}
	_, err := c.kms.CreateAlias(t.Context(), &kms.CreateAliasInput{AliasName: aws.String("alias/aws/mine"), TargetKeyId: first.Arn})
	wantError(t, err, "NotAuthorizedException", "")
}

func TestTopic_KeepsItsKeyAndTags(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	client := sns.NewFromConfig(c.config)
	topic, err := client.CreateTopic(t.Context(), &sns.CreateTopicInput{
		Name: aws.String("alarms"), Attributes: map[string]string{"KmsMasterKeyId": "alias/aws/sns"},
		Tags: []snstypes.Tag{{Key: aws.String("unit"), Value: aws.String("u")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := client.GetTopicAttributes(t.Context(), &sns.GetTopicAttributesInput{TopicArn: topic.TopicArn})
	if err != nil || out.Attributes["KmsMasterKeyId"] != "alias/aws/sns" || out.Attributes["Owner"] != c.account {
		t.Errorf("%+v %v", out, err)
	}
	tags, err := client.ListTagsForResource(t.Context(), &sns.ListTagsForResourceInput{ResourceArn: topic.TopicArn})
	if err != nil || len(tags.Tags) != 1 || *tags.Tags[0].Value != "u" {
		t.Errorf("%+v %v", tags, err)
	}
}

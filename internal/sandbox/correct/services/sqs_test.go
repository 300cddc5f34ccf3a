package services_test

import (
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/sandboxtest"
)

func TestQueue_KeepsAttributesAndTagsOfItsCreation(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	policy := `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"sqs:*","Resource":"*"}]}`
	out, err := c.SQS().CreateQueue(t.Context(), &sqs.CreateQueueInput{
		QueueName:  aws.String("q"),
		Attributes: map[string]string{"MessageRetentionPeriod": "1209600", "KmsMasterKeyId": "alias/q", "Policy": policy},
		Tags:       map[string]string{"unit": "u"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(*out.QueueUrl, sandboxtest.Box.Endpoint()) {
		t.Errorf("the URL is %s", *out.QueueUrl)
	}
	got := c.QueueAttributes(t, *out.QueueUrl, types.QueueAttributeNameAll)
	want := map[string]string{
		"MessageRetentionPeriod": "1209600", "KmsMasterKeyId": "alias/q", "Policy": policy,
		"SqsManagedSseEnabled": "false", "KmsDataKeyReusePeriodSeconds": "300", "ApproximateNumberOfMessages": "0",
		"QueueArn": "arn:aws:sqs:" + sandboxtest.Region + ":" + c.Account + ":q",
	}
	for name, value := range want {
		if got[name] != value {
			t.Errorf("%s is %q, want %q", name, got[name], value)
		}
	}
	if got["CreatedTimestamp"] == "" {
		t.Error("no CreatedTimestamp")
	}
	tags, err := c.SQS().ListQueueTags(t.Context(), &sqs.ListQueueTagsInput{QueueUrl: out.QueueUrl})
	if err != nil || !maps.Equal(tags.Tags, map[string]string{"unit": "u"}) {
		t.Errorf("tags %v, %v", tags.Tags, err)
	}
}

func TestQueue_EmptiedAttributesAreGone(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	url := c.Queue(t, "q", map[string]string{"KmsMasterKeyId": "alias/q", "Policy": sandboxtest.Statement(`"Principal":"*","Action":"sqs:*","Resource":"*"`)})
	set := func(attributes map[string]string) error {
		_, err := c.SQS().SetQueueAttributes(t.Context(), &sqs.SetQueueAttributesInput{QueueUrl: &url, Attributes: attributes})
		return err
	}
	names := []types.QueueAttributeName{"KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds", "Policy", "SqsManagedSseEnabled"}
	if err := set(map[string]string{"KmsMasterKeyId": "", "Policy": ""}); err != nil {
		t.Fatal(err)
	}
	if got := c.QueueAttributes(t, url, names...); !maps.Equal(got, map[string]string{"SqsManagedSseEnabled": "false"}) {
		t.Errorf("emptied: %v", got)
	}
	if err := set(map[string]string{"SqsManagedSseEnabled": "true"}); err != nil {
		t.Fatal(err)
	}
	if got := c.QueueAttributes(t, url, names...); !maps.Equal(got, map[string]string{"SqsManagedSseEnabled": "true"}) {
		t.Errorf("switched: %v", got)
	}
	sandboxtest.WantError(t, set(map[string]string{"Policy": "{nope"}), "InvalidAttributeValue", "parameter Policy")
	sandboxtest.WantError(t, set(map[string]string{"KmsMasterKeyId": "alias/q", "SqsManagedSseEnabled": "true"}), "InvalidAttributeValue", "one type of server-side encryption")
}

func TestQueue_AnswersOnlyWhatWasAskedFor(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	url := c.Queue(t, "q", nil)
	if got := c.QueueAttributes(t, url); len(got) != 0 {
		t.Errorf("nothing asked: %v", got)
	}
	if got := c.QueueAttributes(t, url, "SqsManagedSseEnabled"); !maps.Equal(got, map[string]string{"SqsManagedSseEnabled": "true"}) {
		t.Errorf("one asked: %v", got)
	}
}

func TestQueue_IsCreatedAgainOnlyAsItIs(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	url := c.Queue(t, "q", map[string]string{"MessageRetentionPeriod": "600"})
	create := func(attributes, tags map[string]string) error {
		out, err := c.SQS().CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: aws.String("q"), Attributes: attributes, Tags: tags})
		if err == nil && *out.QueueUrl != url {
			t.Errorf("another URL: %s", *out.QueueUrl)
		}
		return err
	}
	same := map[string]string{"MessageRetentionPeriod": "600", "SqsManagedSseEnabled": "true", "VisibilityTimeout": "30"}
	if err := errors.Join(create(nil, nil), create(same, nil)); err != nil {
		t.Error(err)
	}
	err := create(map[string]string{"KmsMasterKeyId": "alias/q"}, nil)
	sandboxtest.WantError(t, err, "QueueAlreadyExists", "a different value for attribute KmsMasterKeyId")
	if _, ok := errors.AsType[*types.QueueNameExists](err); !ok {
		t.Errorf("%T", err)
	}
	sandboxtest.WantError(t, create(nil, map[string]string{"unit": "u"}), "QueueAlreadyExists", "tag(s)")
}

func TestQueue_TagsAndMissingQueues(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	ctx := t.Context()
	url := c.Queue(t, "q", nil)
	_, tag := c.SQS().TagQueue(ctx, &sqs.TagQueueInput{QueueUrl: &url, Tags: map[string]string{"a": "1", "b": "2"}})
	_, untag := c.SQS().UntagQueue(ctx, &sqs.UntagQueueInput{QueueUrl: &url, TagKeys: []string{"a"}})
	tags, err := c.SQS().ListQueueTags(ctx, &sqs.ListQueueTagsInput{QueueUrl: &url})
	if err := errors.Join(tag, untag, err); err != nil || !maps.Equal(tags.Tags, map[string]string{"b": "2"}) {
		t.Errorf("tags %v, %v", tags.Tags, err)
	}
	_, err = c.SQS().GetQueueUrl(ctx, &sqs.GetQueueUrlInput{QueueName: aws.String("missing")})
	sandboxtest.WantError(t, err, "AWS.SimpleQueueService.NonExistentQueue", "does not exist")
	if _, ok := errors.AsType[*types.QueueDoesNotExist](err); !ok {
		t.Errorf("%T", err)
	}
}

func TestQueue_NameRestsAfterDeletion(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	url := c.Queue(t, "q", nil)
	if _, err := c.SQS().DeleteQueue(t.Context(), &sqs.DeleteQueueInput{QueueUrl: &url}); err != nil {
		t.Fatal(err)
	}
	create := func() error {
		_, err := c.SQS().CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: aws.String("q")})
		return err
	}
	sandboxtest.WantError(t, create(), "AWS.SimpleQueueService.QueueDeletedRecently", "60 seconds")
	time.Sleep(sandboxtest.QueueRest)
	if err := create(); err != nil {
		t.Errorf("after the rest: %v", err)
	}
}

package async_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/sandboxtest"
)

// sender creates the function f of that source, whose role may do everything.
func sender(t *testing.T, c sandboxtest.Tenant, source string, letters *types.DeadLetterConfig) {
	t.Helper()
	role := c.Role(t, "r", sandboxtest.Trust)
	c.Allow(t, "all", `"Action":"*","Resource":"*"`)
	input := sandboxtest.FunctionInput(t, "f", role)
	input.Code.ZipFile, input.DeadLetterConfig = sandboxtest.Zipped(t, source), letters
	if _, err := c.Lambda.CreateFunction(t.Context(), input); err != nil {
		t.Fatal(err)
	}
	c.Settle(t, "f")
}

func onSuccess(t *testing.T, c sandboxtest.Tenant, target string) {
	t.Helper()
	_, err := c.Lambda.PutFunctionEventInvokeConfig(t.Context(), &lambda.PutFunctionEventInvokeConfigInput{
		FunctionName: aws.String("f"), DestinationConfig: &types.DestinationConfig{OnSuccess: &types.OnSuccess{Destination: &target}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func wantRecord(t *testing.T, text string) {
	t.Helper()
	if !strings.Contains(text, `"condition":"Success"`) || !strings.Contains(text, `"requestPayload":{"n":1}`) {
		t.Errorf("not a record: %s", text)
	}
}

func TestAsync_SuccessGoesToItsDestination(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	url := c.Queue(t, "done", nil)
	sender(t, c, sandboxtest.Echo, nil)
	onSuccess(t, c, c.QueueARN("done"))
	send(t, c, nil)
	found := received(t, c, url)
	if len(found) != 1 {
		t.Fatalf("%d messages", len(found))
	}
	wantRecord(t, *found[0].Body)
}

func TestAsync_SuccessGoesToAnEventBus(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	url := c.Queue(t, "done", nil)
	sender(t, c, sandboxtest.Echo, nil)
	onSuccess(t, c, fmt.Sprintf("arn:aws:events:%s:%s:event-bus/default", sandboxtest.Region, c.Account))
	c.Post(t, "events", "AWSEvents.PutRule", `{"Name":"r","EventPattern":"{\"source\":[\"lambda\"]}"}`)
	c.Post(t, "events", "AWSEvents.PutTargets", `{"Rule":"r","Targets":[{"Id":"t","Arn":"`+c.QueueARN("done")+`"}]}`)
	send(t, c, nil)
	found := received(t, c, url)
	if len(found) != 1 || !strings.Contains(*found[0].Body, "Lambda Function Invocation Result - Success") {
		t.Fatalf("got %v", found)
	}
}

func TestAsync_SuccessGoesToAFunction(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	url := c.Queue(t, "dead", nil)
	sender(t, c, sandboxtest.Echo, nil)
	// The target fails, so that its event shows in a queue.
	input := sandboxtest.FunctionInput(t, "target", "arn:aws:iam::"+c.Account+":role/r")
	input.Code.ZipFile, input.DeadLetterConfig = sandboxtest.Zipped(t, failing), &types.DeadLetterConfig{TargetArn: aws.String(c.QueueARN("dead"))}
	if _, err := c.Lambda.CreateFunction(t.Context(), input); err != nil {
		t.Fatal(err)
	}
	c.Settle(t, "target")
	onSuccess(t, c, fmt.Sprintf("arn:aws:lambda:%s:%s:function:target", sandboxtest.Region, c.Account))
	send(t, c, nil)
	found := received(t, c, url)
	if len(found) != 1 {
		t.Fatalf("%d messages", len(found))
	}
	wantRecord(t, *found[0].Body)
}

func TestAsync_FailureGoesToABucket(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	bucket := c.Bucket(t)
	sender(t, c, failing, nil)
	if err := c.PutEvents(t, nil, aws.Int32(0), nil, "arn:aws:s3:::"+bucket); err != nil {
		t.Fatal(err)
	}
	send(t, c, nil)
	for range 400 {
		out, err := c.S3().ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: &bucket, Prefix: aws.String("aws/lambda/async/f/")})
		if err != nil {
			t.Fatal(err)
		}
		if len(out.Contents) == 1 {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Error("nothing arrived")
}

func TestAsync_DeadLetterGoesToATopic(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	url := c.Queue(t, "dead", nil)
	client := sns.NewFromConfig(c.Config)
	topic, err := client.CreateTopic(t.Context(), &sns.CreateTopicInput{Name: aws.String("dead")})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Subscribe(t.Context(), &sns.SubscribeInput{
		TopicArn: topic.TopicArn, Protocol: aws.String("sqs"), Endpoint: aws.String(c.QueueARN("dead")),
		Attributes: map[string]string{"RawMessageDelivery": "true"},
	})
	if err != nil {
		t.Fatal(err)
	}
	policy := sandboxtest.Statement(`"Principal":{"Service":"sns.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"*"`)
	if status, answer := c.Post(t, "sqs", "AmazonSQS.SetQueueAttributes", fmt.Sprintf(`{"QueueUrl":%q,"Attributes":{"Policy":%q}}`, url, policy)); status != http.StatusOK {
		t.Fatal(answer)
	}
	sender(t, c, failing, &types.DeadLetterConfig{TargetArn: topic.TopicArn})
	if err := c.PutEvents(t, nil, aws.Int32(0), nil, ""); err != nil {
		t.Fatal(err)
	}
	send(t, c, nil)
	if found := received(t, c, url); len(found) != 1 || *found[0].Body != `{"n":1}` {
		t.Errorf("got %v", found)
	}
}

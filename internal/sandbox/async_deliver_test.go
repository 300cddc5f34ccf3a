package sandbox

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
)

// sender creates the function f of that source, whose role may do everything.
func (c tenant) sender(t *testing.T, source string, letters *types.DeadLetterConfig) {
	t.Helper()
	role := c.role(t, "r", lambdaTrust)
	c.allow(t, "all", `"Action":"*","Resource":"*"`)
	input := functionInput(t, "f", role)
	input.Code.ZipFile, input.DeadLetterConfig = zipped(t, source), letters
	if _, err := c.lambda.CreateFunction(t.Context(), input); err != nil {
		t.Fatal(err)
	}
	c.settle(t, "f")
}

func (c tenant) onSuccess(t *testing.T, target string) {
	t.Helper()
	_, err := c.lambda.PutFunctionEventInvokeConfig(t.Context(), &lambda.PutFunctionEventInvokeConfigInput{
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
	c := newTenant(t)
	url := c.queue(t, "done", nil)
	c.sender(t, echo, nil)
	c.onSuccess(t, c.queueARN("done"))
	c.send(t, nil)
	found := c.received(t, url)
	if len(found) != 1 {
		t.Fatalf("%d messages", len(found))
	}
	wantRecord(t, *found[0].Body)
}

func TestAsync_SuccessGoesToAnEventBus(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	url := c.queue(t, "done", nil)
	c.sender(t, echo, nil)
	c.onSuccess(t, fmt.Sprintf("arn:aws:events:%s:%s:event-bus/default", region, c.account))
	c.post(t, "events", "AWSEvents.PutRule", `{"Name":"r","EventPattern":"{\"source\":[\"lambda\"]}"}`)
	c.post(t, "events", "AWSEvents.PutTargets", `{"Rule":"r","Targets":[{"Id":"t","Arn":"`+c.queueARN("done")+`"}]}`)
	c.send(t, nil)
	found := c.received(t, url)
	if len(found) != 1 || !strings.Contains(*found[0].Body, "Lambda Function Invocation Result - Success") {
		t.Fatalf("got %v", found)
	}
}

func TestAsync_SuccessGoesToAFunction(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	url := c.queue(t, "dead", nil)
	c.sender(t, echo, nil)
	// The target fails, so that its event shows in a queue.
	input := functionInput(t, "target", "arn:aws:iam::"+c.account+":role/r")
	input.Code.ZipFile, input.DeadLetterConfig = zipped(t, failing), &types.DeadLetterConfig{TargetArn: aws.String(c.queueARN("dead"))}
	if _, err := c.lambda.CreateFunction(t.Context(), input); err != nil {
		t.Fatal(err)
	}
	c.settle(t, "target")
	c.onSuccess(t, fmt.Sprintf("arn:aws:lambda:%s:%s:function:target", region, c.account))
	c.send(t, nil)
	found := c.received(t, url)
	if len(found) != 1 {
		t.Fatalf("%d messages", len(found))
	}
	wantRecord(t, *found[0].Body)
}

func TestAsync_FailureGoesToABucket(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	bucket := c.bucket(t)
	c.sender(t, failing, nil)
	if err := c.putEvents(t, nil, aws.Int32(0), nil, "arn:aws:s3:::"+bucket); err != nil {
		t.Fatal(err)
	}
	c.send(t, nil)
	for range 400 {
		out, err := c.s3().ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: &bucket, Prefix: aws.String("aws/lambda/async/f/")})
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
	c := newTenant(t)
	url := c.queue(t, "dead", nil)
	client := sns.NewFromConfig(c.config)
	topic, err := client.CreateTopic(t.Context(), &sns.CreateTopicInput{Name: aws.String("dead")})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Subscribe(t.Context(), &sns.SubscribeInput{
		TopicArn: topic.TopicArn, Protocol: aws.String("sqs"), Endpoint: aws.String(c.queueARN("dead")),
		Attributes: map[string]string{"RawMessageDelivery": "true"},
	})
	if err != nil {
		t.Fatal(err)
	}
	policy := statement(`"Principal":{"Service":"sns.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"*"`)
	if status, answer := c.post(t, "sqs", "AmazonSQS.SetQueueAttributes", fmt.Sprintf(`{"QueueUrl":%q,"Attributes":{"Policy":%q}}`, url, policy)); status != http.StatusOK {
		t.Fatal(answer)
	}
	c.sender(t, failing, &types.DeadLetterConfig{TargetArn: topic.TopicArn})
	if err := c.putEvents(t, nil, aws.Int32(0), nil, ""); err != nil {
		t.Fatal(err)
	}
	c.send(t, nil)
	if found := c.received(t, url); len(found) != 1 || *found[0].Body != `{"n":1}` {
		t.Errorf("got %v", found)
	}
}

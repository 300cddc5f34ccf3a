package async_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cloudwatchtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/sandboxtest"
)

const failing = "def handler(event, context):\n    raise ValueError('no')\n"

// lettered creates the function f, which fails, with the queue dead behind it
// and the alias live in front, and returns the queue's URL.
func lettered(t *testing.T, c sandboxtest.Tenant) string {
	t.Helper()
	url := c.Queue(t, "dead", nil)
	role := c.Role(t, "r", sandboxtest.Trust)
	c.Allow(t, "send", `"Action":"sqs:SendMessage","Resource":"`+c.QueueARN("*")+`"`)
	input := sandboxtest.FunctionInput(t, "f", role)
	input.Code.ZipFile = sandboxtest.Zipped(t, failing)
	input.DeadLetterConfig = &types.DeadLetterConfig{TargetArn: aws.String(c.QueueARN("dead"))}
	if _, err := c.Lambda.CreateFunction(t.Context(), input); err != nil {
		t.Fatal(err)
	}
	c.Settle(t, "f")
	c.Live(t, c.Publish(t))
	return url
}

func send(t *testing.T, c sandboxtest.Tenant, qualifier *string) {
	t.Helper()
	_, err := c.Lambda.Invoke(t.Context(), &lambda.InvokeInput{
		FunctionName: aws.String("f"), Qualifier: qualifier, InvocationType: types.InvocationTypeEvent, Payload: []byte(`{"n":1}`),
	})
	if err != nil {
		t.Fatal(err)
	}
}

// received waits for a message and a while for others, and takes them.
func received(t *testing.T, c sandboxtest.Tenant, url string) (found []sqstypes.Message) {
	t.Helper()
	rest := -1 // rounds left after the first message
	for range 400 {
		out, err := c.SQS().ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: &url, MaxNumberOfMessages: 10, MessageAttributeNames: []string{"All"}})
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, out.Messages...)
		if rest < 0 && len(found) > 0 {
			rest = 20
		}
		if rest == 0 {
			return found
		}
		rest--
		time.Sleep(25 * time.Millisecond)
	}
	return found
}

// runs counts the invocations in the function's log.
func runs(t *testing.T, c sandboxtest.Tenant) int {
	t.Helper()
	out, err := c.Logs.FilterLogEvents(t.Context(), &cloudwatchlogs.FilterLogEventsInput{LogGroupName: aws.String("/aws/lambda/f")})
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, e := range out.Events {
		if strings.HasPrefix(*e.Message, "START RequestId: ") {
			count++
		}
	}
	return count
}

func TestAsync_FailureArrivesOnceAfterTheRetriesOfTheAlias(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	url := lettered(t, c)
	live := aws.String("live")
	if err := c.PutEvents(t, live, aws.Int32(1), nil, ""); err != nil {
		t.Fatal(err)
	}
	send(t, c, live)
	found := received(t, c, url)
	if len(found) != 1 || *found[0].Body != `{"n":1}` {
		t.Fatalf("%d messages: %v", len(found), found)
	}
	attributes := found[0].MessageAttributes
	if *attributes["ErrorCode"].StringValue != "200" || *attributes["ErrorMessage"].StringValue != "no" || attributes["RequestID"].StringValue == nil {
		t.Errorf("attributes: %v", attributes)
	}
	if count := runs(t, c); count != 2 {
		t.Errorf("%d runs, want 2", count)
	}
}

func TestAsync_FailureGoesToTheDestinationAndTheDeadLetterQueue(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	dead, failed := lettered(t, c), c.Queue(t, "failed", nil)
	if err := c.PutEvents(t, nil, aws.Int32(0), nil, c.QueueARN("failed")); err != nil {
		t.Fatal(err)
	}
	send(t, c, nil)
	if found := received(t, c, dead); len(found) != 1 {
		t.Errorf("%d messages in the dead-letter queue", len(found))
	}
	found := received(t, c, failed)
	if len(found) != 1 {
		t.Fatalf("%d messages at the destination", len(found))
	}
	var record struct {
		RequestContext struct {
			FunctionArn, Condition string
			ApproximateInvokeCount int
		}
		RequestPayload, ResponsePayload map[string]any
	}
	if err := json.Unmarshal([]byte(*found[0].Body), &record); err != nil {
		t.Fatal(err)
	}
	if about := record.RequestContext; about.Condition != "RetriesExhausted" || about.ApproximateInvokeCount != 1 ||
		!strings.HasSuffix(about.FunctionArn, ":function:f:$LATEST") || record.RequestPayload["n"] != 1.0 || record.ResponsePayload["errorMessage"] != "no" {
		t.Errorf("record: %+v", record)
	}
}

func TestAsync_TooOldAnEventIsNotRetried(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	url := lettered(t, c)
	// The first retry comes after a minute.
	if err := c.PutEvents(t, nil, nil, aws.Int32(60), ""); err != nil {
		t.Fatal(err)
	}
	send(t, c, nil)
	if found := received(t, c, url); len(found) != 1 || runs(t, c) != 1 {
		t.Errorf("%d messages, %d runs", len(found), runs(t, c))
	}
}

func TestAsync_ClosedFunctionSendsEventsToTheDeadLetterQueueAtOnce(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	url := lettered(t, c)
	if _, err := c.Lambda.PutFunctionConcurrency(t.Context(), &lambda.PutFunctionConcurrencyInput{FunctionName: aws.String("f"), ReservedConcurrentExecutions: aws.Int32(0)}); err != nil {
		t.Fatal(err)
	}
	_, err := c.Lambda.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("f"), Qualifier: aws.String("live")})
	sandboxtest.WantError(t, err, "TooManyRequestsException", "Rate Exceeded.")
	send(t, c, aws.String("live"))
	if found := received(t, c, url); len(found) != 1 || *found[0].MessageAttributes["ErrorCode"].StringValue != "429" {
		t.Errorf("got %v", found)
	}
}

func TestAsync_EncryptedQueueNeedsTheKeyToo(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	url := lettered(t, c)
	key := c.Key(t, nil)
	if _, err := c.SQS().SetQueueAttributes(t.Context(), &sqs.SetQueueAttributesInput{QueueUrl: &url, Attributes: map[string]string{"KmsMasterKeyId": key}}); err != nil {
		t.Fatal(err)
	}
	if err := c.PutEvents(t, nil, aws.Int32(0), nil, ""); err != nil {
		t.Fatal(err)
	}
	send(t, c, nil)
	waitForDeadLetterError(t, c)
	if got := c.QueueAttributes(t, url, "ApproximateNumberOfMessages"); got["ApproximateNumberOfMessages"] != "0" {
		t.Errorf("without permission: %v", got)
	}
	c.Allow(t, "encrypt", `"Action":["kms:GenerateDataKey","kms:Decrypt"],"Resource":"`+key+`"`)
	send(t, c, nil)
	if found := received(t, c, url); len(found) != 1 {
		t.Errorf("with permission: %d messages", len(found))
	}
}

// waitForDeadLetterError waits for the metric of a delivery that failed.
func waitForDeadLetterError(t *testing.T, c sandboxtest.Tenant) {
	t.Helper()
	now := time.Now()
	for range 400 {
		out, err := c.Alarms().GetMetricStatistics(t.Context(), &cloudwatch.GetMetricStatisticsInput{
			Namespace: aws.String("AWS/Lambda"), MetricName: aws.String("DeadLetterErrors"),
			Dimensions: []cloudwatchtypes.Dimension{{Name: aws.String("FunctionName"), Value: aws.String("f")}},
			StartTime:  aws.Time(now.Add(-time.Hour)), EndTime: aws.Time(now.Add(time.Hour)), Period: aws.Int32(60),
			Statistics: []cloudwatchtypes.Statistic{cloudwatchtypes.StatisticSum},
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(out.Datapoints) > 0 {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Error("no delivery failed")
}

func TestEventConfig_IsOnePerQualifier(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	c.Function(t)
	c.Live(t, c.Publish(t))
	live := aws.String("live")
	ctx := t.Context()
	retries := func(qualifier *string) int32 {
		out, err := c.Lambda.GetFunctionEventInvokeConfig(ctx, &lambda.GetFunctionEventInvokeConfigInput{FunctionName: aws.String("f"), Qualifier: qualifier})
		if err != nil {
			sandboxtest.WantError(t, err, "ResourceNotFoundException", "doesn't have an EventInvokeConfig")
			return -1
		}
		return *out.MaximumRetryAttempts
	}
	if got := retries(live); got != -1 {
		t.Errorf("at first: %d", got)
	}
	for qualifier, count := range map[*string]int32{nil: 0, live: 1, aws.String("1"): 2} {
		if err := c.PutEvents(t, qualifier, &count, nil, ""); err != nil {
			t.Fatal(err)
		}
	}
	if got := fmt.Sprint(retries(nil), retries(aws.String("$LATEST")), retries(live), retries(aws.String("1"))); got != "0 0 1 2" {
		t.Errorf("retries: %s", got)
	}
	out, err := c.Lambda.UpdateFunctionEventInvokeConfig(ctx, &lambda.UpdateFunctionEventInvokeConfigInput{FunctionName: aws.String("f"), Qualifier: live, MaximumEventAgeInSeconds: aws.Int32(90)})
	if err != nil || *out.MaximumEventAgeInSeconds != 90 || *out.MaximumRetryAttempts != 1 || !strings.HasSuffix(*out.FunctionArn, ":f:live") {
		t.Errorf("updated: %+v %v", out, err)
	}
	if _, err := c.Lambda.DeleteFunctionEventInvokeConfig(ctx, &lambda.DeleteFunctionEventInvokeConfigInput{FunctionName: aws.String("f"), Qualifier: live}); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(retries(nil), retries(live)); got != "0 -1" {
		t.Errorf("after deletion: %s", got)
	}
}

func TestEventConfig_IsValidated(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	c.Function(t)
	sandboxtest.WantError(t, c.PutEvents(t, nil, aws.Int32(3), nil, ""), "ValidationException", "less than or equal to 2")
	sandboxtest.WantError(t, c.PutEvents(t, nil, nil, aws.Int32(59), ""), "ValidationException", "greater than or equal to 60")
	sandboxtest.WantError(t, c.PutEvents(t, nil, nil, aws.Int32(21601), ""), "ValidationException", "less than or equal to 21600")
	sandboxtest.WantError(t, c.PutEvents(t, aws.String("missing"), nil, nil, ""), "ResourceNotFoundException", ":function:f:missing")
	sandboxtest.WantError(t, c.PutEvents(t, nil, nil, nil, "arn:aws:sqs:nowhere"), "InvalidParameterValueException", "")
	sandboxtest.WantError(t, c.PutEvents(t, nil, nil, nil, c.QueueARN("q")), "InvalidParameterValueException", "does not have permissions to call SendMessage on "+c.QueueARN("q"))
}

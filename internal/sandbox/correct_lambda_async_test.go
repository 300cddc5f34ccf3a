package sandbox

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
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

const failing = "def handler(event, context):\n    raise ValueError('no')\n"

// allow attaches a policy of that name to the role r.
func (c tenant) allow(t *testing.T, name, fields string) {
	t.Helper()
	document := statement(fields)
	out, err := c.iam.CreatePolicy(t.Context(), &iam.CreatePolicyInput{PolicyName: &name, PolicyDocument: &document})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.iam.AttachRolePolicy(t.Context(), &iam.AttachRolePolicyInput{RoleName: aws.String("r"), PolicyArn: out.Policy.Arn}); err != nil {
		t.Fatal(err)
	}
}

func (c tenant) queueARN(name string) string {
	return fmt.Sprintf("arn:aws:sqs:%s:%s:%s", region, c.account, name)
}

// lettered creates the function f, which fails, with the queue dead behind it
// and the alias live in front, and returns the queue's URL.
func (c tenant) lettered(t *testing.T) string {
	t.Helper()
	url := c.queue(t, "dead", nil)
	role := c.role(t, "r", lambdaTrust)
	c.allow(t, "send", `"Action":"sqs:SendMessage","Resource":"`+c.queueARN("*")+`"`)
	input := functionInput(t, "f", role)
	input.Code.ZipFile = zipped(t, failing)
	input.DeadLetterConfig = &types.DeadLetterConfig{TargetArn: aws.String(c.queueARN("dead"))}
	if _, err := c.lambda.CreateFunction(t.Context(), input); err != nil {
		t.Fatal(err)
	}
	c.settle(t, "f")
	c.live(t, c.publish(t))
	return url
}

func (c tenant) send(t *testing.T, qualifier *string) {
	t.Helper()
	_, err := c.lambda.Invoke(t.Context(), &lambda.InvokeInput{
		FunctionName: aws.String("f"), Qualifier: qualifier, InvocationType: types.InvocationTypeEvent, Payload: []byte(`{"n":1}`),
	})
	if err != nil {
		t.Fatal(err)
	}
}

// received waits for a message and a while for others, and takes them.
func (c tenant) received(t *testing.T, url string) (found []sqstypes.Message) {
	t.Helper()
	rest := -1 // rounds left after the first message
	for range 400 {
		out, err := c.sqs().ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: &url, MaxNumberOfMessages: 10, MessageAttributeNames: []string{"All"}})
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
func (c tenant) runs(t *testing.T) int {
	t.Helper()
	out, err := c.logs.FilterLogEvents(t.Context(), &cloudwatchlogs.FilterLogEventsInput{LogGroupName: aws.String("/aws/lambda/f")})
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

func (c tenant) putEvents(t *testing.T, qualifier *string, retries, age *int32, onFailure string) error {
	input := &lambda.PutFunctionEventInvokeConfigInput{
		FunctionName: aws.String("f"), Qualifier: qualifier, MaximumRetryAttempts: retries, MaximumEventAgeInSeconds: age,
	}
	if onFailure != "" {
		input.DestinationConfig = &types.DestinationConfig{OnFailure: &types.OnFailure{Destination: &onFailure}}
	}
	_, err := c.lambda.PutFunctionEventInvokeConfig(t.Context(), input)
	return err
}

func TestAsync_FailureArrivesOnceAfterTheRetriesOfTheAlias(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	url := c.lettered(t)
	live := aws.String("live")
	if err := c.putEvents(t, live, aws.Int32(1), nil, ""); err != nil {
		t.Fatal(err)
	}
	c.send(t, live)
	found := c.received(t, url)
	if len(found) != 1 || *found[0].Body != `{"n":1}` {
		t.Fatalf("%d messages: %v", len(found), found)
	}
	attributes := found[0].MessageAttributes
	if *attributes["ErrorCode"].StringValue != "200" || *attributes["ErrorMessage"].StringValue != "no" || attributes["RequestID"].StringValue == nil {
		t.Errorf("attributes: %v", attributes)
	}
	if count := c.runs(t); count != 2 {
		t.Errorf("%d runs, want 2", count)
	}
}

func TestAsync_FailureGoesToTheDestinationAndTheDeadLetterQueue(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	dead, failed := c.lettered(t), c.queue(t, "failed", nil)
	if err := c.putEvents(t, nil, aws.Int32(0), nil, c.queueARN("failed")); err != nil {
		t.Fatal(err)
	}
	c.send(t, nil)
	if found := c.received(t, dead); len(found) != 1 {
		t.Errorf("%d messages in the dead-letter queue", len(found))
	}
	found := c.received(t, failed)
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
	c := newTenant(t)
	url := c.lettered(t)
	// The first retry comes after a minute.
	if err := c.putEvents(t, nil, nil, aws.Int32(60), ""); err != nil {
		t.Fatal(err)
	}
	c.send(t, nil)
	if found := c.received(t, url); len(found) != 1 || c.runs(t) != 1 {
		t.Errorf("%d messages, %d runs", len(found), c.runs(t))
	}
}

func TestAsync_ClosedFunctionSendsEventsToTheDeadLetterQueueAtOnce(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	url := c.lettered(t)
	if _, err := c.lambda.PutFunctionConcurrency(t.Context(), &lambda.PutFunctionConcurrencyInput{FunctionName: aws.String("f"), ReservedConcurrentExecutions: aws.Int32(0)}); err != nil {
		t.Fatal(err)
	}
	_, err := c.lambda.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("f"), Qualifier: aws.String("live")})
	wantError(t, err, "TooManyRequestsException", "Rate Exceeded.")
	c.send(t, aws.String("live"))
	if found := c.received(t, url); len(found) != 1 || *found[0].MessageAttributes["ErrorCode"].StringValue != "429" {
		t.Errorf("got %v", found)
	}
}

func TestAsync_EncryptedQueueNeedsTheKeyToo(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	url := c.lettered(t)
	key := c.key(t, nil)
	if _, err := c.sqs().SetQueueAttributes(t.Context(), &sqs.SetQueueAttributesInput{QueueUrl: &url, Attributes: map[string]string{"KmsMasterKeyId": key}}); err != nil {
		t.Fatal(err)
	}
	if err := c.putEvents(t, nil, aws.Int32(0), nil, ""); err != nil {
		t.Fatal(err)
	}
	c.send(t, nil)
	c.waitForDeadLetterError(t)
	if got := c.queueAttributes(t, url, "ApproximateNumberOfMessages"); got["ApproximateNumberOfMessages"] != "0" {
		t.Errorf("without permission: %v", got)
	}
	c.allow(t, "encrypt", `"Action":["kms:GenerateDataKey","kms:Decrypt"],"Resource":"`+key+`"`)
	c.send(t, nil)
	if found := c.received(t, url); len(found) != 1 {
		t.Errorf("with permission: %d messages", len(found))
	}
}

// waitForDeadLetterError waits for the metric of a delivery that failed.
func (c tenant) waitForDeadLetterError(t *testing.T) {
	t.Helper()
	now := time.Now()
	for range 400 {
		out, err := c.alarms().GetMetricStatistics(t.Context(), &cloudwatch.GetMetricStatisticsInput{
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
	c := newTenant(t)
	c.function(t)
	c.live(t, c.publish(t))
	live := aws.String("live")
	ctx := t.Context()
	retries := func(qualifier *string) int32 {
		out, err := c.lambda.GetFunctionEventInvokeConfig(ctx, &lambda.GetFunctionEventInvokeConfigInput{FunctionName: aws.String("f"), Qualifier: qualifier})
		if err != nil {
			wantError(t, err, "ResourceNotFoundException", "doesn't have an EventInvokeConfig")
			return -1
		}
		return *out.MaximumRetryAttempts
	}
	if got := retries(live); got != -1 {
		t.Errorf("at first: %d", got)
	}
	for qualifier, count := range map[*string]int32{nil: 0, live: 1, aws.String("1"): 2} {
		if err := c.putEvents(t, qualifier, &count, nil, ""); err != nil {
			t.Fatal(err)
		}
	}
	if got := fmt.Sprint(retries(nil), retries(aws.String("$LATEST")), retries(live), retries(aws.String("1"))); got != "0 0 1 2" {
		t.Errorf("retries: %s", got)
	}
	out, err := c.lambda.UpdateFunctionEventInvokeConfig(ctx, &lambda.UpdateFunctionEventInvokeConfigInput{FunctionName: aws.String("f"), Qualifier: live, MaximumEventAgeInSeconds: aws.Int32(90)})
	if err != nil || *out.MaximumEventAgeInSeconds != 90 || *out.MaximumRetryAttempts != 1 || !strings.HasSuffix(*out.FunctionArn, ":f:live") {
		t.Errorf("updated: %+v %v", out, err)
	}
	if _, err := c.lambda.DeleteFunctionEventInvokeConfig(ctx, &lambda.DeleteFunctionEventInvokeConfigInput{FunctionName: aws.String("f"), Qualifier: live}); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(retries(nil), retries(live)); got != "0 -1" {
		t.Errorf("after deletion: %s", got)
	}
}

func TestEventConfig_IsValidated(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	c.function(t)
	wantError(t, c.putEvents(t, nil, aws.Int32(3), nil, ""), "ValidationException", "less than or equal to 2")
	wantError(t, c.putEvents(t, nil, nil, aws.Int32(59), ""), "ValidationException", "greater than or equal to 60")
	wantError(t, c.putEvents(t, nil, nil, aws.Int32(21601), ""), "ValidationException", "less than or equal to 21600")
	wantError(t, c.putEvents(t, aws.String("missing"), nil, nil, ""), "ResourceNotFoundException", ":function:f:missing")
	wantError(t, c.putEvents(t, nil, nil, nil, "arn:aws:sqs:nowhere"), "InvalidParameterValueException", "")
	wantError(t, c.putEvents(t, nil, nil, nil, c.queueARN("q")), "InvalidParameterValueException", "does not have permissions to call SendMessage on "+c.queueARN("q"))
}

func TestDeadLetter_RoleMustBeAllowedToSend(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	role := c.role(t, "r", lambdaTrust)
	create := func(name, target string) error {
		input := functionInput(t, name, role)
		input.DeadLetterConfig = &types.DeadLetterConfig{TargetArn: &target}
		_, err := c.lambda.CreateFunction(t.Context(), input)
		return err
	}
	topic := fmt.Sprintf("arn:aws:sns:%s:%s:dead", region, c.account)
	const refused = "The provided execution role does not have permissions to call "
	wantError(t, create("f", c.queueARN("dead")), "InvalidParameterValueException", refused+"SendMessage on SQS")
	wantError(t, create("f", topic), "InvalidParameterValueException", refused+"Publish on SNS")
	c.allow(t, "other", `"Action":"sqs:SendMessage","Resource":"`+c.queueARN("other")+`"`)
	wantError(t, create("f", c.queueARN("dead")), "InvalidParameterValueException", refused)
	c.allow(t, "dead", `"Action":"sqs:Send*","Resource":"`+c.queueARN("dead")+`"`)
	if err := create("f", c.queueARN("dead")); err != nil {
		t.Fatal(err)
	}
	c.settle(t, "f")

	update := func(input lambda.UpdateFunctionConfigurationInput) (*types.DeadLetterConfig, error) {
		input.FunctionName = aws.String("f")
		if _, err := c.lambda.UpdateFunctionConfiguration(t.Context(), &input); err != nil {
			return nil, err
		}
		c.settle(t, "f")
		out, err := c.lambda.GetFunction(t.Context(), &lambda.GetFunctionInput{FunctionName: aws.String("f")})
		if err != nil {
			t.Fatal(err)
		}
		return out.Configuration.DeadLetterConfig, nil
	}
	_, err := update(lambda.UpdateFunctionConfigurationInput{Role: aws.String(c.role(t, "bare", lambdaTrust))})
	wantError(t, err, "InvalidParameterValueException", refused)
	kept, err := update(lambda.UpdateFunctionConfigurationInput{Timeout: aws.Int32(9)})
	if err != nil || kept == nil || *kept.TargetArn != c.queueARN("dead") {
		t.Errorf("kept: %v %v", kept, err)
	}
	cleared, err := update(lambda.UpdateFunctionConfigurationInput{DeadLetterConfig: &types.DeadLetterConfig{TargetArn: aws.String("")}})
	if err != nil || cleared != nil {
		t.Errorf("cleared: %v %v", cleared, err)
	}
}

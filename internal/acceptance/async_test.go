package acceptance

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// queueURL is where the sandbox or AWS has a unit's dead-letter queue.
func (a *tenant) queueURL(ctx context.Context, name string) (*string, error) {
	out, err := a.sqs.GetQueueUrl(ctx, &sqs.GetQueueUrlInput{QueueName: new(name + "-dead-letter")})
	if err != nil {
		return nil, err
	}
	return out.QueueUrl, nil
}

func (a *tenant) setQueue(ctx context.Context, name, attribute, value string) error {
	url, err := a.queueURL(ctx, name)
	if err != nil {
		return err
	}
	_, err = a.sqs.SetQueueAttributes(ctx, &sqs.SetQueueAttributesInput{QueueUrl: url, Attributes: map[string]string{attribute: value}})
	return err
}

func queueChanged(attribute, value string) func(context.Context, *tenant, string) error {
	return func(ctx context.Context, a *tenant, name string) error {
		return a.setQueue(ctx, name, attribute, value)
	}
}

var asyncDrifts = []drift{
	{
		label: "dead_letter_target", paths: []string{"managed.function.dead_letter_target_arn"},
		do: configured(func(in *lambda.UpdateFunctionConfigurationInput) {
			in.DeadLetterConfig = &lambdatypes.DeadLetterConfig{TargetArn: new("")}
		}),
	},
	{label: "queue_retention", paths: []string{"managed.dead_letter_queue.retention_seconds"}, do: queueChanged("MessageRetentionPeriod", "60")},
	{label: "queue_key", paths: []string{"managed.dead_letter_queue.kms_key_arn"}, do: queueChanged("KmsMasterKeyId", "")},
	{label: "queue_policy_emptied", paths: []string{"managed.dead_letter_queue.policy.tls"}, do: queueChanged("Policy", "")},
	{
		label: "queue_policy_opened", paths: []string{"managed.dead_letter_queue.policy.tls", "managed.dead_letter_queue.policy.unexpected"},
		do: queueChanged("Policy", `{"Version":"2012-10-17","Statement":[{"Sid":"Open","Effect":"Allow","Principal":"*","Action":"sqs:ReceiveMessage","Resource":"*"}]}`),
	},
	{
		label: "queue_tags", paths: []string{"managed.dead_letter_queue.tags"},
		do: func(ctx context.Context, a *tenant, name string) error {
			url, err := a.queueURL(ctx, name)
			if err != nil {
				return err
			}
			_, err = a.sqs.TagQueue(ctx, &sqs.TagQueueInput{QueueUrl: url, Tags: map[string]string{"team": "others"}})
			return err
		},
	},
	{
		label: "queue_deleted", paths: []string{"managed.dead_letter_queue", "dead_letter_queue_arn", "dead_letter_queue_url"},
		do: func(ctx context.Context, a *tenant, name string) error {
			url, err := a.queueURL(ctx, name)
			if err != nil {
				return err
			}
			_, err = a.sqs.DeleteQueue(ctx, &sqs.DeleteQueueInput{QueueUrl: url})
			return err
		},
	},
	{
		label: "async", paths: []string{"managed.async.max_event_age", "managed.async.max_retries", "managed.async.on_failure"},
		do: func(ctx context.Context, a *tenant, name string) error {
			_, err := a.lambda.PutFunctionEventInvokeConfig(ctx, &lambda.PutFunctionEventInvokeConfigInput{
				FunctionName: &name, Qualifier: new("live"), MaximumRetryAttempts: new(int32(0)), MaximumEventAgeInSeconds: new(int32(60)),
			})
			return err
		},
	},
	{
		label: "async_deleted", paths: []string{"managed.async.max_retries", "managed.async.on_failure"},
		do: func(ctx context.Context, a *tenant, name string) error {
			_, err := a.lambda.DeleteFunctionEventInvokeConfig(ctx, &lambda.DeleteFunctionEventInvokeConfigInput{FunctionName: &name, Qualifier: new("live")})
			return err
		},
	},
}

var asyncChanges = []change{
	{label: "no_dead_letter", attribute: "dead_letter", value: `{ enabled = false }`, publishes: true},
	{label: "dead_letter_target", attribute: "dead_letter", value: `{ target_arn = "arn:aws:sqs:eu-central-1:ACCOUNT:tfacc-dead" }`, publishes: true},
	{
		label: "dead_letter_key", attribute: "dead_letter", from: `{ target_arn = "arn:aws:sqs:eu-central-1:ACCOUNT:tfacc-dead" }`,
		value: `{ target_arn = "arn:aws:sqs:eu-central-1:ACCOUNT:tfacc-dead", target_kms_key_arn = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab" }`,
	},
	{label: "dead_letter_retention", attribute: "dead_letter", value: `{ retention_days = 3 }`},
	{label: "dead_letter_on_destroy", attribute: "dead_letter", value: `{ on_destroy = "force" }`},
	{label: "async_retries", attribute: "async", value: `{ max_retries = 0 }`},
	{label: "async_age", attribute: "async", value: `{ max_event_age = 60 }`},
	{label: "async_success", attribute: "async", value: `{ on_success = "arn:aws:events:eu-central-1:ACCOUNT:event-bus/default" }`},
	{label: "async_failure", attribute: "async", value: `{ on_failure = "arn:aws:sqs:eu-central-1:ACCOUNT:tfacc-failed" }`},
	{
		label: "async_keys", attribute: "async", from: `{ on_failure = "arn:aws:sqs:eu-central-1:ACCOUNT:tfacc-failed" }`,
		value: `{ on_failure = "arn:aws:sqs:eu-central-1:ACCOUNT:tfacc-failed", destination_kms_key_arns = ["arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"] }`,
	},
}

// TestAccLambda_DeadLetterArrivesOnce invokes a failing function
// asynchronously: the event must end in the queue, once, and a destroy must not
// lose it.
func TestAccLambda_DeadLetterArrivesOnce(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	const name = "tfacc-dead-letter"
	c := newCore(t, a, `provider "secure" {}`+"\n"+unit(t, "x", name, map[string]string{
		"handler": `"app.failing"`, "async": `{ max_retries = 1 }`,
	}))
	c.must("apply", "-auto-approve")
	_, err := a.lambda.Invoke(t.Context(), &lambda.InvokeInput{
		FunctionName: new(name + ":live"), InvocationType: lambdatypes.InvocationTypeEvent, Payload: []byte(`{"order":"42"}`),
	})
	must(t, err)
	url, err := a.queueURL(t.Context(), name)
	must(t, err)
	var bodies []string
	for deadline := time.Now().Add(20 * time.Second); len(bodies) == 0 && time.Now().Before(deadline); {
		bodies = append(bodies, a.receive(t, url, 2)...)
	}
	bodies = append(bodies, a.receive(t, url, 2)...)
	if len(bodies) != 1 || !strings.Contains(bodies[0], `"order"`) {
		t.Fatalf("the queue got %q, want the event once", bodies)
	}
	c.must("plan", "-destroy", "-out=end")
	_, stderr, code := c.run("apply", "end")
	if code == 0 || !strings.Contains(stderr, "1 being read") {
		t.Fatalf("exit %d, and the error does not say how many messages are in the way:\n%s", code, stderr)
	}
	c.empty()
	// Nor may a change lose it.
	c.write(`provider "secure" {}` + "\n" + unit(t, "x", name, map[string]string{
		"handler": `"app.failing"`, "async": `{ max_retries = 1 }`, "dead_letter": "{ enabled = false }",
	}))
	if _, stderr, code := c.run("plan"); code == 0 || !strings.Contains(stderr, "is not empty") {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	// Nor another name, which would delete the unit.
	c.write(`provider "secure" {}` + "\n" + unit(t, "x", name+"-renamed", map[string]string{"handler": `"app.failing"`, "async": `{ max_retries = 1 }`}))
	_, stderr, code = c.run("plan")
	for _, said := range []string{"is not empty", "Another name deletes unit " + name, "keep the name"} {
		if code == 0 || !strings.Contains(strings.Join(strings.Fields(stderr), " "), said) {
			t.Errorf("exit %d, and nothing says %q:\n%s", code, said, stderr)
		}
	}
	c.write(`provider "secure" {}` + "\n" + unit(t, "x", name, map[string]string{
		"handler": `"app.failing"`, "async": `{ max_retries = 1 }`, "dead_letter": `{ on_destroy = "force" }`,
	}))
	c.must("apply", "-auto-approve")
	c.must("destroy", "-auto-approve")
	a.mustBeEmpty(t)
}

// receive reads what a queue holds without deleting it.
func (a *tenant) receive(t *testing.T, url *string, seconds int32) []string {
	t.Helper()
	out, err := a.sqs.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: url, WaitTimeSeconds: seconds, MaxNumberOfMessages: 10})
	must(t, err)
	var bodies []string
	for _, m := range out.Messages {
		bodies = append(bodies, fmt.Sprint(*m.Body))
	}
	return bodies
}

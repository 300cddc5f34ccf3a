package lambda_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/sandboxtest"
)

func TestDeadLetter_RoleMustBeAllowedToSend(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	role := c.Role(t, "r", sandboxtest.Trust)
	create := func(name, target string) error {
		input := sandboxtest.FunctionInput(t, name, role)
		input.DeadLetterConfig = &types.DeadLetterConfig{TargetArn: &target}
		_, err := c.Lambda.CreateFunction(t.Context(), input)
		return err
	}
	topic := fmt.Sprintf("arn:aws:sns:%s:%s:dead", sandboxtest.Region, c.Account)
	const refused = "The provided execution role does not have permissions to call "
	sandboxtest.WantError(t, create("f", c.QueueARN("dead")), "InvalidParameterValueException", refused+"SendMessage on SQS")
	sandboxtest.WantError(t, create("f", topic), "InvalidParameterValueException", refused+"Publish on SNS")
	c.Allow(t, "other", `"Action":"sqs:SendMessage","Resource":"`+c.QueueARN("other")+`"`)
	sandboxtest.WantError(t, create("f", c.QueueARN("dead")), "InvalidParameterValueException", refused)
	c.Allow(t, "dead", `"Action":"sqs:Send*","Resource":"`+c.QueueARN("dead")+`"`)
	if err := create("f", c.QueueARN("dead")); err != nil {
		t.Fatal(err)
	}
	c.Settle(t, "f")

	update := func(input lambda.UpdateFunctionConfigurationInput) (*types.DeadLetterConfig, error) {
		input.FunctionName = aws.String("f")
		if _, err := c.Lambda.UpdateFunctionConfiguration(t.Context(), &input); err != nil {
			return nil, err
		}
		c.Settle(t, "f")
		out, err := c.Lambda.GetFunction(t.Context(), &lambda.GetFunctionInput{FunctionName: aws.String("f")})
		if err != nil {
			t.Fatal(err)
		}
		return out.Configuration.DeadLetterConfig, nil
	}
	_, err := update(lambda.UpdateFunctionConfigurationInput{Role: aws.String(c.Role(t, "bare", sandboxtest.Trust))})
	sandboxtest.WantError(t, err, "InvalidParameterValueException", refused)
	kept, err := update(lambda.UpdateFunctionConfigurationInput{Timeout: aws.Int32(9)})
	if err != nil || kept == nil || *kept.TargetArn != c.QueueARN("dead") {
		t.Errorf("kept: %v %v", kept, err)
	}
	cleared, err := update(lambda.UpdateFunctionConfigurationInput{DeadLetterConfig: &types.DeadLetterConfig{TargetArn: aws.String("")}})
	if err != nil || cleared != nil {
		t.Errorf("cleared: %v %v", cleared, err)
	}
}

func TestActiveTracingAsksWithoutTheFunction(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	role := c.Role(t, "r", sandboxtest.Trust)
	input := sandboxtest.FunctionInput(t, "f", role)
	input.TracingConfig = &types.TracingConfig{Mode: types.TracingModeActive}
	const refused = "The provided execution role does not have permissions to call PutTraceSegments on XRAY"
	c.Let(t, "r", c.BoundTo("f", `"xray:PutTraceSegments"`))
	_, err := c.Lambda.CreateFunction(t.Context(), input)
	sandboxtest.WantError(t, err, "InvalidParameterValueException", refused)
	input.TracingConfig = nil
	if _, err := c.Lambda.CreateFunction(t.Context(), input); err != nil {
		t.Fatalf("without tracing: %v", err)
	}
	c.Settle(t, "f")
	activate := func() error {
		_, err := c.Lambda.UpdateFunctionConfiguration(t.Context(), &lambda.UpdateFunctionConfigurationInput{
			FunctionName: aws.String("f"), TracingConfig: &types.TracingConfig{Mode: types.TracingModeActive},
		})
		return err
	}
	sandboxtest.WantError(t, activate(), "InvalidParameterValueException", refused)
	c.Let(t, "r", sandboxtest.Free(`"xray:PutTraceSegments"`))
	if err := activate(); err != nil {
		t.Errorf("an unbound statement: %v", err)
	}
	c.Settle(t, "f")
	// Another role is asked as well, about the tracing that is there.
	other := c.Role(t, "other", sandboxtest.Trust)
	_, err = c.Lambda.UpdateFunctionConfiguration(t.Context(), &lambda.UpdateFunctionConfigurationInput{FunctionName: aws.String("f"), Role: &other})
	sandboxtest.WantError(t, err, "InvalidParameterValueException", refused)
}

func TestDeadLettersAndPollersComeWithoutTheFunction(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	ctx := t.Context()
	c.Function(t)
	if _, err := c.SQS().CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: aws.String("q")}); err != nil {
		t.Fatal(err)
	}
	arn := fmt.Sprintf("arn:aws:sqs:%s:%s:q", sandboxtest.Region, c.Account)
	send := func() error {
		_, err := c.Lambda.UpdateFunctionConfiguration(ctx, &lambda.UpdateFunctionConfigurationInput{
			FunctionName: aws.String("f"), DeadLetterConfig: &types.DeadLetterConfig{TargetArn: &arn},
		})
		return err
	}
	poll := func() error {
		_, err := c.Lambda.CreateEventSourceMapping(ctx, &lambda.CreateEventSourceMappingInput{FunctionName: aws.String("f"), EventSourceArn: &arn, Enabled: aws.Bool(false)})
		return err
	}
	const actions = `"sqs:SendMessage","sqs:ReceiveMessage","sqs:DeleteMessage","sqs:GetQueueAttributes"`
	c.Let(t, "f-role", c.BoundTo("f", actions))
	sandboxtest.WantError(t, send(), "InvalidParameterValueException", "SendMessage on SQS")
	sandboxtest.WantError(t, poll(), "InvalidParameterValueException", "ReceiveMessage on SQS")
	// Denying the function's own code leaves the service alone.
	c.Let(t, "f-role", sandboxtest.Free(actions), strings.Replace(c.BoundTo("f", actions), "Allow", "Deny", 1))
	if err := poll(); err != nil {
		t.Errorf("polling: %v", err)
	}
	if err := send(); err != nil {
		t.Errorf("dead letters: %v", err)
	}
	c.Let(t, "f-role", sandboxtest.Free(actions), `{"Effect":"Deny","Action":"sqs:*","Resource":"*","Condition":{"Null":{"lambda:SourceFunctionArn":"true"}}}`)
	c.Settle(t, "f")
	sandboxtest.WantError(t, send(), "InvalidParameterValueException", "SendMessage on SQS")
}

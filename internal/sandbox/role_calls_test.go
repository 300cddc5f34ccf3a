package sandbox

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

func TestConditionsAreEvaluated(t *testing.T) {
	t.Parallel()
	const f = "arn:aws:lambda:eu-central-1:1:function:f"
	keys := requestKeys{}.with(keySourceFunction, f, "aws:x", "a", "aws:x", "b", "aws:flag", "true")
	for _, c := range []struct {
		condition string
		want      bool
	}{
		{`{"ArnEquals":{"lambda:SourceFunctionArn":"arn:aws:lambda:*:1:function:f"}}`, true},
		{`{"ArnLike":{"lambda:SourceFunctionArn":["x","arn:aws:lambda:eu-central-1:1:function:*"]}}`, true},
		{`{"ArnLike":{"lambda:SourceFunctionArn":"arn:*:function:f"}}`, false},
		{`{"StringEquals":{"LAMBDA:sourcefunctionarn":"` + f + `"}}`, true},
		{`{"StringEquals":{"lambda:SourceFunctionArn":"` + f + `","aws:flag":"false"}}`, false},
		{`{"StringNotEquals":{"lambda:SourceFunctionArn":"` + f + `"}}`, false},
		{`{"ArnNotLike":{"lambda:SourceFunctionArn":"arn:aws:lambda:*:2:function:*"}}`, true},
		{`{"StringLike":{"aws:x":"?"}}`, true},
		{`{"StringEqualsIgnoreCase":{"aws:x":"A"}}`, true},
		{`{"ForAllValues:StringEquals":{"aws:x":["a","b","c"]}}`, true},
		{`{"ForAllValues:StringEquals":{"aws:x":["a"]}}`, false},
		{`{"ForAnyValue:StringEquals":{"aws:x":["b"]}}`, true},
		{`{"Bool":{"aws:flag":"TRUE"}}`, true},
		{`{"Null":{"lambda:SourceFunctionArn":"false"}}`, true},
		{`{"Null":{"kms:ViaService":"true"}}`, true},
		{`{"Null":{"kms:ViaService":"false"}}`, false},
		{`{"StringEquals":{"kms:ViaService":"x"}}`, false},
		{`{"StringEqualsIfExists":{"kms:ViaService":"x"}}`, true},
		{`{"StringNotEquals":{"kms:ViaService":"x"}}`, true},
		{`{"ForAllValues:StringEquals":{"kms:EncryptionContextKeys":"x"}}`, true},
		{`{"ForAnyValue:StringEquals":{"kms:EncryptionContextKeys":"x"}}`, false},
		{`{"StringEquals":{"aws:SomeKey":"x"}}`, false},
		{`{"StringNotEquals":{"aws:SomeKey":"x"}}`, false},
		{`{"StringEqualsIfExists":{"aws:SomeKey":"x"}}`, false},
		{`{"Null":{"aws:SomeKey":"true"}}`, false},
		{`{"DateGreaterThan":{"aws:x":"2020-01-01T00:00:00Z"}}`, false},
	} {
		document := policyDocumentOf(t, `{"Effect":"Allow","Action":"a:b","Resource":"*","Condition":`+c.condition+`}`)
		if got := allows([]policyDocument{document}, permission{"a:b", "r", keys}); got != c.want {
			t.Errorf("%s: allows %v, want %v", c.condition, got, c.want)
		}
		// A denial denies exactly where the same condition would allow.
		everything := policyDocumentOf(t, `{"Effect":"Allow","Action":"*","Resource":"*"}`)
		document.Statement[0].Effect = "Deny"
		if got := allows([]policyDocument{everything, document}, permission{"a:b", "r", keys}); got == c.want {
			t.Errorf("%s: as a denial it leaves %v", c.condition, got)
		}
	}
}

func policyDocumentOf(t *testing.T, text string) policyDocument {
	t.Helper()
	var document policyDocument
	decoder := json.NewDecoder(strings.NewReader(`{"Statement":[` + text + `]}`))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&document); err != nil {
		t.Fatal(err)
	}
	return document
}

// let gives a role one inline policy, in place of the one it had.
func (c tenant) let(t *testing.T, role string, statements ...string) {
	t.Helper()
	_, err := c.iam.PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{
		RoleName: &role, PolicyName: aws.String("p"), PolicyDocument: aws.String(policyOf(strings.Join(statements, ","))),
	})
	if err != nil {
		t.Fatal(err)
	}
}

// boundTo is an Allow for one function's own calls.
func (c tenant) boundTo(function, actions string) string {
	return fmt.Sprintf(`{"Effect":"Allow","Action":[%s],"Resource":"*","Condition":{"ArnEquals":{"lambda:SourceFunctionArn":"arn:aws:lambda:%s:%s:function:%s"}}}`,
		actions, region, c.account, function)
}

func free(actions string) string {
	return fmt.Sprintf(`{"Effect":"Allow","Action":[%s],"Resource":"*"}`, actions)
}

func TestActiveTracingAsksWithoutTheFunction(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	role := c.role(t, "r", lambdaTrust)
	input := functionInput(t, "f", role)
	input.TracingConfig = &types.TracingConfig{Mode: types.TracingModeActive}
	const refused = "The provided execution role does not have permissions to call PutTraceSegments on XRAY"
	c.let(t, "r", c.boundTo("f", `"xray:PutTraceSegments"`))
	_, err := c.lambda.CreateFunction(t.Context(), input)
	wantError(t, err, "InvalidParameterValueException", refused)
	input.TracingConfig = nil
	if _, err := c.lambda.CreateFunction(t.Context(), input); err != nil {
		t.Fatalf("without tracing: %v", err)
	}
	c.settle(t, "f")
	activate := func() error {
		_, err := c.lambda.UpdateFunctionConfiguration(t.Context(), &lambda.UpdateFunctionConfigurationInput{
			FunctionName: aws.String("f"), TracingConfig: &types.TracingConfig{Mode: types.TracingModeActive},
		})
		return err
	}
	wantError(t, activate(), "InvalidParameterValueException", refused)
	c.let(t, "r", free(`"xray:PutTraceSegments"`))
	if err := activate(); err != nil {
		t.Errorf("an unbound statement: %v", err)
	}
	c.settle(t, "f")
	// Another role is asked as well, about the tracing that is there.
	other := c.role(t, "other", lambdaTrust)
	_, err = c.lambda.UpdateFunctionConfiguration(t.Context(), &lambda.UpdateFunctionConfigurationInput{FunctionName: aws.String("f"), Role: &other})
	wantError(t, err, "InvalidParameterValueException", refused)
}

func TestDeadLettersAndPollersComeWithoutTheFunction(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	ctx := t.Context()
	c.function(t)
	if _, err := c.sqs().CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: aws.String("q")}); err != nil {
		t.Fatal(err)
	}
	arn := fmt.Sprintf("arn:aws:sqs:%s:%s:q", region, c.account)
	send := func() error {
		_, err := c.lambda.UpdateFunctionConfiguration(ctx, &lambda.UpdateFunctionConfigurationInput{
			FunctionName: aws.String("f"), DeadLetterConfig: &types.DeadLetterConfig{TargetArn: &arn},
		})
		return err
	}
	poll := func() error {
		_, err := c.lambda.CreateEventSourceMapping(ctx, &lambda.CreateEventSourceMappingInput{FunctionName: aws.String("f"), EventSourceArn: &arn, Enabled: aws.Bool(false)})
		return err
	}
	const actions = `"sqs:SendMessage","sqs:ReceiveMessage","sqs:DeleteMessage","sqs:GetQueueAttributes"`
	c.let(t, "f-role", c.boundTo("f", actions))
	wantError(t, send(), "InvalidParameterValueException", "SendMessage on SQS")
	wantError(t, poll(), "InvalidParameterValueException", "ReceiveMessage on SQS")
	// Denying the function's own code leaves the service alone.
	c.let(t, "f-role", free(actions), strings.Replace(c.boundTo("f", actions), "Allow", "Deny", 1))
	if err := poll(); err != nil {
		t.Errorf("polling: %v", err)
	}
	if err := send(); err != nil {
		t.Errorf("dead letters: %v", err)
	}
	c.let(t, "f-role", free(actions), `{"Effect":"Deny","Action":"sqs:*","Resource":"*","Condition":{"Null":{"lambda:SourceFunctionArn":"true"}}}`)
	c.settle(t, "f")
	wantError(t, send(), "InvalidParameterValueException", "SendMessage on SQS")
}

func TestDenialsTellWhatTheRoleCannotDoWhenAFunctionRuns(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	ctx := t.Context()
	role := c.role(t, "r", lambdaTrust)
	key := c.key(t, nil)
	input := functionInput(t, "f", role)
	input.KMSKeyArn, input.TracingConfig = &key, &types.TracingConfig{Mode: types.TracingModeActive}
	c.let(t, "r", free(`"xray:PutTraceSegments"`))
	if _, err := c.lambda.CreateFunction(ctx, input); err != nil {
		t.Fatal(err)
	}
	c.settle(t, "f")
	invoke := func() []string {
		t.Helper()
		if _, err := c.lambda.Invoke(ctx, &lambda.InvokeInput{FunctionName: aws.String("f")}); err != nil {
			t.Fatal(err)
		}
		var actions []string
		for _, denied := range box.Denials(c.account) {
			actions = append(actions, denied.Action)
		}
		return actions
	}
	want := []string{"logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTelemetryRecords", "kms:Decrypt"}
	if got := invoke(); !slices.Equal(got, want) {
		t.Errorf("denied %v, want %v", got, want)
	}
	// The function's own calls carry its ARN, the decryption its context.
	box.ForgetDenials(c.account)
	c.let(t, "r", c.boundTo("f", `"logs:*","xray:*"`), free(`"xray:PutTraceSegments"`), fmt.Sprintf(
		`{"Effect":"Allow","Action":"kms:Decrypt","Resource":"*","Condition":{"StringEquals":{"kms:ViaService":"lambda.%s.amazonaws.com","kms:EncryptionContext:aws:lambda:FunctionArn":"arn:aws:lambda:%s:%s:function:f"}}}`,
		region, region, c.account))
	time.Sleep(10 * time.Millisecond) // the count of writes follows the answer
	if got := invoke(); len(got) > 0 {
		t.Errorf("denied %v", got)
	}
	c.let(t, "r", c.boundTo("other", `"logs:*"`), free(`"xray:*","kms:Decrypt"`))
	time.Sleep(10 * time.Millisecond)
	if got := invoke(); !slices.Equal(got, want[:2]) {
		t.Errorf("bound to another function: denied %v, want %v", got, want[:2])
	}
}

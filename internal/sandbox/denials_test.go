package sandbox_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/sandboxtest"
)

func TestDenialsTellWhatTheRoleCannotDoWhenAFunctionRuns(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	ctx := t.Context()
	role := c.Role(t, "r", sandboxtest.Trust)
	key := c.Key(t, nil)
	input := sandboxtest.FunctionInput(t, "f", role)
	input.KMSKeyArn, input.TracingConfig = &key, &types.TracingConfig{Mode: types.TracingModeActive}
	c.Let(t, "r", sandboxtest.Free(`"xray:PutTraceSegments"`))
	if _, err := c.Lambda.CreateFunction(ctx, input); err != nil {
		t.Fatal(err)
	}
	c.Settle(t, "f")
	invoke := func() []string {
		t.Helper()
		if _, err := c.Lambda.Invoke(ctx, &lambda.InvokeInput{FunctionName: aws.String("f")}); err != nil {
			t.Fatal(err)
		}
		var actions []string
		for _, denied := range sandboxtest.Box.Denials(c.Account) {
			actions = append(actions, denied.Action)
		}
		return actions
	}
	want := []string{"logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTelemetryRecords", "kms:Decrypt"}
	if got := invoke(); !slices.Equal(got, want) {
		t.Errorf("denied %v, want %v", got, want)
	}
	// The function's own calls carry its ARN, the decryption its context.
	sandboxtest.Box.ForgetDenials(c.Account)
	c.Let(t, "r", c.BoundTo("f", `"logs:*","xray:*"`), sandboxtest.Free(`"xray:PutTraceSegments"`), fmt.Sprintf(
		`{"Effect":"Allow","Action":"kms:Decrypt","Resource":"*","Condition":{"StringEquals":{"kms:ViaService":"lambda.%s.amazonaws.com","kms:EncryptionContext:aws:lambda:FunctionArn":"arn:aws:lambda:%s:%s:function:f"}}}`,
		sandboxtest.Region, sandboxtest.Region, c.Account))
	time.Sleep(10 * time.Millisecond) // the count of writes follows the answer
	if got := invoke(); len(got) > 0 {
		t.Errorf("denied %v", got)
	}
	c.Let(t, "r", c.BoundTo("other", `"logs:*"`), sandboxtest.Free(`"xray:*","kms:Decrypt"`))
	time.Sleep(10 * time.Millisecond)
	if got := invoke(); !slices.Equal(got, want[:2]) {
		t.Errorf("bound to another function: denied %v, want %v", got, want[:2])
	}
}

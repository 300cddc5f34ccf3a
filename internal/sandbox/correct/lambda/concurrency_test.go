package lambda_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/sandboxtest"
)

func reserve(t *testing.T, c sandboxtest.Tenant, count int32) error {
	t.Helper()
	_, err := c.Lambda.PutFunctionConcurrency(t.Context(), &lambda.PutFunctionConcurrencyInput{FunctionName: aws.String("f"), ReservedConcurrentExecutions: &count})
	return err
}

func TestConcurrency_LeavesTheAccountItsMinimum(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	c.Function(t)
	limits := func() string {
		settings, err := c.Lambda.GetAccountSettings(t.Context(), &lambda.GetAccountSettingsInput{})
		if err != nil {
			t.Fatal(err)
		}
		out, err := c.Lambda.GetFunction(t.Context(), &lambda.GetFunctionInput{FunctionName: aws.String("f")})
		if err != nil {
			t.Fatal(err)
		}
		reserved := "none"
		if out.Concurrency != nil {
			reserved = fmt.Sprint(*out.Concurrency.ReservedConcurrentExecutions)
		}
		return fmt.Sprint(settings.AccountLimit.ConcurrentExecutions, *settings.AccountLimit.UnreservedConcurrentExecutions, " ", reserved)
	}
	if got := limits(); got != "1000 1000 none" {
		t.Errorf("at first: %s", got)
	}
	const refused = "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100]."
	sandboxtest.WantError(t, reserve(t, c, 901), "InvalidParameterValueException", refused)
	for _, count := range []int32{900, 899, 900} { // each instead of the last
		if err := reserve(t, c, count); err != nil {
			t.Fatal(err)
		}
	}
	if got := limits(); got != "1000 100 900" {
		t.Errorf("reserved: %s", got)
	}
	if _, err := c.Lambda.DeleteFunctionConcurrency(t.Context(), &lambda.DeleteFunctionConcurrencyInput{FunctionName: aws.String("f")}); err != nil {
		t.Fatal(err)
	}
	if got := limits(); got != "1000 1000 none" {
		t.Errorf("given back: %s", got)
	}
}

func TestConcurrency_HoldsForAliases(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	input := sandboxtest.FunctionInput(t, "f", c.Role(t, "r", sandboxtest.Trust))
	input.Code.ZipFile = sandboxtest.Zipped(t, "import time\ndef handler(event, context):\n    time.sleep(0.6)\n")
	if _, err := c.Lambda.CreateFunction(t.Context(), input); err != nil {
		t.Fatal(err)
	}
	c.Settle(t, "f")
	c.Live(t, c.Publish(t))
	if err := reserve(t, c, 1); err != nil {
		t.Fatal(err)
	}
	errs := make(chan error)
	for range 2 {
		go func() {
			_, err := c.Lambda.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("f"), Qualifier: aws.String("live")})
			errs <- err
		}()
	}
	first, second := <-errs, <-errs // the refused one is there first
	sandboxtest.WantError(t, first, "TooManyRequestsException", "Rate Exceeded.")
	if second != nil {
		t.Error(second)
	}
}

func TestRecursion_IsTerminatedUnlessAllowed(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	c.Function(t)
	get := func() types.RecursiveLoop {
		out, err := c.Lambda.GetFunctionRecursionConfig(t.Context(), &lambda.GetFunctionRecursionConfigInput{FunctionName: aws.String("f")})
		if err != nil {
			t.Fatal(err)
		}
		return out.RecursiveLoop
	}
	if got := get(); got != types.RecursiveLoopTerminate {
		t.Errorf("at first: %s", got)
	}
	_, err := c.Lambda.PutFunctionRecursionConfig(t.Context(), &lambda.PutFunctionRecursionConfigInput{FunctionName: aws.String("f"), RecursiveLoop: types.RecursiveLoopAllow})
	if got := get(); err != nil || got != types.RecursiveLoopAllow {
		t.Errorf("allowed: %s %v", got, err)
	}
}

package sandbox

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

func (c tenant) reserve(t *testing.T, count int32) error {
	t.Helper()
	_, err := c.lambda.PutFunctionConcurrency(t.Context(), &lambda.PutFunctionConcurrencyInput{FunctionName: aws.String("f"), ReservedConcurrentExecutions: &count})
	return err
}

func TestConcurrency_LeavesTheAccountItsMinimum(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	c.function(t)
	limits := func() string {
		settings, err := c.lambda.GetAccountSettings(t.Context(), &lambda.GetAccountSettingsInput{})
		if err != nil {
			t.Fatal(err)
		}
		out, err := c.lambda.GetFunction(t.Context(), &lambda.GetFunctionInput{FunctionName: aws.String("f")})
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
	wantError(t, c.reserve(t, 901), "InvalidParameterValueException", refused)
	for _, count := range []int32{900, 899, 900} { // each instead of the last
		if err := c.reserve(t, count); err != nil {
			t.Fatal(err)
		}
	}
	if got := limits(); got != "1000 100 900" {
		t.Errorf("reserved: %s", got)
	}
	if _, err := c.lambda.DeleteFunctionConcurrency(t.Context(), &lambda.DeleteFunctionConcurrencyInput{FunctionName: aws.String("f")}); err != nil {
		t.Fatal(err)
	}
	if got := limits(); got != "1000 1000 none" {
		t.Errorf("given back: %s", got)
	}
}

func TestConcurrency_HoldsForAliases(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	input := functionInput(t, "f", c.role(t, "r", lambdaTrust))
	input.Code.ZipFile = zipped(t, "import time\ndef handler(event, context):\n    time.sleep(0.6)\n")
	if _, err := c.lambda.CreateFunction(t.Context(), input); err != nil {
		t.Fatal(err)
	}
	c.settle(t, "f")
	c.live(t, c.publish(t))
	if err := c.reserve(t, 1); err != nil {
		t.Fatal(err)
	}
	errs := make(chan error)
	for range 2 {
		go func() {
			_, err := c.lambda.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("f"), Qualifier: aws.String("live")})
			errs <- err
		}()
	}
	first, second := <-errs, <-errs // the refused one is there first
	wantError(t, first, "TooManyRequestsException", "Rate Exceeded.")
	if second != nil {
		t.Error(second)
	}
}

func TestRecursion_IsTerminatedUnlessAllowed(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	c.function(t)
	get := func() types.RecursiveLoop {
		out, err := c.lambda.GetFunctionRecursionConfig(t.Context(), &lambda.GetFunctionRecursionConfigInput{FunctionName: aws.String("f")})
		if err != nil {
			t.Fatal(err)
		}
		return out.RecursiveLoop
	}
	if got := get(); got != types.RecursiveLoopTerminate {
		t.Errorf("at first: %s", got)
	}
	_, err := c.lambda.PutFunctionRecursionConfig(t.Context(), &lambda.PutFunctionRecursionConfigInput{FunctionName: aws.String("f"), RecursiveLoop: types.RecursiveLoopAllow})
	if got := get(); err != nil || got != types.RecursiveLoopAllow {
		t.Errorf("allowed: %s %v", got, err)
	}
}

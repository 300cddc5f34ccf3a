package cloud

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// findAsync reads what becomes of asynchronous invocations of an alias. One
// without a configuration has Lambda's defaults.
func (c *Client) findAsync(ctx context.Context, function, alias string) (bp.Async, error) {
	async := bp.Async{MaxRetries: bp.Known[int64](bp.LambdaMaxRetries), MaxEventAge: bp.Known[int64](bp.LambdaMaxEventAge)}
	out, err := c.lambda.GetFunctionEventInvokeConfig(ctx, &lambda.GetFunctionEventInvokeConfigInput{FunctionName: &function, Qualifier: &alias})
	if err != nil {
		return async, ignoreMissing(err)
	}
	if n := out.MaximumRetryAttempts; n != nil {
		async.MaxRetries = bp.Known(int64(*n))
	}
	if n := out.MaximumEventAgeInSeconds; n != nil {
		async.MaxEventAge = bp.Known(int64(*n))
	}
	if d := out.DestinationConfig; d != nil {
		if d.OnSuccess != nil {
			async.OnSuccess = optional(d.OnSuccess.Destination)
		}
		if d.OnFailure != nil {
			async.OnFailure = optional(d.OnFailure.Destination)
		}
	}
	return async, nil
}

// putAsync configures an alias. What equals Lambda's defaults needs no
// configuration, and one that stands in the way is deleted.
func (c *Client) putAsync(ctx context.Context, function, alias string, want bp.Async) error {
	if want.Unconfigured() {
		return c.removeAsync(ctx, function, alias)
	}
	// A put replaces the whole configuration, so what is left out is Lambda's default.
	in := &lambda.PutFunctionEventInvokeConfigInput{
		FunctionName: &function, Qualifier: &alias,
		MaximumRetryAttempts:     unless(number(want.MaxRetries), bp.LambdaMaxRetries),
		MaximumEventAgeInSeconds: unless(number(want.MaxEventAge), bp.LambdaMaxEventAge),
	}
	if want.OnSuccess.IsKnown() || want.OnFailure.IsKnown() {
		in.DestinationConfig = &types.DestinationConfig{}
	}
	if want.OnSuccess.IsKnown() {
		in.DestinationConfig.OnSuccess = &types.OnSuccess{Destination: text(want.OnSuccess)}
	}
	if want.OnFailure.IsKnown() {
		in.DestinationConfig.OnFailure = &types.OnFailure{Destination: text(want.OnFailure)}
	}
	return c.call(ctx, func() error {
		_, err := c.lambda.PutFunctionEventInvokeConfig(ctx, in)
		return err
	})
}

func (c *Client) removeAsync(ctx context.Context, function, alias string) error {
	return c.call(ctx, func() error {
		_, err := c.lambda.DeleteFunctionEventInvokeConfig(ctx, &lambda.DeleteFunctionEventInvokeConfigInput{FunctionName: &function, Qualifier: aws.String(alias)})
		return ignoreMissing(err)
	})
}

func asyncKind() kind {
	return kind{
		Component: bp.AsyncComponent(),
		looks:     (*Client).asyncLooks,
		delivers: func(have, want bp.Blueprint) bool {
			before, after := bp.ValueOf(have.Async), bp.ValueOf(want.Async)
			return have.Async.IsKnown() && (before.OnSuccess != after.OnSuccess || before.OnFailure != after.OnFailure)
		},
		steps: steps(step{taskAsync, []string{taskAlias}, (*unit).ensureAsync}),
	}
}

func (c *Client) asyncLooks(t Target, o *Observation) ([]look, func(context.Context) error) {
	return []look{{"asynchronous invocations of alias", t.Alias(), func(ctx context.Context) error {
		async, err := c.findAsync(ctx, t.Function(), t.Alias())
		o.Async = bp.Known(async)
		return err
	}}}, nil
}

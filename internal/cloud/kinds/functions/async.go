package functions

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// findAsync reads what becomes of asynchronous invocations of an alias. One
// without a configuration has Lambda's defaults.
func findAsync(ctx context.Context, c *api.Client, function, alias string) (bp.Async, error) {
	async := bp.Async{MaxRetries: bp.Known[int64](bp.LambdaMaxRetries), MaxEventAge: bp.Known[int64](bp.LambdaMaxEventAge)}
	out, err := c.Lambda.GetFunctionEventInvokeConfig(ctx, &lambda.GetFunctionEventInvokeConfigInput{FunctionName: &function, Qualifier: &alias})
	if err != nil {
		return async, api.IgnoreMissing(err)
	}
	if n := out.MaximumRetryAttempts; n != nil {
		async.MaxRetries = bp.Known(int64(*n))
	}
	if n := out.MaximumEventAgeInSeconds; n != nil {
		async.MaxEventAge = bp.Known(int64(*n))
	}
	if d := out.DestinationConfig; d != nil {
		if d.OnSuccess != nil {
			async.OnSuccess = api.Optional(d.OnSuccess.Destination)
		}
		if d.OnFailure != nil {
			async.OnFailure = api.Optional(d.OnFailure.Destination)
		}
	}
	return async, nil
}

// putAsync configures an alias. What equals Lambda's defaults needs no
// configuration, and one that stands in the way is deleted.
func putAsync(ctx context.Context, c *api.Client, function, alias string, want bp.Async) error {
	if want.Unconfigured() {
		return removeAsync(ctx, c, function, alias)
	}
	// A put replaces the whole configuration, so what is left out is Lambda's default.
	in := &lambda.PutFunctionEventInvokeConfigInput{
		FunctionName: &function, Qualifier: &alias,
		MaximumRetryAttempts:     api.Unless(api.Number(want.MaxRetries), bp.LambdaMaxRetries),
		MaximumEventAgeInSeconds: api.Unless(api.Number(want.MaxEventAge), bp.LambdaMaxEventAge),
	}
	if want.OnSuccess.IsKnown() || want.OnFailure.IsKnown() {
		in.DestinationConfig = &types.DestinationConfig{}
	}
	if want.OnSuccess.IsKnown() {
		in.DestinationConfig.OnSuccess = &types.OnSuccess{Destination: api.Text(want.OnSuccess)}
	}
	if want.OnFailure.IsKnown() {
		in.DestinationConfig.OnFailure = &types.OnFailure{Destination: api.Text(want.OnFailure)}
	}
	return c.Call(ctx, func() error {
		_, err := c.Lambda.PutFunctionEventInvokeConfig(ctx, in)
		return err
	})
}

func removeAsync(ctx context.Context, c *api.Client, function, alias string) error {
	return c.Call(ctx, func() error {
		_, err := c.Lambda.DeleteFunctionEventInvokeConfig(ctx, &lambda.DeleteFunctionEventInvokeConfigInput{FunctionName: &function, Qualifier: aws.String(alias)})
		return api.IgnoreMissing(err)
	})
}

// Async says what the settings of asynchronous invocations are.
func Async() kinds.Kind {
	return kinds.Kind{
		Component: bp.AsyncComponent(),
		Looks:     asyncLooks,
		Delivers: func(have, want bp.Blueprint) bool {
			before, after := bp.ValueOf(have.Async), bp.ValueOf(want.Async)
			return have.Async.IsKnown() && (before.OnSuccess != after.OnSuccess || before.OnFailure != after.OnFailure)
		},
		Steps: kinds.Steps(kinds.Step{ID: kinds.TaskAsync, After: []string{kinds.TaskAlias}, Run: ensureAsync}),
	}
}

func asyncLooks(c *api.Client, t kinds.Target, o *kinds.Observation) ([]kinds.Look, func(context.Context) error) {
	return []kinds.Look{{What: "asynchronous invocations of alias", Name: t.Alias(), Find: func(ctx context.Context) error {
		async, err := findAsync(ctx, c, t.Function(), t.Alias())
		o.Async = bp.Known(async)
		return err
	}}}, nil
}

func ensureAsync(ctx context.Context, u *kinds.Unit) error {
	wanted := u.Want()
	want, alias := bp.ValueOf(wanted.Async), bp.ValueOf(wanted.Alias).Name
	have, configured := u.Job.Observed.Async.Get()
	renamed := bp.ValueOf(u.Job.Observed.Alias).Name != alias
	if configured && have == want && !renamed || want.Unconfigured() && (!configured || renamed) {
		return nil
	}
	return putAsync(ctx, u.Client, bp.ValueOf(wanted.Function).Name.Or(""), alias.Or(""), want)
}

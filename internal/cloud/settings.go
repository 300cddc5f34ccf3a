package cloud

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// ensureSettings sets what belongs to the function as a whole, beside its
// versions: each has a call of its own.
func (u *unit) ensureSettings(ctx context.Context) error {
	want, have := bp.ValueOf(u.want().Function), bp.ValueOf(u.job.Observed.Function)
	name := want.Name.Or("")
	if have.ReservedConcurrency != want.ReservedConcurrency {
		if err := u.putReserved(ctx, name, want.ReservedConcurrency); err != nil {
			return err
		}
	}
	if have.Recursion.Else(bp.Known(recursionTerminates)) != want.Recursion {
		if err := u.putRecursion(ctx, name, want.Recursion); err != nil {
			return err
		}
	}
	if !bp.Equal(have.RuntimeManagement, want.RuntimeManagement) {
		return u.putRuntimeManagement(ctx, name, "", want.RuntimeManagement)
	}
	return nil
}

func (c *Client) findSigning(ctx context.Context, name string) (bp.String, error) {
	out, err := c.lambda.GetFunctionCodeSigningConfig(ctx, &lambda.GetFunctionCodeSigningConfigInput{FunctionName: &name})
	if err != nil {
		return bp.Null[string](), c.unlessOffered("code signing (GetFunctionCodeSigningConfig)", err)
	}
	return optional(out.CodeSigningConfigArn), nil
}

func (c *Client) putSigning(ctx context.Context, name string, want bp.String) error {
	return c.call(ctx, func() error {
		if !want.IsKnown() {
			_, err := c.lambda.DeleteFunctionCodeSigningConfig(ctx, &lambda.DeleteFunctionCodeSigningConfigInput{FunctionName: &name})
			return ignoreMissing(err)
		}
		_, err := c.lambda.PutFunctionCodeSigningConfig(ctx, &lambda.PutFunctionCodeSigningConfigInput{FunctionName: &name, CodeSigningConfigArn: text(want)})
		return err
	})
}

// findRuntimeManagement reads when the runtime of a version, or of $LATEST, is
// patched.
func (c *Client) findRuntimeManagement(ctx context.Context, name, version string) (bp.Value[bp.RuntimeManagement], error) {
	out, err := c.lambda.GetRuntimeManagementConfig(ctx, &lambda.GetRuntimeManagementConfigInput{FunctionName: &name, Qualifier: optionalText(version)})
	if err != nil {
		return bp.Null[bp.RuntimeManagement](), c.unlessOffered("runtime management (GetRuntimeManagementConfig)", err)
	}
	if string(out.UpdateRuntimeOn) == bp.RuntimeAuto {
		return bp.Null[bp.RuntimeManagement](), nil
	}
	return bp.Known(bp.RuntimeManagement{
		UpdateRuntimeOn:   bp.Known(string(out.UpdateRuntimeOn)),
		RuntimeVersionARN: optional(out.RuntimeVersionArn),
	}), nil
}

// putRuntimeManagement sets it. What is not wanted any more goes back to what a
// new function has.
func (c *Client) putRuntimeManagement(ctx context.Context, name, version string, v bp.Value[bp.RuntimeManagement]) error {
	want := v.Or(bp.RuntimeManagement{UpdateRuntimeOn: bp.Known(bp.RuntimeAuto)})
	return c.call(ctx, func() error {
		_, err := c.lambda.PutRuntimeManagementConfig(ctx, &lambda.PutRuntimeManagementConfigInput{
			FunctionName: &name, Qualifier: optionalText(version),
			UpdateRuntimeOn: types.UpdateRuntimeOn(want.UpdateRuntimeOn.Or("")), RuntimeVersionArn: text(want.RuntimeVersionARN),
		})
		return err
	})
}

// recursionTerminates is how a new function begins.
const recursionTerminates = string(types.RecursiveLoopTerminate)

func (c *Client) putReserved(ctx context.Context, name string, want bp.Value[int64]) error {
	return c.call(ctx, func() error {
		if !want.IsKnown() {
			_, err := c.lambda.DeleteFunctionConcurrency(ctx, &lambda.DeleteFunctionConcurrencyInput{FunctionName: &name})
			return ignoreMissing(err)
		}
		_, err := c.lambda.PutFunctionConcurrency(ctx, &lambda.PutFunctionConcurrencyInput{FunctionName: &name, ReservedConcurrentExecutions: number(want)})
		return err
	})
}

func (c *Client) findRecursion(ctx context.Context, name string) (bp.String, error) {
	out, err := c.lambda.GetFunctionRecursionConfig(ctx, &lambda.GetFunctionRecursionConfigInput{FunctionName: &name})
	if notOffered(err) {
		return bp.Known(recursionTerminates), c.unlessOffered("recursion detection (GetFunctionRecursionConfig)", err)
	}
	if err != nil {
		return bp.Null[string](), ignoreMissing(err)
	}
	return bp.Known(string(out.RecursiveLoop)), nil
}

func (c *Client) putRecursion(ctx context.Context, name string, want bp.String) error {
	return c.call(ctx, func() error {
		_, err := c.lambda.PutFunctionRecursionConfig(ctx, &lambda.PutFunctionRecursionConfigInput{
			FunctionName: &name, RecursiveLoop: types.RecursiveLoop(want.Or("")),
		})
		return err
	})
}

// Concurrency is what an account has.
type Concurrency struct{ Limit, Unreserved int64 }

// AccountConcurrency reads how much concurrency the account has, and how much
// of it no function has reserved.
func (c *Client) AccountConcurrency(ctx context.Context) (Concurrency, error) {
	out, err := c.lambda.GetAccountSettings(ctx, &lambda.GetAccountSettingsInput{})
	if err != nil {
		return Concurrency{}, err
	}
	if out.AccountLimit == nil {
		return Concurrency{}, nil
	}
	return Concurrency{
		Limit:      int64(out.AccountLimit.ConcurrentExecutions),
		Unreserved: int64(aws.ToInt32(out.AccountLimit.UnreservedConcurrentExecutions)),
	}, nil
}

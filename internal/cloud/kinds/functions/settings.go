package functions

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// ensureSettings sets what belongs to the function as a whole, beside its
// versions: each has a call of its own.
func ensureSettings(ctx context.Context, u *kinds.Unit) error {
	want, have := bp.ValueOf(u.Want().Function), bp.ValueOf(u.Job.Observed.Function)
	name := want.Name.Or("")
	if have.ReservedConcurrency != want.ReservedConcurrency {
		if err := putReserved(ctx, u.Client, name, want.ReservedConcurrency); err != nil {
			return err
		}
	}
	if have.Recursion.Else(bp.Known(recursionTerminates)) != want.Recursion {
		if err := putRecursion(ctx, u.Client, name, want.Recursion); err != nil {
			return err
		}
	}
	if !bp.Equal(have.RuntimeManagement, want.RuntimeManagement) {
		return putRuntimeManagement(ctx, u.Client, name, "", want.RuntimeManagement)
	}
	return nil
}

func findSigning(ctx context.Context, c *api.Client, name string) (bp.String, error) {
	out, err := c.Lambda.GetFunctionCodeSigningConfig(ctx, &lambda.GetFunctionCodeSigningConfigInput{FunctionName: &name})
	if err != nil {
		return bp.Null[string](), c.UnlessOffered("code signing (GetFunctionCodeSigningConfig)", err)
	}
	return api.Optional(out.CodeSigningConfigArn), nil
}

func putSigning(ctx context.Context, c *api.Client, name string, want bp.String) error {
	return c.Call(ctx, func() error {
		if !want.IsKnown() {
			_, err := c.Lambda.DeleteFunctionCodeSigningConfig(ctx, &lambda.DeleteFunctionCodeSigningConfigInput{FunctionName: &name})
			return api.IgnoreMissing(err)
		}
		_, err := c.Lambda.PutFunctionCodeSigningConfig(ctx, &lambda.PutFunctionCodeSigningConfigInput{FunctionName: &name, CodeSigningConfigArn: api.Text(want)})
		return err
	})
}

// findRuntimeManagement reads when the runtime of a version, or of $LATEST, is
// patched.
func findRuntimeManagement(ctx context.Context, c *api.Client, name, version string) (bp.Value[bp.RuntimeManagement], error) {
	out, err := c.Lambda.GetRuntimeManagementConfig(ctx, &lambda.GetRuntimeManagementConfigInput{FunctionName: &name, Qualifier: api.OptionalText(version)})
	if err != nil {
		return bp.Null[bp.RuntimeManagement](), c.UnlessOffered("runtime management (GetRuntimeManagementConfig)", err)
	}
	if string(out.UpdateRuntimeOn) == bp.RuntimeAuto {
		return bp.Null[bp.RuntimeManagement](), nil
	}
	return bp.Known(bp.RuntimeManagement{
		UpdateRuntimeOn:   bp.Known(string(out.UpdateRuntimeOn)),
		RuntimeVersionARN: api.Optional(out.RuntimeVersionArn),
	}), nil
}

// putRuntimeManagement sets it. What is not wanted any more goes back to what a
// new function has.
func putRuntimeManagement(ctx context.Context, c *api.Client, name, version string, v bp.Value[bp.RuntimeManagement]) error {
	want := v.Or(bp.RuntimeManagement{UpdateRuntimeOn: bp.Known(bp.RuntimeAuto)})
	return c.Call(ctx, func() error {
		_, err := c.Lambda.PutRuntimeManagementConfig(ctx, &lambda.PutRuntimeManagementConfigInput{
			FunctionName: &name, Qualifier: api.OptionalText(version),
			UpdateRuntimeOn: types.UpdateRuntimeOn(want.UpdateRuntimeOn.Or("")), RuntimeVersionArn: api.Text(want.RuntimeVersionARN),
		})
		return err
	})
}

// recursionTerminates is how a new function begins.
const recursionTerminates = string(types.RecursiveLoopTerminate)

func putReserved(ctx context.Context, c *api.Client, name string, want bp.Value[int64]) error {
	return c.Call(ctx, func() error {
		if !want.IsKnown() {
			_, err := c.Lambda.DeleteFunctionConcurrency(ctx, &lambda.DeleteFunctionConcurrencyInput{FunctionName: &name})
			return api.IgnoreMissing(err)
		}
		_, err := c.Lambda.PutFunctionConcurrency(ctx, &lambda.PutFunctionConcurrencyInput{FunctionName: &name, ReservedConcurrentExecutions: api.Number(want)})
		return err
	})
}

// FindRecursion reads what Lambda does about recursive loops of a function.
func FindRecursion(ctx context.Context, c *api.Client, name string) (bp.String, error) {
	out, err := c.Lambda.GetFunctionRecursionConfig(ctx, &lambda.GetFunctionRecursionConfigInput{FunctionName: &name})
	if api.NotOffered(err) {
		return bp.Known(recursionTerminates), c.UnlessOffered("recursion detection (GetFunctionRecursionConfig)", err)
	}
	if err != nil {
		return bp.Null[string](), api.IgnoreMissing(err)
	}
	return bp.Known(string(out.RecursiveLoop)), nil
}

func putRecursion(ctx context.Context, c *api.Client, name string, want bp.String) error {
	return c.Call(ctx, func() error {
		_, err := c.Lambda.PutFunctionRecursionConfig(ctx, &lambda.PutFunctionRecursionConfigInput{
			FunctionName: &name, RecursiveLoop: types.RecursiveLoop(want.Or("")),
		})
		return err
	})
}

package provider

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Default timeouts of the operations.
const (
	changeTimeout = 20 * time.Minute // 10m for a role to become assumable + 5m of function updates + margin
	vpcTimeout    = 60 * time.Minute // up to 40m for Lambda to remove network interfaces + margin
	readTimeout   = 5 * time.Minute
)

// usualUpdate leaves time for the invocations of the version before: what only
// that one may do is taken away when none can be under way.
func usualUpdate(ctx context.Context, state tfsdk.State) time.Duration {
	var seconds types.Int64
	if diags := state.GetAttribute(ctx, path.Root("timeout"), &seconds); diags.HasError() {
		return changeTimeout
	}
	return changeTimeout + time.Duration(seconds.ValueInt64())*time.Second
}

// stopped is why work ends when Terraform is stopped.
type stopped struct{ cause error }

func (s stopped) Error() string {
	if errors.Is(s.cause, context.Canceled) {
		return "the run was stopped"
	}
	return s.cause.Error()
}

func (stopped) Is(target error) bool { return target == context.Canceled }

// within bounds an operation, and says what ended it.
func within(ctx context.Context, operation string, limit time.Duration) (context.Context, context.CancelFunc) {
	bounded, end := context.WithCancelCause(context.WithoutCancel(ctx))
	unhook := context.AfterFunc(ctx, func() { end(stopped{context.Cause(ctx)}) })
	bounded, cancel := context.WithTimeoutCause(bounded, limit, fmt.Errorf("the time limit is used up (timeouts.%s, %s)", operation, limit))
	return bounded, func() {
		cancel()
		unhook()
		end(nil)
	}
}

// timeoutOf reads one of the timeouts from a plan or state.
func timeoutOf(ctx context.Context, from interface {
	GetAttribute(context.Context, path.Path, any) diag.Diagnostics
}, read func(timeouts.Value, context.Context, time.Duration) (time.Duration, diag.Diagnostics), otherwise time.Duration) (time.Duration, diag.Diagnostics) {
	var value timeouts.Value
	if diags := from.GetAttribute(ctx, path.Root("timeouts"), &value); diags.HasError() {
		return 0, diags
	}
	return read(value, ctx, otherwise)
}

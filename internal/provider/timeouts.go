package provider

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Default timeouts of the operations.
const (
	changeTimeout = 20 * time.Minute // 10m for a role to become assumable + 5m of function updates + margin
	vpcTimeout    = 60 * time.Minute // up to 40m for Lambda to remove network interfaces + margin
	readTimeout   = 5 * time.Minute
)

// usualUpdate leaves time for the invocations of the previous version: what only
// that one may do is taken away when none can be under way.
func usualUpdate(before bp.Spec) time.Duration {
	return changeTimeout + time.Duration(before.Timeout.Or(0))*time.Second
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
func timeoutOf(raw tftypes.Value, operation string, otherwise time.Duration) (time.Duration, diag.Diagnostics) {
	var diags diag.Diagnostics
	var all struct {
		Timeouts bp.Value[map[string]bp.String] `attr:"timeouts"` // an object of texts
	}
	unit, err := wholeOf(raw)
	if err == nil {
		err = unit.Read(&all)
	}
	if err != nil {
		diags.AddAttributeError(path.Root("timeouts"), "The timeouts could not be read", err.Error())
		return 0, diags
	}
	text, ok := all.Timeouts.Or(nil)[operation].Get()
	if !ok {
		return otherwise, diags
	}
	limit, err := time.ParseDuration(text)
	if err != nil {
		diags.AddAttributeError(path.Root("timeouts").AtName(operation), fmt.Sprintf("%q is not a duration", text), "Terraform could not tell when to stop waiting. Write a number with its unit, such as \"20m\".")
		return otherwise, diags
	}
	return limit, diags
}

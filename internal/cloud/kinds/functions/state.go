package functions

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
)

// Failure is a function, version or update that AWS gave up on.
type Failure struct {
	What   string
	Code   string
	Reason string
}

func (e *Failure) Error() string {
	return fmt.Sprintf("%s failed: %s: %s", e.What, e.Code, e.Reason)
}

// errNoFunction ends a wait for a function that is not there.
var errNoFunction = errors.New("the function does not exist")

// appearing is how long a function or version that was just made may not be
// found yet, or its environment not be readable under a key just enabled.
const appearing = 30 * time.Second

// settle waits until a function or version is active and no update is under
// way, and returns it. GetFunction has a quota of its own, far above that of
// the other calls, so it is the one to poll with.
func settle(ctx context.Context, c *api.Client, name, qualifier string) (Observed, error) {
	started := c.Clock.Now()
	for pause := c.Poll / 8; ; pause = min(2*pause, c.Poll) {
		out, err := getFunction(ctx, c, name, qualifier)
		waited := c.Clock.Now().Sub(started)
		if api.Missing(err) && waited < appearing {
			if err := c.Clock.Sleep(ctx, pause); err != nil {
				return Observed{}, err
			}
			continue
		}
		if api.Missing(err) {
			return Observed{}, fmt.Errorf("%s: %w", name, errNoFunction)
		}
		if err != nil {
			return Observed{}, err
		}
		ready, err := state(out.Configuration)
		if ready || err != nil {
			return Observe(c, out, nil), err
		}
		if err := c.Clock.Sleep(ctx, pause); err != nil {
			return Observed{}, fmt.Errorf("waited %s for function %s to become active: %w",
				c.Clock.Now().Sub(started).Round(time.Second), name, err)
		}
	}
}

// settleReadable is settle for what is to be compared setting by setting.
func settleReadable(ctx context.Context, c *api.Client, name, qualifier string) (Observed, error) {
	started := c.Clock.Now()
	for pause := c.Poll; ; {
		found, err := settle(ctx, c, name, qualifier)
		if err != nil || found.Unreadable == "" {
			return found, err
		}
		if c.Clock.Now().Sub(started) >= appearing {
			return found, fmt.Errorf("read the environment of function %s: %s. The identity that runs Terraform needs kms:Decrypt on the function's key", name, found.Unreadable)
		}
		if err := c.Clock.Sleep(ctx, pause); err != nil {
			return found, err
		}
	}
}

func state(cfg *types.FunctionConfiguration) (ready bool, err error) {
	name := aws.ToString(cfg.FunctionName)
	if v := aws.ToString(cfg.Version); v != "" && v != "$LATEST" {
		name += " version " + v
	}
	switch {
	case cfg.State == types.StateFailed:
		return false, &Failure{What: "function " + name, Code: string(cfg.StateReasonCode), Reason: aws.ToString(cfg.StateReason)}
	case cfg.LastUpdateStatus == types.LastUpdateStatusFailed:
		return false, &Failure{What: "the last update of function " + name, Code: string(cfg.LastUpdateStatusReasonCode), Reason: aws.ToString(cfg.LastUpdateStatusReason)}
	}
	return cfg.State != types.StatePending && cfg.LastUpdateStatus != types.LastUpdateStatusInProgress, nil
}

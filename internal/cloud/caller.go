package cloud

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go/middleware"
)

const (
	// FirstAttempts is how often a call is tried before anything is known to
	// work: credentials, endpoint, proxy.
	FirstAttempts = 5
	// firstContact bounds the very first call: what does not answer by then is
	// not there.
	firstContact = 30 * time.Second
)

// CallerAccount asks STS once which account and partition the credentials
// belong to. The endpoint may be empty.
func CallerAccount(ctx context.Context, config aws.Config, endpoint string, log Logger) (account, partition string, err error) {
	tries := &attempts{log: log}
	client := sts.NewFromConfig(config, func(o *sts.Options) {
		if endpoint != "" {
			o.BaseEndpoint = &endpoint
		}
		o.APIOptions = append(o.APIOptions, tries.afterRetries)
	})
	ctx, cancel := context.WithTimeout(ctx, firstContact)
	defer cancel()
	out, err := client.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return "", "", tries.explain(ctx, err)
	}
	fields := strings.SplitN(aws.ToString(out.Arn), ":", 6)
	if len(fields) != 6 {
		return "", "", fmt.Errorf("STS answered with %q, which is not an ARN", aws.ToString(out.Arn))
	}
	return aws.ToString(out.Account), fields[1], nil
}

// attempts notes what became of each attempt at a call.
type attempts struct {
	log   Logger
	count int
	last  error
}

func (a *attempts) afterRetries(stack *middleware.Stack) error {
	return stack.Finalize.Insert(middleware.FinalizeMiddlewareFunc("SecureAttempts", func(
		ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler,
	) (middleware.FinalizeOutput, middleware.Metadata, error) {
		out, metadata, err := next.HandleFinalize(ctx, in)
		a.count++
		if err != nil && ctx.Err() == nil {
			a.last = err
			if a.log != nil {
				a.log(ctx, "AWS has not answered yet", map[string]any{"service": "STS", "attempt": a.count, "error": err.Error()})
			}
		}
		return out, metadata, err
	}), "Retry", middleware.After)
}

// explain adds what was answered last to an error that only says that the time
// is over.
func (a *attempts) explain(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	if a.last == nil {
		return fmt.Errorf("no answer within %s: %w", firstContact, err)
	}
	return fmt.Errorf("no answer that could be used within %s and %d attempts, the last of which ended with: %w", firstContact, a.count, a.last)
}

package inspect

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
)

// Concurrency is what an account has.
type Concurrency struct{ Limit, Unreserved int64 }

// AccountConcurrency reads how much concurrency the account has, and how much
// of it no function has reserved.
func (c *Inspector) AccountConcurrency(ctx context.Context) (Concurrency, error) {
	out, err := c.Lambda.GetAccountSettings(ctx, &lambda.GetAccountSettingsInput{})
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

package api

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
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
	client := sts.NewFromConfig(answers{log: log, limit: firstContact}.over(config), func(o *sts.Options) {
		if endpoint != "" {
			o.BaseEndpoint = &endpoint
		}
	})
	out, err := client.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return "", "", err
	}
	fields := strings.SplitN(aws.ToString(out.Arn), ":", 6)
	if len(fields) != 6 {
		return "", "", fmt.Errorf("STS answered with %q, which is not an ARN", aws.ToString(out.Arn))
	}
	return aws.ToString(out.Account), fields[1], nil
}

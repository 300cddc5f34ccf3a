package api

import (
	"context"
	"fmt"
	"math"

	"github.com/aws/aws-sdk-go-v2/aws/middleware"
	smithy "github.com/aws/smithy-go/middleware"
	"golang.org/x/time/rate"
)

// quotas are the calls a second that an account has in a region, by service id
// and operation as the SDK names them. An operation without an entry is in its
// service's bucket *, if there is one; what has neither is left to the SDK's
// retries.
//
// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
// https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html
var quotas = map[string]map[string]float64{
	"Lambda": {"GetFunction": 100, "GetPolicy": 15, "*": 15},
	"CloudWatch": {
		"DescribeAlarms": 9, "PutMetricAlarm": 3, "DeleteAlarms": 3,
		"ListTagsForResource": 10, "TagResource": 20, "UntagResource": 20,
	},
	"CloudWatch Logs": {
		"CreateLogGroup": 10, "DeleteLogGroup": 10, "DescribeLogGroups": 10,
		"PutRetentionPolicy": 5, "DeleteRetentionPolicy": 5, "AssociateKmsKey": 5,
		"ListTagsForResource": 5, "TagResource": 5, "UntagResource": 5,
	},
	"KMS": {
		"CreateKey": 5, "CreateAlias": 5, "UpdateAlias": 5, "DeleteAlias": 15, "PutKeyPolicy": 15,
		"EnableKeyRotation": 15, "ScheduleKeyDeletion": 15, "TagResource": 10, "UntagResource": 5,
	},
}

// DefaultShare is how much of an account's quotas the provider uses: the rest
// is for whoever else works in the account.
const DefaultShare = 2.0 / 3

// pacer holds back calls that the account's quotas would refuse.
type pacer struct {
	buckets map[string]map[string]*rate.Limiter
}

// newPacer makes a bucket for each quota. A bucket holds a second's worth, or
// one call when it is steady.
func newPacer(share float64, steady bool) *pacer {
	p := &pacer{buckets: map[string]map[string]*rate.Limiter{}}
	for service, operations := range quotas {
		p.buckets[service] = map[string]*rate.Limiter{}
		for operation, perSecond := range operations {
			allowed := perSecond * share
			burst := int(math.Max(1, allowed))
			if steady {
				burst = 1
			}
			p.buckets[service][operation] = rate.NewLimiter(rate.Limit(allowed), burst)
		}
	}
	return p
}

func (p *pacer) bucket(service, operation string) *rate.Limiter {
	buckets := p.buckets[service]
	if own, ok := buckets[operation]; ok {
		return own
	}
	return buckets["*"]
}

// middleware waits for the bucket of a call before every attempt at it.
func (p *pacer) middleware() smithy.FinalizeMiddleware {
	return smithy.FinalizeMiddlewareFunc("SecurePace", func(
		ctx context.Context, in smithy.FinalizeInput, next smithy.FinalizeHandler,
	) (smithy.FinalizeOutput, smithy.Metadata, error) {
		service, operation := middleware.GetServiceID(ctx), middleware.GetOperationName(ctx)
		if bucket := p.bucket(service, operation); bucket != nil {
			err := outsideLimit(ctx, func() error { return bucket.Wait(ctx) })
			if err != nil {
				return smithy.FinalizeOutput{}, smithy.Metadata{}, fmt.Errorf("wait for the quota of %s: %w", operation, err)
			}
		}
		return next.HandleFinalize(ctx, in)
	})
}

// afterRetries adds the pacer where every attempt passes, the first one too.
func (p *pacer) afterRetries(stack *smithy.Stack) error {
	return stack.Finalize.Insert(p.middleware(), "Retry", smithy.After)
}

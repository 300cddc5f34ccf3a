package conditions

import (
	"maps"
	"math"
	"sync"
	"time"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// Quotas are the rates, in calls a second, that an account has in each region.
// The key is an operation, "lambda.GetFunction", or stands for all operations
// of a service without a key of their own: "lambda.*" is one bucket for all of
// them, "logs.read" and "logs.write" are a bucket for each operation of that
// Kind. What no key covers is not limited, and neither is Data.
//
// A bucket holds one second's worth, at least one call: AWS publishes no bursts.
type Quotas map[string]float64

// PublishedQuotas are the rates of facts/quotas.json: the quota pages of
// Lambda, CloudWatch, Logs and KMS as of November 2026. Logs operations that
// the pages leave out have the rates of their kind. AWS publishes no rates of
// IAM, and the file has none of SQS, tagging and EC2: those are not limited.
//
// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
// https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html
func PublishedQuotas() Quotas { return maps.Clone(publishedQuotas) }

var publishedQuotas = Quotas{
	"lambda.GetFunction": 100,
	"lambda.GetPolicy":   15,
	"lambda.*":           15,

	"monitoring.DescribeAlarms":       9,
	"monitoring.PutMetricAlarm":       3,
	"monitoring.PutCompositeAlarm":    3,
	"monitoring.DeleteAlarms":         3,
	"monitoring.SetAlarmState":        3,
	"monitoring.DescribeAlarmHistory": 20,
	"monitoring.ListTagsForResource":  10,
	"monitoring.TagResource":          20,
	"monitoring.UntagResource":        20,
	"monitoring.EnableAlarmActions":   3,
	"monitoring.DisableAlarmActions":  3,
	"monitoring.GetMetricData":        500,
	"monitoring.GetMetricStatistics":  400,
	"monitoring.ListMetrics":          25,
	"monitoring.PutDashboard":         10,

	"logs.CreateLogGroup":      10,
	"logs.DeleteLogGroup":      10,
	"logs.DescribeLogGroups":   10,
	"logs.ListTagsForResource": 5,
	"logs.read":                10,
	"logs.write":               5,

	"kms.CreateKey":            5,
	"kms.CreateAlias":          5,
	"kms.DeleteAlias":          15,
	"kms.UpdateAlias":          5,
	"kms.DescribeKey":          2000,
	"kms.GetKeyPolicy":         1000,
	"kms.GetKeyRotationStatus": 1000,
	"kms.PutKeyPolicy":         15,
	"kms.EnableKeyRotation":    15,
	"kms.ListAliases":          500,
	"kms.ListResourceTags":     2000,
	"kms.TagResource":          10,
	"kms.UntagResource":        5,
	"kms.ScheduleKeyDeletion":  15,
	"kms.CreateGrant":          50,
}

// Bucket names the bucket that a call takes a token of and its rate, in calls a
// second. Calls without a bucket are not limited.
func (q Quotas) Bucket(c wire.Call) (bucket string, rate float64, limited bool) {
	if c.Kind == wire.Data {
		return "", 0, false
	}
	name := c.Name()
	if rate, limited = q[name]; limited {
		return name, rate, true
	}
	if rate, limited = q[c.Service+"."+string(c.Kind)]; limited {
		return name, rate, true
	}
	shared := c.Service + ".*"
	rate, limited = q[shared]
	return shared, rate, limited
}

// buckets are those of one account.
type buckets struct {
	mu    sync.Mutex
	level map[string]*bucket
}

type bucket struct {
	tokens float64
	at     time.Time
}

// take reports whether the call has a token.
func (b *buckets) take(q Quotas, c wire.Call, now time.Time) bool {
	name, rate, limited := q.Bucket(c)
	if !limited {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	key, burst := c.Region+" "+name, math.Max(rate, 1)
	found, known := b.level[key]
	if !known {
		if b.level == nil {
			b.level = map[string]*bucket{}
		}
		found = &bucket{tokens: burst, at: now}
		b.level[key] = found
	}
	found.tokens = math.Min(burst, found.tokens+rate*now.Sub(found.at).Seconds())
	found.at = now
	if found.tokens < 1 {
		return false
	}
	found.tokens--
	return true
}

package sandbox

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	tagging "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// readers call one read of each service.
func (c tenant) readers() map[string]func(ctx context.Context) error {
	return map[string]func(ctx context.Context) error{
		"lambda": func(ctx context.Context) error {
			_, err := c.lambda.ListFunctions(ctx, &lambda.ListFunctionsInput{})
			return err
		},
		"monitoring": func(ctx context.Context) error {
			_, err := c.alarms().DescribeAlarms(ctx, &cloudwatch.DescribeAlarmsInput{})
			return err
		},
		"logs": func(ctx context.Context) error {
			_, err := c.logs.DescribeLogGroups(ctx, &cloudwatchlogs.DescribeLogGroupsInput{})
			return err
		},
		"iam": func(ctx context.Context) error {
			_, err := c.iam.ListRoles(ctx, &iam.ListRolesInput{})
			return err
		},
		"kms": func(ctx context.Context) error {
			_, err := c.kms.ListKeys(ctx, &kms.ListKeysInput{})
			return err
		},
		"sqs": func(ctx context.Context) error {
			_, err := c.sqs().ListQueues(ctx, &sqs.ListQueuesInput{})
			return err
		},
		"tagging": func(ctx context.Context) error {
			_, err := tagging.NewFromConfig(c.config).GetResources(ctx, &tagging.GetResourcesInput{})
			return err
		},
		"ec2": func(ctx context.Context) error {
			_, err := c.ec2().DescribeSubnets(ctx, &ec2.DescribeSubnetsInput{})
			return err
		},
		"s3": func(ctx context.Context) error {
			_, err := c.s3().ListBuckets(ctx, &s3.ListBucketsInput{})
			return err
		},
	}
}

func TestQuotas_RefusalsAreThrottlesToTheSDK(t *testing.T) {
	t.Parallel()
	codes := map[string]string{
		"lambda": "TooManyRequestsException", "monitoring": "ThrottlingException", "logs": "ThrottlingException", "iam": "Throttling",
		"kms": "ThrottlingException", "sqs": "RequestThrottled", "tagging": "ThrottledException", "ec2": "RequestLimitExceeded", "s3": "SlowDown",
	}
	c, other := newTenant(t), newTenant(t)
	quotas := Quotas{}
	for service := range codes {
		quotas[service+".*"] = 0.001
	}
	box.SetConditions(c.account, Conditions{Quotas: quotas})
	others := other.readers()
	for service, read := range c.readers() {
		if err := read(t.Context()); err != nil {
			t.Errorf("%s: the first call: %v", service, err)
		}
		err := read(t.Context())
		wantError(t, err, codes[service], "")
		if retry.IsErrorThrottles(retry.DefaultThrottles).IsErrorThrottle(err) != aws.TrueTernary {
			t.Errorf("%s: not a throttle: %v", service, err)
		}
		if err := others[service](t.Context()); err != nil {
			t.Errorf("%s: another account: %v", service, err)
		}
	}
	throttled := box.Recorder().Since(0, InAccount(c.account), func(call Call) bool { return call.Throttled })
	if len(throttled) != len(codes) || throttled[0].ErrorCode == "" {
		t.Errorf("%d calls are recorded as throttled, want %d", len(throttled), len(codes))
	}
	if status := throttled[0].Status; status < http.StatusBadRequest {
		t.Errorf("status %d", status)
	}
}

func TestQuotas_RefillWithTime(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	box.SetConditions(c.account, Conditions{Quotas: PublishedQuotas()})
	list := func() error { return c.readers()["lambda"](t.Context()) }
	began, passed := time.Now(), 0
	var err error
	for err == nil {
		if err = list(); err == nil {
			passed++
		}
	}
	wantError(t, err, "TooManyRequestsException", "Rate exceeded")
	if most := 16 + int(15*time.Since(began).Seconds()); passed < 15 || passed > most {
		t.Errorf("%d calls passed, want 15 to %d", passed, most)
	}
	time.Sleep(150 * time.Millisecond) // two calls' worth
	if err := list(); err != nil {
		t.Errorf("after a rest: %v", err)
	}
}

func TestQuotas_AreSharedByOperationsWithoutTheirOwn(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	c.function(t)
	ctx := t.Context()
	box.SetConditions(c.account, Conditions{Quotas: Quotas{"lambda.*": 0.001, "lambda.GetFunction": 100}})
	if err := c.readers()["lambda"](ctx); err != nil {
		t.Fatal(err)
	}
	_, err := c.lambda.ListVersionsByFunction(ctx, &lambda.ListVersionsByFunctionInput{FunctionName: aws.String("f")})
	wantError(t, err, "TooManyRequestsException", "Rate exceeded")
	c.get(t, nil)
	if _, err := c.lambda.Invoke(ctx, &lambda.InvokeInput{FunctionName: aws.String("f")}); err != nil {
		t.Error(err)
	}
}

func TestQuotas_FindTheRateOfACall(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]struct {
		bucket string
		rate   float64
	}{
		"lambda.GetFunction": {"lambda.GetFunction", 100}, "lambda.GetPolicy": {"lambda.GetPolicy", 15}, "lambda.CreateAlias": {"lambda.*", 15},
		"lambda.Invoke": {"", 0}, "monitoring.DescribeAlarms": {"monitoring.DescribeAlarms", 9}, "monitoring.PutMetricAlarm": {"monitoring.PutMetricAlarm", 3},
		"logs.DescribeLogGroups": {"logs.DescribeLogGroups", 10}, "logs.PutRetentionPolicy": {"logs.PutRetentionPolicy", 5},
		"logs.GetDataProtectionPolicy": {"logs.GetDataProtectionPolicy", 10}, "kms.DescribeKey": {"kms.DescribeKey", 2000}, "sts.GetCallerIdentity": {"sts.*", 0},
	} {
		service, operation, _ := strings.Cut(name, ".")
		bucket, rate, limited := PublishedQuotas().Bucket(Call{Service: service, Operation: operation, Kind: kindOf(service, operation)})
		if bucket != want.bucket || rate != want.rate || limited != (want.rate > 0) {
			t.Errorf("%s: %s %v %v", name, bucket, rate, limited)
		}
	}
}

func TestLatency_IsAddedToEveryCallOfTheAccount(t *testing.T) {
	t.Parallel()
	c, other := newTenant(t), newTenant(t)
	const delay = time.Second // more than a call takes on a busy machine
	box.SetConditions(c.account, Conditions{Latency: delay, ServiceLatency: map[string]time.Duration{"sts": 0}})
	took := func(call func() error) time.Duration {
		began := time.Now()
		if err := call(); err != nil {
			t.Error(err)
		}
		return time.Since(began)
	}
	who := func(c tenant) error {
		_, err := c.sts.GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
		return err
	}
	if d := took(func() error { return c.readers()["kms"](t.Context()) }); d < delay {
		t.Errorf("kms after %s", d)
	}
	if d := took(func() error { return who(c) }); d >= delay {
		t.Errorf("sts after %s", d)
	}
	if d := took(func() error { return other.readers()["kms"](t.Context()) }); d >= delay {
		t.Errorf("another account after %s", d)
	}
}

func TestRolePropagation_CanBeTheAccountsOwn(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	box.SetConditions(c.account, Conditions{RolePropagation: time.Hour})
	role := c.role(t, "slow", lambdaTrust) // others could assume it by now
	_, err := c.lambda.CreateFunction(t.Context(), functionInput(t, "early", role))
	wantError(t, err, "InvalidParameterValueException", "cannot be assumed")
	box.SetConditions(c.account, Conditions{})
	if _, err := c.lambda.CreateFunction(t.Context(), functionInput(t, "late", role)); err != nil {
		t.Error(err)
	}
}

package conditions_test

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

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/conditions"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/record"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/sandboxtest"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// readers call one read of each service.
func readers(c sandboxtest.Tenant) map[string]func(ctx context.Context) error {
	return map[string]func(ctx context.Context) error{
		"lambda": func(ctx context.Context) error {
			_, err := c.Lambda.ListFunctions(ctx, &lambda.ListFunctionsInput{})
			return err
		},
		"monitoring": func(ctx context.Context) error {
			_, err := c.Alarms().DescribeAlarms(ctx, &cloudwatch.DescribeAlarmsInput{})
			return err
		},
		"logs": func(ctx context.Context) error {
			_, err := c.Logs.DescribeLogGroups(ctx, &cloudwatchlogs.DescribeLogGroupsInput{})
			return err
		},
		"iam": func(ctx context.Context) error {
			_, err := c.IAM.ListRoles(ctx, &iam.ListRolesInput{})
			return err
		},
		"kms": func(ctx context.Context) error {
			_, err := c.KMS.ListKeys(ctx, &kms.ListKeysInput{})
			return err
		},
		"sqs": func(ctx context.Context) error {
			_, err := c.SQS().ListQueues(ctx, &sqs.ListQueuesInput{})
			return err
		},
		"tagging": func(ctx context.Context) error {
			_, err := tagging.NewFromConfig(c.Config).GetResources(ctx, &tagging.GetResourcesInput{})
			return err
		},
		"ec2": func(ctx context.Context) error {
			_, err := c.EC2().DescribeSubnets(ctx, &ec2.DescribeSubnetsInput{})
			return err
		},
		"s3": func(ctx context.Context) error {
			_, err := c.S3().ListBuckets(ctx, &s3.ListBucketsInput{})
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
	c, other := sandboxtest.New(t), sandboxtest.New(t)
	quotas := conditions.Quotas{}
	for service := range codes {
		quotas[service+".*"] = 0.001
	}
	sandboxtest.Box.SetConditions(c.Account, conditions.Conditions{Quotas: quotas})
	others := readers(other)
	for service, read := range readers(c) {
		if err := read(t.Context()); err != nil {
			t.Errorf("%s: the first call: %v", service, err)
		}
		err := read(t.Context())
		sandboxtest.WantError(t, err, codes[service], "")
		if retry.IsErrorThrottles(retry.DefaultThrottles).IsErrorThrottle(err) != aws.TrueTernary {
			t.Errorf("%s: not a throttle: %v", service, err)
		}
		if err := others[service](t.Context()); err != nil {
			t.Errorf("%s: another account: %v", service, err)
		}
	}
	throttled := sandboxtest.Box.Recorder().Since(0, record.InAccount(c.Account), func(call wire.Call) bool { return call.Throttled })
	if len(throttled) != len(codes) || throttled[0].ErrorCode == "" {
		t.Errorf("%d calls are recorded as throttled, want %d", len(throttled), len(codes))
	}
	if status := throttled[0].Status; status < http.StatusBadRequest {
		t.Errorf("status %d", status)
	}
}

func TestQuotas_RefillWithTime(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	sandboxtest.Box.SetConditions(c.Account, conditions.Conditions{Quotas: conditions.PublishedQuotas()})
	list := func() error { return readers(c)["lambda"](t.Context()) }
	began, passed := time.Now(), 0
	var err error
	for err == nil {
		if err = list(); err == nil {
			passed++
		}
	}
	sandboxtest.WantError(t, err, "TooManyRequestsException", "Rate exceeded")
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
	c := sandboxtest.New(t)
	c.Function(t)
	ctx := t.Context()
	sandboxtest.Box.SetConditions(c.Account, conditions.Conditions{Quotas: conditions.Quotas{"lambda.*": 0.001, "lambda.GetFunction": 100}})
	if err := readers(c)["lambda"](ctx); err != nil {
		t.Fatal(err)
	}
	_, err := c.Lambda.ListVersionsByFunction(ctx, &lambda.ListVersionsByFunctionInput{FunctionName: aws.String("f")})
	sandboxtest.WantError(t, err, "TooManyRequestsException", "Rate exceeded")
	c.Get(t, nil)
	if _, err := c.Lambda.Invoke(ctx, &lambda.InvokeInput{FunctionName: aws.String("f")}); err != nil {
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
		bucket, rate, limited := conditions.PublishedQuotas().Bucket(wire.Call{Service: service, Operation: operation, Kind: wire.KindOf(service, operation)})
		if bucket != want.bucket || rate != want.rate || limited != (want.rate > 0) {
			t.Errorf("%s: %s %v %v", name, bucket, rate, limited)
		}
	}
}

func TestLatency_IsAddedToEveryCallOfTheAccount(t *testing.T) {
	t.Parallel()
	c, other := sandboxtest.New(t), sandboxtest.New(t)
	const delay = time.Second // more than a call takes on a busy machine
	sandboxtest.Box.SetConditions(c.Account, conditions.Conditions{Latency: delay, ServiceLatency: map[string]time.Duration{"sts": 0}})
	took := func(call func() error) time.Duration {
		began := time.Now()
		if err := call(); err != nil {
			t.Error(err)
		}
		return time.Since(began)
	}
	who := func(c sandboxtest.Tenant) error {
		_, err := c.STS.GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
		return err
	}
	if d := took(func() error { return readers(c)["kms"](t.Context()) }); d < delay {
		t.Errorf("kms after %s", d)
	}
	if d := took(func() error { return who(c) }); d >= delay {
		t.Errorf("sts after %s", d)
	}
	if d := took(func() error { return readers(other)["kms"](t.Context()) }); d >= delay {
		t.Errorf("another account after %s", d)
	}
}

func TestRolePropagation_CanBeTheAccountsOwn(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	sandboxtest.Box.SetConditions(c.Account, conditions.Conditions{RolePropagation: time.Hour})
	role := c.Role(t, "slow", sandboxtest.Trust) // others could assume it by now
	_, err := c.Lambda.CreateFunction(t.Context(), sandboxtest.FunctionInput(t, "early", role))
	sandboxtest.WantError(t, err, "InvalidParameterValueException", "cannot be assumed")
	sandboxtest.Box.SetConditions(c.Account, conditions.Conditions{})
	if _, err := c.Lambda.CreateFunction(t.Context(), sandboxtest.FunctionInput(t, "late", role)); err != nil {
		t.Error(err)
	}
}

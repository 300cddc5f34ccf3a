// Package api calls AWS: paced, batched, repeated where that helps, and with errors that
// say what went wrong. It knows no units.
package api

import (
	"context"
	"crypto/rand"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/signer"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/smithy-go/middleware"

	"github.com/secure-lambda/terraform-provider-secure/internal/engine"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Services whose endpoint can be set, by the name used in the provider block.
const (
	ServiceCloudWatch = "cloudwatch"
	ServiceEC2        = "ec2"
	ServiceECR        = "ecr"
	ServiceIAM        = "iam"
	ServiceKMS        = "kms"
	ServiceLambda     = "lambda"
	ServiceLogs       = "logs"
	ServiceTagging    = "resourcegroupstaggingapi"
	ServiceS3         = "s3"
	ServiceSecrets    = "secretsmanager"
	ServiceSigner     = "signer"
	ServiceSNS        = "sns"
	ServiceSQS        = "sqs"
	ServiceSTS        = "sts"
)

// Client makes the calls for all units of one provider.
type Client struct {
	// Place is the account, partition and region that the client works in.
	Place  bp.Place
	EC2    ec2API
	ECR    ecrAPI
	IAM    iamAPI
	KMS    kmsAPI
	Lambda lambdaAPI
	Logs   logsAPI
	S3     s3API
	Signer signerAPI
	SNS    snsAPI
	SQS    sqsAPI

	CloudWatch cloudwatchAPI
	Secrets    secretsAPI
	Tagging    taggingAPI
	alarmBatch *batch[cwtypes.MetricAlarm]
	tags       tagSource
	listings   *listings

	// Run tells this process from all others.
	Run    string
	Clock  engine.Clock
	Poll   time.Duration
	Ignore func(tag string) bool
	Log    Logger
	Inform Logger

	unoffered *unoffered
	HTTP      aws.HTTPClient
}

// Logger writes a structured line; it is handed names and codes, never bodies.
type Logger func(ctx context.Context, message string, fields map[string]any)

// Options shape a Client. Zero fields take their defaults.
type Options struct {
	// Endpoints by service override the regional ones.
	Endpoints map[string]string
	// PathStyle addresses S3 by path instead of host name.
	PathStyle bool
	// IgnoreTag hides tags that others manage.
	IgnoreTag func(key string) bool
	// Clock is the wall clock unless a test scales it.
	Clock engine.Clock
	// Poll is the pause between two looks at a function in transition.
	Poll time.Duration
	Log  Logger
	// Inform writes what somebody who waits wants to read.
	Inform Logger
	// Share is how much of the account's quotas is used, 1 for all of it.
	Share float64
	// Steady spreads calls evenly, where others would begin with a second's worth
	// at once.
	Steady bool
}

// New returns a client for one account and region.
func New(config aws.Config, place bp.Place, o Options) *Client {
	c := &Client{Place: place, Run: rand.Text(), Clock: o.Clock, Poll: o.Poll, Ignore: o.IgnoreTag, Log: o.Log, Inform: o.Inform, unoffered: &unoffered{}}
	if c.Clock == nil {
		c.Clock = engine.Real{}
	}
	if c.Poll == 0 {
		c.Poll = time.Second
	}
	if c.Ignore == nil {
		c.Ignore = func(string) bool { return false }
	}
	if c.Log == nil {
		c.Log = func(context.Context, string, map[string]any) {}
	}
	if c.Inform == nil {
		c.Inform = c.Log
	}
	if o.Share == 0 {
		o.Share = DefaultShare
	}
	config = config.Copy()
	config.APIOptions = append(config.APIOptions, newPacer(o.Share, o.Steady).afterRetries, patient, func(stack *middleware.Stack) error {
		return stack.Deserialize.Add(logCalls(c.Log), middleware.Before)
	})
	config = answers{log: c.Inform}.over(config)
	if c.HTTP = config.HTTPClient; c.HTTP == nil {
		c.HTTP = http.DefaultClient
	}
	endpoint := func(service string) *string {
		if url, ok := o.Endpoints[service]; ok {
			return aws.String(url)
		}
		return nil
	}
	c.IAM = newIamAPI(iam.NewFromConfig(config, func(o *iam.Options) { setEndpoint(&o.BaseEndpoint, endpoint(ServiceIAM)) }))
	c.KMS = newKmsAPI(kms.NewFromConfig(config, func(o *kms.Options) { setEndpoint(&o.BaseEndpoint, endpoint(ServiceKMS)) }))
	c.Lambda = newLambdaAPI(lambda.NewFromConfig(config, func(o *lambda.Options) { setEndpoint(&o.BaseEndpoint, endpoint(ServiceLambda)) }))
	c.Logs = newLogsAPI(cloudwatchlogs.NewFromConfig(config, func(o *cloudwatchlogs.Options) { setEndpoint(&o.BaseEndpoint, endpoint(ServiceLogs)) }))
	c.CloudWatch = newCloudwatchAPI(cloudwatch.NewFromConfig(config, func(o *cloudwatch.Options) { setEndpoint(&o.BaseEndpoint, endpoint(ServiceCloudWatch)) }))
	c.Tagging = newTaggingAPI(resourcegroupstaggingapi.NewFromConfig(config, func(o *resourcegroupstaggingapi.Options) {
		setEndpoint(&o.BaseEndpoint, endpoint(ServiceTagging))
	}))
	c.alarmBatch = &batch[cwtypes.MetricAlarm]{fetch: c.describeAlarms, limit: AlarmsAtOnce, window: batchWindow}
	c.tags = &batch[map[string]string]{fetch: c.indexedTags, limit: indexedAtOnce, window: batchWindow}
	c.listings = &listings{}
	c.EC2 = newEc2API(ec2.NewFromConfig(config, func(o *ec2.Options) { setEndpoint(&o.BaseEndpoint, endpoint(ServiceEC2)) }))
	c.SNS = newSnsAPI(sns.NewFromConfig(config, func(o *sns.Options) { setEndpoint(&o.BaseEndpoint, endpoint(ServiceSNS)) }))
	c.ECR = newEcrAPI(ecr.NewFromConfig(config, func(o *ecr.Options) { setEndpoint(&o.BaseEndpoint, endpoint(ServiceECR)) }))
	c.Signer = newSignerAPI(signer.NewFromConfig(config, func(o *signer.Options) { setEndpoint(&o.BaseEndpoint, endpoint(ServiceSigner)) }))
	c.SQS = newSqsAPI(sqs.NewFromConfig(config, func(o *sqs.Options) { setEndpoint(&o.BaseEndpoint, endpoint(ServiceSQS)) }))
	c.Secrets = newSecretsAPI(secretsmanager.NewFromConfig(config, func(o *secretsmanager.Options) {
		setEndpoint(&o.BaseEndpoint, endpoint(ServiceSecrets))
	}))
	c.S3 = newS3API(s3.NewFromConfig(config, func(so *s3.Options) {
		setEndpoint(&so.BaseEndpoint, endpoint(ServiceS3))
		so.UsePathStyle = o.PathStyle
	}))
	return c
}

// logCalls writes one line for each call. Requests and responses carry
// environment values, so neither is ever logged.
func logCalls(log Logger) middleware.DeserializeMiddleware {
	return middleware.DeserializeMiddlewareFunc("SecureLogCalls", func(
		ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler,
	) (middleware.DeserializeOutput, middleware.Metadata, error) {
		started := time.Now()
		out, metadata, err := next.HandleDeserialize(ctx, in)
		fields := map[string]any{
			"service":   middleware.GetServiceID(ctx),
			"operation": middleware.GetOperationName(ctx),
			"took_ms":   time.Since(started).Milliseconds(),
		}
		if id, ok := requestID(metadata); ok {
			fields["request_id"] = id
		}
		if code := ErrorCode(err); code != "" {
			fields["error_code"] = code
		}
		log(ctx, "AWS call", fields)
		return out, metadata, err
	})
}

func setEndpoint(target **string, url *string) {
	if url != nil {
		*target = url
	}
}

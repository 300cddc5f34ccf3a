package sandboxtest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// Alarms is the client of CloudWatch.
func (c Tenant) Alarms() *cloudwatch.Client { return cloudwatch.NewFromConfig(c.Config) }

// PutAlarm creates or updates an alarm on a metric.
func (c Tenant) PutAlarm(t *testing.T, name string, tags ...types.Tag) {
	t.Helper()
	_, err := c.Alarms().PutMetricAlarm(t.Context(), &cloudwatch.PutMetricAlarmInput{
		AlarmName: &name, MetricName: aws.String("m"), Namespace: aws.String("n"), Statistic: types.StatisticSum, Period: aws.Int32(60),
		EvaluationPeriods: aws.Int32(1), Threshold: aws.Float64(1), ComparisonOperator: types.ComparisonOperatorGreaterThanThreshold, Tags: tags,
	})
	if err != nil {
		t.Fatal(err)
	}
}

// CloudWatch calls CloudWatch as its Go client does.
func (c Tenant) CloudWatch(t *testing.T, operation string, request map[string]any) (status int, answer wire.Object) {
	t.Helper()
	url := Box.Endpoint() + "/service/GraniteServiceVersion20100801/operation/" + operation
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, bytes.NewReader(wire.AppendCBOR(nil, request)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", Authorization(c.Account, "monitoring"))
	req.Header.Set("Content-Type", "application/cbor")
	req.Header.Set("Smithy-Protocol", "rpc-v2-cbor")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	answer, err = wire.ParseTree(wire.CBORProtocol, raw)
	if err != nil {
		t.Fatalf("%d %q: %v", resp.StatusCode, raw, err)
	}
	return resp.StatusCode, answer
}

// Alarm describes one alarm.
func (c Tenant) Alarm(t *testing.T, name string) wire.Object {
	t.Helper()
	status, answer := c.CloudWatch(t, "DescribeAlarms", map[string]any{"AlarmNames": []any{name}})
	list, _ := answer["MetricAlarms"].([]any)
	if status != http.StatusOK || len(list) != 1 {
		t.Fatal(status, answer)
	}
	found, _ := list[0].(map[string]any)
	return found
}

// EC2 is its client.
func (c Tenant) EC2() *ec2.Client { return ec2.NewFromConfig(c.Config) }

// S3 is its client.
func (c Tenant) S3() *s3.Client {
	return s3.NewFromConfig(c.Config, func(o *s3.Options) { o.UsePathStyle = true })
}

// Bucket creates the account's bucket for code.
func (c Tenant) Bucket(t *testing.T) string {
	t.Helper()
	name := "code-" + c.Account
	_, err := c.S3().CreateBucket(t.Context(), &s3.CreateBucketInput{
		Bucket: &name, CreateBucketConfiguration: &s3types.CreateBucketConfiguration{LocationConstraint: Region},
	})
	if err != nil {
		t.Fatal(err)
	}
	return name
}

// SQS is its client.
func (c Tenant) SQS() *sqs.Client { return sqs.NewFromConfig(c.Config) }

// Queue creates a queue and returns its URL.
func (c Tenant) Queue(t *testing.T, name string, attributes map[string]string) string {
	t.Helper()
	out, err := c.SQS().CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: &name, Attributes: attributes})
	if err != nil {
		t.Fatal(err)
	}
	return *out.QueueUrl
}

// QueueARN is that of a queue of the account.
func (c Tenant) QueueARN(name string) string {
	return fmt.Sprintf("arn:aws:sqs:%s:%s:%s", Region, c.Account, name)
}

// QueueAttributes asks for attributes of a queue.
func (c Tenant) QueueAttributes(t *testing.T, url string, names ...sqstypes.QueueAttributeName) map[string]string {
	t.Helper()
	out, err := c.SQS().GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{QueueUrl: &url, AttributeNames: names})
	if err != nil {
		t.Fatal(err)
	}
	return out.Attributes
}

// ECR calls the registry, for which the module has no client.
func (c Tenant) ECR(t *testing.T, operation, request string) (status int, answer wire.Object) {
	t.Helper()
	return c.Post(t, "ecr", "AmazonEC2ContainerRegistry_V20150921."+operation, request)
}

// Push puts an image of that content under a tag and returns its digest.
func (c Tenant) Push(t *testing.T, tag, content string) string {
	t.Helper()
	status, answer := c.ECR(t, "PutImage", fmt.Sprintf(`{"repositoryName":"app","imageTag":%q,"imageManifest":"{\"config\":\"%s\"}"}`, tag, content))
	if status != http.StatusOK {
		t.Fatal(answer)
	}
	return answer.Object("image").Object("imageId").Text("imageDigest")
}

// Key creates a key and returns its ARN.
func (c Tenant) Key(t *testing.T, policy *string) string {
	t.Helper()
	out, err := c.KMS.CreateKey(t.Context(), &kms.CreateKeyInput{Policy: policy})
	if err != nil {
		t.Fatal(err)
	}
	return *out.KeyMetadata.Arn
}

// KeyPolicy lets the account and, for some log groups, the Logs service use a key.
func KeyPolicy(account, condition string) string {
	return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::%s:root"},"Action":"kms:*","Resource":"*"},
		{"Effect":"Allow","Principal":{"Service":"logs.%s.amazonaws.com"},"Action":["kms:Encrypt*","kms:Decrypt*","kms:GenerateDataKey*"],"Resource":"*",
		 "Condition":{"ArnLike":{"kms:EncryptionContext:aws:logs:arn":"%s"}}}]}`, account, Region, condition)
}

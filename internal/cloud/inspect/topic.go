package inspect

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds/keys"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Topic is what a plan needs to know about an SNS topic that alarms tell.
type Topic struct {
	Missing bool
	Key     string // null when it is not encrypted
	// ManagedKey is AWS's own key for SNS, which admits no other service.
	ManagedKey bool
	// AdmitsCloudWatch is null without a key, and unknown when its policy may
	// not be read.
	AdmitsCloudWatch bp.Value[bool]
}

// cloudWatchPrincipal is the service that tells a topic of an alarm.
const cloudWatchPrincipal = "cloudwatch.amazonaws.com"

// InspectTopic reads an SNS topic and the policy of its key, once for all units
// that name it.
func (c *Inspector) InspectTopic(ctx context.Context, arn string) (Topic, error) {
	return c.topics.Load(arn, func() (Topic, bool, error) {
		topic, err := c.inspectTopic(ctx, arn)
		return topic, !topic.Missing, err
	})
}

func (c *Inspector) inspectTopic(ctx context.Context, arn string) (Topic, error) {
	out, err := c.SNS.GetTopicAttributes(ctx, &sns.GetTopicAttributesInput{TopicArn: &arn})
	if api.Missing(err) {
		return Topic{Missing: true}, nil
	}
	if err != nil {
		return Topic{}, err
	}
	topic := Topic{Key: out.Attributes["KmsMasterKeyId"]}
	if topic.Key == "" {
		return topic, nil
	}
	topic.AdmitsCloudWatch = bp.Unknown[bool]()
	if bp.IsAWSKeyOf(topic.Key, "sns") {
		topic.ManagedKey = true
		return topic, nil
	}
	described, err := c.KMS.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &topic.Key})
	if err != nil {
		return topic, nil //nolint:nilerr // the key of another account may be hidden
	}
	document, err := keys.Policy(ctx, c.Client, aws.ToString(described.KeyMetadata.Arn))
	if err != nil {
		return topic, nil //nolint:nilerr // its policy even more so
	}
	statements, err := bp.ParseDocument(document)
	if err != nil {
		return topic, err
	}
	topic.AdmitsCloudWatch = bp.Known(admits(statements, cloudWatchPrincipal))
	return topic, nil
}

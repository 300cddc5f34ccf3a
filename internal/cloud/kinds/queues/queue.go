package queues

import (
	"context"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// queueURL is how SQS addresses the queue of an ARN.
func queueURL(arn string) string {
	place, _ := bp.PlaceOf(arn)
	return place.QueueURL(bp.QueueNameOf(arn))
}

// Find reads the dead-letter queue. An absent queue is null.
func Find(ctx context.Context, c *api.Client, arn string, reference map[string]string) (bp.Value[bp.Queue], error) {
	none := bp.Null[bp.Queue]()
	attributes, err := Attributes(ctx, c, arn, types.QueueAttributeNameAll)
	if err != nil {
		return none, api.IgnoreMissing(err)
	}
	policy, err := parseQueuePolicy(attributes[string(types.QueueAttributeNamePolicy)])
	if err != nil {
		return none, fmt.Errorf("queue %s: %w", arn, err)
	}
	deviation, err := c.TagDeviation(ctx, arn, reference, func() (map[string]string, error) { return queueTags(ctx, c, arn) })
	if err != nil {
		return none, api.IgnoreMissing(err)
	}
	retention, err := strconv.ParseInt(attributes[string(types.QueueAttributeNameMessageRetentionPeriod)], 10, 64)
	if err != nil {
		return none, fmt.Errorf("queue %s: retention: %w", arn, err)
	}
	return bp.Known(bp.Queue{
		Name:             bp.Known(bp.QueueNameOf(arn)),
		ARN:              bp.Known(arn),
		RetentionSeconds: bp.Known(retention),
		KMSKeyARN:        api.Optional(aws.String(attributes[string(types.QueueAttributeNameKmsMasterKeyId)])),
		Policy:           bp.Known(policy),
		Tags:             deviation,
	}), nil
}

// Attributes reads attributes of a queue by name.
func Attributes(ctx context.Context, c *api.Client, arn string, names ...types.QueueAttributeName) (map[string]string, error) {
	out, err := c.SQS.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: aws.String(queueURL(arn)), AttributeNames: names})
	if err != nil {
		return nil, err
	}
	return out.Attributes, nil
}

func queueTags(ctx context.Context, c *api.Client, arn string) (map[string]string, error) {
	out, err := c.SQS.ListQueueTags(ctx, &sqs.ListQueueTagsInput{QueueUrl: aws.String(queueURL(arn))})
	if err != nil {
		return nil, err
	}
	return out.Tags, nil
}

func parseQueuePolicy(document string) (bp.QueuePolicy, error) {
	if document == "" {
		return bp.QueuePolicy{}, nil
	}
	parsed, err := bp.ParseDocument(document)
	if err != nil {
		return bp.QueuePolicy{}, err
	}
	ours, rest := bp.Sort(parsed, func(sid string) bool { return sid == bp.SidTLS })
	return bp.QueuePolicy{TLS: bp.StatementOf(ours, bp.SidTLS), Unexpected: rest}, nil
}

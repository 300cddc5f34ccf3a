package queues

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// createQueue makes the queue. SQS returns a queue of that name that exists
// already and has the same attributes. No queue of others has: the policy is
// identified by the unit's generation, so for another queue it is an error.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
func createQueue(ctx context.Context, c *api.Client, want bp.Queue, tags map[string]string) error {
	attributes, err := queueSettings(bp.Queue{}, want, tags[bp.TagGeneration])
	if err != nil {
		return err
	}
	err = c.Call(ctx, func() error {
		_, err := c.SQS.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: api.Text(want.Name), Attributes: attributes, Tags: tags})
		return err
	})
	switch api.ErrorCode(err) {
	case "QueueAlreadyExists", "QueueNameExists":
		return &kinds.Taken{Kind: "SQS queue", Name: want.Name.Or(""), Err: err}
	}
	return err
}

// updateQueue sends the settings that differ.
func updateQueue(ctx context.Context, c *api.Client, have, want bp.Queue, generation string) error {
	attributes, err := queueSettings(have, want, generation)
	if err != nil || len(attributes) == 0 {
		return err
	}
	return c.Call(ctx, func() error {
		_, err := c.SQS.SetQueueAttributes(ctx, &sqs.SetQueueAttributesInput{
			QueueUrl: aws.String(queueURL(want.ARN.Or(""))), Attributes: attributes,
		})
		return err
	})
}

// queueSettings renders what differs as SQS takes it.
func queueSettings(have, want bp.Queue, generation string) (map[string]string, error) {
	out := map[string]string{}
	if have.RetentionSeconds != want.RetentionSeconds {
		out[string(types.QueueAttributeNameMessageRetentionPeriod)] = fmt.Sprint(want.RetentionSeconds.Or(0))
	}
	if have.KMSKeyARN != want.KMSKeyARN {
		out[string(types.QueueAttributeNameKmsMasterKeyId)] = want.KMSKeyARN.Or("")
	}
	if !bp.Equal(have.Policy, want.Policy) {
		policy, _ := want.Policy.Get()
		document, err := bp.IdentifiedDocument(generation, policy.Statements())
		if err != nil {
			return nil, err
		}
		out[string(types.QueueAttributeNamePolicy)] = document
	}
	return out, nil
}

func tagQueue(ctx context.Context, c *api.Client, arn string, have, want map[string]string) error {
	url := aws.String(queueURL(arn))
	set, remove := api.Retag(have, want)
	if len(remove) > 0 {
		if _, err := c.SQS.UntagQueue(ctx, &sqs.UntagQueueInput{QueueUrl: url, TagKeys: remove}); err != nil {
			return err
		}
	}
	if len(set) > 0 {
		if _, err := c.SQS.TagQueue(ctx, &sqs.TagQueueInput{QueueUrl: url, Tags: set}); err != nil {
			return err
		}
	}
	return nil
}

func removeQueue(ctx context.Context, c *api.Client, arn string) error {
	_, err := c.SQS.DeleteQueue(ctx, &sqs.DeleteQueueInput{QueueUrl: aws.String(queueURL(arn))})
	return api.IgnoreMissing(err)
}

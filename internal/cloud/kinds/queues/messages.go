package queues

import (
	"context"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
)

// Messages are those that a queue still holds, delivered or not.
type Messages struct{ Waiting, InFlight, Delayed int }

// Total counts all of them.
func (m Messages) Total() int { return m.Waiting + m.InFlight + m.Delayed }

// Count is their number in words: 1 message, 2 messages.
func (m Messages) Count() string {
	if m.Total() == 1 {
		return "1 message"
	}
	return fmt.Sprintf("%d messages", m.Total())
}

// CountMessages reads how many messages the queue holds. A queue that is gone
// holds none. SQS counts approximately.
func CountMessages(ctx context.Context, c *api.Client, arn string) (Messages, error) {
	var m Messages
	counts := map[types.QueueAttributeName]*int{
		types.QueueAttributeNameApproximateNumberOfMessages:           &m.Waiting,
		types.QueueAttributeNameApproximateNumberOfMessagesNotVisible: &m.InFlight,
		types.QueueAttributeNameApproximateNumberOfMessagesDelayed:    &m.Delayed,
	}
	var names []types.QueueAttributeName
	for name := range counts {
		names = append(names, name)
	}
	attributes, err := Attributes(ctx, c, arn, names...)
	if err != nil {
		return m, api.IgnoreMissing(err)
	}
	for name, into := range counts {
		n, err := strconv.Atoi(attributes[string(name)])
		if err != nil {
			return m, fmt.Errorf("queue %s: %s: %w", arn, name, err)
		}
		*into = n
	}
	return m, nil
}

// HasMessages says that a queue still holds what nobody has looked at.
type HasMessages struct {
	ARN string
	Messages
}

func (e *HasMessages) Error() string {
	them := "them"
	if e.Total() == 1 {
		them = "it"
	}
	return fmt.Sprintf("the dead-letter queue %s still holds %s (%d waiting, %d being read, %d delayed), and deleting it would lose %s. "+
		"Read or redrive %s first, purge the queue, or write dead_letter = { on_destroy = \"force\" } and apply before the destroy",
		e.ARN, e.Count(), e.Waiting, e.InFlight, e.Delayed, them, them)
}

// refuseMessages stops a removal that would lose messages.
func refuseMessages(ctx context.Context, c *api.Client, arn string, force bool) error {
	if force {
		return nil
	}
	messages, err := CountMessages(ctx, c, arn)
	if err != nil {
		return err
	}
	if messages.Total() > 0 {
		return &HasMessages{ARN: arn, Messages: messages}
	}
	return nil
}

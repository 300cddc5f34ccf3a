package cloud

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// queueURL is how SQS addresses the queue of an ARN.
func queueURL(arn string) string {
	place, _ := bp.PlaceOf(arn)
	return place.QueueURL(bp.QueueNameOf(arn))
}

// findQueue reads the dead-letter queue. An absent queue is null.
func (c *Client) findQueue(ctx context.Context, arn string, reference map[string]string) (bp.Value[bp.Queue], error) {
	none := bp.Null[bp.Queue]()
	attributes, err := c.queueAttributes(ctx, arn, types.QueueAttributeNameAll)
	if err != nil {
		return none, ignoreMissing(err)
	}
	policy, err := parseQueuePolicy(attributes[string(types.QueueAttributeNamePolicy)])
	if err != nil {
		return none, fmt.Errorf("queue %s: %w", arn, err)
	}
	deviation, err := c.tagDeviation(ctx, arn, reference, func() (map[string]string, error) { return c.queueTags(ctx, arn) })
	if err != nil {
		return none, ignoreMissing(err)
	}
	retention, err := strconv.ParseInt(attributes[string(types.QueueAttributeNameMessageRetentionPeriod)], 10, 64)
	if err != nil {
		return none, fmt.Errorf("queue %s: retention: %w", arn, err)
	}
	return bp.Known(bp.Queue{
		Name:             bp.Known(bp.QueueNameOf(arn)),
		ARN:              bp.Known(arn),
		RetentionSeconds: bp.Known(retention),
		KMSKeyARN:        optional(aws.String(attributes[string(types.QueueAttributeNameKmsMasterKeyId)])),
		Policy:           bp.Known(policy),
		Tags:             deviation,
	}), nil
}

func (c *Client) queueAttributes(ctx context.Context, arn string, names ...types.QueueAttributeName) (map[string]string, error) {
	out, err := c.sqs.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: aws.String(queueURL(arn)), AttributeNames: names})
	if err != nil {
		return nil, err
	}
	return out.Attributes, nil
}

func (c *Client) queueTags(ctx context.Context, arn string) (map[string]string, error) {
	out, err := c.sqs.ListQueueTags(ctx, &sqs.ListQueueTagsInput{QueueUrl: aws.String(queueURL(arn))})
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
func (c *Client) CountMessages(ctx context.Context, arn string) (Messages, error) {
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
	attributes, err := c.queueAttributes(ctx, arn, names...)
	if err != nil {
		return m, ignoreMissing(err)
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

// createQueue makes the queue. SQS returns a queue of that name that exists
// already and has the same attributes. No queue of others has: the policy is
// identified by the unit's generation, so for another queue it is an error.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
func (c *Client) createQueue(ctx context.Context, want bp.Queue, tags map[string]string) error {
	attributes, err := queueSettings(bp.Queue{}, want, tags[bp.TagGeneration])
	if err != nil {
		return err
	}
	err = c.call(ctx, func() error {
		_, err := c.sqs.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: text(want.Name), Attributes: attributes, Tags: tags})
		return err
	})
	switch ErrorCode(err) {
	case "QueueAlreadyExists", "QueueNameExists":
		return &Taken{Kind: "SQS queue", Name: want.Name.Or(""), Err: err}
	}
	return err
}

// updateQueue sends the settings that differ.
func (c *Client) updateQueue(ctx context.Context, have, want bp.Queue, generation string) error {
	attributes, err := queueSettings(have, want, generation)
	if err != nil || len(attributes) == 0 {
		return err
	}
	return c.call(ctx, func() error {
		_, err := c.sqs.SetQueueAttributes(ctx, &sqs.SetQueueAttributesInput{
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

func (c *Client) tagQueue(ctx context.Context, arn string, have, want map[string]string) error {
	url := aws.String(queueURL(arn))
	set, remove := retag(have, want)
	if len(remove) > 0 {
		if _, err := c.sqs.UntagQueue(ctx, &sqs.UntagQueueInput{QueueUrl: url, TagKeys: remove}); err != nil {
			return err
		}
	}
	if len(set) > 0 {
		if _, err := c.sqs.TagQueue(ctx, &sqs.TagQueueInput{QueueUrl: url, Tags: set}); err != nil {
			return err
		}
	}
	return nil
}

func (c *Client) removeQueue(ctx context.Context, arn string) error {
	_, err := c.sqs.DeleteQueue(ctx, &sqs.DeleteQueueInput{QueueUrl: aws.String(queueURL(arn))})
	return ignoreMissing(err)
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

func queueKind() kind {
	return kind{
		Component: bp.QueueComponent(),
		looks:     (*Client).queueLooks,
		indexed:   func(_ *Client, t Target) []string { return []string{t.Refs[bp.ComponentQueue].ARN} },
		locate:    (*Client).locateQueue,
		adopt:     (*Client).adoptQueue,
		tagged:    func(b bp.Blueprint) tagMap { return bp.ValueOf(b.Queue).Tags },
		dispute:   (*disputes).queue,
		taken:     (*Client).takenQueue,
		is:        bp.IsQueueARN,
		identify:  withoutID((*Client).queueTags),
		made:      (*Client).queueMade,
		contest:   (*Client).contestQueue,
		guard:     (*Client).refuseMessages,
		outlives:  []string{taskFunction},
		remove:    (*Client).removeQueue,
		steps:     steps(step{taskQueue, []string{taskKey, taskPolicy}, (*unit).ensureQueue}),
		delivers: func(have, want bp.Blueprint) bool {
			return have.Queue.IsKnown() && bp.ValueOf(have.Queue).KMSKeyARN != bp.ValueOf(want.Queue).KMSKeyARN
		},
		// One that is given up goes with the last version that uses it.
		settled: []string{taskQueue, taskSuperseded},
	}
}

func (c *Client) queueMade(ctx context.Context, arn string) (time.Time, error) {
	attributes, err := c.queueAttributes(ctx, arn, types.QueueAttributeNameCreatedTimestamp)
	if err != nil {
		return time.Time{}, err
	}
	seconds, err := strconv.ParseInt(attributes[string(types.QueueAttributeNameCreatedTimestamp)], 10, 64)
	return time.Unix(seconds, 0), err
}

func (c *Client) contestQueue(ctx context.Context, of claims, arn string) ([]string, error) {
	queue, err := c.untagged().findQueue(ctx, arn, nil)
	return append(named(arn, c.Place.QueueARN(bp.QueueName(of.unit))), foreignStatements(bp.ValueOf(bp.ValueOf(queue).Policy).Unexpected)...), err
}

// refuseMessages stops a removal that would lose messages.
func (c *Client) refuseMessages(ctx context.Context, arn string, force bool) error {
	if force {
		return nil
	}
	messages, err := c.CountMessages(ctx, arn)
	if err != nil {
		return err
	}
	if messages.Total() > 0 {
		return &HasMessages{ARN: arn, Messages: messages}
	}
	return nil
}

func (c *Client) queueLooks(t Target, o *Observation) ([]look, func(context.Context) error) {
	arn := t.Refs[bp.ComponentQueue].ARN
	return []look{{"queue", arn, func(ctx context.Context) (err error) {
		o.Queue, err = c.findQueue(ctx, arn, t.Tags)
		return err
	}}}, nil
}

// locateQueue finds the queue that carries the unit's tag and gets its dead letters.
func (c *Client) locateQueue(ctx context.Context, s seed) (Ref, []error, error) {
	arn := c.Place.QueueARN(bp.QueueName(s.unit))
	if s.function.DeadLetterARN != bp.Known(arn) {
		return Ref{}, nil, nil
	}
	tags, err := c.queueTags(ctx, arn)
	// One whose tags may not be read is not the unit's.
	if err == nil && tags[bp.TagUnit] == s.unit {
		queue, err := c.untagged().findQueue(ctx, arn, nil)
		return unlessContested(arn, cmp.Or(disputed(arn, s.unit, foreignStatements(bp.ValueOf(bp.ValueOf(queue).Policy).Unexpected)), err))
	}
	return Ref{}, nil, nil
}

func (c *Client) adoptQueue(ctx context.Context, want bp.Blueprint, owner Owner) (Ref, error) {
	arn := c.Place.QueueARN(bp.QueueName(owner.Unit))
	tags, err := c.queueTags(ctx, arn)
	switch wanted := want.Queue.IsKnown(); {
	case err == nil && (wanted || owner.unfinished(tags)):
		return Ref{ARN: arn}, nil
	case ignoreMissing(err) != nil && (wanted || !denied(err)):
		return Ref{}, err
	}
	return Ref{}, nil
}

func (d *disputes) queue(ctx context.Context) {
	queue := bp.ValueOf(d.o.Queue)
	d.dated(ctx, queue.ARN.Or(""), d.o.Queue.IsKnown(), func() ([]string, error) {
		return foreignStatements(bp.ValueOf(queue.Policy).Unexpected), nil
	})
}

func (c *Client) takenQueue(ctx context.Context, want bp.Blueprint) []*Taken {
	return taken(KindQueue, bp.ValueOf(want.Queue).ARN, func(arn string) bool {
		_, err := c.queueTags(ctx, arn)
		return err == nil
	})
}

// Package queues is the dead-letter queue of a unit.
package queues

import (
	"cmp"
	"context"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Kind says what a unit's dead-letter queue is.
func Kind() kinds.Kind {
	return kinds.Kind{
		Component: bp.QueueComponent(),
		Looks:     queueLooks,
		Indexed:   func(_ *api.Client, t kinds.Target) []string { return []string{t.Refs[bp.ComponentQueue].ARN} },
		Locate:    locateQueue,
		Adopt:     adoptQueue,
		Tagged:    func(b bp.Blueprint) api.TagMap { return bp.ValueOf(b.Queue).Tags },
		Dispute:   disputeQueue,
		Taken:     takenQueue,
		Is:        bp.IsQueueARN,
		Identify:  kinds.WithoutID(queueTags),
		Made:      queueMade,
		Contest:   contestQueue,
		Guard:     refuseMessages,
		Outlives:  []string{kinds.TaskFunction},
		Remove:    removeQueue,
		Steps:     kinds.Steps(kinds.Step{ID: kinds.TaskQueue, After: []string{kinds.TaskKey, kinds.TaskPolicy}, Run: ensureQueue}),
		Delivers: func(have, want bp.Blueprint) bool {
			return have.Queue.IsKnown() && bp.ValueOf(have.Queue).KMSKeyARN != bp.ValueOf(want.Queue).KMSKeyARN
		},
		// One that is given up goes with the last version that uses it.
		Settled: []string{kinds.TaskQueue, kinds.TaskSuperseded},
	}
}

func queueMade(ctx context.Context, c *api.Client, arn string) (time.Time, error) {
	attributes, err := Attributes(ctx, c, arn, types.QueueAttributeNameCreatedTimestamp)
	if err != nil {
		return time.Time{}, err
	}
	seconds, err := strconv.ParseInt(attributes[string(types.QueueAttributeNameCreatedTimestamp)], 10, 64)
	return time.Unix(seconds, 0), err
}

func contestQueue(ctx context.Context, c *api.Client, of kinds.Claims, arn string) ([]string, error) {
	queue, err := Find(ctx, c.Untagged(), arn, nil)
	return append(kinds.Named(arn, c.Place.QueueARN(bp.QueueName(of.Unit))), kinds.ForeignStatements(bp.ValueOf(bp.ValueOf(queue).Policy).Unexpected)...), err
}

func queueLooks(c *api.Client, t kinds.Target, o *kinds.Observation) ([]kinds.Look, func(context.Context) error) {
	arn := t.Refs[bp.ComponentQueue].ARN
	return []kinds.Look{{What: "queue", Name: arn, Find: func(ctx context.Context) (err error) {
		o.Queue, err = Find(ctx, c, arn, t.Tags)
		return err
	}}}, nil
}

// locateQueue finds the queue that carries the unit's tag and gets its dead letters.
func locateQueue(ctx context.Context, c *api.Client, s kinds.Seed) (kinds.Ref, []error, error) {
	arn := c.Place.QueueARN(bp.QueueName(s.Unit))
	if s.Function.DeadLetterARN != bp.Known(arn) {
		return kinds.Ref{}, nil, nil
	}
	tags, err := queueTags(ctx, c, arn)
	// One whose tags may not be read is not the unit's.
	if err == nil && tags[bp.TagUnit] == s.Unit {
		queue, err := Find(ctx, c.Untagged(), arn, nil)
		return kinds.UnlessContested(arn, cmp.Or(kinds.IfDisputed(arn, s.Unit, kinds.ForeignStatements(bp.ValueOf(bp.ValueOf(queue).Policy).Unexpected)), err))
	}
	return kinds.Ref{}, nil, nil
}

func adoptQueue(ctx context.Context, c *api.Client, want bp.Blueprint, owner kinds.Owner) (kinds.Ref, error) {
	arn := c.Place.QueueARN(bp.QueueName(owner.Unit))
	tags, err := queueTags(ctx, c, arn)
	switch wanted := want.Queue.IsKnown(); {
	case err == nil && (wanted || owner.Unfinished(tags)):
		return kinds.Ref{ARN: arn}, nil
	case api.IgnoreMissing(err) != nil && (wanted || !api.Denied(err)):
		return kinds.Ref{}, err
	}
	return kinds.Ref{}, nil
}

func disputeQueue(ctx context.Context, d *kinds.Disputes) {
	queue := bp.ValueOf(d.Is.Queue)
	d.Dated(ctx, queue.ARN.Or(""), d.Is.Queue.IsKnown(), func() ([]string, error) {
		return kinds.ForeignStatements(bp.ValueOf(queue.Policy).Unexpected), nil
	})
}

func takenQueue(ctx context.Context, c *api.Client, want bp.Blueprint) []*kinds.Taken {
	return kinds.IfTaken(kinds.KindQueue, bp.ValueOf(want.Queue).ARN, func(arn string) bool {
		_, err := queueTags(ctx, c, arn)
		return err == nil
	})
}

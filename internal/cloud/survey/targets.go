package survey

import (
	"context"
	"maps"
	"slices"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/inspect"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds/queues"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// deadLetters reads where the function's dead letters go. A unit's own queue has to be
// as the unit makes it; any other is a given one, whoever has the function.
func (s *survey) deadLetters(ctx context.Context, name, arn string, out *Surveyed) {
	switch place, ok := bp.PlaceOf(arn); {
	case !ok:
	case bp.IsQueueARN(arn) && place.Account == s.Place.Account && tagOf(out.Tags, bp.TagUnit) == name && arn == s.Place.QueueARN(bp.QueueName(name)):
		found, err := queues.Find(ctx, s.Untagged(), arn, nil)
		if s.refused("sqs:GetQueueAttributes", name, err) {
			found = bp.Unknown[bp.Queue]()
		}
		out.Queue = found
	case bp.IsQueueARN(arn):
		given := s.GivenQueue(ctx, arn)
		out.Around.Queue, out.Around.EncryptedBySQS = given.Queue, given.BySQS
		s.target(ctx, name, arn, out)
	default:
		s.target(ctx, name, arn, out)
	}
}

// asynchronous reads where reports of invocations go, whatever is invoked: the alias
// in service, another one, a version or what is in the making.
func (s *survey) asynchronous(ctx context.Context, name string, out *Surveyed) {
	out.asked = true
	configs, err := s.ListAsync(ctx, name)
	if s.refused(inspect.ActionListAsync, name, err) {
		out.Around.Unlisted = api.UnreadBecause(err, inspect.ActionListAsync)
	}
	if alias, known := out.Alias.Get(); known {
		out.Async = bp.Known(configs[alias.Name.Or("")])
		delete(configs, alias.Name.Or(""))
	}
	out.Around.Destinations = inspect.DestinationsOf(configs)
}

// destinations reads the policies of where reports of invocations go.
func (s *survey) destinations(ctx context.Context, name string, out *Surveyed) {
	async, _ := out.Async.Get()
	arns := slices.Concat(slices.Collect(maps.Values(inspect.DestinationsOf(map[string]bp.Async{"": async})))...)
	for _, of := range out.Around.Destinations {
		arns = append(arns, of...)
	}
	queue, _ := out.Queue.Get()
	for _, arn := range arns {
		if queue.ARN != bp.Known(arn) {
			s.target(ctx, name, arn, out)
		}
	}
}

// target reads the policy of a queue or topic.
func (s *survey) target(ctx context.Context, name, arn string, out *Surveyed) {
	w, read := s.TargetWriting(ctx, arn)
	if !read {
		return
	}
	s.refused(w.Action, name, w.Cause)
	targets := maps.Clone(out.Around.Targets)
	targets[arn] = w
	out.Around.Targets = targets
}

package cloud

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	tagging "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi/types"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// found is what exists of a unit under the names that it is to have. What does
// not carry the unit's tag is somebody else's and is left out: making it then
// fails, and names it.
func (c *Client) found(ctx context.Context, want bp.Blueprint, at anchor, handed Handed) (Observation, error) {
	owner := Owner{Unit: at.tags[bp.TagUnit], Generation: at.tags[bp.TagGeneration]}
	t := Target{
		Unit: owner.Unit, Refs: map[string]Ref{}, Tags: c.visible(at.tags, nil),
		Reads: Reads{
			CodeSigning:       true,
			RuntimeManagement: valueOf(want.Function).RuntimeManagement.IsKnown(),
			DataProtection:    valueOf(want.LogGroup).DataProtection.IsKnown(),
		},
	}
	for _, k := range kinds() {
		if k.adopt == nil {
			continue
		}
		var err error
		if t.Refs[k.Name], err = k.adopt(c, ctx, want, owner); err != nil {
			return Observation{}, err
		}
	}
	out, err := c.Observe(ctx, t)
	if err != nil {
		return out, err
	}
	out.disown()
	if group, ok := out.LogGroup.Get(); ok {
		if _, err := c.logGroupTags(ctx, group.ARN.Or("")); notOffered(err) {
			out.LogGroup = bp.Null[bp.LogGroup]() // nobody can say whose it is
		}
	}
	return out, c.dispute(ctx, want, at, handed, out)
}

// adoptByName is for what every unit has, under a name that follows from its own.
func adoptByName(component bp.Component) func(*Client, context.Context, bp.Blueprint, Owner) (Ref, error) {
	return func(_ *Client, _ context.Context, want bp.Blueprint, _ Owner) (Ref, error) {
		return Ref{ARN: component.ARN(want).Or("")}, nil
	}
}

// unfinished reports whether tags are those of a create that was cut short. What a
// unit need not have, and does not want any more, the run before may have made; then
// it has to carry that run's generation, for an object of an earlier unit of the name
// may have been left on purpose. Who may not look for what the unit does not want is
// taken not to have made it.
func (o Owner) unfinished(tags map[string]string) bool {
	return tags[bp.TagUnit] == o.Unit && tags[bp.TagGeneration] == o.Generation && tags[bp.TagRetained] == ""
}

// disown leaves out what carries another unit's tag, or none, with what dies with it.
func (o *Observation) disown() {
	foreign := func(deviation tagMap) bool { _, differs := deviation.Or(nil)[bp.TagUnit]; return differs }
	for _, k := range kinds() {
		if k.disown != nil {
			k.disown(&o.Blueprint, foreign)
		}
		if k.tagged == nil || !foreign(k.tagged(o.Blueprint)) {
			continue
		}
		for _, c := range bp.Components() {
			if c.Name == k.Name || c.With == k.Name {
				c.Drop(&o.Blueprint)
			}
		}
	}
}

// ownKey returns the key that a run before made for the unit: the one behind
// the unit's alias, or one that it had no time to name.
func (c *Client) ownKey(ctx context.Context, unit, generation string) (arn string, err error) {
	alias := bp.KeyAlias(unit)
	out, err := c.kms.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &alias})
	if ignoreMissing(err) != nil {
		return "", err
	}
	if err == nil {
		arn := aws.ToString(out.KeyMetadata.Arn)
		if tags, err := c.keyTags(ctx, arn); err == nil && (Owner{Unit: unit}).owns(tags) {
			return arn, nil
		}
	}
	return c.searchKey(ctx, Owner{Unit: unit, Generation: generation})
}

// searchKey finds a key by its tags: with the tagging index, and, since that
// lags behind, key by key. It is for the rare case that nothing else tells
// whether a key was made.
func (c *Client) searchKey(ctx context.Context, owner Owner) (arn string, err error) {
	filters := []tagging.TagFilter{
		{Key: aws.String(bp.TagUnit), Values: []string{owner.Unit}},
		{Key: aws.String(bp.TagGeneration), Values: []string{owner.Generation}},
	}
	out, err := c.tagging.GetResources(ctx, &resourcegroupstaggingapi.GetResourcesInput{
		TagFilters: filters, ResourceTypeFilters: []string{"kms:key"},
	})
	if err == nil {
		for _, object := range out.ResourceTagMappingList {
			if arn := aws.ToString(object.ResourceARN); c.usableKey(ctx, arn, owner) {
				return arn, nil
			}
		}
	}
	keys, err := all(func(next *string) ([]types.KeyListEntry, *string, error) {
		out, err := c.kms.ListKeys(ctx, &kms.ListKeysInput{Marker: next})
		if err != nil {
			return nil, nil, err
		}
		return out.Keys, out.NextMarker, nil
	})
	for _, key := range keys {
		if arn := aws.ToString(key.KeyArn); c.usableKey(ctx, arn, owner) {
			return arn, nil
		}
	}
	return "", err
}

// usableKey reports whether a key is the owner's and is not being deleted. One
// whose tags may not be read is not.
func (c *Client) usableKey(ctx context.Context, arn string, owner Owner) bool {
	tags, exists, err := c.Whose(ctx, arn)
	return err == nil && exists && owner.owns(tags)
}

// repeats is how often a call without an idempotency token is made again after
// its answer was lost and nothing was found of its effect.
const repeats = 2

// onceOnly makes a call whose repetition could make a second object. After a
// lost answer it looks for the effect before it calls again.
func (c *Client) onceOnly(ctx context.Context, create func() error, effect func() (bool, error)) error {
	for try := 0; ; try++ {
		err := create()
		if err == nil || !ambiguous(err) || ctx.Err() != nil {
			return err
		}
		if pause := c.clock.Sleep(ctx, c.poll); pause != nil {
			return err
		}
		there, lookup := effect()
		if there {
			return nil
		}
		if lookup != nil {
			return errors.Join(err, lookup)
		}
		if try == repeats {
			return err
		}
	}
}

// ambiguous reports whether a call that failed may have been carried out: no
// answer came, or one that says that the service failed.
func ambiguous(err error) bool {
	if errors.Is(err, context.Canceled) || throttled.IsErrorRetryable(err) == aws.TrueTernary {
		return false
	}
	answer, ok := errors.AsType[*awshttp.ResponseError](err)
	return !ok || answer.Response == nil || answer.HTTPStatusCode() >= 500 || ErrorCode(err) == ""
}

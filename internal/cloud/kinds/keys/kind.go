// Package keys is the customer-managed key of a unit.
package keys

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Kind says what a unit's key is.
func Kind() kinds.Kind {
	return kinds.Kind{
		Component: bp.KeyComponent(),
		Looks:     keyLooks,
		Indexed:   func(_ *api.Client, t kinds.Target) []string { return []string{t.Refs[bp.ComponentKey].ARN} },
		Locate:    locateKey,
		Adopt:     adoptKey,
		Tagged:    func(b bp.Blueprint) api.TagMap { return bp.ValueOf(b.Key).Tags },
		Dispute:   disputeKey,
		Taken:     takenAlias,
		Is:        bp.IsKeyARN,
		Identify:  kinds.WithoutID(Tags),
		Leaving:   keyLeaving,
		Made:      keyMade,
		Contest:   contestKey,
		Outlives:  []string{kinds.TaskFunction, kinds.TaskLogGroup, kinds.TaskQueue, kinds.TaskSecret},
		Remove:    removeKey,
		Retire:    retireKey,
		Ends:      []kinds.End{{ID: kinds.TaskRetired, After: []string{kinds.TaskFunction, kinds.TaskLogGroup, kinds.TaskQueue, kinds.TaskSecret}, Run: endRetired}},
		// A name that is taken shows at the role, before a key is paid for.
		Steps:   kinds.Steps(kinds.Step{ID: kinds.TaskKey, After: []string{kinds.TaskRole}, Run: ensureKey}),
		Settled: []string{kinds.TaskKey, kinds.TaskNarrow},
		Uses:    func(b bp.Blueprint) []bp.String { return []bp.String{bp.ValueOf(b.LogGroup).KMSKeyARN} },
		TakesAway: func(have, want bp.Blueprint) bool {
			before, exists := have.Key.Get()
			after := bp.ValueOf(want.Key)
			return exists && before.ARN == after.ARN && !bp.Covered(keyStatements(before), keyStatements(after))
		},
		Narrow: narrowKey,
	}
}

func keyLeaving(ctx context.Context, c *api.Client, arn string) (bool, error) {
	out, err := c.KMS.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &arn})
	if err != nil {
		return false, err
	}
	return out.KeyMetadata.KeyState == types.KeyStatePendingDeletion, nil
}

func keyMade(ctx context.Context, c *api.Client, arn string) (time.Time, error) {
	out, err := c.KMS.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &arn})
	if err != nil {
		return time.Time{}, err
	}
	return api.Dated(out.KeyMetadata.CreationDate)
}

func contestKey(ctx context.Context, c *api.Client, of kinds.Claims, arn string) ([]string, error) {
	err := disputedKey(ctx, c, arn, of.Unit)
	if other, is := errors.AsType[*kinds.Disputed](err); is {
		return other.But, nil
	}
	return nil, err
}

// retireKey deletes the key, or leaves it where log events that are kept need it.
func retireKey(ctx context.Context, c *api.Client, e *kinds.Ending, arn string) error {
	if e.KeepLogs {
		return retainKey(ctx, c, arn)
	}
	if key, known := e.Last.Key.Get(); known && key.ARN == bp.ValueOf(e.Inventory.Key).ARN && key.Alias.IsKnown() {
		return removeKeyWith(ctx, c, arn, key.Alias.Or(""))
	}
	return removeKey(ctx, c, arn)
}

func keyLooks(c *api.Client, t kinds.Target, o *kinds.Observation) ([]kinds.Look, func(context.Context) error) {
	arn := t.Refs[bp.ComponentKey].ARN
	return []kinds.Look{{What: "key", Name: arn, Find: func(ctx context.Context) (err error) {
		o.Key, err = Find(ctx, c, arn, bp.KeyAlias(t.Unit), t.Tags)
		return err
	}}}, nil
}

// locateKey finds the key that carries the unit's tag and encrypts its function.
func locateKey(ctx context.Context, c *api.Client, s kinds.Seed) (kinds.Ref, []error, error) {
	arn, has := s.Function.KMSKeyARN.Get()
	if !has {
		return kinds.Ref{}, nil, nil
	}
	tags, err := Tags(ctx, c, arn)
	// A key of another account, or one that may not be read, is not ours.
	if err == nil && tags[bp.TagUnit] == s.Unit {
		return kinds.UnlessContested(arn, disputedKey(ctx, c, arn, s.Unit))
	}
	return kinds.Ref{}, nil, nil
}

func adoptKey(ctx context.Context, c *api.Client, want bp.Blueprint, owner kinds.Owner) (kinds.Ref, error) {
	wanted := want.Key.IsKnown()
	arn, err := ownKey(ctx, c, owner.Unit, owner.Generation)
	if err != nil && (wanted || !api.Denied(err)) {
		return kinds.Ref{}, err
	}
	if !wanted && arn != "" {
		tags, err := Tags(ctx, c, arn)
		if err != nil || !owner.Unfinished(tags) {
			arn = "" // one whose tags may not be read is not the unit's
		}
	}
	return kinds.Ref{ARN: arn}, nil
}

func disputeKey(ctx context.Context, d *kinds.Disputes) {
	key := bp.ValueOf(d.Is.Key)
	d.Dated(ctx, key.ARN.Or(""), d.Is.Key.IsKnown(), func() ([]string, error) { return foreignToKey(ctx, d.Client, key) })
}

func takenAlias(ctx context.Context, c *api.Client, want bp.Blueprint) []*kinds.Taken {
	return kinds.IfTaken(kinds.KindKeyAlias, bp.ValueOf(want.Key).Alias, func(alias string) bool {
		out, err := c.KMS.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &alias})
		if err != nil {
			return false
		}
		tags, err := Tags(ctx, c, aws.ToString(out.KeyMetadata.Arn))
		return err == nil && !(kinds.Owner{Unit: api.PlainTags(want.Tags)[bp.TagUnit]}).Retained(tags)
	})
}

// retainKey leaves the key that a retained log group's events need.
func retainKey(ctx context.Context, c *api.Client, arn string) error {
	return tagKey(ctx, c, arn, nil, kinds.RetainedTag)
}

// endRetired deletes those retired keys that were the unit's own; given
// keys carry no tag of the unit.
func endRetired(ctx context.Context, c *api.Client, e *kinds.Ending) error {
	if e.KeepLogs {
		return nil // events of before need them
	}
	owner := e.Owner
	arns, _ := e.Inventory.RetiredKeys.Or(nil).Strings()
	for _, arn := range arns {
		if place, ok := bp.PlaceOf(arn); !ok || place != c.Place {
			continue // given, from elsewhere
		}
		tags, err := Tags(ctx, c, arn)
		// A key that may not be read is not the unit's own.
		if api.Missing(err) || api.ErrorCode(err) == "AccessDeniedException" || err == nil && !owner.Owns(tags) {
			continue
		}
		if err != nil {
			return err
		}
		// A given key can be tagged as the unit's by whoever may tag it.
		if err := disputedKey(ctx, c, arn, owner.Unit); err != nil {
			return err
		}
		if err := removeKey(ctx, c, arn); err != nil {
			return err
		}
	}
	return nil
}

package cloud

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	tagging "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi/types"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// deletionWindow is how many days AWS keeps a key that was scheduled for
// deletion: the longest it offers, so that a mistake can be undone.
const deletionWindow = 30

const defaultKeyPolicy = "default"

// findKey reads the unit's own key. A key that is gone is null; one that is
// disabled or pending deletion is there, but not enabled.
func (c *Client) findKey(ctx context.Context, arn, alias string, reference map[string]string) (bp.Value[bp.Key], error) {
	none := bp.Null[bp.Key]()
	described, found, err := c.describeKey(ctx, arn, alias)
	if err != nil {
		return none, ignoreMissing(err)
	}
	policy, err := c.keyPolicy(ctx, arn)
	if err != nil {
		return none, err
	}
	parsed, err := bp.ParseDocument(policy)
	if err != nil {
		return none, fmt.Errorf("key %s: %w", arn, err)
	}
	ours, rest := bp.Sort(parsed, func(sid string) bool { return sid == bp.SidAccount || sid == bp.SidLogs })
	rotation, err := c.kms.GetKeyRotationStatus(ctx, &kms.GetKeyRotationStatusInput{KeyId: &arn})
	if err != nil {
		return none, err
	}
	deviation, err := c.tagDeviation(ctx, arn, reference, func() (map[string]string, error) { return c.keyTags(ctx, arn) })
	if err != nil {
		return none, err
	}
	return bp.Known(bp.Key{
		ARN:         bp.Known(arn),
		Alias:       found,
		Description: optional(described.Description),
		Enabled:     bp.Known(described.KeyState == types.KeyStateEnabled),
		Rotation:    bp.Known(rotation.KeyRotationEnabled),
		Policy:      bp.Known(bp.KeyPolicy{Account: bp.StatementOf(ours, bp.SidAccount), Logs: bp.StatementOf(ours, bp.SidLogs), Unexpected: rest}),
		Tags:        deviation,
	}), nil
}

// describeKey reads a key by its alias, which says in one call that the alias
// points to it. Only where it does not is the key itself asked for.
func (c *Client) describeKey(ctx context.Context, arn, alias string) (*types.KeyMetadata, bp.String, error) {
	if alias != "" {
		out, err := c.kms.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &alias})
		if err == nil && aws.ToString(out.KeyMetadata.Arn) == arn {
			return out.KeyMetadata, bp.Known(alias), nil
		}
		if ignoreMissing(err) != nil {
			return nil, bp.Null[string](), err
		}
	}
	out, err := c.kms.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &arn})
	if err != nil {
		return nil, bp.Null[string](), err
	}
	return out.KeyMetadata, bp.Null[string](), nil
}

func (c *Client) keyPolicy(ctx context.Context, arn string) (string, error) {
	out, err := c.kms.GetKeyPolicy(ctx, &kms.GetKeyPolicyInput{KeyId: &arn, PolicyName: aws.String(defaultKeyPolicy)})
	if err != nil {
		return "", err
	}
	return aws.ToString(out.Policy), nil
}

func (c *Client) aliases(ctx context.Context, arn string) ([]string, error) {
	found, err := all(func(next *string) ([]types.AliasListEntry, *string, error) {
		out, err := c.kms.ListAliases(ctx, &kms.ListAliasesInput{KeyId: &arn, Marker: next})
		if err != nil {
			return nil, nil, err
		}
		return out.Aliases, out.NextMarker, nil
	})
	names := make([]string, len(found))
	for i, a := range found {
		names[i] = aws.ToString(a.AliasName)
	}
	return names, err
}

func (c *Client) keyTags(ctx context.Context, arn string) (map[string]string, error) {
	found, err := all(func(next *string) ([]types.Tag, *string, error) {
		out, err := c.kms.ListResourceTags(ctx, &kms.ListResourceTagsInput{KeyId: &arn, Marker: next})
		if err != nil {
			return nil, nil, err
		}
		return out.Tags, out.NextMarker, nil
	})
	tags := map[string]string{}
	for _, t := range found {
		tags[aws.ToString(t.TagKey)] = aws.ToString(t.TagValue)
	}
	return tags, err
}

// createKey makes the key and returns its ARN even when a later step fails, so
// that it is never lost.
func (c *Client) createKey(ctx context.Context, want bp.Key, tags map[string]string) (arn string, err error) {
	policy, _ := want.Policy.Get()
	document, err := bp.Document(policy.Statements())
	if err != nil {
		return "", err
	}
	var out *kms.CreateKeyOutput
	err = c.call(ctx, func() (err error) {
		out, err = c.kms.CreateKey(ctx, &kms.CreateKeyInput{
			Description: text(want.Description), Policy: &document, Tags: toKMSTags(tags),
		}, func(o *kms.Options) { o.Retryer = onlyThrottles{o.Retryer} })
		return err
	})
	if err != nil {
		return "", err
	}
	return aws.ToString(out.KeyMetadata.Arn), nil
}

// updateKey brings an existing key to what is wanted. The statements are
// passed in, since a policy is widened before it is narrowed.
func (c *Client) updateKey(ctx context.Context, have, want bp.Key, statements []bp.Named, owner Owner) error {
	id := text(want.ARN)
	if have.Enabled == bp.Known(false) {
		if err := c.revive(ctx, id); err != nil {
			return err
		}
	}
	if have.Description != want.Description {
		if err := c.call(ctx, func() error {
			_, err := c.kms.UpdateKeyDescription(ctx, &kms.UpdateKeyDescriptionInput{KeyId: id, Description: aws.String(want.Description.Or(""))})
			return err
		}); err != nil {
			return err
		}
	}
	if statements != nil {
		if err := c.putKeyPolicy(ctx, id, statements); err != nil {
			return err
		}
	}
	if have.Rotation != want.Rotation {
		if err := c.call(ctx, func() error {
			_, err := c.kms.EnableKeyRotation(ctx, &kms.EnableKeyRotationInput{KeyId: id})
			return err
		}, keyWaits...); err != nil {
			return err
		}
	}
	if have.Alias != want.Alias {
		return c.putAlias(ctx, want, owner)
	}
	return nil
}

func (c *Client) putKeyPolicy(ctx context.Context, id *string, statements []bp.Named) error {
	document, err := bp.Document(statements)
	if err != nil {
		return err
	}
	return c.call(ctx, func() error {
		_, err := c.kms.PutKeyPolicy(ctx, &kms.PutKeyPolicyInput{KeyId: id, PolicyName: aws.String(defaultKeyPolicy), Policy: &document})
		return err
	})
}

// revive makes a disabled key, or one that is pending deletion, usable again.
// Cancelling a deletion leaves the key disabled.
func (c *Client) revive(ctx context.Context, id *string) error {
	described, err := c.kms.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: id})
	if err != nil {
		return err
	}
	if described.KeyMetadata.KeyState == types.KeyStatePendingDeletion {
		if _, err := c.kms.CancelKeyDeletion(ctx, &kms.CancelKeyDeletionInput{KeyId: id}); err != nil {
			return err
		}
	}
	return c.call(ctx, func() error {
		_, err := c.kms.EnableKey(ctx, &kms.EnableKeyInput{KeyId: id})
		return err
	})
}

// putAlias points the alias at the key. An alias that another unit or person
// uses for another key is never taken over.
func (c *Client) putAlias(ctx context.Context, want bp.Key, owner Owner) error {
	err := c.call(ctx, func() error {
		_, err := c.kms.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: text(want.Alias), TargetKeyId: text(want.ARN)})
		return err
	}, keyWaits...)
	if ErrorCode(err) != "AlreadyExistsException" {
		return err
	}
	current, lookup := c.kms.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: text(want.Alias)})
	if lookup != nil {
		return lookup
	}
	arn := aws.ToString(current.KeyMetadata.Arn)
	if arn == want.ARN.Or("") {
		return nil
	}
	tags, lookup := c.keyTags(ctx, arn)
	if lookup != nil {
		return lookup
	}
	if !owner.retained(tags) && !owner.owns(tags) {
		return &Taken{Kind: "KMS alias", Name: want.Alias.Or(""), Err: err}
	}
	if err := c.disputedKey(ctx, arn, owner.Unit); err != nil {
		return err
	}
	if owner.retained(tags) {
		return &keptKey{arn: arn}
	}
	return c.call(ctx, func() error {
		_, err := c.kms.UpdateAlias(ctx, &kms.UpdateAliasInput{AliasName: text(want.Alias), TargetKeyId: text(want.ARN)})
		return err
	})
}

func (c *Client) tagKey(ctx context.Context, arn string, have, want map[string]string) error {
	set, remove := retag(have, want)
	if len(remove) > 0 {
		if _, err := c.kms.UntagResource(ctx, &kms.UntagResourceInput{KeyId: &arn, TagKeys: remove}); err != nil {
			return err
		}
	}
	if len(set) > 0 {
		if _, err := c.kms.TagResource(ctx, &kms.TagResourceInput{KeyId: &arn, Tags: toKMSTags(set)}); err != nil {
			return err
		}
	}
	return nil
}

// removeKey deletes the aliases of a unit that point to a key, and schedules
// the key's deletion.
func (c *Client) removeKey(ctx context.Context, arn string) error {
	aliases, err := c.aliases(ctx, arn)
	if err != nil {
		return ignoreMissing(err)
	}
	aliases = slices.DeleteFunc(aliases, func(name string) bool { return !strings.HasPrefix(name, bp.KeyAlias("")) })
	return c.removeKeyWith(ctx, arn, aliases...)
}

func (c *Client) removeKeyWith(ctx context.Context, arn string, aliases ...string) error {
	for _, name := range aliases {
		if _, err := c.kms.DeleteAlias(ctx, &kms.DeleteAliasInput{AliasName: &name}); ignoreMissing(err) != nil {
			return err
		}
	}
	_, err := c.kms.ScheduleKeyDeletion(ctx, &kms.ScheduleKeyDeletionInput{KeyId: &arn, PendingWindowInDays: aws.Int32(deletionWindow)})
	if hasCode("KMSInvalidStateException", "pending deletion")(err) {
		return nil
	}
	return ignoreMissing(err)
}

func toKMSTags(tags map[string]string) []types.Tag {
	var out []types.Tag
	for _, key := range sortedKeys(tags) {
		out = append(out, types.Tag{TagKey: aws.String(key), TagValue: aws.String(tags[key])})
	}
	return out
}

func keyKind() kind {
	return kind{
		Component: bp.KeyComponent(),
		looks:     (*Client).keyLooks,
		indexed:   func(_ *Client, t Target) []string { return []string{t.Refs[bp.ComponentKey].ARN} },
		locate:    (*Client).locateKey,
		adopt:     (*Client).adoptKey,
		tagged:    func(b bp.Blueprint) tagMap { return bp.ValueOf(b.Key).Tags },
		dispute:   (*disputes).key,
		taken:     (*Client).takenAlias,
		is:        bp.IsKeyARN,
		identify:  withoutID((*Client).keyTags),
		leaving:   (*Client).keyLeaving,
		made:      (*Client).keyMade,
		contest:   (*Client).contestKey,
		outlives:  []string{taskFunction, taskLogGroup, taskQueue, taskSecret},
		remove:    (*Client).removeKey,
		retire:    (*Client).retireKey,
		ends:      []end{{taskRetired, []string{taskFunction, taskLogGroup, taskQueue, taskSecret}, (*Client).endRetired}},
		// A name that is taken shows at the role, before a key is paid for.
		steps:   steps(step{taskKey, []string{taskRole}, (*unit).ensureKey}),
		settled: []string{taskKey, taskNarrow},
		uses:    func(b bp.Blueprint) []bp.String { return []bp.String{bp.ValueOf(b.LogGroup).KMSKeyARN} },
		takesAway: func(have, want bp.Blueprint) bool {
			before, exists := have.Key.Get()
			after := bp.ValueOf(want.Key)
			return exists && before.ARN == after.ARN && !bp.Covered(keyStatements(before), keyStatements(after))
		},
		narrow: (*unit).narrowKey,
	}
}

func (c *Client) keyLeaving(ctx context.Context, arn string) (bool, error) {
	out, err := c.kms.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &arn})
	if err != nil {
		return false, err
	}
	return out.KeyMetadata.KeyState == types.KeyStatePendingDeletion, nil
}

func (c *Client) keyMade(ctx context.Context, arn string) (time.Time, error) {
	out, err := c.kms.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &arn})
	if err != nil {
		return time.Time{}, err
	}
	return dated(out.KeyMetadata.CreationDate)
}

func (c *Client) contestKey(ctx context.Context, of claims, arn string) ([]string, error) {
	err := c.disputedKey(ctx, arn, of.unit)
	if other, is := errors.AsType[*Disputed](err); is {
		return other.But, nil
	}
	return nil, err
}

// retireKey deletes the key, or leaves it where log events that are kept need it.
func (c *Client) retireKey(ctx context.Context, e *ending, arn string) error {
	if e.KeepLogs {
		return c.retainKey(ctx, arn)
	}
	if key, known := e.Last.Key.Get(); known && key.ARN == bp.ValueOf(e.Inventory.Key).ARN && key.Alias.IsKnown() {
		return c.removeKeyWith(ctx, arn, key.Alias.Or(""))
	}
	return c.removeKey(ctx, arn)
}

func (u *unit) narrowKey(ctx context.Context) error {
	key, own := u.want().Key.Get()
	if have, exists := u.job.Observed.Key.Get(); u.staged && exists && own && have.ARN == key.ARN && !bp.Covered(keyStatements(have), keyStatements(key)) {
		return u.putKeyPolicy(ctx, text(key.ARN), keyStatements(key))
	}
	return nil
}

func (c *Client) keyLooks(t Target, o *Observation) ([]look, func(context.Context) error) {
	arn := t.Refs[bp.ComponentKey].ARN
	return []look{{"key", arn, func(ctx context.Context) (err error) {
		o.Key, err = c.findKey(ctx, arn, bp.KeyAlias(t.Unit), t.Tags)
		return err
	}}}, nil
}

// locateKey finds the key that carries the unit's tag and encrypts its function.
func (c *Client) locateKey(ctx context.Context, s seed) (Ref, []error, error) {
	arn, has := s.function.KMSKeyARN.Get()
	if !has {
		return Ref{}, nil, nil
	}
	tags, err := c.keyTags(ctx, arn)
	// A key of another account, or one that may not be read, is not ours.
	if err == nil && tags[bp.TagUnit] == s.unit {
		return unlessContested(arn, c.disputedKey(ctx, arn, s.unit))
	}
	return Ref{}, nil, nil
}

func (c *Client) adoptKey(ctx context.Context, want bp.Blueprint, owner Owner) (Ref, error) {
	wanted := want.Key.IsKnown()
	arn, err := c.ownKey(ctx, owner.Unit, owner.Generation)
	if err != nil && (wanted || !denied(err)) {
		return Ref{}, err
	}
	if !wanted && arn != "" {
		tags, err := c.keyTags(ctx, arn)
		if err != nil || !owner.unfinished(tags) {
			arn = "" // one whose tags may not be read is not the unit's
		}
	}
	return Ref{ARN: arn}, nil
}

func (d *disputes) key(ctx context.Context) {
	key := bp.ValueOf(d.o.Key)
	d.dated(ctx, key.ARN.Or(""), d.o.Key.IsKnown(), func() ([]string, error) { return d.foreignToKey(ctx, key) })
}

func (c *Client) takenAlias(ctx context.Context, want bp.Blueprint) []*Taken {
	return taken(KindKeyAlias, bp.ValueOf(want.Key).Alias, func(alias string) bool {
		out, err := c.kms.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &alias})
		if err != nil {
			return false
		}
		tags, err := c.keyTags(ctx, aws.ToString(out.KeyMetadata.Arn))
		return err == nil && !(Owner{Unit: plainTags(want.Tags)[bp.TagUnit]}).retained(tags)
	})
}

// retainKey leaves the key that a retained log group's events need.
func (c *Client) retainKey(ctx context.Context, arn string) error {
	return c.tagKey(ctx, arn, nil, retainedTag)
}

// keptKey says that the unit's alias still points to the key that a destroyed
// unit of this name left for its log events.
type keptKey struct{ arn string }

func (e *keptKey) Error() string {
	return "the alias points to key " + e.arn + ", which a destroyed unit of this name left for its log events"
}

// takeBackKey puts a retained key into use again, instead of the one that was
// just made and that nothing uses yet.
func (u *unit) takeBackKey(ctx context.Context, kept, fresh string, want bp.Key) error {
	if err := u.removeKeyWith(ctx, fresh); err != nil {
		return err
	}
	u.known(bp.ComponentKey, kept, bp.Null[string]())
	want = u.want().Key.Or(want) // its policy may name the key
	found, err := u.findKey(ctx, kept, want.Alias.Or(""), nil)
	if err != nil {
		return err
	}
	have, exists := found.Get()
	if !exists {
		return fmt.Errorf("key %s was deleted while the apply was running; apply again", kept)
	}
	if err := u.updateKey(ctx, have, want, keyStatements(want), u.owner()); err != nil {
		return err
	}
	tags, err := u.keyTags(ctx, kept)
	if err != nil {
		return err
	}
	_, wanted, _ := u.tags(bp.Null[map[string]bp.String]())
	return u.tagKey(ctx, kept, tags, wanted)
}

// foreignToKey are clauses about what a unit never has on its key.
func (c *Client) foreignToKey(ctx context.Context, key bp.Key) ([]string, error) {
	but := foreignStatements(bp.ValueOf(key.Policy).Unexpected)
	arn := key.ARN.Or("")
	names, err := c.aliases(ctx, arn)
	if err != nil {
		return nil, err
	}
	others := slices.DeleteFunc(names, func(name string) bool { return bp.Known(name) == key.Alias })
	if len(others) > 0 {
		but = append(but, fmt.Sprintf("it has the aliases %v", others))
	}
	return but, nil
}

// disputedKey holds a key that carries a unit's tags against what a unit makes: a
// policy of its own, no other alias, and no other function that uses it.
func (c *Client) disputedKey(ctx context.Context, arn, unit string) error {
	found, err := c.untagged().findKey(ctx, arn, bp.KeyAlias(unit), nil)
	key, exists := found.Get()
	if err != nil || !exists {
		return err
	}
	key.Alias = bp.Known(bp.KeyAlias(unit))
	but, err := c.foreignToKey(ctx, key)
	if err != nil {
		return err
	}
	users, err := c.users(ctx, unit, withKey(arn))
	if err != nil {
		return err
	}
	return disputed(arn, unit, append(but, usedBy(users)...))
}

// endRetired deletes those retired keys that were the unit's own; given
// keys carry no tag of the unit.
func (c *Client) endRetired(ctx context.Context, e *ending) error {
	if e.KeepLogs {
		return nil // events of before need them
	}
	owner := e.Owner
	arns, _ := e.Inventory.RetiredKeys.Or(nil).Strings()
	for _, arn := range arns {
		if place, ok := bp.PlaceOf(arn); !ok || place != c.Place {
			continue // given, from elsewhere
		}
		tags, err := c.keyTags(ctx, arn)
		// A key that may not be read is not the unit's own.
		if missing(err) || ErrorCode(err) == "AccessDeniedException" || err == nil && !owner.owns(tags) {
			continue
		}
		if err != nil {
			return err
		}
		// A given key can be tagged as the unit's by whoever may tag it.
		if err := c.disputedKey(ctx, arn, owner.Unit); err != nil {
			return err
		}
		if err := c.removeKey(ctx, arn); err != nil {
			return err
		}
	}
	return nil
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
	tags, err := c.keyTags(ctx, arn)
	if err != nil || !owner.owns(tags) {
		return false
	}
	leaving, err := c.keyLeaving(ctx, arn)
	return err == nil && !leaving
}

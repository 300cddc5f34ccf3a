package keys

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// deletionWindow is how many days AWS keeps a key that was scheduled for
// deletion: the longest it offers, so that a mistake can be undone.
const deletionWindow = 30

// createKey makes the key and returns its ARN even when a later step fails, so
// that it is never lost.
func createKey(ctx context.Context, c *api.Client, want bp.Key, tags map[string]string) (arn string, err error) {
	policy, _ := want.Policy.Get()
	document, err := bp.Document(policy.Statements())
	if err != nil {
		return "", err
	}
	var out *kms.CreateKeyOutput
	err = c.Call(ctx, func() (err error) {
		out, err = c.KMS.CreateKey(ctx, &kms.CreateKeyInput{
			Description: api.Text(want.Description), Policy: &document, Tags: toKMSTags(tags),
		}, func(o *kms.Options) { o.Retryer = api.OnlyThrottles{Retryer: o.Retryer} })
		return err
	})
	if err != nil {
		return "", err
	}
	return aws.ToString(out.KeyMetadata.Arn), nil
}

// updateKey brings an existing key to what is wanted. The statements are
// passed in, since a policy is widened before it is narrowed.
func updateKey(ctx context.Context, c *api.Client, have, want bp.Key, statements []bp.Named, owner kinds.Owner) error {
	id := api.Text(want.ARN)
	if have.Enabled == bp.Known(false) {
		if err := revive(ctx, c, id); err != nil {
			return err
		}
	}
	if have.Description != want.Description {
		if err := c.Call(ctx, func() error {
			_, err := c.KMS.UpdateKeyDescription(ctx, &kms.UpdateKeyDescriptionInput{KeyId: id, Description: aws.String(want.Description.Or(""))})
			return err
		}); err != nil {
			return err
		}
	}
	if statements != nil {
		if err := putKeyPolicy(ctx, c, id, statements); err != nil {
			return err
		}
	}
	if have.Rotation != want.Rotation {
		if err := c.Call(ctx, func() error {
			_, err := c.KMS.EnableKeyRotation(ctx, &kms.EnableKeyRotationInput{KeyId: id})
			return err
		}, api.KeyWaits...); err != nil {
			return err
		}
	}
	if have.Alias != want.Alias {
		return putAlias(ctx, c, want, owner)
	}
	return nil
}

func putKeyPolicy(ctx context.Context, c *api.Client, id *string, statements []bp.Named) error {
	document, err := bp.Document(statements)
	if err != nil {
		return err
	}
	return c.Call(ctx, func() error {
		_, err := c.KMS.PutKeyPolicy(ctx, &kms.PutKeyPolicyInput{KeyId: id, PolicyName: aws.String(defaultKeyPolicy), Policy: &document})
		return err
	})
}

// revive makes a disabled key, or one that is pending deletion, usable again.
// Cancelling a deletion leaves the key disabled.
func revive(ctx context.Context, c *api.Client, id *string) error {
	described, err := c.KMS.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: id})
	if err != nil {
		return err
	}
	if described.KeyMetadata.KeyState == types.KeyStatePendingDeletion {
		if _, err := c.KMS.CancelKeyDeletion(ctx, &kms.CancelKeyDeletionInput{KeyId: id}); err != nil {
			return err
		}
	}
	return c.Call(ctx, func() error {
		_, err := c.KMS.EnableKey(ctx, &kms.EnableKeyInput{KeyId: id})
		return err
	})
}

// putAlias points the alias at the key. An alias that another unit or person
// uses for another key is never taken over.
func putAlias(ctx context.Context, c *api.Client, want bp.Key, owner kinds.Owner) error {
	err := c.Call(ctx, func() error {
		_, err := c.KMS.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: api.Text(want.Alias), TargetKeyId: api.Text(want.ARN)})
		return err
	}, api.KeyWaits...)
	if api.ErrorCode(err) != "AlreadyExistsException" {
		return err
	}
	current, lookup := c.KMS.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: api.Text(want.Alias)})
	if lookup != nil {
		return lookup
	}
	arn := aws.ToString(current.KeyMetadata.Arn)
	if arn == want.ARN.Or("") {
		return nil
	}
	tags, lookup := Tags(ctx, c, arn)
	if lookup != nil {
		return lookup
	}
	if !owner.Retained(tags) && !owner.Owns(tags) {
		return &kinds.Taken{Kind: "KMS alias", Name: want.Alias.Or(""), Err: err}
	}
	if err := disputedKey(ctx, c, arn, owner.Unit); err != nil {
		return err
	}
	if owner.Retained(tags) {
		return &keptKey{arn: arn}
	}
	return c.Call(ctx, func() error {
		_, err := c.KMS.UpdateAlias(ctx, &kms.UpdateAliasInput{AliasName: api.Text(want.Alias), TargetKeyId: api.Text(want.ARN)})
		return err
	})
}

func tagKey(ctx context.Context, c *api.Client, arn string, have, want map[string]string) error {
	set, remove := api.Retag(have, want)
	if len(remove) > 0 {
		if _, err := c.KMS.UntagResource(ctx, &kms.UntagResourceInput{KeyId: &arn, TagKeys: remove}); err != nil {
			return err
		}
	}
	if len(set) > 0 {
		if _, err := c.KMS.TagResource(ctx, &kms.TagResourceInput{KeyId: &arn, Tags: toKMSTags(set)}); err != nil {
			return err
		}
	}
	return nil
}

// removeKey deletes the aliases of a unit that point to a key, and schedules
// the key's deletion.
func removeKey(ctx context.Context, c *api.Client, arn string) error {
	aliases, err := aliases(ctx, c, arn)
	if err != nil {
		return api.IgnoreMissing(err)
	}
	aliases = slices.DeleteFunc(aliases, func(name string) bool { return !strings.HasPrefix(name, bp.KeyAlias("")) })
	return removeKeyWith(ctx, c, arn, aliases...)
}

func removeKeyWith(ctx context.Context, c *api.Client, arn string, aliases ...string) error {
	for _, name := range aliases {
		if _, err := c.KMS.DeleteAlias(ctx, &kms.DeleteAliasInput{AliasName: &name}); api.IgnoreMissing(err) != nil {
			return err
		}
	}
	_, err := c.KMS.ScheduleKeyDeletion(ctx, &kms.ScheduleKeyDeletionInput{KeyId: &arn, PendingWindowInDays: aws.Int32(deletionWindow)})
	if api.HasCode("KMSInvalidStateException", "pending deletion")(err) {
		return nil
	}
	return api.IgnoreMissing(err)
}

func toKMSTags(tags map[string]string) []types.Tag {
	var out []types.Tag
	for _, key := range api.SortedKeys(tags) {
		out = append(out, types.Tag{TagKey: aws.String(key), TagValue: aws.String(tags[key])})
	}
	return out
}

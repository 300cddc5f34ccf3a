package keys

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

const defaultKeyPolicy = "default"

// Find reads the unit's own key. A key that is gone is null; one that is
// disabled or pending deletion is there, but not enabled.
func Find(ctx context.Context, c *api.Client, arn, alias string, reference map[string]string) (bp.Value[bp.Key], error) {
	none := bp.Null[bp.Key]()
	described, found, err := describeKey(ctx, c, arn, alias)
	if err != nil {
		return none, api.IgnoreMissing(err)
	}
	policy, err := Policy(ctx, c, arn)
	if err != nil {
		return none, err
	}
	parsed, err := bp.ParseDocument(policy)
	if err != nil {
		return none, fmt.Errorf("key %s: %w", arn, err)
	}
	ours, rest := bp.Sort(parsed, func(sid string) bool { return sid == bp.SidAccount || sid == bp.SidLogs })
	rotation, err := c.KMS.GetKeyRotationStatus(ctx, &kms.GetKeyRotationStatusInput{KeyId: &arn})
	if err != nil {
		return none, err
	}
	deviation, err := c.TagDeviation(ctx, arn, reference, func() (map[string]string, error) { return Tags(ctx, c, arn) })
	if err != nil {
		return none, err
	}
	return bp.Known(bp.Key{
		ARN:         bp.Known(arn),
		Alias:       found,
		Description: api.Optional(described.Description),
		Enabled:     bp.Known(described.KeyState == types.KeyStateEnabled),
		Rotation:    bp.Known(rotation.KeyRotationEnabled),
		Policy:      bp.Known(bp.KeyPolicy{Account: bp.StatementOf(ours, bp.SidAccount), Logs: bp.StatementOf(ours, bp.SidLogs), Unexpected: rest}),
		Tags:        deviation,
	}), nil
}

// describeKey reads a key by its alias, which says in one call that the alias
// points to it. Only where it does not is the key itself asked for.
func describeKey(ctx context.Context, c *api.Client, arn, alias string) (*types.KeyMetadata, bp.String, error) {
	if alias != "" {
		out, err := c.KMS.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &alias})
		if err == nil && aws.ToString(out.KeyMetadata.Arn) == arn {
			return out.KeyMetadata, bp.Known(alias), nil
		}
		if api.IgnoreMissing(err) != nil {
			return nil, bp.Null[string](), err
		}
	}
	out, err := c.KMS.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &arn})
	if err != nil {
		return nil, bp.Null[string](), err
	}
	return out.KeyMetadata, bp.Null[string](), nil
}

// Policy reads a key's policy.
func Policy(ctx context.Context, c *api.Client, arn string) (string, error) {
	out, err := c.KMS.GetKeyPolicy(ctx, &kms.GetKeyPolicyInput{KeyId: &arn, PolicyName: aws.String(defaultKeyPolicy)})
	if err != nil {
		return "", err
	}
	return aws.ToString(out.Policy), nil
}

func aliases(ctx context.Context, c *api.Client, arn string) ([]string, error) {
	found, err := api.All(func(next *string) ([]types.AliasListEntry, *string, error) {
		out, err := c.KMS.ListAliases(ctx, &kms.ListAliasesInput{KeyId: &arn, Marker: next})
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

// Tags reads a key's tags.
func Tags(ctx context.Context, c *api.Client, arn string) (map[string]string, error) {
	found, err := api.All(func(next *string) ([]types.Tag, *string, error) {
		out, err := c.KMS.ListResourceTags(ctx, &kms.ListResourceTagsInput{KeyId: &arn, Marker: next})
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

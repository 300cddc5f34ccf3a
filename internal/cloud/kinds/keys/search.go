package keys

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	tagging "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// ownKey returns the key that a run before made for the unit: the one behind
// the unit's alias, or one that it had no time to name.
func ownKey(ctx context.Context, c *api.Client, unit, generation string) (arn string, err error) {
	alias := bp.KeyAlias(unit)
	out, err := c.KMS.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &alias})
	if api.IgnoreMissing(err) != nil {
		return "", err
	}
	if err == nil {
		arn := aws.ToString(out.KeyMetadata.Arn)
		if tags, err := Tags(ctx, c, arn); err == nil && (kinds.Owner{Unit: unit}).Owns(tags) {
			return arn, nil
		}
	}
	return searchKey(ctx, c, kinds.Owner{Unit: unit, Generation: generation})
}

// searchKey finds a key by its tags: with the tagging index, and, since that
// lags behind, key by key. It is for the rare case that nothing else tells
// whether a key was made.
func searchKey(ctx context.Context, c *api.Client, owner kinds.Owner) (arn string, err error) {
	filters := []tagging.TagFilter{
		{Key: aws.String(bp.TagUnit), Values: []string{owner.Unit}},
		{Key: aws.String(bp.TagGeneration), Values: []string{owner.Generation}},
	}
	out, err := c.Tagging.GetResources(ctx, &resourcegroupstaggingapi.GetResourcesInput{
		TagFilters: filters, ResourceTypeFilters: []string{"kms:key"},
	})
	if err == nil {
		for _, object := range out.ResourceTagMappingList {
			if arn := aws.ToString(object.ResourceARN); usableKey(ctx, c, arn, owner) {
				return arn, nil
			}
		}
	}
	keys, err := api.All(func(next *string) ([]types.KeyListEntry, *string, error) {
		out, err := c.KMS.ListKeys(ctx, &kms.ListKeysInput{Marker: next})
		if err != nil {
			return nil, nil, err
		}
		return out.Keys, out.NextMarker, nil
	})
	for _, key := range keys {
		if arn := aws.ToString(key.KeyArn); usableKey(ctx, c, arn, owner) {
			return arn, nil
		}
	}
	return "", err
}

// usableKey reports whether a key is the owner's and is not being deleted. One
// whose tags may not be read is not.
func usableKey(ctx context.Context, c *api.Client, arn string, owner kinds.Owner) bool {
	tags, err := Tags(ctx, c, arn)
	if err != nil || !owner.Owns(tags) {
		return false
	}
	leaving, err := keyLeaving(ctx, c, arn)
	return err == nil && !leaving
}

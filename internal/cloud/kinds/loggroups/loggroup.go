package loggroups

import (
	"cmp"
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Find reads one log group. An absent group is null.
func Find(ctx context.Context, c *api.Client, name string, reference map[string]string, protection bool) (bp.Value[bp.LogGroup], error) {
	none := bp.Null[bp.LogGroup]()
	groups, err := api.All(func(next *string) ([]types.LogGroup, *string, error) {
		out, err := c.Logs.DescribeLogGroups(ctx, &cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: &name, NextToken: next})
		if err != nil {
			return nil, nil, err
		}
		return out.LogGroups, out.NextToken, nil
	})
	if err != nil {
		return none, api.IgnoreMissing(err)
	}
	for _, g := range groups {
		if aws.ToString(g.LogGroupName) != name {
			continue
		}
		arn := strings.TrimSuffix(aws.ToString(g.Arn), ":*")
		deviation, err := c.TagDeviation(ctx, arn, reference, func() (map[string]string, error) { return logGroupTags(ctx, c, arn) })
		if err != nil {
			return none, api.IgnoreMissing(err)
		}
		group := bp.LogGroup{
			Name:          bp.Known(name),
			ARN:           bp.Known(arn),
			RetentionDays: bp.Known(int64(aws.ToInt32(g.RetentionInDays))),
			KMSKeyARN:     api.Optional(g.KmsKeyId),
			Class:         bp.Known(string(cmp.Or(g.LogGroupClass, types.LogGroupClassStandard))),
			Protected:     bp.Known(aws.ToBool(g.DeletionProtectionEnabled)),
			Tags:          deviation,
		}
		if g.LogGroupClass == types.LogGroupClassDelivery {
			group.RetentionDays = bp.Known[int64](bp.DeliveryRetentionDays)
		}
		if protection {
			if group.DataProtection, err = findDataProtection(ctx, c, name); err != nil {
				return none, err
			}
		}
		return bp.Known(group), nil
	}
	return none, nil
}

func logGroupTags(ctx context.Context, c *api.Client, arn string) (map[string]string, error) {
	out, err := c.Logs.ListTagsForResource(ctx, &cloudwatchlogs.ListTagsForResourceInput{ResourceArn: &arn})
	if err != nil {
		return nil, err
	}
	return out.Tags, nil
}

package loggroups

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

func createLogGroup(ctx context.Context, c *api.Client, want bp.LogGroup, tags map[string]string) error {
	in := &cloudwatchlogs.CreateLogGroupInput{
		LogGroupName: api.Text(want.Name), KmsKeyId: api.Text(want.KMSKeyARN), Tags: tags,
	}
	if class := types.LogGroupClass(want.Class.Or("")); class != types.LogGroupClassStandard {
		in.LogGroupClass = class
	}
	if want.Protected.Or(false) {
		in.DeletionProtectionEnabled = aws.Bool(true)
	}
	err := c.Call(ctx, func() error {
		_, err := c.Logs.CreateLogGroup(ctx, in)
		return err
	}, api.Vanishing(func() error {
		_, err := logGroupTags(ctx, c, want.ARN.Or(""))
		return err
	}))
	if api.ErrorCode(err) == "ResourceAlreadyExistsException" {
		return &kinds.Taken{Kind: "CloudWatch log group", Name: want.Name.Or(""), Err: err}
	}
	return err
}

// updateLogGroup sets retention and key. Log events that are there already
// stay encrypted with the key they were written under.
func updateLogGroup(ctx context.Context, c *api.Client, have, want bp.LogGroup) error {
	if have.KMSKeyARN != want.KMSKeyARN {
		if err := c.Call(ctx, func() error {
			_, err := c.Logs.AssociateKmsKey(ctx, &cloudwatchlogs.AssociateKmsKeyInput{LogGroupName: api.Text(want.Name), KmsKeyId: api.Text(want.KMSKeyARN)})
			return err
		}); err != nil {
			return err
		}
	}
	if have.RetentionDays != want.RetentionDays {
		if err := c.Call(ctx, func() error { return putRetention(ctx, c, want) }); err != nil {
			return err
		}
	}
	if have.Protected.Or(false) != want.Protected.Or(false) {
		if err := c.Call(ctx, func() error {
			_, err := c.Logs.PutLogGroupDeletionProtection(ctx, &cloudwatchlogs.PutLogGroupDeletionProtectionInput{
				LogGroupIdentifier: api.Text(want.Name), DeletionProtectionEnabled: aws.Bool(want.Protected.Or(false)),
			})
			return err
		}); err != nil {
			return err
		}
	}
	if !bp.Equal(have.DataProtection, want.DataProtection) {
		return putDataProtection(ctx, c, want)
	}
	return nil
}

func putRetention(ctx context.Context, c *api.Client, want bp.LogGroup) error {
	if want.Class == bp.Known(bp.LogClassDelivery) {
		return nil // AWS decides
	}
	days := want.RetentionDays.Or(0)
	if days == 0 {
		_, err := c.Logs.DeleteRetentionPolicy(ctx, &cloudwatchlogs.DeleteRetentionPolicyInput{LogGroupName: api.Text(want.Name)})
		return err
	}
	_, err := c.Logs.PutRetentionPolicy(ctx, &cloudwatchlogs.PutRetentionPolicyInput{
		LogGroupName: api.Text(want.Name), RetentionInDays: aws.Int32(int32(days)),
	})
	return err
}

func tagLogGroup(ctx context.Context, c *api.Client, arn string, have, want map[string]string) error {
	set, remove := api.Retag(have, want)
	if len(remove) > 0 {
		if _, err := c.Logs.UntagResource(ctx, &cloudwatchlogs.UntagResourceInput{ResourceArn: &arn, TagKeys: remove}); err != nil {
			return err
		}
	}
	if len(set) > 0 {
		if _, err := c.Logs.TagResource(ctx, &cloudwatchlogs.TagResourceInput{ResourceArn: &arn, Tags: set}); err != nil {
			return err
		}
	}
	return nil
}

func removeLogGroup(ctx context.Context, c *api.Client, name string) error {
	return c.Call(ctx, func() error {
		_, err := c.Logs.DeleteLogGroup(ctx, &cloudwatchlogs.DeleteLogGroupInput{LogGroupName: &name})
		return api.IgnoreMissing(err)
	})
}

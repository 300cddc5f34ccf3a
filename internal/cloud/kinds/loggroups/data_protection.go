package loggroups

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// findDataProtection reads which kinds of data a log group masks.
func findDataProtection(ctx context.Context, c *api.Client, group string) (bp.Value[bp.Set], error) {
	out, err := c.Logs.GetDataProtectionPolicy(ctx, &cloudwatchlogs.GetDataProtectionPolicyInput{LogGroupIdentifier: &group})
	if err != nil {
		return bp.Null[bp.Set](), c.UnlessOffered("data protection of log groups (GetDataProtectionPolicy)", err)
	}
	document := aws.ToString(out.PolicyDocument)
	if document == "" {
		return bp.Null[bp.Set](), nil
	}
	masked, err := bp.MaskedData(document)
	if err != nil {
		return bp.Null[bp.Set](), fmt.Errorf("log group %s: %w", group, err)
	}
	return api.SetOf(masked), nil
}

func putDataProtection(ctx context.Context, c *api.Client, want bp.LogGroup) error {
	names := api.Members(want.DataProtection)
	if len(names) == 0 {
		_, err := c.Logs.DeleteDataProtectionPolicy(ctx, &cloudwatchlogs.DeleteDataProtectionPolicyInput{LogGroupIdentifier: api.Text(want.Name)})
		return api.IgnoreMissing(err)
	}
	document, err := bp.DataProtectionDocument(c.Place.Partition, names)
	if err != nil {
		return err
	}
	return c.Call(ctx, func() error {
		_, err := c.Logs.PutDataProtectionPolicy(ctx, &cloudwatchlogs.PutDataProtectionPolicyInput{
			LogGroupIdentifier: api.Text(want.Name), PolicyDocument: &document,
		})
		return err
	})
}

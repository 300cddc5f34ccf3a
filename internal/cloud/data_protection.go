package cloud

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// findDataProtection reads which kinds of data a log group masks.
func (c *Client) findDataProtection(ctx context.Context, group string) (bp.Value[bp.Set], error) {
	out, err := c.logs.GetDataProtectionPolicy(ctx, &cloudwatchlogs.GetDataProtectionPolicyInput{LogGroupIdentifier: &group})
	if err != nil {
		return bp.Null[bp.Set](), c.unlessOffered("data protection of log groups (GetDataProtectionPolicy)", err)
	}
	document := aws.ToString(out.PolicyDocument)
	if document == "" {
		return bp.Null[bp.Set](), nil
	}
	masked, err := bp.MaskedData(document)
	if err != nil {
		return bp.Null[bp.Set](), fmt.Errorf("log group %s: %w", group, err)
	}
	return setOf(masked), nil
}

func (c *Client) putDataProtection(ctx context.Context, want bp.LogGroup) error {
	names := members(want.DataProtection)
	if len(names) == 0 {
		_, err := c.logs.DeleteDataProtectionPolicy(ctx, &cloudwatchlogs.DeleteDataProtectionPolicyInput{LogGroupIdentifier: text(want.Name)})
		return ignoreMissing(err)
	}
	document, err := bp.DataProtectionDocument(c.Place.Partition, names)
	if err != nil {
		return err
	}
	return c.call(ctx, func() error {
		_, err := c.logs.PutDataProtectionPolicy(ctx, &cloudwatchlogs.PutDataProtectionPolicyInput{
			LogGroupIdentifier: text(want.Name), PolicyDocument: &document,
		})
		return err
	})
}

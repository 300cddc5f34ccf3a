package cloud

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// protectionPolicy is a data protection policy. CloudWatch Logs wants the same
// identifiers audited and masked.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch-logs-data-protection-policies.html
type protectionPolicy struct {
	Name      string
	Version   string
	Statement []protectionStatement
}

type protectionStatement struct {
	Sid            string
	DataIdentifier []string
	Operation      map[string]any
}

const (
	protectionVersion  = "2021-06-01"
	identifierResource = "dataprotection::aws:data-identifier/"
)

// findDataProtection reads which kinds of data a log group masks.
func (c *Client) findDataProtection(ctx context.Context, group string) (bp.Value[bp.Set], error) {
	out, err := c.logs.GetDataProtectionPolicy(ctx, &cloudwatchlogs.GetDataProtectionPolicyInput{LogGroupIdentifier: &group})
	if err != nil {
		return bp.Null[bp.Set](), ignoreMissing(err)
	}
	document := aws.ToString(out.PolicyDocument)
	if document == "" {
		return bp.Null[bp.Set](), nil
	}
	var policy protectionPolicy
	if err := json.Unmarshal([]byte(document), &policy); err != nil {
		return bp.Null[bp.Set](), fmt.Errorf("data protection policy of log group %s: %w", group, err)
	}
	masked := []string{}
	for _, s := range policy.Statement {
		if _, masks := s.Operation["Deidentify"]; !masks {
			continue
		}
		for _, identifier := range s.DataIdentifier {
			_, name, _ := strings.Cut(identifier, identifierResource)
			masked = append(masked, name)
		}
	}
	return setOf(masked), nil
}

func (c *Client) putDataProtection(ctx context.Context, want bp.LogGroup) error {
	names := members(want.DataProtection)
	if len(names) == 0 {
		_, err := c.logs.DeleteDataProtectionPolicy(ctx, &cloudwatchlogs.DeleteDataProtectionPolicyInput{LogGroupIdentifier: text(want.Name)})
		return ignoreMissing(err)
	}
	identifiers := make([]string, len(names))
	for i, name := range names {
		identifiers[i] = "arn:" + c.place.Partition + ":" + identifierResource + name
	}
	document, err := json.Marshal(protectionPolicy{
		Name: "secure", Version: protectionVersion,
		Statement: []protectionStatement{
			{Sid: "audit", DataIdentifier: identifiers, Operation: map[string]any{"Audit": map[string]any{"FindingsDestination": map[string]any{}}}},
			{Sid: "mask", DataIdentifier: identifiers, Operation: map[string]any{"Deidentify": map[string]any{"MaskConfig": map[string]any{}}}},
		},
	})
	if err != nil {
		return fmt.Errorf("render data protection policy: %w", err)
	}
	return c.call(ctx, func() error {
		_, err := c.logs.PutDataProtectionPolicy(ctx, &cloudwatchlogs.PutDataProtectionPolicyInput{
			LogGroupIdentifier: text(want.Name), PolicyDocument: aws.String(string(document)),
		})
		return err
	})
}

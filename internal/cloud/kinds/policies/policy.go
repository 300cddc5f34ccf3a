package policies

import (
	"context"
	"fmt"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

type policyObserved struct {
	bp.Policy

	id string
}

// findPolicy reads the default versions of a unit's managed policies: the first,
// and those that take what does not fit into it. Without the first it is null.
func findPolicy(ctx context.Context, c *api.Client, arn string, overflow []string, reference map[string]string) (bp.Value[policyObserved], error) {
	none := bp.Null[policyObserved]()
	policy, parsed, err := Read(ctx, c, arn)
	if err != nil {
		return none, api.IgnoreMissing(err)
	}
	observed := policyObserved{
		id: aws.ToString(policy.PolicyId),
		Policy: bp.Policy{
			Name: api.Optional(policy.PolicyName),
			Path: api.Optional(policy.Path),
			ARN:  bp.Known(arn),
			Tags: c.Deviation(api.IAMTags(policy.Tags), reference),
		},
	}
	var found []string
	for _, more := range overflow {
		further, statements, err := Read(ctx, c, more)
		if api.Missing(err) {
			continue
		}
		if err != nil {
			return none, err
		}
		found, parsed = append(found, more), append(parsed, statements...)
		observed.Tags = observed.Tags.Else(c.Deviation(api.IAMTags(further.Tags), reference))
	}
	observed.Overflow, observed.Statements = api.SetOf(found), bp.Known(bp.PolicyStatementsOf(parsed))
	return bp.Known(observed), nil
}

// Read reads one managed policy and the statements of its default
// version.
func Read(ctx context.Context, c *api.Client, arn string) (*types.Policy, []bp.Parsed, error) {
	out, err := c.IAM.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: &arn})
	if err != nil {
		return nil, nil, err
	}
	version, err := c.IAM.GetPolicyVersion(ctx, &iam.GetPolicyVersionInput{PolicyArn: &arn, VersionId: out.Policy.DefaultVersionId})
	if err != nil {
		return nil, nil, err
	}
	document, err := url.QueryUnescape(aws.ToString(version.PolicyVersion.Document))
	if err != nil {
		return nil, nil, fmt.Errorf("decode policy %s: %w", arn, err)
	}
	parsed, err := bp.ParseDocument(document)
	if err != nil {
		return nil, nil, fmt.Errorf("policy %s: %w", arn, err)
	}
	return out.Policy, parsed, nil
}

package survey

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Candidates lists the ARNs of what may belong to a unit: by tag, where AWS lists by
// tags, and roles and policies by what they are.
func Candidates(ctx context.Context, c *api.Client) ([]string, error) {
	tagged, err := api.All(func(next *string) (arns []string, following *string, err error) {
		out, err := c.Tagging.GetResources(ctx, &resourcegroupstaggingapi.GetResourcesInput{
			TagFilters: []types.TagFilter{{Key: aws.String(bp.TagUnit)}}, PaginationToken: next,
		})
		if err != nil {
			return nil, nil, fmt.Errorf("list tagged resources: %w", err)
		}
		for _, object := range out.ResourceTagMappingList {
			arns = append(arns, aws.ToString(object.ResourceARN))
		}
		return arns, out.PaginationToken, nil
	})
	if err != nil {
		return nil, err
	}
	roles, err := api.All(func(next *string) (arns []string, following *string, err error) {
		out, err := c.IAM.ListRoles(ctx, &iam.ListRolesInput{Marker: next})
		if err != nil {
			return nil, nil, fmt.Errorf("list roles: %w", err)
		}
		for _, role := range out.Roles {
			if trust, err := url.QueryUnescape(aws.ToString(role.AssumeRolePolicyDocument)); err == nil && strings.Contains(trust, "lambda.amazonaws.com") {
				arns = append(arns, aws.ToString(role.Arn))
			}
		}
		return arns, out.Marker, nil
	})
	if err != nil {
		return nil, err
	}
	policies, err := api.All(func(next *string) (arns []string, following *string, err error) {
		out, err := c.IAM.ListPolicies(ctx, &iam.ListPoliciesInput{Scope: iamtypes.PolicyScopeTypeLocal, Marker: next})
		if err != nil {
			return nil, nil, fmt.Errorf("list policies: %w", err)
		}
		for _, policy := range out.Policies {
			if strings.Contains(aws.ToString(policy.PolicyName), c.Place.Region) {
				arns = append(arns, aws.ToString(policy.Arn))
			}
		}
		return arns, out.Marker, nil
	})
	arns := slices.Concat(tagged, roles, policies)
	slices.Sort(arns)
	return slices.Compact(arns), err
}

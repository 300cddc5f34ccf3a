package policies

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// removeHolders removes roles of the unit that hold its policy and are in no
// inventory: an update that was killed made them.
func removeHolders(ctx context.Context, c *api.Client, arn string, e *kinds.Ending) error {
	users, err := c.IAM.ListEntitiesForPolicy(ctx, &iam.ListEntitiesForPolicyInput{PolicyArn: &arn})
	if err != nil {
		return api.IgnoreMissing(err)
	}
	for _, holder := range users.PolicyRoles {
		name := aws.ToString(holder.RoleName)
		anchor, err := kinds.ReadAnchor(ctx, c, name)
		if api.Missing(err) {
			continue
		}
		if err != nil {
			return err
		}
		if e.Owner.Generation == "" || !e.Owner.Owns(anchor.Tags) {
			continue // named with the others that hold it
		}
		k := e.Kinds.Of(anchor.ARN)
		but, err := k.Successor(ctx, c, e.Removal, anchor.ARN, nil)
		if err != nil {
			return err
		}
		if err := kinds.IfDisputed(anchor.ARN, e.Owner.Unit, but); err != nil {
			return err
		}
		if err := k.Remove(ctx, c, anchor.ARN); err != nil {
			return err
		}
	}
	return nil
}

// foreignToPolicy are clauses about what a unit never has on its policy: another
// description, statements of others, or other holders than its roles.
func foreignToPolicy(ctx context.Context, c *api.Client, unit, arn string, roles ...string) ([]string, error) {
	policy, parsed, err := Read(ctx, c, arn)
	if err != nil {
		return nil, err
	}
	but := kinds.Described(policy.Description, bp.PolicyDescription(unit))
	unexpected := bp.PolicyStatementsOf(parsed).Unexpected
	if sids := api.SortedKeys(unexpected.Or(nil)); len(sids) > 0 {
		but = append(but, "it has statements that no unit writes ("+strings.Join(sids, ", ")+")")
	}
	holders, err := c.IAM.ListEntitiesForPolicy(ctx, &iam.ListEntitiesForPolicyInput{PolicyArn: &arn})
	if err != nil {
		return but, api.IgnoreMissing(err)
	}
	others := slices.DeleteFunc(entities(holders), func(name string) bool {
		return slices.ContainsFunc(roles, func(role string) bool { return name == "role "+role })
	})
	if len(others) > 0 {
		but = append(but, "it is attached to "+strings.Join(others, ", "))
	}
	return but, nil
}

// HeldBy are the holders of a policy beside a role.
func HeldBy(ctx context.Context, c *api.Client, arn, role string) ([]string, error) {
	holders, err := c.IAM.ListEntitiesForPolicy(ctx, &iam.ListEntitiesForPolicyInput{PolicyArn: &arn})
	if err != nil {
		return nil, api.IgnoreMissing(err)
	}
	return slices.DeleteFunc(entities(holders), func(name string) bool { return name == "role "+role }), nil
}

package policies

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// policyVersions is how many versions IAM keeps of one managed policy.
const policyVersions = 5

// createPolicy makes one managed policy.
func createPolicy(ctx context.Context, c *api.Client, arn string, statements []bp.Named, tags map[string]string) (id string, err error) {
	document, err := bp.Document(statements)
	if err != nil {
		return "", err
	}
	path, name := bp.SplitPolicyARN(arn)
	var out *iam.CreatePolicyOutput
	err = c.Call(ctx, func() (err error) {
		out, err = c.IAM.CreatePolicy(ctx, &iam.CreatePolicyInput{
			PolicyName: &name, Path: api.UnlessRoot(path), PolicyDocument: &document, Tags: api.ToIAMTags(tags),
			Description: aws.String(bp.PolicyDescription(tags[bp.TagUnit])),
		})
		return err
	}, api.Vanishing(func() error {
		_, _, err := identifyPolicy(ctx, c, arn)
		return err
	}))
	if api.ErrorCode(err) == "EntityAlreadyExists" {
		return "", &kinds.Taken{Kind: "IAM policy", Name: name, Err: err}
	}
	if err != nil {
		return "", err
	}
	return aws.ToString(out.Policy.PolicyId), nil
}

// putPolicy makes a document the policy's default version. Of IAM's five
// versions the oldest that is not the default makes room first.
func putPolicy(ctx context.Context, c *api.Client, arn string, statements []bp.Named) error {
	document, err := bp.Document(statements)
	if err != nil {
		return err
	}
	return c.OnceOnly(ctx, func() error {
		return c.Call(ctx, func() error {
			if err := makeRoom(ctx, c, arn, policyVersions-1); err != nil {
				return err
			}
			_, err := c.IAM.CreatePolicyVersion(ctx, &iam.CreatePolicyVersionInput{
				PolicyArn: &arn, PolicyDocument: &document, SetAsDefault: true,
			}, func(o *iam.Options) { o.Retryer = api.OnlyThrottles{Retryer: o.Retryer} })
			return err
		})
	}, func() (bool, error) {
		_, parsed, err := Read(ctx, c, arn)
		return sameStatements(parsed, statements), err
	})
}

// makeRoom deletes the oldest versions that are not the default until at most
// keep are left.
func makeRoom(ctx context.Context, c *api.Client, arn string, keep int) error {
	out, err := c.IAM.ListPolicyVersions(ctx, &iam.ListPolicyVersionsInput{PolicyArn: &arn})
	if err != nil {
		return err
	}
	versions := out.Versions
	slices.SortFunc(versions, func(a, b types.PolicyVersion) int {
		return cmp.Compare(created(a).UnixNano(), created(b).UnixNano())
	})
	excess := len(versions) - keep
	for _, v := range versions {
		if excess <= 0 {
			break
		}
		if v.IsDefaultVersion {
			continue
		}
		if _, err := c.IAM.DeletePolicyVersion(ctx, &iam.DeletePolicyVersionInput{PolicyArn: &arn, VersionId: v.VersionId}); api.IgnoreMissing(err) != nil {
			return err
		}
		excess--
	}
	return nil
}

func created(v types.PolicyVersion) time.Time { return aws.ToTime(v.CreateDate) }

func tagPolicy(ctx context.Context, c *api.Client, arn string, have, want map[string]string) error {
	set, remove := api.Retag(have, want)
	if len(remove) > 0 {
		if _, err := c.IAM.UntagPolicy(ctx, &iam.UntagPolicyInput{PolicyArn: &arn, TagKeys: remove}); err != nil {
			return err
		}
	}
	if len(set) > 0 {
		if _, err := c.IAM.TagPolicy(ctx, &iam.TagPolicyInput{PolicyArn: &arn, Tags: api.ToIAMTags(set)}); err != nil {
			return err
		}
	}
	return nil
}

// removePolicy deletes the unit's policy, which its role no longer holds.
// Whoever else attached it is named.
func removePolicy(ctx context.Context, c *api.Client, arn string) error {
	return removePolicyAnd(ctx, c, arn, func(context.Context) error { return nil })
}

// removePolicyAnd calls conflict once if something still holds the policy.
func removePolicyAnd(ctx context.Context, c *api.Client, arn string, conflict func(context.Context) error) error {
	remove := func() error {
		_, err := c.IAM.DeletePolicy(ctx, &iam.DeletePolicyInput{PolicyArn: &arn})
		return api.IgnoreMissing(err)
	}
	err := c.Call(ctx, remove)
	if api.ErrorCode(err) == "DeleteConflict" {
		// Earlier versions are in the way, or an attachment of a moment ago.
		if err := makeRoom(ctx, c, arn, 1); err != nil {
			return api.IgnoreMissing(err)
		}
		if err := conflict(ctx); err != nil {
			return err
		}
		err = c.Call(ctx, remove, api.DetachWait)
	}
	if api.ErrorCode(err) != "DeleteConflict" {
		return err
	}
	// Only now ask who holds it: just after a detachment IAM may still name
	// the unit's own role.
	users, lookup := c.IAM.ListEntitiesForPolicy(ctx, &iam.ListEntitiesForPolicyInput{PolicyArn: &arn})
	if lookup != nil {
		return err
	}
	return fmt.Errorf("policy %s is also attached to %v; detach it there, then run destroy again: %w", arn, entities(users), err)
}

func entities(out *iam.ListEntitiesForPolicyOutput) []string {
	var names []string
	for _, r := range out.PolicyRoles {
		names = append(names, "role "+aws.ToString(r.RoleName))
	}
	for _, u := range out.PolicyUsers {
		names = append(names, "user "+aws.ToString(u.UserName))
	}
	for _, g := range out.PolicyGroups {
		names = append(names, "group "+aws.ToString(g.GroupName))
	}
	return names
}

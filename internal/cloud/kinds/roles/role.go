package roles

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

// Observed is a role with the id that changes when it is re-created.
type Observed struct {
	bp.Role

	id      string
	session *int32 // how long a session may last, in seconds
	lastIn  string // the region where it was last used, if it was
}

// Find reads a role with its trust, attachments and tags. An absent role
// is null.
func Find(ctx context.Context, c *api.Client, name string, reference map[string]string) (bp.Value[Observed], error) {
	var out *iam.GetRoleOutput
	err := c.Call(ctx, func() (err error) {
		out, err = c.IAM.GetRole(ctx, &iam.GetRoleInput{RoleName: &name})
		return err
	})
	if api.Missing(err) {
		return bp.Null[Observed](), nil
	}
	if err != nil {
		return bp.Null[Observed](), err
	}
	attached, err := attachedPolicies(ctx, c, name)
	if err != nil {
		return bp.Null[Observed](), api.IgnoreMissing(err)
	}
	inline, err := inlinePolicies(ctx, c, name)
	if err != nil {
		return bp.Null[Observed](), api.IgnoreMissing(err)
	}
	trust, err := ParseTrust(aws.ToString(out.Role.AssumeRolePolicyDocument))
	if err != nil {
		return bp.Null[Observed](), err
	}
	role := bp.Role{
		Name:             bp.Known(name),
		Path:             bp.Known(aws.ToString(out.Role.Path)),
		ARN:              bp.Known(aws.ToString(out.Role.Arn)),
		Description:      api.Optional(out.Role.Description),
		Trust:            bp.Known(trust),
		AttachedPolicies: bp.Known(bp.SetOf(attached...)),
		InlinePolicies:   api.SetOf(inline),
		Tags:             c.Deviation(api.IAMTags(out.Role.Tags), reference),
	}
	if out.Role.PermissionsBoundary != nil {
		role.PermissionsBoundary = api.Optional(out.Role.PermissionsBoundary.PermissionsBoundaryArn)
	}
	observed := Observed{Role: role, id: aws.ToString(out.Role.RoleId), session: out.Role.MaxSessionDuration}
	if used := out.Role.RoleLastUsed; used != nil {
		observed.lastIn = aws.ToString(used.Region)
	}
	return bp.Known(observed), nil
}

func attachedPolicies(ctx context.Context, c *api.Client, role string) ([]string, error) {
	attached, err := api.All(func(next *string) ([]types.AttachedPolicy, *string, error) {
		out, err := c.IAM.ListAttachedRolePolicies(ctx, &iam.ListAttachedRolePoliciesInput{RoleName: &role, Marker: next})
		if err != nil {
			return nil, nil, err
		}
		return out.AttachedPolicies, out.Marker, nil
	})
	arns := make([]string, len(attached))
	for i, p := range attached {
		arns[i] = aws.ToString(p.PolicyArn)
	}
	return arns, err
}

func inlinePolicies(ctx context.Context, c *api.Client, role string) ([]string, error) {
	return api.All(func(next *string) ([]string, *string, error) {
		out, err := c.IAM.ListRolePolicies(ctx, &iam.ListRolePoliciesInput{RoleName: &role, Marker: next})
		if err != nil {
			return nil, nil, err
		}
		return out.PolicyNames, out.Marker, nil
	})
}

// ParseTrust reads a trust policy as IAM answers it.
func ParseTrust(encoded string) (bp.TrustPolicy, error) {
	document, err := url.QueryUnescape(encoded)
	if err != nil {
		return bp.TrustPolicy{}, fmt.Errorf("decode trust policy: %w", err)
	}
	parsed, err := bp.ParseDocument(document)
	if err != nil {
		return bp.TrustPolicy{}, err
	}
	ours, rest := bp.Sort(parsed, func(sid string) bool { return sid == bp.SidLambda })
	return bp.TrustPolicy{Lambda: bp.StatementOf(ours, bp.SidLambda), Unexpected: rest}, nil
}

package roles

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"
	"github.com/secure-lambda/terraform-provider-secure/internal/engine"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// createRole makes the anchor of a unit. IAM lets only one of two racing
// callers succeed.
func createRole(ctx context.Context, c *api.Client, want bp.Role, tags map[string]string) (id string, err error) {
	trust, _ := want.Trust.Get()
	document, err := bp.Document(trust.Statements())
	if err != nil {
		return "", err
	}
	var out *iam.CreateRoleOutput
	err = c.Call(ctx, func() (err error) {
		out, err = c.IAM.CreateRole(ctx, &iam.CreateRoleInput{
			RoleName: api.Text(want.Name), Path: api.UnlessRoot(want.Path.Or("")), Description: api.Text(want.Description),
			AssumeRolePolicyDocument: &document,
			PermissionsBoundary:      api.Text(want.PermissionsBoundary),
			Tags:                     api.ToIAMTags(tags),
		})
		return err
	}, api.Vanishing(func() error {
		_, err := kinds.ReadAnchor(ctx, c, want.Name.Or(""))
		return err
	}))
	if api.ErrorCode(err) == "EntityAlreadyExists" {
		return "", &kinds.Taken{Kind: "IAM role", Name: want.Name.Or(""), Err: err}
	}
	if err != nil {
		return "", err
	}
	return aws.ToString(out.Role.RoleId), nil
}

// updateRole brings everything but the attachments to what is wanted.
func updateRole(ctx context.Context, c *api.Client, have Observed, want bp.Role) error {
	name := api.Text(want.Name)
	// First: whoever may change bounded roles only may then change the rest.
	if have.PermissionsBoundary != want.PermissionsBoundary {
		if err := c.Call(ctx, func() error { return putBoundary(ctx, c, name, want.PermissionsBoundary) }); err != nil {
			return err
		}
	}
	if !bp.Equal(have.Trust, want.Trust) {
		trust, _ := want.Trust.Get()
		document, err := bp.Document(trust.Statements())
		if err != nil {
			return err
		}
		if err := c.Call(ctx, func() error {
			_, err := c.IAM.UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{RoleName: name, PolicyDocument: &document})
			return err
		}); err != nil {
			return err
		}
	}
	if have.Description != want.Description {
		return c.Call(ctx, func() error {
			// IAM takes an omitted session duration for its default.
			_, err := c.IAM.UpdateRole(ctx, &iam.UpdateRoleInput{RoleName: name, Description: api.Text(want.Description), MaxSessionDuration: have.session})
			return err
		})
	}
	return nil
}

func putBoundary(ctx context.Context, c *api.Client, role *string, boundary bp.String) error {
	if arn, ok := boundary.Get(); ok {
		_, err := c.IAM.PutRolePermissionsBoundary(ctx, &iam.PutRolePermissionsBoundaryInput{RoleName: role, PermissionsBoundary: &arn})
		return err
	}
	_, err := c.IAM.DeleteRolePermissionsBoundary(ctx, &iam.DeleteRolePermissionsBoundaryInput{RoleName: role})
	return api.IgnoreMissing(err)
}

func tagRole(ctx context.Context, c *api.Client, role string, have, want map[string]string) error {
	set, remove := api.Retag(have, want)
	if len(remove) > 0 {
		if _, err := c.IAM.UntagRole(ctx, &iam.UntagRoleInput{RoleName: &role, TagKeys: remove}); err != nil {
			return err
		}
	}
	if len(set) > 0 {
		if _, err := c.IAM.TagRole(ctx, &iam.TagRoleInput{RoleName: &role, Tags: api.ToIAMTags(set)}); err != nil {
			return err
		}
	}
	return nil
}

// attach adds the managed policies that are missing on a role.
func attach(ctx context.Context, c *api.Client, role string, have, want bp.Set) error {
	for _, arn := range missingFrom(have, want) {
		if err := c.Call(ctx, func() error {
			_, err := c.IAM.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: &role, PolicyArn: &arn})
			return err
		}, api.FreshIAM); err != nil {
			return err
		}
	}
	return nil
}

// detach removes the policies that should not be on a role, inline ones too.
func detach(ctx context.Context, c *api.Client, role string, have, want bp.Role) error {
	for _, arn := range missingFrom(want.AttachedPolicies.Or(nil), have.AttachedPolicies.Or(nil)) {
		if err := c.Call(ctx, func() error {
			_, err := c.IAM.DetachRolePolicy(ctx, &iam.DetachRolePolicyInput{RoleName: &role, PolicyArn: &arn})
			return api.IgnoreMissing(err)
		}); err != nil {
			return err
		}
	}
	for _, name := range missingFrom(want.InlinePolicies.Or(nil), have.InlinePolicies.Or(nil)) {
		if err := c.Call(ctx, func() error {
			_, err := c.IAM.DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{RoleName: &role, PolicyName: &name})
			return api.IgnoreMissing(err)
		}); err != nil {
			return err
		}
	}
	return nil
}

// removeRole deletes a role of the unit with whatever is attached to it.
func removeRole(ctx context.Context, c *api.Client, name string) error {
	found, err := Find(ctx, c, name, nil)
	role, exists := found.Get()
	if err != nil || !exists {
		return err
	}
	return removeRoleWith(ctx, c, role.Role, api.DetachWait)
}

// removeKnownRole does so with what was attached at the last look, and looks
// again only if that was not all.
func removeKnownRole(ctx context.Context, c *api.Client, role bp.Role) error {
	err := removeRoleWith(ctx, c, role)
	if api.ErrorCode(err) == "DeleteConflict" {
		return removeRole(ctx, c, role.Name.Or(""))
	}
	return err
}

func removeRoleWith(ctx context.Context, c *api.Client, role bp.Role, more ...engine.Class) error {
	name := role.Name.Or("")
	if err := detach(ctx, c, name, role, bp.Role{}); err != nil {
		return err
	}
	return c.Call(ctx, func() error {
		_, err := c.IAM.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: &name})
		return api.IgnoreMissing(err)
	}, more...)
}

// missingFrom lists the known elements of want that have lacks.
func missingFrom(have, want bp.Set) []string {
	present, _ := have.Strings()
	wanted, _ := want.Strings()
	return slices.DeleteFunc(wanted, func(w string) bool { return slices.Contains(present, w) })
}

package roles

import (
	"context"
	"fmt"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

func ensureRole(ctx context.Context, u *kinds.Unit) error {
	want, _ := u.Want().Role.Get()
	have, exists := u.Job.Observed.Role.Get()
	if !exists || have.ARN != want.ARN {
		return u.Replace(ctx, have.ARN, want.ARN, func(back bool) error {
			if back {
				return takeBackRole(ctx, u, want)
			}
			if u.Job.Claim != nil && !exists {
				u.Known(bp.ComponentRole, want.ARN.Or(""), bp.Known(u.Job.Claim.RoleID))
				return nil // the claim made it
			}
			_, tags, _ := u.Tags(bp.Null[map[string]bp.String]())
			id, err := createRole(ctx, u.Client, want, tags)
			if id == "" {
				if _, err := u.MadeBefore(ctx, want.ARN.Or(""), err); err != nil {
					return err
				}
				return takeBackRole(ctx, u, want)
			}
			u.Known(bp.ComponentRole, want.ARN.Or(""), bp.Known(id))
			return nil
		})
	}
	if !bp.Equal(have, want) {
		found, err := Find(ctx, u.Client, want.Name.Or(""), api.PlainTags(u.Job.Observed.Tags))
		if err != nil {
			return err
		}
		current, ok := found.Get()
		if !ok {
			return fmt.Errorf("role %s was deleted while the apply was running; apply again", want.Name)
		}
		u.Known(bp.ComponentRole, want.ARN.Or(""), bp.Known(current.id))
		have = current.Role
		if err := updateRole(ctx, u.Client, current, want); err != nil {
			return err
		}
	}
	if !u.SoFar().Has(bp.ComponentRole) {
		// The role was re-created outside: this is the one to bind to.
		found, err := Find(ctx, u.Client, want.Name.Or(""), nil)
		if err != nil {
			return err
		}
		current, _ := found.Get()
		u.Known(bp.ComponentRole, want.ARN.Or(""), bp.Known(current.id))
	}
	if current, tags, differ := u.Tags(have.Tags); differ {
		return tagRole(ctx, u.Client, want.Name.Or(""), current, tags)
	}
	return nil
}

// takeBackRole puts a role into use again that this unit had replaced.
func takeBackRole(ctx context.Context, u *kinds.Unit, want bp.Role) error {
	found, err := Find(ctx, u.Client, want.Name.Or(""), nil)
	if err != nil {
		return err
	}
	current, ok := found.Get()
	if !ok {
		return fmt.Errorf("role %s was deleted while the apply was running; apply again", want.Name)
	}
	u.Known(bp.ComponentRole, want.ARN.Or(""), bp.Known(current.id))
	return updateRole(ctx, u.Client, current, want)
}

func ensureAttachments(ctx context.Context, u *kinds.Unit) error {
	want, _ := u.Want().Role.Get()
	have, exists := u.Job.Observed.Role.Get()
	attached := bp.Set{}
	if exists && have.ARN == want.ARN {
		attached = have.AttachedPolicies.Or(nil)
	}
	more := bp.SetOf(u.Several(bp.ComponentPolicy)...)
	return attach(ctx, u.Client, want.Name.Or(""), attached, want.AttachedPolicies.Or(nil).Union(more))
}

// detaches reports whether a role that stays loses policies.
func detaches(have, want bp.Blueprint) bool {
	before, exists := have.Role.Get()
	after := bp.ValueOf(want.Role)
	return exists && before.ARN == after.ARN &&
		len(missingFrom(after.AttachedPolicies.Or(nil), before.AttachedPolicies.Or(nil)))+len(missingFrom(after.InlinePolicies.Or(nil), before.InlinePolicies.Or(nil))) > 0
}

func narrowRole(ctx context.Context, u *kinds.Unit) error {
	want := bp.ValueOf(u.Want().Role)
	if have, exists := u.Job.Observed.Role.Get(); exists && have.ARN == want.ARN {
		return detach(ctx, u.Client, want.Name.Or(""), have, want)
	}
	return nil
}

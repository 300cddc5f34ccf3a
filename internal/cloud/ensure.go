package cloud

import (
	"context"
	"errors"
	"fmt"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

func (u *unit) ensureKey(ctx context.Context) error {
	want, own := u.want().Key.Get()
	if !own {
		return u.giveUpKey(ctx)
	}
	if !want.ARN.IsKnown() {
		return u.makeKey(ctx, want)
	}
	have, _ := u.job.Observed.Key.Get()
	if !bp.Equal(have, want) {
		found, err := u.findKey(ctx, want.ARN.Or(""), want.Alias.Or(""), plainTags(u.job.Observed.Tags))
		if err != nil {
			return err
		}
		current, exists := found.Get()
		if !exists {
			return fmt.Errorf("key %s was deleted while the apply was running; apply again", want.ARN)
		}
		have = current
		statements := u.widened(keyStatements(have), keyStatements(want))
		if bp.Equal(have.Policy, want.Policy) {
			statements = nil
		}
		if err := u.updateKey(ctx, have, want, statements, u.owner()); err != nil {
			return err
		}
	}
	if current, tags, differ := u.tags(have.Tags); differ {
		return u.tagKey(ctx, want.ARN.Or(""), current, tags)
	}
	return nil
}

// giveUpKey leaves the key of the unit's own. That of a unit in service is
// retired by the plan and deleted with the unit, for earlier versions and log
// events need it. One that an unfinished create made goes as soon as another is
// in its place; AWS keeps it for another 30 days.
func (u *unit) giveUpKey(ctx context.Context) error {
	have, exists := u.job.Observed.Key.Get()
	if !exists || u.job.Claim == nil || !u.job.Claim.Adopted {
		return nil
	}
	u.learn(func(l *Learned) { l.Superseded = appendNew(l.Superseded, have.ARN.Or("")) })
	if current, tags, differ := u.tags(have.Tags); differ {
		return u.tagKey(ctx, have.ARN.Or(""), current, tags)
	}
	return nil
}

// makeKey notes the new key before anything else can fail.
func (u *unit) makeKey(ctx context.Context, want bp.Key) error {
	_, tags, _ := u.tags(bp.Null[map[string]bp.String]())
	arn, err := u.keyToUse(ctx, want, tags)
	if err != nil {
		return err
	}
	u.known(bp.ComponentKey, arn, bp.Null[string]())
	want.ARN = bp.Known(arn)
	err = u.updateKey(ctx, bp.Key{Description: want.Description, Enabled: want.Enabled}, want, nil, u.owner())
	if kept, ok := errors.AsType[*keptKey](err); ok {
		return u.takeBackKey(ctx, kept.arn, arn, want)
	}
	return err
}

// keyToUse makes a key and returns its ARN. A key that an earlier run made and
// could not note is used instead of a second one.
func (u *unit) keyToUse(ctx context.Context, want bp.Key, tags map[string]string) (arn string, err error) {
	owner := u.owner()
	if u.job.Resumes {
		if arn, err = u.searchKey(ctx, owner); err != nil || arn != "" {
			return arn, err
		}
	}
	err = u.onceOnly(ctx, func() (err error) {
		arn, err = u.createKey(ctx, want, tags)
		return err
	}, func() (bool, error) {
		arn, err = u.searchKey(ctx, owner)
		return arn != "", err
	})
	return arn, err
}

// madeBefore forgives the error of a create if the object was made for this unit:
// by this apply, and the answer was lost, or by one that was killed.
func (u *unit) madeBefore(ctx context.Context, arn string, err error) (id string, _ error) {
	if err == nil {
		return "", nil
	}
	if _, taken := errors.AsType[*Taken](err); !taken && !ambiguous(err) {
		return "", err
	}
	tags, id, lookup := u.kinds.identify(ctx, u.Client, arn)
	if owner := u.owner(); lookup != nil || owner.Generation == "" || !owner.owns(tags) {
		return "", err
	}
	return id, nil
}

func keyStatements(k bp.Key) []bp.Named {
	policy, _ := k.Policy.Get()
	return policy.Statements()
}

func (u *unit) ensureRole(ctx context.Context) error {
	want, _ := u.want().Role.Get()
	have, exists := u.job.Observed.Role.Get()
	if !exists || have.ARN != want.ARN {
		return u.replace(ctx, have.ARN, want.ARN, func(back bool) error {
			if back {
				return u.takeBackRole(ctx, want)
			}
			if u.job.Claim != nil && !exists {
				u.known(bp.ComponentRole, want.ARN.Or(""), bp.Known(u.job.Claim.RoleID))
				return nil // the claim made it
			}
			_, tags, _ := u.tags(bp.Null[map[string]bp.String]())
			id, err := u.createRole(ctx, want, tags)
			if id == "" {
				if _, err := u.madeBefore(ctx, want.ARN.Or(""), err); err != nil {
					return err
				}
				return u.takeBackRole(ctx, want)
			}
			u.known(bp.ComponentRole, want.ARN.Or(""), bp.Known(id))
			return nil
		})
	}
	if !bp.Equal(have, want) {
		found, err := u.findRole(ctx, want.Name.Or(""), plainTags(u.job.Observed.Tags))
		if err != nil {
			return err
		}
		current, ok := found.Get()
		if !ok {
			return fmt.Errorf("role %s was deleted while the apply was running; apply again", want.Name)
		}
		u.known(bp.ComponentRole, want.ARN.Or(""), bp.Known(current.id))
		have = current.Role
		if err := u.updateRole(ctx, current, want); err != nil {
			return err
		}
	}
	if !u.soFar().Has(bp.ComponentRole) {
		// The role was re-created outside: this is the one to bind to.
		found, err := u.findRole(ctx, want.Name.Or(""), nil)
		if err != nil {
			return err
		}
		current, _ := found.Get()
		u.known(bp.ComponentRole, want.ARN.Or(""), bp.Known(current.id))
	}
	if current, tags, differ := u.tags(have.Tags); differ {
		return u.tagRole(ctx, want.Name.Or(""), current, tags)
	}
	return nil
}

// takeBackRole puts a role into use again that this unit had replaced.
func (u *unit) takeBackRole(ctx context.Context, want bp.Role) error {
	found, err := u.findRole(ctx, want.Name.Or(""), nil)
	if err != nil {
		return err
	}
	current, ok := found.Get()
	if !ok {
		return fmt.Errorf("role %s was deleted while the apply was running; apply again", want.Name)
	}
	u.known(bp.ComponentRole, want.ARN.Or(""), bp.Known(current.id))
	return u.updateRole(ctx, current, want)
}

func (u *unit) ensureLogGroup(ctx context.Context) error {
	want, _ := u.want().LogGroup.Get()
	have, exists := u.job.Observed.LogGroup.Get()
	if !exists || have.ARN != want.ARN {
		return u.replace(ctx, have.ARN, want.ARN, func(back bool) error {
			if back {
				u.known(bp.ComponentLogGroup, want.ARN.Or(""), bp.Null[string]())
				return u.updateLogGroup(ctx, bp.LogGroup{}, want)
			}
			_, tags, _ := u.tags(bp.Null[map[string]bp.String]())
			err := u.createLogGroup(ctx, want, tags)
			if err != nil {
				if _, other := u.madeBefore(ctx, want.ARN.Or(""), err); other == nil {
					u.known(bp.ComponentLogGroup, want.ARN.Or(""), bp.Null[string]())
					return u.updateLogGroup(ctx, bp.LogGroup{}, want)
				}
			}
			if _, taken := errors.AsType[*Taken](err); taken {
				err = u.takeBackLogGroup(ctx, want, err)
				if err == nil {
					u.known(bp.ComponentLogGroup, want.ARN.Or(""), bp.Null[string]())
				}
				return err
			}
			if err != nil {
				return err
			}
			u.known(bp.ComponentLogGroup, want.ARN.Or(""), bp.Null[string]())
			if err := u.call(ctx, func() error { return u.putRetention(ctx, want) }); err != nil || want.DataProtection.IsNull() {
				return err
			}
			return u.putDataProtection(ctx, want)
		})
	}
	if err := u.updateLogGroup(ctx, have, want); err != nil {
		return err
	}
	if current, tags, differ := u.tags(have.Tags); differ {
		return u.tagLogGroup(ctx, want.ARN.Or(""), current, tags)
	}
	return nil
}

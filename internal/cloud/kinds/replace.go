package kinds

import (
	"context"
	"errors"
	"slices"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Replace makes an object, or takes it back when this unit itself had replaced
// it before, and only then notes the one it follows: an object is never marked
// for removal while nothing stands in its place.
func (u *Unit) Replace(ctx context.Context, old, wanted bp.String, create func(back bool) error) error {
	arn := wanted.Or("")
	back := slices.Contains(u.SoFar().Superseded, arn)
	if err := u.announce(ctx, old, arn); err != nil {
		return err
	}
	if err := create(back); err != nil {
		return err
	}
	u.Learn(func(l *Learned) {
		l.Superseded = slices.DeleteFunc(slices.Clone(l.Superseded), func(s string) bool { return s == arn })
		if text, ok := old.Get(); ok && text != arn {
			l.Superseded = api.AppendNew(l.Superseded, text)
		}
	})
	return nil
}

// MadeBefore forgives the error of a create if the object was made for this unit:
// by this apply, and the answer was lost, or by one that was killed.
func (u *Unit) MadeBefore(ctx context.Context, arn string, err error) (id string, _ error) {
	if err == nil {
		return "", nil
	}
	if _, taken := errors.AsType[*Taken](err); !taken && !api.Ambiguous(err) {
		return "", err
	}
	tags, id, lookup := u.Kinds.Identify(ctx, u.Client, arn)
	if owner := u.Owner(); lookup != nil || owner.Generation == "" || !owner.Owns(tags) {
		return "", err
	}
	return id, nil
}

// Widened is what a shared policy holds until the change is through: what is
// wanted and what the version in service, or a delivery, may still need.
func (u *Unit) Widened(have, want []bp.Named) []bp.Named {
	if !u.Staged {
		return want
	}
	return bp.Union(want, have)
}

package cloud

import (
	"context"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// ensureQueue makes or mends the dead-letter queue. One that is not wanted any
// more stays until no version in service uses it.
func (u *unit) ensureQueue(ctx context.Context) error {
	want, own := u.want().Queue.Get()
	have, exists := u.job.Observed.Queue.Get()
	switch {
	case !own && !exists:
		return nil
	case !own:
		u.learn(func(l *Learned) { l.Superseded = appendNew(l.Superseded, have.ARN.Or("")) })
		if current, tags, differ := u.tags(have.Tags); differ {
			return u.tagQueue(ctx, have.ARN.Or(""), current, tags) // made by a run before
		}
		return nil
	case !exists:
		return u.replace(ctx, bp.Null[string](), want.ARN, func(back bool) error {
			if back {
				u.known(bp.ComponentQueue, want.ARN.Or(""), bp.Null[string]())
				return u.updateQueue(ctx, bp.Queue{}, want, u.owner().Generation)
			}
			_, tags, _ := u.tags(bp.Null[map[string]bp.String]())
			if err := u.createQueue(ctx, want, tags); err != nil {
				if _, err := u.madeBefore(ctx, want.ARN.Or(""), err); err != nil {
					return err
				}
				u.known(bp.ComponentQueue, want.ARN.Or(""), bp.Null[string]())
				return u.updateQueue(ctx, bp.Queue{}, want, u.owner().Generation)
			}
			u.known(bp.ComponentQueue, want.ARN.Or(""), bp.Null[string]())
			return nil
		})
	}
	if err := u.updateQueue(ctx, have, want, u.owner().Generation); err != nil {
		return err
	}
	if current, tags, differ := u.tags(have.Tags); differ {
		return u.tagQueue(ctx, want.ARN.Or(""), current, tags)
	}
	return nil
}

func (u *unit) ensureAsync(ctx context.Context) error {
	wanted := u.want()
	want, alias := bp.ValueOf(wanted.Async), bp.ValueOf(wanted.Alias).Name
	have, configured := u.job.Observed.Async.Get()
	renamed := bp.ValueOf(u.job.Observed.Alias).Name != alias
	if configured && have == want && !renamed || want.Unconfigured() && (!configured || renamed) {
		return nil
	}
	return u.putAsync(ctx, bp.ValueOf(wanted.Function).Name.Or(""), alias.Or(""), want)
}

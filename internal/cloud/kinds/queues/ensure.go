package queues

import (
	"context"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// ensureQueue makes or mends the dead-letter queue. One that is not wanted any
// more stays until no version in service uses it.
func ensureQueue(ctx context.Context, u *kinds.Unit) error {
	want, own := u.Want().Queue.Get()
	have, exists := u.Job.Observed.Queue.Get()
	switch {
	case !own && !exists:
		return nil
	case !own:
		u.Learn(func(l *kinds.Learned) { l.Superseded = api.AppendNew(l.Superseded, have.ARN.Or("")) })
		if current, tags, differ := u.Tags(have.Tags); differ {
			return tagQueue(ctx, u.Client, have.ARN.Or(""), current, tags) // made by a run before
		}
		return nil
	case !exists:
		return u.Replace(ctx, bp.Null[string](), want.ARN, func(back bool) error {
			if back {
				u.Known(bp.ComponentQueue, want.ARN.Or(""), bp.Null[string]())
				return updateQueue(ctx, u.Client, bp.Queue{}, want, u.Owner().Generation)
			}
			_, tags, _ := u.Tags(bp.Null[map[string]bp.String]())
			if err := createQueue(ctx, u.Client, want, tags); err != nil {
				if _, err := u.MadeBefore(ctx, want.ARN.Or(""), err); err != nil {
					return err
				}
				u.Known(bp.ComponentQueue, want.ARN.Or(""), bp.Null[string]())
				return updateQueue(ctx, u.Client, bp.Queue{}, want, u.Owner().Generation)
			}
			u.Known(bp.ComponentQueue, want.ARN.Or(""), bp.Null[string]())
			return nil
		})
	}
	if err := updateQueue(ctx, u.Client, have, want, u.Owner().Generation); err != nil {
		return err
	}
	if current, tags, differ := u.Tags(have.Tags); differ {
		return tagQueue(ctx, u.Client, want.ARN.Or(""), current, tags)
	}
	return nil
}

package keys

import (
	"context"
	"errors"
	"fmt"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

func ensureKey(ctx context.Context, u *kinds.Unit) error {
	want, own := u.Want().Key.Get()
	if !own {
		return giveUpKey(ctx, u)
	}
	if !want.ARN.IsKnown() {
		return makeKey(ctx, u, want)
	}
	have, _ := u.Job.Observed.Key.Get()
	if !bp.Equal(have, want) {
		found, err := Find(ctx, u.Client, want.ARN.Or(""), want.Alias.Or(""), api.PlainTags(u.Job.Observed.Tags))
		if err != nil {
			return err
		}
		current, exists := found.Get()
		if !exists {
			return fmt.Errorf("key %s was deleted while the apply was running; apply again", want.ARN)
		}
		have = current
		statements := u.Widened(keyStatements(have), keyStatements(want))
		if bp.Equal(have.Policy, want.Policy) {
			statements = nil
		}
		if err := updateKey(ctx, u.Client, have, want, statements, u.Owner()); err != nil {
			return err
		}
	}
	if current, tags, differ := u.Tags(have.Tags); differ {
		return tagKey(ctx, u.Client, want.ARN.Or(""), current, tags)
	}
	return nil
}

// giveUpKey leaves the key of the unit's own. That of a unit in service is
// retired by the plan and deleted with the unit, for earlier versions and log
// events need it. One that an unfinished create made goes as soon as another is
// in its place; AWS keeps it for another 30 days.
func giveUpKey(ctx context.Context, u *kinds.Unit) error {
	have, exists := u.Job.Observed.Key.Get()
	if !exists || u.Job.Claim == nil || !u.Job.Claim.Adopted {
		return nil
	}
	u.Learn(func(l *kinds.Learned) { l.Superseded = api.AppendNew(l.Superseded, have.ARN.Or("")) })
	if current, tags, differ := u.Tags(have.Tags); differ {
		return tagKey(ctx, u.Client, have.ARN.Or(""), current, tags)
	}
	return nil
}

// makeKey notes the new key before anything else can fail.
func makeKey(ctx context.Context, u *kinds.Unit, want bp.Key) error {
	_, tags, _ := u.Tags(bp.Null[map[string]bp.String]())
	arn, err := keyToUse(ctx, u, want, tags)
	if err != nil {
		return err
	}
	u.Known(bp.ComponentKey, arn, bp.Null[string]())
	want.ARN = bp.Known(arn)
	err = updateKey(ctx, u.Client, bp.Key{Description: want.Description, Enabled: want.Enabled}, want, nil, u.Owner())
	if kept, ok := errors.AsType[*keptKey](err); ok {
		return takeBackKey(ctx, u, kept.arn, arn, want)
	}
	return err
}

// keyToUse makes a key and returns its ARN. A key that an earlier run made and
// could not note is used instead of a second one.
func keyToUse(ctx context.Context, u *kinds.Unit, want bp.Key, tags map[string]string) (arn string, err error) {
	owner := u.Owner()
	if u.Job.Resumes {
		if arn, err = searchKey(ctx, u.Client, owner); err != nil || arn != "" {
			return arn, err
		}
	}
	err = u.OnceOnly(ctx, func() (err error) {
		arn, err = createKey(ctx, u.Client, want, tags)
		return err
	}, func() (bool, error) {
		arn, err = searchKey(ctx, u.Client, owner)
		return arn != "", err
	})
	return arn, err
}

func keyStatements(k bp.Key) []bp.Named {
	policy, _ := k.Policy.Get()
	return policy.Statements()
}

func narrowKey(ctx context.Context, u *kinds.Unit) error {
	key, own := u.Want().Key.Get()
	if have, exists := u.Job.Observed.Key.Get(); u.Staged && exists && own && have.ARN == key.ARN && !bp.Covered(keyStatements(have), keyStatements(key)) {
		return putKeyPolicy(ctx, u.Client, api.Text(key.ARN), keyStatements(key))
	}
	return nil
}

// keptKey says that the unit's alias still points to the key that a destroyed
// unit of this name left for its log events.
type keptKey struct{ arn string }

func (e *keptKey) Error() string {
	return "the alias points to key " + e.arn + ", which a destroyed unit of this name left for its log events"
}

// takeBackKey puts a retained key into use again, instead of the one that was
// just made and that nothing uses yet.
func takeBackKey(ctx context.Context, u *kinds.Unit, kept, fresh string, want bp.Key) error {
	if err := removeKeyWith(ctx, u.Client, fresh); err != nil {
		return err
	}
	u.Known(bp.ComponentKey, kept, bp.Null[string]())
	want = u.Want().Key.Or(want) // its policy may name the key
	found, err := Find(ctx, u.Client, kept, want.Alias.Or(""), nil)
	if err != nil {
		return err
	}
	have, exists := found.Get()
	if !exists {
		return fmt.Errorf("key %s was deleted while the apply was running; apply again", kept)
	}
	if err := updateKey(ctx, u.Client, have, want, keyStatements(want), u.Owner()); err != nil {
		return err
	}
	tags, err := Tags(ctx, u.Client, kept)
	if err != nil {
		return err
	}
	_, wanted, _ := u.Tags(bp.Null[map[string]bp.String]())
	return tagKey(ctx, u.Client, kept, tags, wanted)
}

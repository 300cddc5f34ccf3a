package cloud

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

func (u *unit) ensureKey(ctx context.Context) error {
	want, own := u.want().Key.Get()
	if !own {
		return nil
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

// makeKey notes the new key before anything else can fail.
func (u *unit) makeKey(ctx context.Context, want bp.Key) error {
	_, tags, _ := u.tags(bp.Null[map[string]bp.String]())
	arn, err := u.createKey(ctx, want, tags)
	if err != nil {
		return err
	}
	u.learn(func(l *Learned) { l.KeyARN = bp.Known(arn) })
	want.ARN = bp.Known(arn)
	return u.updateKey(ctx, bp.Key{Description: want.Description, Enabled: want.Enabled}, want, nil, u.owner())
}

func keyStatements(k bp.Key) []bp.Named {
	policy, _ := k.Policy.Get()
	return policy.Statements()
}

func (u *unit) ensureRole(ctx context.Context) error {
	want, _ := u.want().Role.Get()
	have, exists := u.job.Observed.Role.Get()
	if !exists || have.ARN != want.ARN {
		return u.replace(have.ARN, want.ARN, func(back bool) error {
			if back {
				return u.takeBackRole(ctx, want)
			}
			_, tags, _ := u.tags(bp.Null[map[string]bp.String]())
			id, err := u.createRole(ctx, want, tags)
			if err != nil {
				return err
			}
			u.learn(func(l *Learned) { l.RoleID = bp.Known(id) })
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
		u.learn(func(l *Learned) { l.RoleID = bp.Known(current.id) })
		have = current.Role
		if err := u.updateRole(ctx, current, want); err != nil {
			return err
		}
	}
	if !u.learned.RoleID.IsKnown() {
		// The role was re-created outside: this is the one to bind to.
		found, err := u.findRole(ctx, want.Name.Or(""), nil)
		if err != nil {
			return err
		}
		current, _ := found.Get()
		u.learn(func(l *Learned) { l.RoleID = bp.Known(current.id) })
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
	u.learn(func(l *Learned) { l.RoleID = bp.Known(current.id) })
	return u.updateRole(ctx, current, want)
}

func (u *unit) ensurePolicy(ctx context.Context) error {
	want, _ := u.want().Policy.Get()
	have, exists := u.job.Observed.Policy.Get()
	if !exists || have.ARN != want.ARN {
		return u.replace(have.ARN, want.ARN, func(back bool) error {
			if back {
				id, err := u.takeBackPolicy(ctx, want)
				u.learn(func(l *Learned) { l.PolicyID = id })
				return err
			}
			_, tags, _ := u.tags(bp.Null[map[string]bp.String]())
			id, err := u.createPolicy(ctx, want, tags)
			if err != nil {
				return err
			}
			u.learn(func(l *Learned) { l.PolicyID = bp.Known(id) })
			return nil
		})
	}
	if !bp.Equal(have.Statements, want.Statements) && !u.leaveToNarrow(have, want) {
		statements := u.widened(policyStatements(have), policyStatements(want))
		if err := u.putPolicy(ctx, want.ARN.Or(""), statements); err != nil {
			return err
		}
	}
	if current, tags, differ := u.tags(have.Tags); differ {
		return u.tagPolicy(ctx, want.ARN.Or(""), current, tags)
	}
	return nil
}

func (u *unit) takeBackPolicy(ctx context.Context, want bp.Policy) (id bp.String, err error) {
	found, err := u.findPolicy(ctx, want.ARN.Or(""), nil)
	if err != nil {
		return bp.Unknown[string](), err
	}
	current, ok := found.Get()
	if !ok {
		return bp.Unknown[string](), fmt.Errorf("policy %s was deleted while the apply was running; apply again", want.Name)
	}
	return bp.Known(current.id), u.putPolicy(ctx, want.ARN.Or(""), policyStatements(want))
}

// leaveToNarrow reports whether the policy only loses statements: then there is
// nothing to widen before the alias moves.
func (u *unit) leaveToNarrow(have, want bp.Policy) bool {
	return u.staged && bp.Covered(policyStatements(want), policyStatements(have))
}

func policyStatements(p bp.Policy) []bp.Named {
	statements, _ := p.Statements.Get()
	return statements.Statements()
}

// widened is what a shared policy holds until the change is through: what is
// wanted and what the version in service, or a delivery, may still need.
func (u *unit) widened(have, want []bp.Named) []bp.Named {
	if !u.staged {
		return want
	}
	return bp.Union(want, have)
}

func (u *unit) ensureAttachments(ctx context.Context) error {
	want, _ := u.want().Role.Get()
	have, exists := u.job.Observed.Role.Get()
	attached := bp.Set{}
	if exists && have.ARN == want.ARN {
		attached = have.AttachedPolicies.Or(nil)
	}
	return u.attach(ctx, want.Name.Or(""), attached, want.AttachedPolicies.Or(nil))
}

func (u *unit) ensureLogGroup(ctx context.Context) error {
	want, _ := u.want().LogGroup.Get()
	have, exists := u.job.Observed.LogGroup.Get()
	if !exists || have.ARN != want.ARN {
		return u.replace(have.ARN, want.ARN, func(back bool) error {
			if back {
				u.learn(func(l *Learned) { l.MadeLogGroup = true })
				return u.updateLogGroup(ctx, bp.LogGroup{}, want)
			}
			_, tags, _ := u.tags(bp.Null[map[string]bp.String]())
			if err := u.createLogGroup(ctx, want, tags); err != nil {
				return err
			}
			u.learn(func(l *Learned) { l.MadeLogGroup = true })
			return u.call(ctx, func() error { return u.putRetention(ctx, want) })
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
		return nil
	case !exists:
		return u.replace(bp.Null[string](), want.ARN, func(back bool) error {
			if back {
				u.learn(func(l *Learned) { l.MadeQueue = true })
				return u.updateQueue(ctx, bp.Queue{}, want)
			}
			_, tags, _ := u.tags(bp.Null[map[string]bp.String]())
			if err := u.createQueue(ctx, want, tags); err != nil {
				return err
			}
			u.learn(func(l *Learned) { l.MadeQueue = true })
			return nil
		})
	}
	if err := u.updateQueue(ctx, have, want); err != nil {
		return err
	}
	if current, tags, differ := u.tags(have.Tags); differ {
		return u.tagQueue(ctx, want.ARN.Or(""), current, tags)
	}
	return nil
}

func (u *unit) ensureAsync(ctx context.Context) error {
	wanted := u.want()
	want, alias := valueOf(wanted.Async), valueOf(wanted.Alias).Name
	have, configured := u.job.Observed.Async.Get()
	renamed := valueOf(u.job.Observed.Alias).Name != alias
	if configured && have == want && !renamed || want.Unconfigured() && (!configured || renamed) {
		return nil
	}
	return u.putAsync(ctx, valueOf(wanted.Function).Name.Or(""), alias.Or(""), want)
}

func (u *unit) ensureFunction(ctx context.Context) error {
	want, _ := u.want().Function.Get()
	planned, exists := u.job.Observed.Function.Get()
	if !exists {
		_, tags, _ := u.tags(bp.Null[map[string]bp.String]())
		if err := u.createFunction(ctx, want, u.job.Environment, tags, u.job.Code); err != nil {
			return err
		}
		u.learn(func(l *Learned) { l.MadeFunction = true })
		made, err := u.settle(ctx, want.Name.Or(""), "")
		if err := u.learnCode(made, err); err != nil {
			return err
		}
		if planned := valueOf(u.want().Function).CodeSHA256; made.CodeSHA256 != planned {
			return changedSincePlan(planned.Or(""), made.CodeSHA256.Or(""))
		}
		return nil
	}
	_, _, differ := u.tags(planned.Tags)
	if bp.Equal(planned, want) && !differ {
		return nil
	}
	have, err := u.settle(ctx, want.Name.Or(""), "")
	// An update that failed before is what this one repairs.
	if _, failed := errors.AsType[*Failure](err); err != nil && !failed {
		return err
	}
	have.RoleBound = planned.RoleBound
	if features, _ := have.Unmanaged.Or(nil).Strings(); len(features) > 0 {
		return fmt.Errorf("function %s uses %s, which this release does not manage and would not keep in step; "+
			"remove it from the function, then apply again", want.Name, strings.Join(features, ", "))
	}
	if have, err = u.updateFunction(ctx, have, want); err != nil {
		return err
	}
	if current := u.visible(have.tags, nil); differ || have.Source != want.Source {
		if source, ok := have.Source.Get(); ok {
			current[bp.TagSource] = source
		}
		return u.tagFunction(ctx, want, current, plainTags(u.want().Tags))
	}
	return nil
}

// updateFunction ships code, then configuration. Each puts the function in
// progress, so each is waited for.
func (u *unit) updateFunction(ctx context.Context, have functionObserved, want bp.Function) (functionObserved, error) {
	name, bound, tags, source := want.Name.Or(""), have.RoleBound, have.tags, have.Source
	if !sameCode(have.Function, want) {
		if err := u.updateCode(ctx, want, have.revision, u.job.Code); err != nil {
			return have, err
		}
		updated, err := u.settle(ctx, name, "")
		if err := u.learnCode(updated, err); err != nil {
			return have, err
		}
		have = updated
		have.RoleBound = bound
		want, _ = u.want().Function.Get()
		if have.CodeSHA256 != want.CodeSHA256 {
			return have, changedSincePlan(want.CodeSHA256.Or(""), have.CodeSHA256.Or(""))
		}
	}
	if !sameConfiguration(have.Function, want) {
		if err := u.updateConfiguration(ctx, want, have.revision, u.environment()); err != nil {
			return have, err
		}
		updated, err := u.settle(ctx, name, "")
		if err != nil {
			return have, err
		}
		have = updated
	}
	have.tags, have.Source = tags, source
	return have, nil
}

// environment is what to send for the variables: nil leaves them alone.
func (u *unit) environment() *types.Environment {
	if u.job.KeepEnvironment {
		return nil
	}
	// An empty map is how AWS is told to drop them.
	return &types.Environment{Variables: u.job.Environment}
}

// learnCode takes over the digest that AWS computed, for packages whose bytes
// were never here.
func (u *unit) learnCode(f functionObserved, err error) error {
	if err != nil {
		return err
	}
	u.learn(func(l *Learned) {
		if !l.CodeSHA256.IsKnown() {
			l.CodeSHA256 = f.CodeSHA256
		}
	})
	return nil
}

func (u *unit) ensureVersion(ctx context.Context) error {
	want := u.want()
	version, _ := want.Version.Get()
	if version.Number.IsKnown() {
		return nil
	}
	function, _ := want.Function.Get()
	number, err := u.publish(ctx, function)
	if u.unusable(number, err) {
		if err := u.remark(ctx, function); err != nil {
			return err
		}
		number, err = u.publish(ctx, function)
	}
	if err != nil {
		return err
	}
	u.learn(func(l *Learned) {
		l.Served = bp.Known(bp.Version{Number: bp.Known(number), Digest: function.Digest()})
	})
	return nil
}

// unusable reports whether Lambda returned an earlier version that cannot
// serve: one that failed, or one bound to a role that is gone.
func (u *unit) unusable(number string, err error) bool {
	if _, failed := errors.AsType[*Failure](err); failed {
		return true
	}
	served, _ := u.job.Observed.Version.Get()
	function, _ := u.job.Observed.Function.Get()
	return err == nil && function.RoleBound == bp.Known(false) && served.Number == bp.Known(number)
}

func (u *unit) ensureAlias(ctx context.Context) error {
	want, _ := u.want().Alias.Get()
	have, exists := u.job.Observed.Alias.Get()
	if exists && bp.Equal(have, want) {
		return nil
	}
	function, _ := u.want().Function.Get()
	if !exists || have.Name == want.Name {
		return u.putAliasVersion(ctx, function.Name.Or(""), exists, want)
	}
	return u.replace(have.ARN, want.ARN, func(back bool) error {
		return u.putAliasVersion(ctx, function.Name.Or(""), back, want)
	})
}

package cloud

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

func (u *unit) ensureFunction(ctx context.Context) error {
	want, _ := u.want().Function.Get()
	planned, exists := u.job.Observed.Function.Get()
	if u.replaced {
		// A function never changes from zip package to image or back.
		if err := u.removeFunction(ctx, want.Name.Or("")); err != nil {
			return err
		}
	}
	if !exists {
		return u.makeFunction(ctx, want)
	}
	_, _, differ := u.tags(planned.Tags)
	if bp.Equal(planned, want) && !differ {
		return nil
	}
	// Before the code: Lambda holds new code against the configuration that is
	// attached at that moment.
	if planned.CodeSigningConfigARN != want.CodeSigningConfigARN {
		if err := u.putSigning(ctx, want.Name.Or(""), want.CodeSigningConfigARN); err != nil {
			return err
		}
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

func (u *unit) makeFunction(ctx context.Context, want bp.Function) error {
	_, tags, _ := u.tags(bp.Null[map[string]bp.String]())
	before := false // made by an apply that was killed
	if err := u.withPackage(ctx, want, func(source types.FunctionCode) error {
		created := u.createFunction(ctx, want, u.variables(), tags, source)
		_, err := u.madeBefore(ctx, want.ARN.Or(""), created)
		before = created != nil
		return err
	}); err != nil {
		return err
	}
	u.known(bp.ComponentFunction, want.ARN.Or(""), bp.Null[string]())
	made, err := u.settle(ctx, want.Name.Or(""), "")
	if err := u.learnCode(made, err); err != nil {
		return err
	}
	if before {
		if made, err = u.updateFunction(ctx, made, bp.ValueOf(u.want().Function)); err != nil {
			return err
		}
	}
	u.saw(made.revision)
	if planned := bp.ValueOf(u.want().Function).CodeSHA256; made.CodeSHA256 != planned {
		return changedSincePlan(planned.Or(""), made.CodeSHA256.Or(""))
	}
	return nil
}

// withPackage has Lambda take the package, and removes the copy that was made
// for that. One that stays is noted: the function has its code by then.
func (u *unit) withPackage(ctx context.Context, want bp.Function, take func(types.FunctionCode) error) error {
	d, err := u.deliver(ctx, u.job.Code, want.CodeSHA256)
	if err == nil {
		err = take(d.FunctionCode)
	}
	if problem := u.unstage(ctx, d); problem != nil {
		u.learn(func(l *Learned) { l.Notes = append(l.Notes, problem.Error()) })
	}
	return err
}

// updateFunction ships code, then configuration. Each puts the function in
// progress, so each is waited for.
func (u *unit) updateFunction(ctx context.Context, have functionObserved, want bp.Function) (functionObserved, error) {
	name, bound, tags, source := want.Name.Or(""), have.RoleBound, have.tags, have.Source
	if !sameCode(have.Function, want) {
		if err := u.withPackage(ctx, want, func(source types.FunctionCode) error {
			return u.updateCode(ctx, want, have.revision, source)
		}); err != nil {
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
		if err := u.updateConfiguration(ctx, have.Function, want, have.revision, u.environment()); err != nil {
			return have, err
		}
		updated, err := u.settle(ctx, name, "")
		if err != nil {
			return have, err
		}
		have = updated
	}
	u.saw(have.revision)
	have.tags, have.Source = tags, source
	return have, nil
}

// environment is what to send for the variables: nil leaves them alone.
func (u *unit) environment() *types.Environment {
	if u.job.KeepEnvironment {
		return nil
	}
	// An empty map is how AWS is told to drop them.
	return &types.Environment{Variables: u.variables()}
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
	number, err := u.publish(ctx, function, u.sawRevision())
	if u.unusable(number, err) {
		if err := u.remark(ctx, function); err != nil {
			return err
		}
		number, err = u.publish(ctx, function, "")
	}
	if err != nil {
		return err
	}
	// A version has a runtime management of its own.
	if function.RuntimeManagement.IsKnown() {
		if err := u.putRuntimeManagement(ctx, function.Name.Or(""), number, function.RuntimeManagement); err != nil {
			return err
		}
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
	return u.replace(ctx, have.ARN, want.ARN, func(back bool) error {
		return u.putAliasVersion(ctx, function.Name.Or(""), back, want)
	})
}

// variables are those of the function, with what only AWS could tell.
func (u *unit) variables() map[string]string {
	secret, own := u.want().Secret.Get()
	if !own {
		return u.job.Environment
	}
	all := maps.Clone(u.job.Environment)
	all[bp.SecretVariable] = secret.ARN.Or("")
	return all
}

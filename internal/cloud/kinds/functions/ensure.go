package functions

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

func ensureFunction(ctx context.Context, u *kinds.Unit) error {
	want, _ := u.Want().Function.Get()
	planned, exists := u.Job.Observed.Function.Get()
	if u.Replaced {
		// A function never changes from zip package to image or back.
		if err := removeFunction(ctx, u.Client, want.Name.Or("")); err != nil {
			return err
		}
	}
	if !exists {
		return makeFunction(ctx, u, want)
	}
	_, _, differ := u.Tags(planned.Tags)
	if bp.Equal(planned, want) && !differ {
		return nil
	}
	// Before the code: Lambda holds new code against the configuration that is
	// attached at that moment.
	if planned.CodeSigningConfigARN != want.CodeSigningConfigARN {
		if err := putSigning(ctx, u.Client, want.Name.Or(""), want.CodeSigningConfigARN); err != nil {
			return err
		}
	}
	have, err := settle(ctx, u.Client, want.Name.Or(""), "")
	// An update that failed before is what this one repairs.
	if _, failed := errors.AsType[*Failure](err); err != nil && !failed {
		return err
	}
	have.RoleBound = planned.RoleBound
	if features, _ := have.Unmanaged.Or(nil).Strings(); len(features) > 0 {
		return fmt.Errorf("function %s uses %s, which this release does not manage and would not keep in step; "+
			"remove it from the function, then apply again", want.Name, strings.Join(features, ", "))
	}
	if have, err = updateFunction(ctx, u, have, want); err != nil {
		return err
	}
	if current := u.Visible(have.tags, nil); differ || have.Source != want.Source {
		if source, ok := have.Source.Get(); ok {
			current[bp.TagSource] = source
		}
		return tagFunction(ctx, u.Client, want, current, api.PlainTags(u.Want().Tags))
	}
	return nil
}

func makeFunction(ctx context.Context, u *kinds.Unit, want bp.Function) error {
	_, tags, _ := u.Tags(bp.Null[map[string]bp.String]())
	before := false // made by an apply that was killed
	if err := withPackage(ctx, u, want, func(source types.FunctionCode) error {
		created := createFunction(ctx, u.Client, want, variables(u), tags, source)
		_, err := u.MadeBefore(ctx, want.ARN.Or(""), created)
		before = created != nil
		return err
	}); err != nil {
		return err
	}
	u.Known(bp.ComponentFunction, want.ARN.Or(""), bp.Null[string]())
	made, err := settle(ctx, u.Client, want.Name.Or(""), "")
	if err := learnCode(u, made, err); err != nil {
		return err
	}
	if before {
		if made, err = updateFunction(ctx, u, made, bp.ValueOf(u.Want().Function)); err != nil {
			return err
		}
	}
	u.Saw(made.revision)
	if planned := bp.ValueOf(u.Want().Function).CodeSHA256; made.CodeSHA256 != planned {
		return changedSincePlan(planned.Or(""), made.CodeSHA256.Or(""))
	}
	return nil
}

// withPackage has Lambda take the package, and removes the copy that was made
// for that. One that stays is noted: the function has its code by then.
func withPackage(ctx context.Context, u *kinds.Unit, want bp.Function, take func(types.FunctionCode) error) error {
	d, err := deliver(ctx, u.Client, u.Job.Code, want.CodeSHA256)
	if err == nil {
		err = take(d.FunctionCode)
	}
	if problem := unstage(ctx, u.Client, d); problem != nil {
		u.Learn(func(l *kinds.Learned) { l.Notes = append(l.Notes, problem.Error()) })
	}
	return err
}

// updateFunction ships code, then configuration. Each puts the function in
// progress, so each is waited for.
func updateFunction(ctx context.Context, u *kinds.Unit, have Observed, want bp.Function) (Observed, error) {
	name, bound, tags, source := want.Name.Or(""), have.RoleBound, have.tags, have.Source
	if !sameCode(have.Function, want) {
		if err := withPackage(ctx, u, want, func(source types.FunctionCode) error {
			return updateCode(ctx, u.Client, want, have.revision, source)
		}); err != nil {
			return have, err
		}
		updated, err := settle(ctx, u.Client, name, "")
		if err := learnCode(u, updated, err); err != nil {
			return have, err
		}
		have = updated
		have.RoleBound = bound
		want, _ = u.Want().Function.Get()
		if have.CodeSHA256 != want.CodeSHA256 {
			return have, changedSincePlan(want.CodeSHA256.Or(""), have.CodeSHA256.Or(""))
		}
	}
	if !sameConfiguration(have.Function, want) {
		if err := updateConfiguration(ctx, u.Client, have.Function, want, have.revision, environment(u)); err != nil {
			return have, err
		}
		updated, err := settle(ctx, u.Client, name, "")
		if err != nil {
			return have, err
		}
		have = updated
	}
	u.Saw(have.revision)
	have.tags, have.Source = tags, source
	return have, nil
}

// environment is what to send for the variables: nil leaves them alone.
func environment(u *kinds.Unit) *types.Environment {
	if u.Job.KeepEnvironment {
		return nil
	}
	// An empty map is how AWS is told to drop them.
	return &types.Environment{Variables: variables(u)}
}

// learnCode takes over the digest that AWS computed, for packages whose bytes
// were never here.
func learnCode(u *kinds.Unit, f Observed, err error) error {
	if err != nil {
		return err
	}
	u.Learn(func(l *kinds.Learned) {
		if !l.CodeSHA256.IsKnown() {
			l.CodeSHA256 = f.CodeSHA256
		}
	})
	return nil
}

// variables are those of the function, with what only AWS could tell.
func variables(u *kinds.Unit) map[string]string {
	secret, own := u.Want().Secret.Get()
	if !own {
		return u.Job.Environment
	}
	all := maps.Clone(u.Job.Environment)
	all[bp.SecretVariable] = secret.ARN.Or("")
	return all
}

package policies

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// narrower reports whether the policy still holds more than is wanted.
func narrower(have, want bp.Policy) bool {
	statements, _ := have.Statements.Get()
	return statements.Unexpected.IsKnown() || !bp.Covered(policyStatements(have), policyStatements(want))
}

func ensurePolicy(ctx context.Context, u *kinds.Unit) error {
	want, _ := u.Want().Policy.Get()
	have, exists := u.Job.Observed.Policy.Get()
	if !exists || have.ARN != want.ARN {
		return replacePolicy(ctx, u, have, want)
	}
	if (!bp.Equal(have.Statements, want.Statements) || !bp.Equal(have.Overflow, want.Overflow)) && !leaveToNarrow(u, have, want) {
		if err := putPolicies(ctx, u, want, true, u.Widened(policyStatements(have), policyStatements(want))); err != nil {
			return err
		}
	}
	if current, tags, differ := u.Tags(have.Tags); differ {
		for _, arn := range append([]string{want.ARN.Or("")}, api.Members(have.Overflow)...) {
			if err := tagPolicy(ctx, u.Client, arn, current, tags); err != nil {
				return err
			}
		}
	}
	return nil
}

// replacePolicy makes the policies anew, and notes those they follow.
func replacePolicy(ctx context.Context, u *kinds.Unit, have, want bp.Policy) error {
	if err := u.Replace(ctx, have.ARN, want.ARN, func(back bool) error {
		if back {
			return takeBackPolicy(ctx, u, want)
		}
		return putPolicies(ctx, u, want, false, policyStatements(want))
	}); err != nil {
		return err
	}
	u.Learn(func(l *kinds.Learned) {
		for _, arn := range api.Members(have.Overflow) {
			l.Superseded = api.AppendNew(l.Superseded, arn)
			l.Drop(bp.ComponentPolicy, func(other string) bool { return other == arn })
		}
	})
	return nil
}

// putPolicies writes statements into as many policies as they take. Those that
// hold what they should are left alone; of a first and only one it is known
// already that it does not.
func putPolicies(ctx context.Context, u *kinds.Unit, want bp.Policy, exists bool, statements []bp.Named) error {
	packed, err := bp.Pack(statements)
	if err != nil {
		return err
	}
	existing := u.Several(bp.ComponentPolicy)
	for n, part := range packed {
		arn := bp.PolicyPart(want.ARN.Or(""), n)
		switch {
		case n == 0 && !exists, n > 0 && !slices.Contains(existing, arn):
			err = makePolicy(ctx, u, arn, n, part)
		case len(packed) == 1 && len(existing) == 0:
			err = putPolicy(ctx, u.Client, arn, part)
		default:
			if err = putIfOther(ctx, u, arn, part); api.Missing(err) && n > 0 {
				err = makePolicy(ctx, u, arn, n, part)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func makePolicy(ctx context.Context, u *kinds.Unit, arn string, n int, statements []bp.Named) error {
	_, tags, _ := u.Tags(bp.Null[map[string]bp.String]())
	id, err := createPolicy(ctx, u.Client, arn, statements, tags)
	if id == "" {
		if id, err = u.MadeBefore(ctx, arn, err); err == nil {
			err = putIfOther(ctx, u, arn, statements)
		}
	}
	if err != nil {
		return err
	}
	u.Learn(func(l *kinds.Learned) {
		if n == 0 {
			l.Note(bp.ComponentPolicy, bp.Identity{ARN: bp.Known(arn), ID: bp.Known(id)})
		} else {
			l.Add(bp.ComponentPolicy, arn)
		}
	})
	return nil
}

func putIfOther(ctx context.Context, u *kinds.Unit, arn string, statements []bp.Named) error {
	_, parsed, err := Read(ctx, u.Client, arn)
	if err != nil {
		return err
	}
	if sameStatements(parsed, statements) {
		return nil
	}
	return putPolicy(ctx, u.Client, arn, statements)
}

func sameStatements(parsed []bp.Parsed, statements []bp.Named) bool {
	same := len(parsed) == len(statements)
	for i := 0; same && i < len(parsed); i++ {
		same = parsed[i].Plain && parsed[i].Sid == statements[i].Sid && bp.Equal(parsed[i].Statement, statements[i].Statement)
	}
	return same
}

func takeBackPolicy(ctx context.Context, u *kinds.Unit, want bp.Policy) error {
	policy, _, err := Read(ctx, u.Client, want.ARN.Or(""))
	if api.Missing(err) {
		return fmt.Errorf("policy %s was deleted while the apply was running; apply again", want.Name)
	}
	if err != nil {
		return err
	}
	u.Known(bp.ComponentPolicy, want.ARN.Or(""), api.Optional(policy.PolicyId))
	return putPolicies(ctx, u, want, true, policyStatements(want))
}

// leaveToNarrow reports whether the policy only loses statements: then there is
// nothing to widen before the alias moves.
func leaveToNarrow(u *kinds.Unit, have, want bp.Policy) bool {
	return u.Staged && bp.Covered(policyStatements(want), policyStatements(have))
}

func policyStatements(p bp.Policy) []bp.Named {
	statements, _ := p.Statements.Get()
	return statements.Statements()
}

// dropOverflow removes the policies that are not needed any more.
func dropOverflow(ctx context.Context, u *kinds.Unit, want bp.Blueprint) error {
	policy, role := bp.ValueOf(want.Policy), bp.ValueOf(want.Role).Name.Or("")
	keep := api.Members(policy.Overflow)
	have := u.Several(bp.ComponentPolicy)
	for _, arn := range have {
		if slices.Contains(keep, arn) {
			continue
		}
		if err := u.Call(ctx, func() error {
			_, err := u.IAM.DetachRolePolicy(ctx, &iam.DetachRolePolicyInput{RoleName: &role, PolicyArn: &arn})
			return api.IgnoreMissing(err)
		}); err != nil {
			return err
		}
		if err := removePolicy(ctx, u.Client, arn); err != nil {
			return err
		}
		u.Learn(func(l *kinds.Learned) {
			l.Drop(bp.ComponentPolicy, func(other string) bool { return other == arn })
		})
	}
	return nil
}

// narrowPolicy writes what is wanted and no more, and drops the policies that are
// not needed for it.
func narrowPolicy(ctx context.Context, u *kinds.Unit) error {
	want := u.Want()
	policy := bp.ValueOf(want.Policy)
	if have, exists := u.Job.Observed.Policy.Get(); u.Staged && exists && have.ARN == policy.ARN && narrower(have, policy) {
		if err := putPolicies(ctx, u, policy, true, policyStatements(policy)); err != nil {
			return err
		}
	}
	return dropOverflow(ctx, u, want)
}

package cloud

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

func (u *unit) ensurePolicy(ctx context.Context) error {
	want, _ := u.want().Policy.Get()
	have, exists := u.job.Observed.Policy.Get()
	if !exists || have.ARN != want.ARN {
		return u.replacePolicy(ctx, have, want)
	}
	if (!bp.Equal(have.Statements, want.Statements) || !bp.Equal(have.Overflow, want.Overflow)) && !u.leaveToNarrow(have, want) {
		if err := u.putPolicies(ctx, want, true, u.widened(policyStatements(have), policyStatements(want))); err != nil {
			return err
		}
	}
	if current, tags, differ := u.tags(have.Tags); differ {
		for _, arn := range append([]string{want.ARN.Or("")}, members(have.Overflow)...) {
			if err := u.tagPolicy(ctx, arn, current, tags); err != nil {
				return err
			}
		}
	}
	return nil
}

// replacePolicy makes the policies anew, and notes those they follow.
func (u *unit) replacePolicy(ctx context.Context, have, want bp.Policy) error {
	if err := u.replace(ctx, have.ARN, want.ARN, func(back bool) error {
		if back {
			return u.takeBackPolicy(ctx, want)
		}
		return u.putPolicies(ctx, want, false, policyStatements(want))
	}); err != nil {
		return err
	}
	u.learn(func(l *Learned) {
		for _, arn := range members(have.Overflow) {
			l.Superseded = appendNew(l.Superseded, arn)
			l.drop(bp.ComponentPolicy, func(other string) bool { return other == arn })
		}
	})
	return nil
}

// putPolicies writes statements into as many policies as they take. Those that
// hold what they should are left alone; of a first and only one it is known
// already that it does not.
func (u *unit) putPolicies(ctx context.Context, want bp.Policy, exists bool, statements []bp.Named) error {
	packed, err := bp.Pack(statements)
	if err != nil {
		return err
	}
	existing := u.several(bp.ComponentPolicy)
	for n, part := range packed {
		arn := bp.PolicyPart(want.ARN.Or(""), n)
		switch {
		case n == 0 && !exists, n > 0 && !slices.Contains(existing, arn):
			err = u.makePolicy(ctx, arn, n, part)
		case len(packed) == 1 && len(existing) == 0:
			err = u.putPolicy(ctx, arn, part)
		default:
			if err = u.putIfOther(ctx, arn, part); missing(err) && n > 0 {
				err = u.makePolicy(ctx, arn, n, part)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (u *unit) makePolicy(ctx context.Context, arn string, n int, statements []bp.Named) error {
	_, tags, _ := u.tags(bp.Null[map[string]bp.String]())
	id, err := u.createPolicy(ctx, arn, statements, tags)
	if id == "" {
		if id, err = u.madeBefore(ctx, arn, err); err == nil {
			err = u.putIfOther(ctx, arn, statements)
		}
	}
	if err != nil {
		return err
	}
	u.learn(func(l *Learned) {
		if n == 0 {
			l.Note(bp.ComponentPolicy, bp.Identity{ARN: bp.Known(arn), ID: bp.Known(id)})
		} else {
			l.add(bp.ComponentPolicy, arn)
		}
	})
	return nil
}

func (u *unit) putIfOther(ctx context.Context, arn string, statements []bp.Named) error {
	_, parsed, err := u.readPolicy(ctx, arn)
	if err != nil {
		return err
	}
	if sameStatements(parsed, statements) {
		return nil
	}
	return u.putPolicy(ctx, arn, statements)
}

func sameStatements(parsed []bp.Parsed, statements []bp.Named) bool {
	same := len(parsed) == len(statements)
	for i := 0; same && i < len(parsed); i++ {
		same = parsed[i].Plain && parsed[i].Sid == statements[i].Sid && bp.Equal(parsed[i].Statement, statements[i].Statement)
	}
	return same
}

func (u *unit) takeBackPolicy(ctx context.Context, want bp.Policy) error {
	policy, _, err := u.readPolicy(ctx, want.ARN.Or(""))
	if missing(err) {
		return fmt.Errorf("policy %s was deleted while the apply was running; apply again", want.Name)
	}
	if err != nil {
		return err
	}
	u.known(bp.ComponentPolicy, want.ARN.Or(""), optional(policy.PolicyId))
	return u.putPolicies(ctx, want, true, policyStatements(want))
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
	more := bp.SetOf(u.several(bp.ComponentPolicy)...)
	return u.attach(ctx, want.Name.Or(""), attached, want.AttachedPolicies.Or(nil).Union(more))
}

// dropOverflow removes the policies that are not needed any more.
func (u *unit) dropOverflow(ctx context.Context, want bp.Blueprint) error {
	policy, role := bp.ValueOf(want.Policy), bp.ValueOf(want.Role).Name.Or("")
	keep := members(policy.Overflow)
	have := u.several(bp.ComponentPolicy)
	for _, arn := range have {
		if slices.Contains(keep, arn) {
			continue
		}
		if err := u.call(ctx, func() error {
			_, err := u.iam.DetachRolePolicy(ctx, &iam.DetachRolePolicyInput{RoleName: &role, PolicyArn: &arn})
			return ignoreMissing(err)
		}); err != nil {
			return err
		}
		if err := u.removePolicy(ctx, arn); err != nil {
			return err
		}
		u.learn(func(l *Learned) {
			l.drop(bp.ComponentPolicy, func(other string) bool { return other == arn })
		})
	}
	return nil
}

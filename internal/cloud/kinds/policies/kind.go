// Package policies are the managed policies of a unit: the first, and those that take
// what does not fit into it.
package policies

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Kind says what a unit's policy is.
func Kind() kinds.Kind {
	return kinds.Kind{
		Component: bp.PolicyComponent(),
		Looks:     policyLooks,
		Locate:    locatePolicy,
		Adopt:     adoptPolicy,
		Tagged:    func(b bp.Blueprint) api.TagMap { return bp.ValueOf(b.Policy).Tags },
		Dispute:   disputePolicy,
		Taken:     takenPolicy,
		Is:        bp.IsPolicyARN, Grants: true,
		Plural:    kinds.TaskOverflow,
		Identify:  identifyPolicy,
		Made:      policyMade,
		Contest:   contestPolicy,
		Next:      bp.TagNextPolicy,
		Successor: foreignToNextPolicy,
		Outlives:  []string{kinds.TaskRole},
		Remove:    removePolicy,
		Retire:    retirePolicy,
		Steps:     kinds.Steps(kinds.Step{ID: kinds.TaskPolicy, After: []string{kinds.TaskKey, kinds.TaskSecret}, Run: ensurePolicy}),
		Settled:   []string{kinds.TaskPolicy, kinds.TaskNarrow},
		TakesAway: func(have, want bp.Blueprint) bool {
			before, exists := have.Policy.Get()
			after := bp.ValueOf(want.Policy)
			return exists && before.ARN == after.ARN && narrower(before, after)
		},
		Narrow: narrowPolicy,
	}
}

func identifyPolicy(ctx context.Context, c *api.Client, arn string) (tags map[string]string, id string, err error) {
	out, err := c.IAM.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: &arn})
	if err != nil {
		return nil, "", err
	}
	return api.IAMTags(out.Policy.Tags), aws.ToString(out.Policy.PolicyId), nil
}

func policyMade(ctx context.Context, c *api.Client, arn string) (time.Time, error) {
	out, err := c.IAM.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: &arn})
	if err != nil {
		return time.Time{}, err
	}
	return api.Dated(out.Policy.CreateDate)
}

func contestPolicy(ctx context.Context, c *api.Client, of kinds.Claims, arn string) ([]string, error) {
	var names []string
	for _, role := range of.Of(bp.IsRoleARN) {
		_, name := bp.SplitRoleARN(role)
		names = append(names, name)
	}
	return foreignToPolicy(ctx, c, of.Unit, arn, names...)
}

func retirePolicy(ctx context.Context, c *api.Client, e *kinds.Ending, arn string) error {
	return removePolicyAnd(ctx, c, arn, func(ctx context.Context) error { return removeHolders(ctx, c, arn, e) })
}

// foreignToNextPolicy are clauses about a policy that is announced in the place of
// the unit's.
func foreignToNextPolicy(ctx context.Context, c *api.Client, r kinds.Removal, arn string, next map[string]string) ([]string, error) {
	_, last := bp.SplitRoleARN(bp.ValueOf(r.Inventory.Role).ARN.Or(""))
	_, newer := bp.SplitRoleARN(next[bp.TagNextRole])
	return foreignToPolicy(ctx, c, r.Owner.Unit, arn, last, newer)
}

func policyLooks(c *api.Client, t kinds.Target, o *kinds.Observation) ([]kinds.Look, func(context.Context) error) {
	var found bp.Value[policyObserved]
	ref := t.Refs[bp.ComponentPolicy]
	return []kinds.Look{{What: "policy", Name: ref.ARN, Find: func(ctx context.Context) (err error) {
			found, err = findPolicy(ctx, c, ref.ARN, ref.More, t.Tags)
			return err
		}}}, func(context.Context) error {
			if p, exists := found.Get(); exists {
				o.Policy, o.IDs[bp.ComponentPolicy] = bp.Known(p.Policy), api.Optional(&p.id)
			}
			return nil
		}
}

func locatePolicy(ctx context.Context, c *api.Client, s kinds.Seed) (kinds.Ref, []error, error) {
	path, _ := bp.SplitRoleARN(s.Function.RoleARN.Or(""))
	ref := kinds.Ref{ARN: c.Place.PolicyARN(path, bp.PolicyName(s.Unit, c.Place.Region, path))}
	var err error
	ref.More, err = locateOverflow(ctx, c, s.Unit, ref.ARN)
	return ref, nil, err
}

func adoptPolicy(ctx context.Context, c *api.Client, want bp.Blueprint, owner kinds.Owner) (ref kinds.Ref, err error) {
	ref.ARN = bp.ValueOf(want.Policy).ARN.Or("")
	ref.More, err = locateOverflow(ctx, c, owner.Unit, ref.ARN)
	return ref, err
}

// locateOverflow returns the policies of the unit beside the first.
func locateOverflow(ctx context.Context, c *api.Client, unit, first string) ([]string, error) {
	var found []string
	for {
		arn := bp.PolicyPart(first, len(found)+1)
		tags, _, err := identifyPolicy(ctx, c, arn)
		if api.Missing(err) || err == nil && tags[bp.TagUnit] != unit {
			return found, nil
		}
		if err != nil {
			return nil, err
		}
		found = append(found, arn)
	}
}

func disputePolicy(ctx context.Context, d *kinds.Disputes) {
	policy, role := bp.ValueOf(d.Is.Policy), bp.ValueOf(d.Is.Role)
	for _, arn := range append([]string{policy.ARN.Or("")}, api.Members(policy.Overflow)...) {
		d.Dated(ctx, arn, d.Is.Policy.IsKnown(), func() ([]string, error) {
			return foreignToPolicy(ctx, d.Client, d.Unit, arn, role.Name.Or(""))
		})
	}
}

func takenPolicy(ctx context.Context, c *api.Client, want bp.Blueprint) []*kinds.Taken {
	return kinds.IfTaken(kinds.KindPolicy, bp.ValueOf(want.Policy).ARN, func(arn string) bool {
		_, _, err := identifyPolicy(ctx, c, arn)
		return err == nil
	})
}

package cloud

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// policyVersions is how many versions IAM keeps of one managed policy.
const policyVersions = 5

type policyObserved struct {
	bp.Policy

	id string
}

// findPolicy reads the default versions of a unit's managed policies: the first,
// and those that take what does not fit into it. Without the first it is null.
func (c *Client) findPolicy(ctx context.Context, arn string, overflow []string, reference map[string]string) (bp.Value[policyObserved], error) {
	none := bp.Null[policyObserved]()
	policy, parsed, err := c.readPolicy(ctx, arn)
	if err != nil {
		return none, ignoreMissing(err)
	}
	observed := policyObserved{
		id: aws.ToString(policy.PolicyId),
		Policy: bp.Policy{
			Name: optional(policy.PolicyName),
			Path: optional(policy.Path),
			ARN:  bp.Known(arn),
			Tags: c.deviation(iamTags(policy.Tags), reference),
		},
	}
	var found []string
	for _, more := range overflow {
		further, statements, err := c.readPolicy(ctx, more)
		if missing(err) {
			continue
		}
		if err != nil {
			return none, err
		}
		found, parsed = append(found, more), append(parsed, statements...)
		observed.Tags = observed.Tags.Else(c.deviation(iamTags(further.Tags), reference))
	}
	observed.Overflow, observed.Statements = setOf(found), bp.Known(bp.PolicyStatementsOf(parsed))
	return bp.Known(observed), nil
}

// readPolicy reads one managed policy and the statements of its default
// version.
func (c *Client) readPolicy(ctx context.Context, arn string) (*types.Policy, []bp.Parsed, error) {
	out, err := c.iam.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: &arn})
	if err != nil {
		return nil, nil, err
	}
	version, err := c.iam.GetPolicyVersion(ctx, &iam.GetPolicyVersionInput{PolicyArn: &arn, VersionId: out.Policy.DefaultVersionId})
	if err != nil {
		return nil, nil, err
	}
	document, err := url.QueryUnescape(aws.ToString(version.PolicyVersion.Document))
	if err != nil {
		return nil, nil, fmt.Errorf("decode policy %s: %w", arn, err)
	}
	parsed, err := bp.ParseDocument(document)
	if err != nil {
		return nil, nil, fmt.Errorf("policy %s: %w", arn, err)
	}
	return out.Policy, parsed, nil
}

// createPolicy makes one managed policy.
func (c *Client) createPolicy(ctx context.Context, arn string, statements []bp.Named, tags map[string]string) (id string, err error) {
	document, err := bp.Document(statements)
	if err != nil {
		return "", err
	}
	path, name := bp.SplitPolicyARN(arn)
	var out *iam.CreatePolicyOutput
	err = c.call(ctx, func() (err error) {
		out, err = c.iam.CreatePolicy(ctx, &iam.CreatePolicyInput{
			PolicyName: &name, Path: unlessRoot(path), PolicyDocument: &document, Tags: toIAMTags(tags),
			Description: aws.String(bp.PolicyDescription(tags[bp.TagUnit])),
		})
		return err
	}, vanishing(func() error {
		_, _, err := c.identifyPolicy(ctx, arn)
		return err
	}))
	if ErrorCode(err) == "EntityAlreadyExists" {
		return "", &Taken{Kind: "IAM policy", Name: name, Err: err}
	}
	if err != nil {
		return "", err
	}
	return aws.ToString(out.Policy.PolicyId), nil
}

// putPolicy makes a document the policy's default version. Of IAM's five
// versions the oldest that is not the default makes room first.
func (c *Client) putPolicy(ctx context.Context, arn string, statements []bp.Named) error {
	document, err := bp.Document(statements)
	if err != nil {
		return err
	}
	return c.onceOnly(ctx, func() error {
		return c.call(ctx, func() error {
			if err := c.makeRoom(ctx, arn, policyVersions-1); err != nil {
				return err
			}
			_, err := c.iam.CreatePolicyVersion(ctx, &iam.CreatePolicyVersionInput{
				PolicyArn: &arn, PolicyDocument: &document, SetAsDefault: true,
			}, func(o *iam.Options) { o.Retryer = onlyThrottles{o.Retryer} })
			return err
		})
	}, func() (bool, error) {
		_, parsed, err := c.readPolicy(ctx, arn)
		return sameStatements(parsed, statements), err
	})
}

// makeRoom deletes the oldest versions that are not the default until at most
// keep are left.
func (c *Client) makeRoom(ctx context.Context, arn string, keep int) error {
	out, err := c.iam.ListPolicyVersions(ctx, &iam.ListPolicyVersionsInput{PolicyArn: &arn})
	if err != nil {
		return err
	}
	versions := out.Versions
	slices.SortFunc(versions, func(a, b types.PolicyVersion) int {
		return cmp.Compare(created(a).UnixNano(), created(b).UnixNano())
	})
	excess := len(versions) - keep
	for _, v := range versions {
		if excess <= 0 {
			break
		}
		if v.IsDefaultVersion {
			continue
		}
		if _, err := c.iam.DeletePolicyVersion(ctx, &iam.DeletePolicyVersionInput{PolicyArn: &arn, VersionId: v.VersionId}); ignoreMissing(err) != nil {
			return err
		}
		excess--
	}
	return nil
}

func created(v types.PolicyVersion) time.Time { return aws.ToTime(v.CreateDate) }

func (c *Client) tagPolicy(ctx context.Context, arn string, have, want map[string]string) error {
	set, remove := retag(have, want)
	if len(remove) > 0 {
		if _, err := c.iam.UntagPolicy(ctx, &iam.UntagPolicyInput{PolicyArn: &arn, TagKeys: remove}); err != nil {
			return err
		}
	}
	if len(set) > 0 {
		if _, err := c.iam.TagPolicy(ctx, &iam.TagPolicyInput{PolicyArn: &arn, Tags: toIAMTags(set)}); err != nil {
			return err
		}
	}
	return nil
}

// removePolicy deletes the unit's policy, which its role no longer holds.
// Whoever else attached it is named.
func (c *Client) removePolicy(ctx context.Context, arn string) error {
	return c.removePolicyAnd(ctx, arn, func(context.Context) error { return nil })
}

// removePolicyAnd calls conflict once if something still holds the policy.
func (c *Client) removePolicyAnd(ctx context.Context, arn string, conflict func(context.Context) error) error {
	remove := func() error {
		_, err := c.iam.DeletePolicy(ctx, &iam.DeletePolicyInput{PolicyArn: &arn})
		return ignoreMissing(err)
	}
	err := c.call(ctx, remove)
	if ErrorCode(err) == "DeleteConflict" {
		// Earlier versions are in the way, or an attachment of a moment ago.
		if err := c.makeRoom(ctx, arn, 1); err != nil {
			return ignoreMissing(err)
		}
		if err := conflict(ctx); err != nil {
			return err
		}
		err = c.call(ctx, remove, detachWait)
	}
	if ErrorCode(err) != "DeleteConflict" {
		return err
	}
	// Only now ask who holds it: just after a detachment IAM may still name
	// the unit's own role.
	users, lookup := c.iam.ListEntitiesForPolicy(ctx, &iam.ListEntitiesForPolicyInput{PolicyArn: &arn})
	if lookup != nil {
		return err
	}
	return fmt.Errorf("policy %s is also attached to %v; detach it there, then run destroy again: %w", arn, entities(users), err)
}

func entities(out *iam.ListEntitiesForPolicyOutput) []string {
	var names []string
	for _, r := range out.PolicyRoles {
		names = append(names, "role "+aws.ToString(r.RoleName))
	}
	for _, u := range out.PolicyUsers {
		names = append(names, "user "+aws.ToString(u.UserName))
	}
	for _, g := range out.PolicyGroups {
		names = append(names, "group "+aws.ToString(g.GroupName))
	}
	return names
}

func policyKind() kind {
	return kind{
		Component: bp.PolicyComponent(),
		looks:     (*Client).policyLooks,
		locate:    (*Client).locatePolicy,
		adopt:     (*Client).adoptPolicy,
		tagged:    func(b bp.Blueprint) tagMap { return bp.ValueOf(b.Policy).Tags },
		dispute:   (*disputes).policy,
		taken:     (*Client).takenPolicy,
		is:        bp.IsPolicyARN, grants: true,
		several:   taskOverflow,
		identify:  (*Client).identifyPolicy,
		made:      (*Client).policyMade,
		contest:   (*Client).contestPolicy,
		next:      bp.TagNextPolicy,
		successor: (*Client).foreignToNextPolicy,
		outlives:  []string{taskRole},
		remove:    (*Client).removePolicy,
		retire:    (*Client).retirePolicy,
		steps:     steps(step{taskPolicy, []string{taskKey, taskSecret}, (*unit).ensurePolicy}),
		settled:   []string{taskPolicy, taskNarrow},
		takesAway: func(have, want bp.Blueprint) bool {
			before, exists := have.Policy.Get()
			after := bp.ValueOf(want.Policy)
			return exists && before.ARN == after.ARN && narrower(before, after)
		},
		narrow: (*unit).narrowPolicy,
	}
}

func (c *Client) identifyPolicy(ctx context.Context, arn string) (tags map[string]string, id string, err error) {
	out, err := c.iam.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: &arn})
	if err != nil {
		return nil, "", err
	}
	return iamTags(out.Policy.Tags), aws.ToString(out.Policy.PolicyId), nil
}

func (c *Client) policyMade(ctx context.Context, arn string) (time.Time, error) {
	out, err := c.iam.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: &arn})
	if err != nil {
		return time.Time{}, err
	}
	return dated(out.Policy.CreateDate)
}

func (c *Client) contestPolicy(ctx context.Context, of claims, arn string) ([]string, error) {
	var names []string
	for _, role := range of.of(bp.IsRoleARN) {
		_, name := bp.SplitRoleARN(role)
		names = append(names, name)
	}
	return c.foreignToPolicy(ctx, of.unit, arn, names...)
}

// narrowPolicy writes what is wanted and no more, and drops the policies that are
// not needed for it.
func (u *unit) narrowPolicy(ctx context.Context) error {
	want := u.want()
	policy := bp.ValueOf(want.Policy)
	if have, exists := u.job.Observed.Policy.Get(); u.staged && exists && have.ARN == policy.ARN && narrower(have, policy) {
		if err := u.putPolicies(ctx, policy, true, policyStatements(policy)); err != nil {
			return err
		}
	}
	return u.dropOverflow(ctx, want)
}

func (c *Client) retirePolicy(ctx context.Context, e *ending, arn string) error {
	return c.removePolicyAnd(ctx, arn, func(ctx context.Context) error { return c.removeHolders(ctx, arn, e) })
}

// foreignToNextPolicy are clauses about a policy that is announced in the place of
// the unit's.
func (c *Client) foreignToNextPolicy(ctx context.Context, r Removal, arn string, next map[string]string) ([]string, error) {
	_, last := bp.SplitRoleARN(bp.ValueOf(r.Inventory.Role).ARN.Or(""))
	_, newer := bp.SplitRoleARN(next[bp.TagNextRole])
	return c.foreignToPolicy(ctx, r.Owner.Unit, arn, last, newer)
}

func (c *Client) policyLooks(t Target, o *Observation) ([]look, func(context.Context) error) {
	var found bp.Value[policyObserved]
	ref := t.Refs[bp.ComponentPolicy]
	return []look{{"policy", ref.ARN, func(ctx context.Context) (err error) {
			found, err = c.findPolicy(ctx, ref.ARN, ref.More, t.Tags)
			return err
		}}}, func(context.Context) error {
			if p, exists := found.Get(); exists {
				o.Policy, o.IDs[bp.ComponentPolicy] = bp.Known(p.Policy), optional(&p.id)
			}
			return nil
		}
}

func (c *Client) locatePolicy(ctx context.Context, s seed) (Ref, []error, error) {
	path, _ := bp.SplitRoleARN(s.function.RoleARN.Or(""))
	ref := Ref{ARN: c.Place.PolicyARN(path, bp.PolicyName(s.unit, c.Place.Region, path))}
	var err error
	ref.More, err = c.locateOverflow(ctx, s.unit, ref.ARN)
	return ref, nil, err
}

func (c *Client) adoptPolicy(ctx context.Context, want bp.Blueprint, owner Owner) (ref Ref, err error) {
	ref.ARN = bp.ValueOf(want.Policy).ARN.Or("")
	ref.More, err = c.locateOverflow(ctx, owner.Unit, ref.ARN)
	return ref, err
}

// locateOverflow returns the policies of the unit beside the first.
func (c *Client) locateOverflow(ctx context.Context, unit, first string) ([]string, error) {
	var found []string
	for {
		arn := bp.PolicyPart(first, len(found)+1)
		tags, _, err := c.identifyPolicy(ctx, arn)
		if missing(err) || err == nil && tags[bp.TagUnit] != unit {
			return found, nil
		}
		if err != nil {
			return nil, err
		}
		found = append(found, arn)
	}
}

func (d *disputes) policy(ctx context.Context) {
	policy, role := bp.ValueOf(d.o.Policy), bp.ValueOf(d.o.Role)
	for _, arn := range append([]string{policy.ARN.Or("")}, members(policy.Overflow)...) {
		d.dated(ctx, arn, d.o.Policy.IsKnown(), func() ([]string, error) {
			return d.foreignToPolicy(ctx, d.unit, arn, role.Name.Or(""))
		})
	}
}

func (c *Client) takenPolicy(ctx context.Context, want bp.Blueprint) []*Taken {
	return taken(KindPolicy, bp.ValueOf(want.Policy).ARN, func(arn string) bool {
		_, _, err := c.identifyPolicy(ctx, arn)
		return err == nil
	})
}

// removeHolders removes roles of the unit that hold its policy and are in no
// inventory: an update that was killed made them.
func (c *Client) removeHolders(ctx context.Context, arn string, e *ending) error {
	users, err := c.iam.ListEntitiesForPolicy(ctx, &iam.ListEntitiesForPolicyInput{PolicyArn: &arn})
	if err != nil {
		return ignoreMissing(err)
	}
	for _, holder := range users.PolicyRoles {
		name := aws.ToString(holder.RoleName)
		anchor, err := c.anchor(ctx, name)
		if missing(err) {
			continue
		}
		if err != nil {
			return err
		}
		if e.Owner.Generation == "" || !e.Owner.owns(anchor.tags) {
			continue // named with the others that hold it
		}
		k := e.kinds.of(anchor.arn)
		but, err := k.successor(c, ctx, e.Removal, anchor.arn, nil)
		if err != nil {
			return err
		}
		if err := disputed(anchor.arn, e.Owner.Unit, but); err != nil {
			return err
		}
		if err := k.remove(c, ctx, anchor.arn); err != nil {
			return err
		}
	}
	return nil
}

// foreignToPolicy are clauses about what a unit never has on its policy: another
// description, statements of others, or other holders than its roles.
func (c *Client) foreignToPolicy(ctx context.Context, unit, arn string, roles ...string) ([]string, error) {
	policy, parsed, err := c.readPolicy(ctx, arn)
	if err != nil {
		return nil, err
	}
	but := described(policy.Description, bp.PolicyDescription(unit))
	unexpected := bp.PolicyStatementsOf(parsed).Unexpected
	if sids := sortedKeys(unexpected.Or(nil)); len(sids) > 0 {
		but = append(but, "it has statements that no unit writes ("+strings.Join(sids, ", ")+")")
	}
	holders, err := c.iam.ListEntitiesForPolicy(ctx, &iam.ListEntitiesForPolicyInput{PolicyArn: &arn})
	if err != nil {
		return but, ignoreMissing(err)
	}
	others := slices.DeleteFunc(entities(holders), func(name string) bool {
		return slices.ContainsFunc(roles, func(role string) bool { return name == "role "+role })
	})
	if len(others) > 0 {
		but = append(but, "it is attached to "+strings.Join(others, ", "))
	}
	return but, nil
}

// heldBy are the holders of a policy beside a role.
func (c *Client) heldBy(ctx context.Context, arn, role string) ([]string, error) {
	holders, err := c.iam.ListEntitiesForPolicy(ctx, &iam.ListEntitiesForPolicyInput{PolicyArn: &arn})
	if err != nil {
		return nil, ignoreMissing(err)
	}
	return slices.DeleteFunc(entities(holders), func(name string) bool { return name == "role "+role }), nil
}

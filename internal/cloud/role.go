package cloud

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/access"
	"github.com/secure-lambda/terraform-provider-secure/internal/engine"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// roleObserved is a role with the id that changes when it is re-created.
type roleObserved struct {
	bp.Role

	id      string
	session *int32 // how long a session may last, in seconds
	lastIn  string // the region where it was last used, if it was
}

// findRole reads a role with its trust, attachments and tags. An absent role
// is null.
func (c *Client) findRole(ctx context.Context, name string, reference map[string]string) (bp.Value[roleObserved], error) {
	var out *iam.GetRoleOutput
	err := c.call(ctx, func() (err error) {
		out, err = c.iam.GetRole(ctx, &iam.GetRoleInput{RoleName: &name})
		return err
	})
	if missing(err) {
		return bp.Null[roleObserved](), nil
	}
	if err != nil {
		return bp.Null[roleObserved](), err
	}
	attached, err := c.attachedPolicies(ctx, name)
	if err != nil {
		return bp.Null[roleObserved](), ignoreMissing(err)
	}
	inline, err := c.inlinePolicies(ctx, name)
	if err != nil {
		return bp.Null[roleObserved](), ignoreMissing(err)
	}
	trust, err := parseTrust(aws.ToString(out.Role.AssumeRolePolicyDocument))
	if err != nil {
		return bp.Null[roleObserved](), err
	}
	role := bp.Role{
		Name:             bp.Known(name),
		Path:             bp.Known(aws.ToString(out.Role.Path)),
		ARN:              bp.Known(aws.ToString(out.Role.Arn)),
		Description:      optional(out.Role.Description),
		Trust:            bp.Known(trust),
		AttachedPolicies: bp.Known(bp.SetOf(attached...)),
		InlinePolicies:   setOf(inline),
		Tags:             c.deviation(iamTags(out.Role.Tags), reference),
	}
	if out.Role.PermissionsBoundary != nil {
		role.PermissionsBoundary = optional(out.Role.PermissionsBoundary.PermissionsBoundaryArn)
	}
	observed := roleObserved{Role: role, id: aws.ToString(out.Role.RoleId), session: out.Role.MaxSessionDuration}
	if used := out.Role.RoleLastUsed; used != nil {
		observed.lastIn = aws.ToString(used.Region)
	}
	return bp.Known(observed), nil
}

func (c *Client) attachedPolicies(ctx context.Context, role string) ([]string, error) {
	attached, err := all(func(next *string) ([]types.AttachedPolicy, *string, error) {
		out, err := c.iam.ListAttachedRolePolicies(ctx, &iam.ListAttachedRolePoliciesInput{RoleName: &role, Marker: next})
		if err != nil {
			return nil, nil, err
		}
		return out.AttachedPolicies, out.Marker, nil
	})
	arns := make([]string, len(attached))
	for i, p := range attached {
		arns[i] = aws.ToString(p.PolicyArn)
	}
	return arns, err
}

func (c *Client) inlinePolicies(ctx context.Context, role string) ([]string, error) {
	return all(func(next *string) ([]string, *string, error) {
		out, err := c.iam.ListRolePolicies(ctx, &iam.ListRolePoliciesInput{RoleName: &role, Marker: next})
		if err != nil {
			return nil, nil, err
		}
		return out.PolicyNames, out.Marker, nil
	})
}

func parseTrust(encoded string) (bp.TrustPolicy, error) {
	document, err := url.QueryUnescape(encoded)
	if err != nil {
		return bp.TrustPolicy{}, fmt.Errorf("decode trust policy: %w", err)
	}
	parsed, err := bp.ParseDocument(document)
	if err != nil {
		return bp.TrustPolicy{}, err
	}
	ours, rest := bp.Sort(parsed, func(sid string) bool { return sid == bp.SidLambda })
	return bp.TrustPolicy{Lambda: bp.StatementOf(ours, bp.SidLambda), Unexpected: rest}, nil
}

// createRole makes the anchor of a unit. IAM lets only one of two racing
// callers succeed.
func (c *Client) createRole(ctx context.Context, want bp.Role, tags map[string]string) (id string, err error) {
	trust, _ := want.Trust.Get()
	document, err := bp.Document(trust.Statements())
	if err != nil {
		return "", err
	}
	var out *iam.CreateRoleOutput
	err = c.call(ctx, func() (err error) {
		out, err = c.iam.CreateRole(ctx, &iam.CreateRoleInput{
			RoleName: text(want.Name), Path: unlessRoot(want.Path.Or("")), Description: text(want.Description),
			AssumeRolePolicyDocument: &document,
			PermissionsBoundary:      text(want.PermissionsBoundary),
			Tags:                     toIAMTags(tags),
		})
		return err
	}, vanishing(func() error {
		_, err := c.anchor(ctx, want.Name.Or(""))
		return err
	}))
	if ErrorCode(err) == "EntityAlreadyExists" {
		return "", &Taken{Kind: "IAM role", Name: want.Name.Or(""), Err: err}
	}
	if err != nil {
		return "", err
	}
	return aws.ToString(out.Role.RoleId), nil
}

// updateRole brings everything but the attachments to what is wanted.
func (c *Client) updateRole(ctx context.Context, have roleObserved, want bp.Role) error {
	name := text(want.Name)
	// First: whoever may change bounded roles only may then change the rest.
	if have.PermissionsBoundary != want.PermissionsBoundary {
		if err := c.call(ctx, func() error { return c.putBoundary(ctx, name, want.PermissionsBoundary) }); err != nil {
			return err
		}
	}
	if !bp.Equal(have.Trust, want.Trust) {
		trust, _ := want.Trust.Get()
		document, err := bp.Document(trust.Statements())
		if err != nil {
			return err
		}
		if err := c.call(ctx, func() error {
			_, err := c.iam.UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{RoleName: name, PolicyDocument: &document})
			return err
		}); err != nil {
			return err
		}
	}
	if have.Description != want.Description {
		return c.call(ctx, func() error {
			// IAM takes an omitted session duration for its default.
			_, err := c.iam.UpdateRole(ctx, &iam.UpdateRoleInput{RoleName: name, Description: text(want.Description), MaxSessionDuration: have.session})
			return err
		})
	}
	return nil
}

func (c *Client) putBoundary(ctx context.Context, role *string, boundary bp.String) error {
	if arn, ok := boundary.Get(); ok {
		_, err := c.iam.PutRolePermissionsBoundary(ctx, &iam.PutRolePermissionsBoundaryInput{RoleName: role, PermissionsBoundary: &arn})
		return err
	}
	_, err := c.iam.DeleteRolePermissionsBoundary(ctx, &iam.DeleteRolePermissionsBoundaryInput{RoleName: role})
	return ignoreMissing(err)
}

func (c *Client) tagRole(ctx context.Context, role string, have, want map[string]string) error {
	set, remove := retag(have, want)
	if len(remove) > 0 {
		if _, err := c.iam.UntagRole(ctx, &iam.UntagRoleInput{RoleName: &role, TagKeys: remove}); err != nil {
			return err
		}
	}
	if len(set) > 0 {
		if _, err := c.iam.TagRole(ctx, &iam.TagRoleInput{RoleName: &role, Tags: toIAMTags(set)}); err != nil {
			return err
		}
	}
	return nil
}

// attach adds the managed policies that are missing on a role.
func (c *Client) attach(ctx context.Context, role string, have, want bp.Set) error {
	for _, arn := range missingFrom(have, want) {
		if err := c.call(ctx, func() error {
			_, err := c.iam.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: &role, PolicyArn: &arn})
			return err
		}, freshIAM); err != nil {
			return err
		}
	}
	return nil
}

// detach removes the policies that should not be on a role, inline ones too.
func (c *Client) detach(ctx context.Context, role string, have, want bp.Role) error {
	for _, arn := range missingFrom(want.AttachedPolicies.Or(nil), have.AttachedPolicies.Or(nil)) {
		if err := c.call(ctx, func() error {
			_, err := c.iam.DetachRolePolicy(ctx, &iam.DetachRolePolicyInput{RoleName: &role, PolicyArn: &arn})
			return ignoreMissing(err)
		}); err != nil {
			return err
		}
	}
	for _, name := range missingFrom(want.InlinePolicies.Or(nil), have.InlinePolicies.Or(nil)) {
		if err := c.call(ctx, func() error {
			_, err := c.iam.DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{RoleName: &role, PolicyName: &name})
			return ignoreMissing(err)
		}); err != nil {
			return err
		}
	}
	return nil
}

// removeRole deletes a role of the unit with whatever is attached to it.
func (c *Client) removeRole(ctx context.Context, name string) error {
	found, err := c.findRole(ctx, name, nil)
	role, exists := found.Get()
	if err != nil || !exists {
		return err
	}
	return c.removeRoleWith(ctx, role.Role, detachWait)
}

// removeKnownRole does so with what was attached at the last look, and looks
// again only if that was not all.
func (c *Client) removeKnownRole(ctx context.Context, role bp.Role) error {
	err := c.removeRoleWith(ctx, role)
	if ErrorCode(err) == "DeleteConflict" {
		return c.removeRole(ctx, role.Name.Or(""))
	}
	return err
}

func (c *Client) removeRoleWith(ctx context.Context, role bp.Role, more ...engine.Class) error {
	name := role.Name.Or("")
	if err := c.detach(ctx, name, role, bp.Role{}); err != nil {
		return err
	}
	return c.call(ctx, func() error {
		_, err := c.iam.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: &name})
		return ignoreMissing(err)
	}, more...)
}

// missingFrom lists the known elements of want that have lacks.
func missingFrom(have, want bp.Set) []string {
	present, _ := have.Strings()
	wanted, _ := want.Strings()
	return slices.DeleteFunc(wanted, func(w string) bool { return slices.Contains(present, w) })
}

func iamTags(tags []types.Tag) map[string]string {
	out := map[string]string{}
	for _, t := range tags {
		out[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return out
}

func toIAMTags(tags map[string]string) []types.Tag {
	var out []types.Tag
	for _, key := range sortedKeys(tags) {
		out = append(out, types.Tag{Key: aws.String(key), Value: aws.String(tags[key])})
	}
	return out
}

func roleKind() kind {
	return kind{
		Component: bp.RoleComponent(),
		looks:     (*Client).roleLooks,
		locate: func(_ *Client, _ context.Context, s seed) (Ref, []error, error) {
			return Ref{ARN: s.function.RoleARN.Or("")}, nil, nil
		},
		adopt:   adoptByName(bp.RoleComponent()),
		dispute: (*disputes).role,
		is:      bp.IsRoleARN, anchors: true, grants: true,
		claim: func(c *Client, ctx context.Context, want bp.Blueprint, tags map[string]string) (id string, err error) {
			return c.createRole(ctx, bp.ValueOf(want.Role), tags)
		},
		identify:  (*Client).identifyRole,
		title:     KindRole,
		made:      (*Client).roleMade,
		contest:   (*Client).contestRole,
		next:      bp.TagNextRole,
		successor: (*Client).foreignToNextRole,
		outlives:  []string{taskFunction, taskInterfaces},
		remove:    (*Client).removeRoleOf,
		retire:    (*Client).retireRole,
		steps: steps(
			step{taskRole, nil, (*unit).ensureRole},
			step{taskAttachments, []string{taskRole, taskPolicy}, (*unit).ensureAttachments},
		),
		settled:   []string{taskRole, taskAttachments, taskNarrow},
		takesAway: detaches,
		narrow:    (*unit).narrowRole,
	}
}

func (c *Client) identifyRole(ctx context.Context, arn string) (tags map[string]string, id string, err error) {
	_, name := bp.SplitRoleARN(arn)
	found, err := c.anchor(ctx, name)
	return found.tags, found.id, err
}

func (c *Client) roleMade(ctx context.Context, arn string) (time.Time, error) {
	_, name := bp.SplitRoleARN(arn)
	found, err := c.anchor(ctx, name)
	return found.made, err
}

func (c *Client) removeRoleOf(ctx context.Context, arn string) error {
	_, name := bp.SplitRoleARN(arn)
	return c.removeRole(ctx, name)
}

// detaches reports whether a role that stays loses policies.
func detaches(have, want bp.Blueprint) bool {
	before, exists := have.Role.Get()
	after := bp.ValueOf(want.Role)
	return exists && before.ARN == after.ARN &&
		len(missingFrom(after.AttachedPolicies.Or(nil), before.AttachedPolicies.Or(nil)))+len(missingFrom(after.InlinePolicies.Or(nil), before.InlinePolicies.Or(nil))) > 0
}

func (u *unit) narrowRole(ctx context.Context) error {
	want := bp.ValueOf(u.want().Role)
	if have, exists := u.job.Observed.Role.Get(); exists && have.ARN == want.ARN {
		return u.detach(ctx, want.Name.Or(""), have, want)
	}
	return nil
}

func (c *Client) contestRole(ctx context.Context, of claims, arn string) ([]string, error) {
	_, name := bp.SplitRoleARN(arn)
	policies := of.of(bp.IsPolicyARN)
	found, err := c.findRole(ctx, name, nil)
	role, exists := found.Get()
	if err != nil || !exists {
		return nil, err
	}
	own := func(policy string) bool { return slices.Contains(policies, policy) }
	but := append(foreignToRole(role.Role, own), described(text(role.Description), bp.RoleDescription(of.unit))...)
	users, err := c.users(ctx, of.unit, withRole(arn))
	but = append(but, usedBy(users)...)
	if err != nil {
		return nil, err
	}
	profiles, err := c.profilesOf(ctx, name)
	if len(profiles) > 0 {
		but = append(but, fmt.Sprintf("it is in the instance profiles %v", profiles))
	}
	return but, err
}

// retireRole deletes the unit's role, with what was attached to it at the last look
// if that is known, and first what an update was about to put in its place.
func (c *Client) retireRole(ctx context.Context, e *ending, arn string) error {
	if _, err := e.kinds.removeAll(ctx, c, e.successors, e.Owner, e.Force); err != nil {
		return err
	}
	if role, known := e.Last.Role.Get(); known && role.ARN == bp.ValueOf(e.Inventory.Role).ARN {
		return c.removeKnownRole(ctx, role)
	}
	return c.removeRoleOf(ctx, arn)
}

// foreignToNextRole are clauses about a role that is announced in the place of the
// unit's.
func (c *Client) foreignToNextRole(ctx context.Context, r Removal, arn string, next map[string]string) ([]string, error) {
	_, name := bp.SplitRoleARN(arn)
	return c.foreignToUnitsRole(ctx, r, arn, name, next[bp.TagNextPolicy])
}

func (c *Client) roleLooks(t Target, o *Observation) ([]look, func(context.Context) error) {
	var found bp.Value[roleObserved]
	_, name := bp.SplitRoleARN(t.Refs[bp.ComponentRole].ARN)
	return []look{{"role", name, func(ctx context.Context) (err error) {
			found, err = c.findRole(ctx, name, t.Tags)
			return err
		}}}, func(context.Context) error {
			if r, exists := found.Get(); exists {
				o.Role, o.IDs[bp.ComponentRole], o.RoleLastIn = bp.Known(r.Role), optional(&r.id), r.lastIn
			}
			return nil
		}
}

func (d *disputes) role(ctx context.Context) {
	role, wanted := bp.ValueOf(d.o.Role), bp.ValueOf(d.want.Role)
	d.judge(ctx, d.at.arn, d.o.Role.IsKnown(), func() ([]string, error) {
		but := foreignToRole(role, ownPolicies(bp.ValueOf(d.want.Policy).ARN, wanted.AttachedPolicies.Or(nil)))
		but = append(but, described(text(role.Description), bp.RoleDescription(d.unit))...)
		users, err := d.users(ctx, d.unit, withRole(d.at.arn))
		return append(but, usedBy(users)...), err
	})
}

// foreignToUnitsRole are clauses about a role that is to go with a unit and that no
// state lists.
func (c *Client) foreignToUnitsRole(ctx context.Context, r Removal, arn, name, nextPolicy string) ([]string, error) {
	found, err := c.findRole(ctx, name, nil)
	role, exists := found.Get()
	if err != nil || !exists {
		return nil, err
	}
	known := slices.Concat(bp.ValueOf(r.Last.Role).AttachedPolicies.Or(nil), r.Inventory.Overflow.Or(nil), bp.Set{bp.ValueOf(r.Inventory.Policy).ARN})
	if nextPolicy != "" {
		known = append(known, bp.Known(nextPolicy))
	}
	but := foreignToRole(role.Role, ownPolicies(bp.ValueOf(r.Inventory.Policy).ARN, known))
	but = append(but, described(text(role.Description), bp.RoleDescription(r.Owner.Unit))...)
	users, err := c.users(ctx, r.Owner.Unit, withRole(arn))
	return append(but, usedBy(users)...), err
}

// foreignToRole are clauses about what a unit never puts on its role: statements
// that let others assume it, inline policies, and policies that are not among those
// that are known to be the unit's.
func foreignToRole(role bp.Role, own func(policy string) bool) []string {
	var but []string
	trust := bp.ValueOf(role.Trust)
	if sids := sortedKeys(trust.Unexpected.Or(nil)); len(sids) > 0 {
		but = append(but, "its trust policy has statements that no unit writes ("+strings.Join(sids, ", ")+")")
	}
	if others := otherPrincipals(bp.TrustPolicy{Lambda: trust.Lambda}); len(others) > 0 {
		but = append(but, "it trusts "+strings.Join(others, ", "))
	}
	if inline, _ := role.InlinePolicies.Or(nil).Strings(); len(inline) > 0 {
		but = append(but, "it has the inline policies "+strings.Join(inline, ", "))
	}
	var attached []string
	for _, arn := range members(role.AttachedPolicies) {
		if !own(arn) {
			attached = append(attached, arn)
		}
	}
	if len(attached) > 0 {
		but = append(but, "policies are attached to it that are not the unit's: "+strings.Join(attached, ", "))
	}
	return but
}

// ownPolicies tells the policies of a unit, however many parts they have, and those
// that it is to have beside them.
func ownPolicies(first bp.String, more bp.Set) func(string) bool {
	base, known := first.Get()
	return func(arn string) bool {
		return known && (arn == base || isPart(base, arn)) || slices.Contains(more, bp.Known(arn))
	}
}

// isPart reports whether a policy is one of the further parts of another.
func isPart(first, arn string) bool {
	const most = 20 // a role holds no more
	for n := range most {
		if n > 0 && bp.PolicyPart(first, n) == arn {
			return true
		}
	}
	return false
}

// otherPrincipals lists whom a role trusts besides Lambda, in the statements that a
// unit writes and in all others.
func otherPrincipals(trust bp.TrustPolicy) []string {
	var grants []access.Grant
	for _, named := range trust.Statements() {
		grants = append(grants, access.GrantOf(named))
	}
	for _, sid := range sortedKeys(trust.Unexpected.Or(nil)) {
		parsed, err := bp.ParseDocument(`{"Statement":` + trust.Unexpected.Or(nil)[sid].Or("") + `}`)
		if err != nil {
			return []string{"whom statement " + sid + " names, which could not be read"}
		}
		grants = append(grants, access.ParsedGrants(parsed)...)
	}
	var out []string
	for _, g := range grants {
		if g.Allow && g.Inverse != "" {
			out = append(out, "all but some")
		}
		for kind, who := range g.Principals {
			for _, name := range who {
				if g.Allow && (kind != "Service" || !strings.HasPrefix(name, "lambda.amazonaws.com")) {
					out = append(out, name)
				}
			}
		}
	}
	return out
}

// profilesOf lists the instance profiles that hold a role. Where they may not be
// listed none is known.
func (c *Client) profilesOf(ctx context.Context, role string) ([]string, error) {
	out, err := c.iam.ListInstanceProfilesForRole(ctx, &iam.ListInstanceProfilesForRoleInput{RoleName: &role})
	if err != nil {
		if denied(err) {
			return nil, nil
		}
		return nil, ignoreNotOffered(err)
	}
	var names []string
	for _, p := range out.InstanceProfiles {
		names = append(names, aws.ToString(p.InstanceProfileName))
	}
	return names, nil
}

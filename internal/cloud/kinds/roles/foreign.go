package roles

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/secure-lambda/terraform-provider-secure/internal/access"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// foreignToUnitsRole are clauses about a role that is to go with a unit and that no
// state lists.
func foreignToUnitsRole(ctx context.Context, c *api.Client, r kinds.Removal, arn, name, nextPolicy string) ([]string, error) {
	found, err := Find(ctx, c, name, nil)
	role, exists := found.Get()
	if err != nil || !exists {
		return nil, err
	}
	known := slices.Concat(bp.ValueOf(r.Last.Role).AttachedPolicies.Or(nil), r.Inventory.Overflow.Or(nil), bp.Set{bp.ValueOf(r.Inventory.Policy).ARN})
	if nextPolicy != "" {
		known = append(known, bp.Known(nextPolicy))
	}
	but := foreignToRole(role.Role, ownPolicies(bp.ValueOf(r.Inventory.Policy).ARN, known))
	but = append(but, kinds.Described(api.Text(role.Description), bp.RoleDescription(r.Owner.Unit))...)
	users, err := kinds.Users(ctx, c, r.Owner.Unit, kinds.WithRole(arn))
	return append(but, kinds.UsedBy(users)...), err
}

// foreignToRole are clauses about what a unit never puts on its role: statements
// that let others assume it, inline policies, and policies that are not among those
// that are known to be the unit's.
func foreignToRole(role bp.Role, own func(policy string) bool) []string {
	var but []string
	trust := bp.ValueOf(role.Trust)
	if sids := api.SortedKeys(trust.Unexpected.Or(nil)); len(sids) > 0 {
		but = append(but, "its trust policy has statements that no unit writes ("+strings.Join(sids, ", ")+")")
	}
	if others := OtherPrincipals(bp.TrustPolicy{Lambda: trust.Lambda}); len(others) > 0 {
		but = append(but, "it trusts "+strings.Join(others, ", "))
	}
	if inline, _ := role.InlinePolicies.Or(nil).Strings(); len(inline) > 0 {
		but = append(but, "it has the inline policies "+strings.Join(inline, ", "))
	}
	var attached []string
	for _, arn := range api.Members(role.AttachedPolicies) {
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

// OtherPrincipals lists whom a role trusts besides Lambda, in the statements that a
// unit writes and in all others.
func OtherPrincipals(trust bp.TrustPolicy) []string {
	var grants []access.Grant
	for _, named := range trust.Statements() {
		grants = append(grants, access.GrantOf(named))
	}
	for _, sid := range api.SortedKeys(trust.Unexpected.Or(nil)) {
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

// ProfilesOf lists the instance profiles that hold a role. Where they may not be
// listed none is known.
func ProfilesOf(ctx context.Context, c *api.Client, role string) ([]string, error) {
	out, err := c.IAM.ListInstanceProfilesForRole(ctx, &iam.ListInstanceProfilesForRoleInput{RoleName: &role})
	if err != nil {
		if api.Denied(err) {
			return nil, nil
		}
		return nil, api.IgnoreNotOffered(err)
	}
	var names []string
	for _, p := range out.InstanceProfiles {
		names = append(names, aws.ToString(p.InstanceProfileName))
	}
	return names, nil
}

package deployer

import (
	"slices"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/access"
)

// denial is a statement that denies. What it denies is not allowed by these
// policies either: it holds whatever else the deployer is given, and keeps
// holding where a name or a condition of what is allowed turns out too wide.
// Reads are never denied.
type denial struct {
	sid     string
	actions []string
	// on and except are ARNs, one of them is given. A denial of none is left
	// out.
	on, except func(o Options, name string) []string
	asks       []asking
	when       func(Options) bool
}

// changesOfIAM are all that IAM can be asked to change. Wildcards, so that an
// action which AWS adds is denied as well; a test holds them against the sets of
// actions by which somebody becomes more.
var changesOfIAM = []string{
	"iam:Add*", "iam:Attach*", "iam:Create*", "iam:Delete*", "iam:Detach*", "iam:PassRole", "iam:Put*",
	"iam:Remove*", "iam:Set*", "iam:Tag*", "iam:Untag*", "iam:Update*", "iam:Upload*",
}

// changesOfPolicies are those of them that are about a managed policy.
var changesOfPolicies = []string{
	"iam:CreatePolicy", "iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion",
	"iam:SetDefaultPolicyVersion", "iam:TagPolicy", "iam:UntagPolicy",
}

// takingBounded decide who may use a role and for what. Their requests carry the
// role's boundary, or the one that it is given; a request without any compares
// as one with another.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
var takingBounded = []string{
	"iam:AttachRolePolicy", "iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy",
}

var denied = []denial{
	{sid: "DenyChangingBoundaries", actions: changesOfPolicies, on: boundaryARNs},
	{sid: "DenyRemovingBoundaries", actions: []string{"iam:DeleteRolePermissionsBoundary"}, on: everything, when: bounds},
	{sid: "DenyOtherBoundaries", actions: takingBounded, on: everything, asks: []asking{isUnbounded}, when: bounds},
	{sid: "DenyChangesElsewhereInIAM", actions: changesOfIAM, except: fenceOfIAM, when: fencesIAM},
	{sid: "DenyChangingDeployerAndDeeperPaths", actions: changesOfIAM, on: strangers},
}

// denials are the statements that come before those of an apply or a destroy.
func denials(o Options, name string, allowed []Statement) []Statement {
	var out []Statement
	for _, d := range denied {
		if d.when != nil && !d.when(o) {
			continue
		}
		s := Statement{Sid: d.sid, Deny: true, Actions: sorted(d.actions), Conditions: clauses{}}
		if d.on != nil {
			s.Resources = sorted(d.on(o, name))
		} else {
			s.Except = sorted(d.except(o, name))
		}
		if len(s.Resources)+len(s.Except) == 0 {
			continue
		}
		for _, ask := range d.asks {
			ask(s.Conditions, account, o)
		}
		out = append(out, s)
	}
	if o.Place.Account == anything {
		out = append(out, elsewhere(allowed))
	}
	return out
}

// elsewhere denies to change the units' own kinds of objects in other accounts,
// whose names are open where the account is. A request that says nothing of the
// account is left alone: it would break an apply, and other accounts must allow
// theirs by themselves anyway.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourceaccount
func elsewhere(allowed []Statement) Statement {
	var everywhere, given []string
	for _, s := range allowed {
		if slices.ContainsFunc(s.Resources, inAnyAccount) {
			everywhere = append(everywhere, s.Actions...)
		} else {
			given = append(given, s.Actions...) // of another account perhaps
		}
	}
	actions := slices.DeleteFunc(sorted(everywhere), func(name string) bool {
		action, _ := access.Catalogue().Action(name)
		return action.Level == access.Read || action.Level == access.List || slices.Contains(given, name)
	})
	return Statement{
		Sid: "DenyChangesInOtherAccounts", Deny: true, Actions: actions, Resources: []string{anything},
		Conditions: clauses{stringNotEquals: {theirs: {"${aws:PrincipalAccount}"}}, null: {theirs: {"false"}}},
	}
}

// inAnyAccount reports whether an ARN leaves its account open.
func inAnyAccount(arn string) bool {
	parts := strings.SplitN(arn, ":", 6)
	return len(parts) == 6 && parts[4] == anything
}

func everything(Options, string) []string { return []string{anything} }

func boundaryARNs(o Options, _ string) []string { return o.Boundaries }

// isUnbounded is also true where there is no boundary at all.
func isUnbounded(c clauses, _ kind, o Options) { c.add(arnNotLike, boundary, o.Boundaries...) }

// fenceOfIAM is what of IAM is the units'.
func fenceOfIAM(o Options, _ string) []string { return slices.Concat(roleARNs(o), policyARNs(o)) }

// named says that the names of roles and policies are narrowed, fencesIAM that
// their names or their path are.
func named(o Options) bool     { return len(o.NamePrefixes) > 0 }
func fencesIAM(o Options) bool { return named(o) || o.RolePath != "/" }

// strangers are what the units' names take in and is not the units': roles and
// policies of a longer path, which a wildcard takes in with a slash in it and no
// unit has; the deployer's roles; and those of its own policies that are called
// like a unit's. The names of units' policies end in a region.
func strangers(o Options, name string) []string {
	arns := slices.Clone(o.DeployerRoles)
	if named(o) {
		arns = append(arns, o.Place.RoleARN(o.RolePath, "*/*"), o.Place.PolicyARN(o.RolePath, "*/*"))
	}
	for _, phase := range append(Phases(), Audit) {
		whole := o.Place.PolicyARN(o.RolePath, nameOf(name, phase))
		if slices.ContainsFunc(policyARNs(o), func(p string) bool { return access.Matches(p, whole) }) {
			arns = append(arns, whole, whole+"-?")
		}
	}
	return arns
}

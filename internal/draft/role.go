package draft

import (
	"slices"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

func inferRole(spec *bp.Spec, observed, plain bp.Blueprint, region string) {
	role, exists := observed.Role.Get()
	if !exists {
		return
	}
	defaults, _ := plain.Role.Get()
	byDefault := bp.Map(role.Path, func(path string) string { return bp.RoleName(spec.Name.Or(""), region, path) })
	spec.RoleName = unlessDefault(role.Name, byDefault)
	spec.RolePath = unlessDefault(role.Path, defaults.Path)
	spec.PermissionsBoundary = unlessDefault(role.PermissionsBoundary, defaults.PermissionsBoundary)
	spec.Trust = inferTrust(role)

	policy, _ := observed.Policy.Get()
	others := bp.Set{}
	for _, arn := range role.AttachedPolicies.Or(nil) {
		if arn != policy.ARN && !slices.Contains(policy.Overflow.Or(nil), arn) {
			others = append(others, arn)
		}
	}
	if len(others) > 0 {
		spec.PolicyARNs = bp.Known(others)
	}
}

// inferTrust recognises the forms that trust can ask for; another trust policy
// is drift, not input.
func inferTrust(role bp.Role) bp.Value[bp.TrustSpec] {
	trust, _ := role.Trust.Get()
	statement, ok := trust.Lambda.Get()
	if !ok {
		return bp.Null[bp.TrustSpec]()
	}
	conditions := statement.Conditions.Or(nil)
	_, account := conditions[stringEquals].Or(nil)["aws:SourceAccount"]
	_, function := conditions[arnEquals].Or(nil)["aws:SourceArn"]
	if account && !function {
		return bp.Null[bp.TrustSpec]()
	}
	return bp.Known(bp.TrustSpec{
		SourceAccount: unlessDefault(bp.Known(account), bp.Known(true)),
		SourceARN:     unlessDefault(bp.Known(function), bp.Known(false)),
	})
}

func (d *drafter) role(policy bp.Policy) bp.Role {
	attached := bp.Known(bp.Set{policy.ARN})
	for _, more := range []bp.Value[bp.Set]{d.spec.PolicyARNs, policy.Overflow} {
		if more.IsUnknown() {
			attached = bp.Unknown[bp.Set]()
		}
		attached = bp.Map(attached, func(s bp.Set) bp.Set { return more.Or(nil).Union(s) })
	}
	return bp.Role{
		Name:                d.roleName,
		Path:                d.rolePath,
		ARN:                 d.roleARN,
		Description:         bp.Map(d.spec.Name, bp.RoleDescription),
		PermissionsBoundary: d.spec.PermissionsBoundary.Else(d.facts.House.PermissionsBoundary),
		Trust:               bp.Known(bp.TrustPolicy{Lambda: bp.Known(d.trust())}),
		AttachedPolicies:    attached,
		InlinePolicies:      d.facts.Held.InlinePolicies,
	}
}

// trust admits Lambda on behalf of this account only, against the confused
// deputy. https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
func (d *drafter) trust() bp.Statement {
	account := bp.Field(d.spec.Trust, func(t bp.TrustSpec) bp.Value[bool] { return t.SourceAccount }).Else(bp.Known(true))
	function := bp.Field(d.spec.Trust, func(t bp.TrustSpec) bp.Value[bool] { return t.SourceARN }).Else(bp.Known(false))
	conditions := bp.Unknown[bp.Conditions]()
	if account.IsKnown() && function.IsKnown() {
		all := bp.Conditions{}
		if account.Or(false) {
			all[stringEquals] = condition("aws:SourceAccount", bp.Known(d.facts.Place.Account))
		}
		if function.Or(false) {
			all[arnEquals] = condition("aws:SourceArn", d.functionARN)
		}
		conditions = noneIsNull(all)
	}
	return bp.Statement{
		Effect:     bp.Known(allow),
		Principals: principal("Service", lambdaPrincipal),
		Actions:    bp.Known(bp.SetOf("sts:AssumeRole")),
		Conditions: conditions,
	}
}

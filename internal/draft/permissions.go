package draft

import (
	"regexp"
	"strings"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Condition keys as Lambda writes them.
const (
	arnLike       = "ArnLike"
	sourceARNKey  = "AWS:SourceArn"
	sourceAcctKey = "AWS:SourceAccount"
	orgIDKey      = "aws:PrincipalOrgID"
	everyone      = "*"
)

var accountPrincipal = regexp.MustCompile(`^\d{12}$`)

// permissions drafts who else may invoke the alias.
func (d *drafter) permissions(alias bp.Alias) bp.Value[bp.Permissions] {
	granted := bp.Then(d.spec.Permissions, func(entries map[string]bp.Value[bp.PermissionSpec]) bp.Value[map[string]bp.Value[bp.Statement]] {
		if len(entries) == 0 {
			return bp.Null[map[string]bp.Value[bp.Statement]]()
		}
		out := map[string]bp.Value[bp.Statement]{}
		for label, entry := range entries {
			out[label] = bp.Map(entry, func(p bp.PermissionSpec) bp.Statement { return d.permission(p, alias.ARN) })
		}
		return bp.Known(out)
	})
	if granted.IsUnknown() {
		return bp.Unknown[bp.Permissions]() // there may turn out to be none
	}
	return bp.Permissions{Granted: granted, Unexpected: d.foreignPermissions()}.OrNull()
}

// foreignPath is the path by which ignore_drift leaves the statements of others
// alone.
const foreignPath = "permissions.unexpected"

// foreignPermissions are the statements of others that stay: those of an import,
// or all of them where that is asked for. A unit that grants nothing itself has
// no permissions to keep them in, so they are drafted with the rest.
func (d *drafter) foreignPermissions() bp.Value[map[string]bp.String] {
	if !d.spec.IgnoreDrift.Or(nil).Contains(bp.SetOf(foreignPath)) {
		return d.facts.Held.Permissions
	}
	observed, _ := d.facts.Observed.Permissions.Get()
	return observed.Unexpected
}

func (d *drafter) permission(p bp.PermissionSpec, alias bp.String) bp.Statement {
	return bp.Statement{
		Effect:     bp.Known(allow),
		Principals: bp.Map(p.Principal, d.invoker),
		Actions:    bp.Known(bp.SetOf(bp.ActionInvoke)),
		Resources:  bp.Known(bp.Set{alias}),
		Conditions: d.invokerConditions(p),
	}
}

// invoker renders a principal as Lambda does: an account is its root.
func (d *drafter) invoker(who string) map[string]bp.Value[bp.Set] {
	switch {
	case accountPrincipal.MatchString(who):
		place := d.facts.Place
		place.Account = who
		return map[string]bp.Value[bp.Set]{"AWS": bp.Known(bp.SetOf(place.AccountRoot()))}
	case who == everyone:
		return map[string]bp.Value[bp.Set]{everyone: bp.Known(bp.SetOf(everyone))}
	case strings.HasPrefix(who, "arn:"):
		return map[string]bp.Value[bp.Set]{"AWS": bp.Known(bp.SetOf(who))}
	}
	return map[string]bp.Value[bp.Set]{"Service": bp.Known(bp.SetOf(who))}
}

// invokerConditions bind a grant to one source. A bucket's ARN has no account,
// so that of another owner who took over its name would pass: S3 always gets
// the account too.
// https://docs.aws.amazon.com/lambda/latest/dg/with-s3.html
func (d *drafter) invokerConditions(p bp.PermissionSpec) bp.Value[bp.Conditions] {
	account := p.SourceAccount
	if account.IsNull() && p.Principal == bp.Known("s3.amazonaws.com") {
		account = bp.Known(d.facts.Place.Account)
	}
	if p.Principal.IsUnknown() && account.IsNull() || account.IsUnknown() || p.SourceARN.IsUnknown() || p.OrganizationID.IsUnknown() {
		return bp.Unknown[bp.Conditions]()
	}
	all := bp.Conditions{}
	if p.SourceARN.IsKnown() {
		all[arnLike] = condition(sourceARNKey, p.SourceARN)
	}
	equal := map[string]bp.Value[bp.Set]{}
	for key, value := range map[string]bp.String{sourceAcctKey: account, orgIDKey: p.OrganizationID} {
		if value.IsKnown() {
			equal[key] = bp.Known(bp.Set{value})
		}
	}
	if len(equal) > 0 {
		all[stringEquals] = bp.Known(equal)
	}
	return noneIsNull(all)
}

// InferPermissions states the grants that are the unit's.
func InferPermissions(observed bp.Blueprint) bp.Value[map[string]bp.Value[bp.PermissionSpec]] {
	permissions, _ := observed.Permissions.Get()
	return bp.Map(permissions.Granted, func(granted map[string]bp.Value[bp.Statement]) map[string]bp.Value[bp.PermissionSpec] {
		out := map[string]bp.Value[bp.PermissionSpec]{}
		for label, statement := range granted {
			out[label] = bp.Map(statement, inferPermission)
		}
		return out
	})
}

func inferPermission(s bp.Statement) bp.PermissionSpec {
	spec := bp.PermissionSpec{}
	first := func(v bp.Value[bp.Set]) bp.String {
		if texts, _ := v.Or(nil).Strings(); len(texts) > 0 {
			return bp.Known(texts[0])
		}
		return bp.Null[string]()
	}
	principals := s.Principals.Or(nil)
	spec.Principal = first(principals["Service"]).Else(first(principals[everyone]))
	if who, ok := first(principals["AWS"]).Get(); ok {
		if place, known := bp.PlaceOf(who); known && strings.HasSuffix(who, ":root") {
			who = place.Account
		}
		spec.Principal = bp.Known(who)
	}
	conditions := s.Conditions.Or(nil)
	spec.SourceARN = first(conditions[arnLike].Or(nil)[sourceARNKey])
	equal := conditions[stringEquals].Or(nil)
	spec.SourceAccount, spec.OrganizationID = first(equal[sourceAcctKey]), first(equal[orgIDKey])
	if place := spec.Principal; place == bp.Known("s3.amazonaws.com") {
		spec.SourceAccount = bp.Null[string]()
	}
	return spec
}

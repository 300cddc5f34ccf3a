package draft

import (
	"maps"

	"github.com/secure-lambda/terraform-provider-secure/internal/access"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

func inferAccess(observed bp.Blueprint, functionARN bp.String) bp.Value[map[string]bp.Value[bp.AccessSpec]] {
	policy, _ := observed.Policy.Get()
	statements, _ := policy.Statements.Get()
	return bp.Map(statements.Access, func(grants map[string]bp.Value[bp.Statement]) map[string]bp.Value[bp.AccessSpec] {
		out := map[string]bp.Value[bp.AccessSpec]{}
		for label, statement := range grants {
			out[label] = bp.Map(statement, func(s bp.Statement) bp.AccessSpec {
				return inferGrant(s, functionARN)
			})
		}
		return out
	})
}

func inferGrant(s bp.Statement, functionARN bp.String) bp.AccessSpec {
	grant := bp.AccessSpec{Actions: s.Actions, Resources: s.Resources}
	conditions := maps.Clone(s.Conditions.Or(bp.Conditions{}))
	arns := maps.Clone(conditions[arnEquals].Or(nil))
	if bound := arns[sourceFunction]; bp.Equal(bound, bp.Known(bp.Set{functionARN})) {
		delete(arns, sourceFunction)
		if conditions[arnEquals] = bp.Known(arns); len(arns) == 0 {
			delete(conditions, arnEquals)
		}
	} else {
		grant.BindToFunction = bp.Known(false)
	}
	grant.Conditions = noneIsNull(conditions)
	return grant
}

func (d *drafter) accessStatements() bp.Value[map[string]bp.Value[bp.Statement]] {
	return bp.Then(d.spec.Access, func(grants map[string]bp.Value[bp.AccessSpec]) bp.Value[map[string]bp.Value[bp.Statement]] {
		if len(grants) == 0 {
			return bp.Null[map[string]bp.Value[bp.Statement]]()
		}
		out := map[string]bp.Value[bp.Statement]{}
		for label, grant := range grants {
			entry, _ := grant.Get()
			if entry.KMSKeyARN.IsUnknown() {
				// Whether there is a statement about a key is not known.
				return bp.Unknown[map[string]bp.Value[bp.Statement]]()
			}
			out[label] = bp.Then(grant, d.accessStatement)
			if entry.KMSKeyARN.IsKnown() {
				out[AccessKeyLabel(label)] = bp.Field(d.given(entry), func(g access.Given) bp.Value[bp.Statement] { return g.Key })
			}
		}
		return bp.Known(out)
	})
}

// AccessKeyLabel is the label of the statement about the key of what an entry
// of access is to.
func AccessKeyLabel(label string) string { return label + "_key" }

// given expands the level of an entry. A level that cannot be given stays
// unknown: the checks of the plan say why.
func (d *drafter) given(grant bp.AccessSpec) bp.Value[access.Given] {
	if grant.To.IsUnknown() || grant.Level.IsUnknown() {
		return bp.Unknown[access.Given]()
	}
	out, err := access.Give(grant.To.Or(""), grant.Level.Or(""), grant.KMSKeyARN.Or(""))
	if err != nil {
		return bp.Unknown[access.Given]()
	}
	return bp.Known(out)
}

func (d *drafter) accessStatement(grant bp.AccessSpec) bp.Value[bp.Statement] {
	if !grant.To.IsNull() || !grant.Level.IsNull() {
		return bp.Map(d.given(grant), func(g access.Given) bp.Statement {
			level := g.Statement.Conditions.Or(nil)
			g.Statement.Conditions = bp.Then(d.accessConditions(grant).Else(bp.Known(bp.Conditions{})), func(stated bp.Conditions) bp.Value[bp.Conditions] {
				return noneIsNull(joined(stated, level))
			})
			return g.Statement
		})
	}
	return bp.Known(bp.Statement{
		Effect:     bp.Known(allow),
		Actions:    bp.Map(grant.Actions, bp.Set.Canonical),
		Resources:  bp.Map(grant.Resources, bp.Set.Canonical),
		Conditions: d.accessConditions(grant),
	})
}

// bind says whether a grant holds for the function's own calls only. A level
// that services use with the role, outside the function, is never bound unless
// the configuration says so.
func bind(grant bp.AccessSpec) bp.Value[bool] {
	return grant.BindToFunction.Else(bp.Map(grant.Level.Else(bp.Known("")), func(level string) bool { return !access.UsedOutside(level) }))
}

func (d *drafter) accessConditions(grant bp.AccessSpec) bp.Value[bp.Conditions] {
	bind := bind(grant)
	if bind.IsUnknown() || grant.Conditions.IsUnknown() {
		return bp.Unknown[bp.Conditions]()
	}
	all := bp.Conditions{}
	for operator, keys := range grant.Conditions.Or(nil) {
		all[operator] = bp.Map(keys, canonicalSets)
	}
	if bind.Or(false) {
		all[arnEquals] = bp.Map(all[arnEquals].Else(bp.Known(map[string]bp.Value[bp.Set]{})),
			func(keys map[string]bp.Value[bp.Set]) map[string]bp.Value[bp.Set] {
				merged := maps.Clone(keys)
				merged[sourceFunction] = bp.Known(bp.Set{d.functionARN})
				return merged
			})
	}
	return noneIsNull(all)
}

// joined adds the conditions of a level to those that the configuration states.
func joined(stated, level bp.Conditions) bp.Conditions {
	all := maps.Clone(stated)
	for operator, keys := range level {
		all[operator] = bp.Map(all[operator].Else(bp.Known(map[string]bp.Value[bp.Set]{})), func(have map[string]bp.Value[bp.Set]) map[string]bp.Value[bp.Set] {
			merged := maps.Clone(have)
			maps.Copy(merged, keys.Or(nil))
			return merged
		})
	}
	return all
}

func canonicalSets(in map[string]bp.Value[bp.Set]) map[string]bp.Value[bp.Set] {
	out := map[string]bp.Value[bp.Set]{}
	for key, values := range in {
		out[key] = bp.Map(values, bp.Set.Canonical)
	}
	return out
}

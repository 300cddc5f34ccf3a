package provider

import (
	"errors"
	"iter"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/secure-lambda/terraform-provider-secure/internal/access"
	"github.com/secure-lambda/terraform-provider-secure/internal/rules"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// checkAccess judges what the function is given by the catalogue of actions. It
// belongs to the plan, since the catalogue changes with releases.
func checkAccess(in intent) diag.Diagnostics {
	var diags diag.Diagnostics
	for at, grant := range entriesOf(in.spec) {
		if !grant.To.IsNull() {
			diags.Append(checkLevel(at, grant)...)
			continue
		}
		for _, f := range access.Lint(asked(grant)) {
			diags.AddAttributeError(at.AtName(f.At), f.What, whereNested(at.AtName(f.At))+f.Why+". "+f.Write+".")
		}
	}
	return diags
}

// warnOfPrefixes points at entries that grant an object which nobody has.
func warnOfPrefixes(in intent) diag.Diagnostics {
	var diags diag.Diagnostics
	for at, grant := range entriesOf(in.spec) {
		if f, doubtful := access.LooksLikePrefix(grant.To.Or("")); doubtful {
			diags.AddAttributeWarning(at.AtName(f.At), f.What, whereNested(at.AtName(f.At))+f.Why+". "+f.Write+".")
		}
	}
	return diags
}

// entriesOf walks the entries of access that are known, by label.
func entriesOf(spec bp.Spec) iter.Seq2[path.Path, bp.AccessSpec] {
	return func(yield func(path.Path, bp.AccessSpec) bool) {
		entries := spec.Access.Or(nil)
		for _, label := range slices.Sorted(maps.Keys(entries)) {
			if grant, known := entries[label].Get(); known && !yield(path.Root("access").AtMapKey(label), grant) {
				return
			}
		}
	}
}

// checkLevel says why a level cannot be given. One that is not known yet is
// asked later.
func checkLevel(at path.Path, grant bp.AccessSpec) diag.Diagnostics {
	var diags diag.Diagnostics
	if grant.To.IsUnknown() || grant.Level.IsUnknown() {
		return diags
	}
	_, err := access.Give(grant.To.Or(""), grant.Level.Or(""), grant.KMSKeyARN.Or(""))
	if problem, ok := errors.AsType[*access.GiveError](err); ok {
		at = at.AtName(problem.At)
		diags.AddAttributeError(at, problem.What, whereNested(at)+problem.Detail())
	}
	return diags
}

// wellFormed reports whether the parts of an entry pass the rules of their own
// attributes: what fails those has its error, and needs no second one.
func wellFormed(grant bp.AccessSpec) bool {
	for _, part := range []struct {
		text bp.String
		rule func(string) error
	}{{grant.To, rules.AnyARN}, {grant.Level, rules.NotEmpty}, {grant.KMSKeyARN, rules.KeyARN.Check}} {
		text, known := part.text.Get()
		if _, wrong := errors.AsType[*rules.Violation](part.rule(text)); known && wrong {
			return false
		}
	}
	return true
}

// asked is an entry as far as it is known.
func asked(grant bp.AccessSpec) access.Asked {
	out := access.Asked{Reason: grant.Reason.Or("")}
	for _, action := range grant.Actions.Or(nil) {
		if name, known := action.Get(); known {
			out.Actions = append(out.Actions, name)
		}
	}
	// With one that is not known, none of them can be said not to fit.
	out.Resources, _ = grant.Resources.Or(nil).Strings()
	if _, whole := grant.Resources.Or(nil).Strings(); !whole {
		out.Resources = nil
	}
	out.ConditionsOpen = grant.Conditions.IsUnknown()
	out.Conditions = map[string]map[string][]string{}
	for operator, keys := range grant.Conditions.Or(nil) {
		out.ConditionsOpen = out.ConditionsOpen || keys.IsUnknown()
		out.Conditions[operator] = map[string][]string{}
		for key, values := range keys.Or(nil) {
			texts, whole := values.Or(nil).Strings()
			out.Conditions[operator][key] = texts
			out.ConditionsOpen = out.ConditionsOpen || !whole || values.IsUnknown()
		}
	}
	return out
}

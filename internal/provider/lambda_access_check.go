package provider

import (
	"errors"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/secure-lambda/terraform-provider-secure/internal/access"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// checkAccess judges what the function is given by the catalogue of actions. It
// belongs to the plan, since the catalogue changes with releases.
func checkAccess(in intent) diag.Diagnostics {
	var diags diag.Diagnostics
	entries := in.spec.Access.Or(nil)
	for _, label := range slices.Sorted(maps.Keys(entries)) {
		grant, known := entries[label].Get()
		if !known {
			continue
		}
		at := path.Root("access").AtMapKey(label)
		if !grant.To.IsNull() {
			if !grant.To.IsUnknown() && !grant.Level.IsUnknown() {
				_, err := access.Give(grant.To.Or(""), grant.Level.Or(""), grant.KMSKeyARN.Or(""))
				if problem, ok := errors.AsType[*access.GiveError](err); ok {
					diags.AddAttributeError(at.AtName(problem.At), problem.What, problem.Why+". "+problem.Write+".")
				}
			}
			continue
		}
		for _, f := range access.Lint(asked(grant)) {
			diags.AddAttributeError(at.AtName(f.At), f.What, f.Why+". "+f.Write+".")
		}
	}
	return diags
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
	for _, keys := range grant.Conditions.Or(nil) {
		out.Conditions = append(out.Conditions, slices.Collect(maps.Keys(keys.Or(nil)))...)
	}
	if grant.Conditions.IsUnknown() {
		out.Conditions = []string{"iam:PassedToService"} // perhaps
	}
	return out
}

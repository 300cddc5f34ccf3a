package provider

import (
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/secure-lambda/terraform-provider-secure/internal/draft"
	"github.com/secure-lambda/terraform-provider-secure/internal/posture"
	"github.com/secure-lambda/terraform-provider-secure/internal/secrets"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// bringsSecret reports whether the configuration states a secret that it did not
// state before, where what others set counts: nothing of the unit changes then,
// and the secret is in the state and in every plan all the same. Elsewhere it is a
// change of the unit.
func (in intent) bringsSecret(ignoresTag func(key string) bool) bool {
	description, variables, tags := "", map[string]string{}, map[string]string{}
	if in.ignores("function.description") && in.spec.Description != in.prior.spec.Description {
		description = in.spec.Description.Or("")
	}
	if in.ignoresEnvironment() {
		variables = changed(in.prior.spec.Environment, in.spec.Environment)
	}
	for key, value := range changed(in.prior.TagsAll, draft.TagsAll(in.spec, in.house)) {
		if ignoresTag(key) {
			tags[key] = value
		}
	}
	return len(secrets.Among(variables, tags, description)) > 0
}

// ignores reports whether a setting is left to others.
func (in intent) ignores(setting string) bool {
	ignored, _ := in.spec.IgnoreDrift.Or(nil).Strings()
	return slices.ContainsFunc(ignored, func(path string) bool {
		return setting == path || strings.HasPrefix(setting, path+".")
	})
}

// changed are the entries that were not there, or had another value.
func changed(before, after bp.Value[map[string]bp.String]) map[string]string {
	out, was := map[string]string{}, before.Or(nil)
	for key, value := range after.Or(nil) {
		if text, known := value.Get(); known && was[key] != value {
			out[key] = text
		}
	}
	return out
}

// stopWritten turns the objection to a secret that the configuration brings in into
// an error, and returns the others.
func (r *lambdaResource) stopWritten(in intent, objections []posture.Objection, diags *diag.Diagnostics) []posture.Objection {
	if !in.bringsSecret(r.session.ignoresTag) {
		return objections
	}
	var stops, rest []posture.Objection
	for _, o := range objections {
		if o.ID == posture.NoPlaintextSecrets {
			stops = append(stops, o)
		} else {
			rest = append(rest, o)
		}
	}
	diags.Append(objectionsToDiagnostics(stops)...)
	return rest
}

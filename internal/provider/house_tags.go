package provider

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/secure-lambda/terraform-provider-secure/internal/posture"
	"github.com/secure-lambda/terraform-provider-secure/internal/secrets"
)

// checkDefaultTags finds secrets in the tags that every unit gets, where they are
// written: a unit that does not replace the tag could only repeat it. A key that is a
// secret is not named.
func (m providerModel) checkDefaultTags() diag.Diagnostics {
	var diags diag.Diagnostics
	waivers := waiversValue(m.Waivers)
	if _, waived := waivers.Or(nil)[posture.NoPlaintextSecrets]; waived || waivers.IsUnknown() {
		return diags // the units are judged, and know
	}
	refuse := func(summary, what string, reason secrets.Reason) {
		// Terraform prints the lines of the attribute that an error is about.
		diags.AddAttributeError(path.Root("waivers"), summary, fmt.Sprintf("%s looks like a secret, because of %s. "+
			"No tag may hold a secret (control %s): anybody who may list tags could read it on every object of every unit, and so could anybody who reads the state. "+
			"Leave the tag out of default_tags, and replace the secret, since others may have it by now. "+
			"If it is not a secret, say why and until when in the provider block: waivers = { %q = { reason = \"...\", expires = \"...\" } }.",
			what, because(reason), posture.NoPlaintextSecrets, posture.NoPlaintextSecrets))
	}
	tags := tagsValue(m.DefaultTags).Or(nil)
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		value := tags[key].Or("")
		inKey, keyIs := secrets.InKey(key)
		inValue, valueIs := secrets.Find(key, value)
		if keyIs {
			refuse("The key of a default tag holds a secret", "A key of default_tags, which is not shown,", inKey)
			if inValue, valueIs = secrets.Find("", value); valueIs {
				refuse("The value of a default tag holds a secret", "The value under that key of default_tags", inValue)
			}
			continue
		}
		if valueIs {
			refuse(fmt.Sprintf("Default tag %s holds a secret", key), fmt.Sprintf("The value of default_tags[%q]", key), inValue)
		}
	}
	return diags
}

// because is the reason within a sentence.
func because(reason secrets.Reason) string {
	if reason == secrets.ByName {
		return string(reason)
	}
	return "what it holds (" + string(reason) + ")"
}

// warnOfIgnoredTags says once what would otherwise be said of every unit.
func (m providerModel) warnOfIgnoredTags(ignored func(key string) bool) diag.Diagnostics {
	var diags diag.Diagnostics
	tags := tagsValue(m.DefaultTags).Or(nil)
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		if ignored(key) {
			diags.AddAttributeWarning(path.Root("default_tags").AtMapKey(key), fmt.Sprintf("Default tag %s is set and ignored", key),
				"The provider's ignore_tags covers it, so every unit sets it once, and a plan does not show when somebody else removes or changes it. Leave it out of default_tags or of ignore_tags.")
		}
	}
	return diags
}

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
// written: a unit that does not replace the tag could only repeat it.
func (m providerModel) checkDefaultTags() diag.Diagnostics {
	var diags diag.Diagnostics
	waivers := waiversValue(m.Waivers)
	if _, waived := waivers.Or(nil)[posture.NoPlaintextSecrets]; waived || waivers.IsUnknown() {
		return diags // the units are judged, and know
	}
	tags := tagsValue(m.DefaultTags).Or(nil)
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		if reason, secret := secrets.Find(key, tags[key].Or("")); secret {
			// Terraform prints the lines of the attribute that an error is about.
			diags.AddAttributeError(path.Root("waivers"), fmt.Sprintf("Default tag %s holds a secret", key),
				fmt.Sprintf("The value of default_tags[%q] looks like one (%s), and control %s lets no tag hold one: whoever may list tags could read it on every object of every unit, and so could whoever reads the state. "+
					"Leave the tag out of default_tags, and replace the secret, since others may have it by now. "+
					"If it is none, write why and until when in the provider block: waivers = { %q = { reason = \"...\", expires = \"...\" } }.", key, reason, posture.NoPlaintextSecrets, posture.NoPlaintextSecrets))
		}
	}
	return diags
}

// warnOfIgnoredTags says once what would otherwise be said of every unit.
func (m providerModel) warnOfIgnoredTags(ignored func(key string) bool) diag.Diagnostics {
	var diags diag.Diagnostics
	tags := tagsValue(m.DefaultTags).Or(nil)
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		if ignored(key) {
			diags.AddAttributeWarning(path.Root("default_tags").AtMapKey(key), fmt.Sprintf("Default tag %s is set and ignored", key),
				"The provider's ignore_tags covers it, so every unit sets it once, and its removal or change by other hands goes unseen. Leave it out of default_tags or of ignore_tags.")
		}
	}
	return diags
}

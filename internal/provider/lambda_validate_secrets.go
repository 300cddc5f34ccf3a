package provider

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/secure-lambda/terraform-provider-secure/internal/rules"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// validateSecrets finds entries of secrets that say too little, what no
// parameter has, or what environment says already.
func validateSecrets(spec bp.Spec) diag.Diagnostics {
	var diags diag.Diagnostics
	entries := spec.Secrets.Or(nil)
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		at := path.Root("secrets").AtMapKey(name)
		if _, twice := spec.Environment.Or(nil)[name]; twice {
			diags.AddAttributeError(at, fmt.Sprintf("Variable %s is set twice", name),
				"environment sets it too, and a variable has one value. Leave it out of environment, or give this entry another name.")
		}
		secret, known := entries[name].Get()
		if !known {
			continue
		}
		needs(&diags, at.AtName("arn"), secret.ARN.IsNull(), "arn = the ARN of a secret or parameter")
		arn, known := secret.ARN.Get()
		if !known || rules.SecretARN(arn) != nil {
			continue
		}
		if rules.ServiceOf(arn) == "ssm" {
			for attribute, stated := range map[string]bool{"json_key": !secret.JSONKey.IsNull(), "version_stage": !secret.VersionStage.IsNull()} {
				if stated {
					diags.AddAttributeError(at.AtName(attribute), fmt.Sprintf("A parameter has no %s", attribute),
						fmt.Sprintf("In %s: only secrets of Secrets Manager have keys and stages. Leave %s out.", at, attribute))
				}
			}
		}
		diags.Append(validateSecretKey(at.AtName("kms_key_arn"), arn, secret.KMSKeyARN)...)
	}
	return diags
}

// validateSecretKey wants a key where the secret is: both services encrypt with
// keys of their own region only.
func validateSecretKey(at path.Path, secret string, key bp.String) diag.Diagnostics {
	var diags diag.Diagnostics
	arn, known := key.Get()
	if !known || rules.KeyARN.Check(arn) != nil {
		return diags
	}
	of, _ := bp.PlaceOf(secret)
	is, _ := bp.PlaceOf(arn)
	if of.Region != is.Region {
		diags.AddAttributeError(at, "The key is in another region than the secret",
			fmt.Sprintf("%sThe secret is in %s and the key in %s, so it cannot be encrypted with it. Write the ARN of the key in %s.", whereNested(at), of.Region, is.Region, of.Region))
	}
	return diags
}

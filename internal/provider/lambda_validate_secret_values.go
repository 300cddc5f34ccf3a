package provider

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/secure-lambda/terraform-provider-secure/internal/rules"
	"github.com/secure-lambda/terraform-provider-secure/internal/tfvalue"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// validateSecretValues wants values and their number together.
func validateSecretValues(spec bp.Spec, config tftypes.Value) diag.Diagnostics {
	var diags diag.Diagnostics
	var w writeOnly
	if err := tfvalue.Decode(config, &w); err != nil {
		diags.AddError("The configuration could not be read", err.Error())
		return diags
	}
	const values, number = "secret_values_wo", "secret_values_wo_version"
	switch {
	case !w.Values.IsNull() && spec.SecretVersion.IsNull():
		diags.AddAttributeError(path.Root(number), number+" is missing",
			"Terraform cannot see write-only values, so it needs a number to know when to put them. Write "+number+" = 1, and the next number with the next values.")
	case w.Values.IsNull() && spec.SecretVersion.IsKnown():
		diags.AddAttributeError(path.Root(values), values+" is missing",
			"The number says which values the secret holds. Write "+values+" = { NAME = value }, or leave "+number+" out.")
	}
	if all, stated := w.Values.Get(); stated {
		known := map[string]string{}
		for name, value := range all {
			known[name] = value.Or("")
		}
		addViolation(&diags, path.Root(values), rules.SecretValues(known))
	}
	for attribute, taken := range map[string]bool{
		"environment": has(spec.Environment.Or(nil), bp.SecretVariable), "secrets": has(spec.Secrets.Or(nil), bp.SecretVariable),
	} {
		if taken && !spec.SecretVersion.IsNull() {
			diags.AddAttributeError(path.Root(attribute).AtMapKey(bp.SecretVariable), fmt.Sprintf("Variable %s is set twice", bp.SecretVariable),
				fmt.Sprintf("It holds the ARN of the secret with %s, and a variable has one value. Give this one another name.", values))
		}
	}
	if rotation, ok := spec.SecretRotation.Get(); ok {
		at := path.Root("secret_rotation")
		needs(&diags, at.AtName("function_arn"), rotation.FunctionARN.IsNull(), "function_arn = the ARN of a function that rotates the secret")
		if spec.SecretVersion.IsNull() && w.Values.IsNull() {
			diags.AddAttributeError(at, "There is no secret to rotate",
				"secret_rotation is about the secret that holds "+values+". Write "+values+" and "+number+", or leave secret_rotation out.")
		}
	}
	return diags
}

func has[V any](m map[string]V, key string) bool { _, there := m[key]; return there }

// longestSecretARN is one as long as that of the unit's own secret may be, for
// counting.
func longestSecretARN(spec bp.Spec) string {
	return "arn:aws-us-gov:secretsmanager:us-gov-east-1:111122223333:secret:" + bp.SecretName(spec.Name.Or(strings.Repeat("x", 64))) + "-AbCdEf"
}

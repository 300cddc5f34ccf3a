package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/secure-lambda/terraform-provider-secure/internal/artifact"
	"github.com/secure-lambda/terraform-provider-secure/internal/draft"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// checkHouse finds what a unit states and a default, of the house or built in,
// that do not go together. A validation does not know the house.
func checkHouse(in intent) diag.Diagnostics {
	var diags diag.Diagnostics
	if vpc, ok := in.spec.VPC.Get(); ok { // an apply knows more than the validation did
		diags.Append(validateVPC(vpc)...)
	}
	if in.spec.FileSystem.IsKnown() && in.spec.VPC.IsNull() && in.vpc().IsNull() {
		diags.AddAttributeError(path.Root("file_system"), needsVPC, needsVPCDetail)
	}
	id := in.spec.Runtime.Or("")
	if runtime, known := artifact.LookupRuntime(id); known && in.spec.Architecture.IsNull() {
		diags.Append(validateArchitecture(id, runtime, draft.Architecture(in.spec, in.house))...)
	}
	diags.Append(checkHouseFormat(in)...)
	return diags
}

// checkHouseFormat refuses levels that a format of the house would drop.
func checkHouseFormat(in intent) diag.Diagnostics {
	var diags diag.Diagnostics
	logs, _ := in.spec.Logs.Get()
	if !logs.Format.IsNull() || in.house.LogFormat != bp.Known("Text") {
		return diags
	}
	for name, level := range map[string]bp.String{"application_level": logs.ApplicationLevel, "system_level": logs.SystemLevel} {
		if level.IsKnown() {
			diags.AddAttributeError(path.Root("logs").AtName(name), "Levels need the JSON format",
				"The provider's log_format is \"Text\", and Lambda cannot tell the level of a line of plain text. Write format = \"JSON\" in logs, or leave "+name+" out.")
		}
	}
	return diags
}

package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// checkLogGroup finds a log group of others under the name of the one that is to
// be made. Who may not look learns of it at apply.
func (r *lambdaResource) checkLogGroup(ctx context.Context, in intent, planned outputs) diag.Diagnostics {
	var diags diag.Diagnostics
	before, after := groupOf(in.observed()), groupOf(planned.Managed.Or(bp.Blueprint{}))
	name, known := after.Name.Get()
	if !known || before.Name == after.Name {
		return diags
	}
	unit := in.spec.Name.Or("")
	taken, err := r.session.client.LogGroupTaken(ctx, name, unit)
	if err != nil || !taken {
		return diags
	}
	diags.AddAttributeError(path.Root("logs").AtName("group_name"), fmt.Sprintf("Log group %s exists already", name),
		fmt.Sprintf("It does not belong to unit %[1]s, and a unit never takes over a log group of others: it would change its retention and delete it with the unit. Write another logs.group_name. "+
			"If the group is that of a function that Terraform is to manage, import the function instead: terraform import secure_lambda.NAME %[1]s. "+
			"To hand the group and its events over to the unit, tag it so: "+
			"aws logs tag-resource --resource-arn %[2]s --tags %[3]s=%[1]s,%[4]s=true", unit, after.ARN.Or(""), bp.TagUnit, bp.TagRetained))
	return diags
}

// ways are what to write where the name of an object is taken.
var ways = map[string]string{
	cloud.KindFunction: "write another name, or import the function: terraform import secure_lambda.NAME UNIT",
	cloud.KindRole:     "write another role_name",
	cloud.KindPolicy:   "its name comes from the unit's: write another name, or delete the policy",
	cloud.KindQueue:    "its name comes from the unit's: write another name, or use the queue, dead_letter = { target_arn = \"...\" }",
	cloud.KindAlarm:    "its name comes from the unit's: write another name, or delete the alarm",
	cloud.KindKeyAlias: "its name comes from the unit's: write another name, use a key of your own with kms_key_arn, or delete the alias",
}

// checkTakenNames finds at plan what would stop the create of a unit halfway.
// What a replaced unit has under these names goes before the new one is made.
func (r *lambdaResource) checkTakenNames(ctx context.Context, req resource.ModifyPlanRequest, in intent, planned outputs) diag.Diagnostics {
	var diags diag.Diagnostics
	name, known := in.spec.Name.Get()
	if !known || !req.State.Raw.IsNull() || in.replaces {
		return diags
	}
	taken := r.session.client.TakenNames(ctx, planned.Managed.Or(bp.Blueprint{}))
	if len(taken) == 0 {
		return diags
	}
	at := path.Root("name")
	if len(taken) == 1 && taken[0].Kind == cloud.KindRole {
		at = path.Root("role_name")
	}
	var lines []string
	for _, t := range taken {
		lines = append(lines, "  "+t.Kind+" "+t.Name+": "+strings.ReplaceAll(ways[t.Kind], "UNIT", name))
	}
	diags.AddAttributeError(at, fmt.Sprintf("Names of unit %s are in use", name),
		"A new unit takes over nothing that exists, so its create would stop halfway. Already taken:\n\n"+strings.Join(lines, "\n"))
	return diags
}

package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

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

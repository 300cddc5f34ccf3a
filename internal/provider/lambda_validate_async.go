package provider

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// validateDeadLetter finds settings of dead letters that exclude each other.
func validateDeadLetter(spec bp.Spec) diag.Diagnostics {
	var diags diag.Diagnostics
	dead, known := spec.DeadLetter.Get()
	if !known {
		return diags
	}
	at := path.Root("dead_letter")
	stated := map[string]bool{
		"target_arn": !dead.TargetARN.IsNull(), "target_kms_key_arn": !dead.TargetKeyARN.IsNull(),
		"retention_days": !dead.RetentionDays.IsNull(), "on_destroy": !dead.OnDestroy.IsNull(),
	}
	off := dead.Enabled == bp.Known(false)
	for name, is := range stated {
		switch {
		case is && off:
			diags.AddAttributeError(at.AtName(name), fmt.Sprintf("%s says something about dead letters that are off", name),
				fmt.Sprintf("With enabled = false there is neither queue nor target. Leave %s out, or write enabled = true.", name))
		case is && stated["target_arn"] && (name == "retention_days" || name == "on_destroy"):
			diags.AddAttributeError(at.AtName(name), fmt.Sprintf("%s is not this unit's to set", name),
				fmt.Sprintf("target_arn names a queue or topic that the unit does not own. Leave %s out, or leave target_arn out and have a queue of the unit's own.", name))
		case is && name == "target_kms_key_arn" && !stated["target_arn"]:
			diags.AddAttributeError(at.AtName(name), "target_kms_key_arn needs a target_arn",
				"The unit's own queue is encrypted with the unit's key. Leave target_kms_key_arn out, or write the target_arn it belongs to.")
		}
	}
	return diags
}

// validateAsync refuses one recipient for dead letters and failures: each event
// would arrive twice, in two formats.
func validateAsync(spec bp.Spec) diag.Diagnostics {
	var diags diag.Diagnostics
	async, _ := spec.Async.Get()
	dead, _ := spec.DeadLetter.Get()
	failure, ok := async.OnFailure.Get()
	if !ok {
		return diags
	}
	own := false
	if place, known := bp.PlaceOf(failure); known && spec.Name.IsKnown() && dead.TargetARN.IsNull() && dead.Enabled.Or(true) {
		own = failure == place.QueueARN(bp.QueueName(spec.Name.Or("")))
	}
	if dead.TargetARN == async.OnFailure || own {
		diags.AddAttributeError(path.Root("async").AtName("on_failure"), "Failures and dead letters go to the same place",
			fmt.Sprintf("Lambda delivers to both, so every event that fails would arrive at %s twice, in two formats. Write another destination, or leave one of the two out.", failure))
	}
	return diags
}

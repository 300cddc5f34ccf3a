package provider

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/secure-lambda/terraform-provider-secure/internal/rules"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// validateAlarms finds settings of alarms that exclude each other.
func validateAlarms(spec bp.Spec) diag.Diagnostics {
	var diags diag.Diagnostics
	alarms, known := spec.Alarms.Get()
	if !known {
		return diags
	}
	at := path.Root("alarms")
	if alarms.Enabled == bp.Known(false) && !bp.Equal(alarms, bp.AlarmsSpec{Enabled: bp.Known(false)}) {
		diags.AddAttributeError(at.AtName("enabled"), "Alarms are disabled but configured",
			"With enabled = false there is none, so nothing else in the block would have an effect. Leave the rest out, or write enabled = true.")
		return diags
	}
	for _, slot := range new(bp.Alarms).Slots() {
		name := slot.Name
		alarm, ok := alarms.At(name).Get()
		if !ok {
			continue
		}
		here := at.AtName(name)
		if alarm.Enabled == bp.Known(false) && !bp.Equal(alarm, bp.AlarmSpec{Enabled: bp.Known(false)}) {
			diags.AddAttributeError(here.AtName("enabled"), fmt.Sprintf("The alarm %s is disabled but configured", name),
				"With enabled = false it does not exist, so nothing else in the block would have an effect. Leave the rest out, or write enabled = true.")
			continue
		}
		if name == "errors" && alarm.Statistic.IsKnown() {
			diags.AddAttributeError(here.AtName("statistic"), "The errors alarm has no statistic of its own",
				"It watches 100 * Errors / Invocations, both summed over the period. Leave statistic out.")
		}
		diags.Append(validateWindow(here, alarm, alarms.Traffic)...)
		diags.Append(validateSubject(here, name, alarm, spec)...)
	}
	return diags
}

func validateWindow(at path.Path, alarm bp.AlarmSpec, traffic bp.String) diag.Diagnostics {
	var diags diag.Diagnostics
	if traffic.IsUnknown() || alarm.Period.IsUnknown() || alarm.EvaluationPeriods.IsUnknown() {
		return diags
	}
	periods := alarm.EvaluationPeriods.Or(1)
	if traffic == bp.Known("high") {
		periods = alarm.EvaluationPeriods.Or(3)
	}
	addViolation(&diags, at.AtName("evaluation_periods"), rules.AlarmWindow(alarm.Period.Or(300), periods))
	if n, ok := alarm.DatapointsToAlarm.Get(); ok && n > periods {
		diags.AddAttributeError(at.AtName("datapoints_to_alarm"), fmt.Sprintf("%d periods of %d cannot be beyond the bound", n, periods),
			fmt.Sprintf("The alarm could never fire. Write datapoints_to_alarm = %d or less, or a greater evaluation_periods.", periods))
	}
	return diags
}

// validateSubject refuses an alarm on something that the unit does not have.
func validateSubject(at path.Path, name string, alarm bp.AlarmSpec, spec bp.Spec) diag.Diagnostics {
	var diags diag.Diagnostics
	if alarm.Enabled == bp.Known(false) || alarm.Enabled.IsUnknown() {
		return diags
	}
	dead, _ := spec.DeadLetter.Get()
	async, _ := spec.Async.Get()
	concurrency, _ := spec.Concurrency.Get()
	lacks := ""
	switch {
	case (name == "dead_letter_errors" || name == "dead_letter_depth") && dead.Enabled == bp.Known(false):
		lacks = "a dead-letter target: write dead_letter = { enabled = true }"
	case name == "concurrency" && !spec.Concurrency.IsUnknown() && concurrency.Reserved.IsNull():
		lacks = "reserved concurrency: write concurrency = { reserved = 20 }"
	case name == "destination_failures" && !spec.Async.IsUnknown() && async.OnSuccess.IsNull() && async.OnFailure.IsNull():
		lacks = "a destination: write async = { on_failure = ARN }"
	default:
		return diags
	}
	diags.AddAttributeError(at, fmt.Sprintf("There is nothing for the alarm %s to watch", name),
		fmt.Sprintf("The unit lacks %s, or leave the alarm out.", lacks))
	return diags
}

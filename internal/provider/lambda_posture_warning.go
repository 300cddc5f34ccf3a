package provider

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/secure-lambda/terraform-provider-secure/internal/posture"
)

// unmet collects what a plan says of a unit's posture without being stopped by
// it, for one warning: somebody who reads a plan of many units reads one line of
// each.
type unmet struct {
	unit string
	// lines are what is said, each with the attribute that it is about.
	lines []string
	at    []path.Path
	// controls and waivers are how many the lines are about, unread how many of the
	// controls could not be judged.
	controls, waivers, unread int
	remark                    *posture.Remark // the last
	// held are the controls that stop the next change.
	held    []string
	changes bool
}

func (u *unmet) empty() bool { return len(u.lines) == 0 }

func (u *unmet) addWaiver(r posture.Remark) {
	u.lines = append(u.lines, fmt.Sprintf("  %s.\n    %s. %s.", r.What, r.Why, r.Write))
	u.at = append(u.at, path.Root("waivers").AtMapKey(r.ID))
	u.remark = &r
	u.waivers++
}

func (u *unmet) addControl(o posture.Objection) {
	u.lines = append(u.lines, fmt.Sprintf("  %s (%s). %s: %s.\n    %s", o.ID, o.Severity, o.Fault, o.Evidence, o.Remedy))
	u.at = append(u.at, attributePath(o.At))
	u.controls++
}

// addHeld adds what would stop a change, but not this plan.
func (u *unmet) addHeld(objections []posture.Objection, changes bool) {
	u.changes = changes
	for _, o := range objections {
		if o.Stops {
			u.addControl(o)
			u.held = append(u.held, o.ID)
		}
	}
}

// addAdvice adds what the configuration of a unit could do better. Where a
// minimum is stated, nothing beyond it is said.
func (u *unmet) addAdvice(objections []posture.Objection, minimums posture.Minimums) {
	for _, o := range objections {
		switch {
		case o.Stops, !minimums.Cover(o.Control), o.ID == posture.SupportedRuntime: // the validation has said so
		case o.Outcome != posture.NeedsInput:
			u.addControl(o)
		}
	}
}

// addUnread adds what could not be judged, because what others own could not be read:
// it counts as not known, and never as met.
func (u *unmet) addUnread(judgements []posture.Judgement, inForce map[string]bool) {
	ids := map[string][]string{}
	var evidence []string
	for _, j := range judgements {
		if j.Outcome != posture.Unknown || !j.Unread || inForce[j.ID] {
			continue
		}
		if len(ids[j.Evidence]) == 0 {
			evidence = append(evidence, j.Evidence)
		}
		ids[j.Evidence] = append(ids[j.Evidence], j.ID)
	}
	for _, why := range evidence {
		u.lines = append(u.lines, fmt.Sprintf("  %s could not be judged: %s.\n    Allow the identity that runs Terraform to read it; it counts as unknown until then.", strings.Join(ids[why], ", "), why))
		u.at = append(u.at, path.Root("posture"))
		u.controls += len(ids[why])
		u.unread += len(ids[why])
	}
}

// warning is empty where there is nothing to say.
func (u *unmet) warning() diag.Diagnostics {
	var diags diag.Diagnostics
	if u.empty() {
		return diags
	}
	at, detail := path.Root("posture"), strings.Join(u.lines, "\n")
	if len(u.lines) == 1 { // Terraform wraps what is not indented
		at, detail = u.at[0], strings.Join(strings.Fields(detail), " ")
	}
	waivers := u.waivers
	var summary string
	switch {
	case u.controls == 0 && waivers == 1:
		summary, detail = u.remark.What, fmt.Sprintf("%s. %s.", u.remark.Why, u.remark.Write)
	case u.controls == 0:
		summary = fmt.Sprintf("Unit %s: %d waivers need attention", u.unit, waivers)
	default:
		how := "not met"
		switch u.unread {
		case 0:
		case u.controls:
			how = "not known"
		default:
			how = "not met or not known"
		}
		summary = fmt.Sprintf("Unit %s: %s %s", u.unit, counted(u.controls, "control is", "controls are"), how)
		if waivers > 0 {
			summary += ", and " + counted(waivers, "waiver needs attention", "waivers need attention")
		}
	}
	if closing := u.closing(); closing != "" {
		detail += "\n\n" + closing
	}
	diags.AddAttributeWarning(at, summary, detail)
	return diags
}

// closing says what of it stops whom.
func (u *unmet) closing() string {
	switch {
	case len(u.held) > 0:
		changed, next := "nothing of the unit", "The next change"
		if u.changes {
			changed, next = "only the concurrency", "Any other change"
		}
		return fmt.Sprintf("This plan changes %s and goes ahead. %s is refused until %s.", changed, next, metOrWaived(u.held))
	case u.controls > 0:
		return "This stops nothing. To make a control stop a change, set minimum_posture to a standard that asks for it."
	}
	return ""
}

func metOrWaived(controls []string) string {
	if last := len(controls) - 1; last > 0 {
		return strings.Join(controls[:last], ", ") + " and " + controls[last] + " are met or waived"
	}
	return controls[0] + " is met or waived"
}

// askForInput names, once in a run, what only somebody who knows the function
// can give.
func (r *lambdaResource) askForInput(in intent, objections []posture.Objection) diag.Diagnostics {
	var diags diag.Diagnostics
	var wanting []string
	for _, o := range objections {
		if !o.Stops && o.Outcome == posture.NeedsInput && in.minimums().Cover(o.Control) {
			wanting = append(wanting, o.ID)
		}
	}
	if len(wanting) > 0 {
		r.session.asked.Do(func() {
			diags.AddAttributeWarning(path.Root("posture"), "Some controls need your input",
				fmt.Sprintf("Only you can decide what these controls need, such as subnets or a topic for alarms: %s. posture.needs_input lists them for every unit, and the command "+
					"\"terraform-provider-secure controls\" explains them. This is said once in a run. To make some of them stop a change, set minimum_posture to a standard that asks for them.",
					strings.Join(wanting, ", ")))
		})
	}
	return diags
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

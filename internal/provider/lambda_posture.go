package provider

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/secure-lambda/terraform-provider-secure/internal/posture"
	"github.com/secure-lambda/terraform-provider-secure/internal/secrets"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// judge asks every control about a blueprint of the unit.
func (in intent) judge(b bp.Blueprint) []posture.Judgement {
	return in.judgeWith(b, bp.Null[int64](), codeFacts{})
}

// judgeWith also knows of the account and of the package: for checks, never for a planned value,
// which an apply with other rights would contradict.
func (in intent) judgeWith(b bp.Blueprint, zones bp.Value[int64], code codeFacts) []posture.Judgement {
	found, open := plaintext(in.spec)
	return posture.Judge(b, posture.Facts{Secrets: found, SecretsOpen: open, Zones: zones, Account: in.place.Account, CodeSecrets: code.secrets, CodeRead: code.read})
}

// plaintext lists the attributes that hold a secret, and why they are taken for
// one. What is found is never repeated.
// open says that some are not known yet.
func plaintext(spec bp.Spec) (found []string, open bool) {
	open = spec.Environment.IsUnknown() || spec.Tags.IsUnknown() || spec.Description.IsUnknown()
	known := func(v bp.Value[map[string]bp.String]) map[string]string {
		out := map[string]string{}
		for name, value := range v.Or(nil) {
			open = open || value.IsUnknown()
			out[name] = value.Or("")
		}
		return out
	}
	environment, tags := known(spec.Environment), known(spec.Tags)
	return secrets.Among(environment, tags, spec.Description.Or("")), open
}

func (in intent) waivers() bp.Value[map[string]bp.WaiverSpec] {
	return posture.Waivers(in.house.Waivers, in.spec.Waivers)
}

// report is the posture that the state shows.
func (in intent) report(b bp.Blueprint) bp.Value[posture.Report] {
	return posture.NewReport(in.judge(b), in.waivers())
}

// minimum is the standard that the unit has to meet, none while it is unknown:
// the apply asks again.
func (in intent) minimum() posture.Standard {
	return posture.Standard(in.spec.MinimumPosture.Else(in.house.MinimumPosture).Or(""))
}

// zones counts the availability zones of a unit's subnets. It is null when they
// cannot be read: the control then counts subnets only.
func (r *lambdaResource) zones(ctx context.Context, spec bp.Spec) bp.Value[int64] {
	vpc, inside := spec.VPC.Get()
	subnets, whole := vpc.SubnetIDs.Or(nil).Strings()
	switch {
	case spec.VPC.IsUnknown() || vpc.SubnetIDs.IsUnknown() || !whole:
		return bp.Unknown[int64]()
	case !inside || len(subnets) == 0 || !r.connected():
		return bp.Null[int64]()
	}
	found, err := r.session.client.InspectSubnets(ctx, subnets)
	if err != nil || len(found.Zones) == 0 {
		return bp.Null[int64]()
	}
	return bp.Known(int64(len(found.Zones)))
}

// checkPosture says what speaks against what is planned. A change that only
// bounds the concurrency is never held up: it may be what stops an incident.
// What is not met and does not stop it is said only if nothing else does.
func (r *lambdaResource) checkPosture(ctx context.Context, in intent, planned outputs, code codeFacts, failing bool, now time.Time) diag.Diagnostics {
	changes := in.changes(planned)
	zones := bp.Null[int64]()
	if len(changes) > 0 {
		zones = r.zones(ctx, in.spec)
	}
	judgements := in.judgeWith(planned.Managed.Or(bp.Blueprint{}), zones, code)
	inForce, remarks := posture.CheckWaivers(in.waivers().Or(nil), judgements, now)
	var diags diag.Diagnostics
	for _, remark := range remarks {
		at := path.Root("waivers").AtMapKey(remark.ID)
		text := fmt.Sprintf("%s. %s.", remark.Why, remark.Write)
		if remark.Error {
			diags.AddAttributeError(at, remark.What, text)
		} else {
			diags.AddAttributeWarning(at, remark.What, text)
		}
	}
	objections := posture.Objections(judgements, inForce, in.minimum(), r.session.release)
	if in.waivers().IsUnknown() {
		return diags // the apply knows them
	}
	diags.Append(objectionsToDiagnostics(objections)...)
	if len(changes) > 0 && !failing && !diags.HasError() {
		diags.Append(r.remark(in, objections)...)
	}
	if onlyConcurrency(changes) {
		return asWarnings(diags)
	}
	return diags
}

// objectionsToDiagnostics turns the objections that stop a change into errors.
func objectionsToDiagnostics(objections []posture.Objection) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, o := range objections {
		if o.Stops {
			diags.AddAttributeError(path.Root(o.At), fmt.Sprintf("Control %s is not met", o.ID),
				fmt.Sprintf("%s (%s): %s. It stops the change because %s. %s\n\nWhere that cannot be, write why and until when: waivers = { %q = { reason = \"...\", expires = \"...\" } }. %s",
					o.Title, o.Severity, o.Evidence, o.By, o.Remedy, o.ID, o.Page))
		}
	}
	return diags
}

// remark names what is not met and stops nothing: of a unit, what its
// configuration could do better, and once in a run, what only somebody who knows
// the function can give. Where a minimum is stated, nothing beyond it is said.
func (r *lambdaResource) remark(in intent, objections []posture.Objection) diag.Diagnostics {
	var diags diag.Diagnostics
	var lines, wanting []string
	for _, o := range objections {
		switch {
		case o.Stops, in.minimum() != "" && !o.AskedBy(in.minimum()), o.ID == posture.SupportedRuntime: // the validation has said so
		case o.Outcome == posture.NeedsInput:
			wanting = append(wanting, o.ID)
		default:
			lines = append(lines, fmt.Sprintf("  %s (%s): %s. %s", o.ID, o.Severity, o.Evidence, o.Remedy))
		}
	}
	name := in.spec.Name.Or("")
	if len(lines) > 0 {
		diags.AddAttributeWarning(path.Root("posture"), fmt.Sprintf("Unit %s: %s not met", name, counted(len(lines), "control is", "controls are")),
			strings.Join(lines, "\n")+"\n\nThis does not stop the change. A minimum_posture that asks for them would.")
		return diags
	}
	if len(wanting) > 0 {
		r.session.asked.Do(func() {
			diags.AddAttributeWarning(path.Root("posture"), "Some controls need your input",
				fmt.Sprintf("Only you can say what these take, such as subnets or a topic for alarms: %s (unit %s). posture.needs_input lists them for every unit, and the command "+
					"\"terraform-provider-secure controls\" explains them. This is said once in a run. A minimum_posture says which of them you want.", strings.Join(wanting, ", "), name))
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

// refuse asks again before the first change: what a plan did not know is known.
func (r *lambdaResource) refuse(ctx context.Context, in intent) diag.Diagnostics {
	want := in.blueprint(in.known())
	if changes := in.changesTo(want); len(changes) == 0 || onlyConcurrency(changes) {
		return nil
	}
	code, diags := checkShipped(in, want)
	judgements := in.judgeWith(want, r.zones(ctx, in.spec), code)
	inForce, _ := posture.CheckWaivers(in.waivers().Or(nil), judgements, time.Now())
	diags.Append(objectionsToDiagnostics(posture.Objections(judgements, inForce, in.minimum(), r.session.release))...)
	return diags
}

// onlyConcurrency reports whether a change does nothing but bound the
// concurrency, with the alarm that watches it.
func onlyConcurrency(changes []bp.Difference) bool {
	for _, c := range changes {
		if c.Path != "function.reserved_concurrency" && !strings.HasPrefix(c.Path, "alarms.concurrency") {
			return false
		}
	}
	return len(changes) > 0
}

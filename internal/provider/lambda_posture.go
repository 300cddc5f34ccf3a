package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud"
	"github.com/secure-lambda/terraform-provider-secure/internal/draft"
	"github.com/secure-lambda/terraform-provider-secure/internal/posture"
	"github.com/secure-lambda/terraform-provider-secure/internal/secrets"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// judge asks every control about a blueprint of the unit.
func (in intent) judge(b bp.Blueprint) []posture.Judgement {
	return in.judgeWith(b, bp.Null[int64](), codeFacts{}, nil)
}

// judgeWith also knows of the account and of the package: for checks, never for a planned value,
// which an apply with other rights would contradict.
func (in intent) judgeWith(b bp.Blueprint, zones bp.Value[int64], code codeFacts, around *bp.Around) []posture.Judgement {
	kept := in.keptVariables(b)
	found, open := plaintext(in.spec, in.house.DefaultTags, kept)
	found = append(found, theirDescription(in.spec, b)...)
	reasons, unsaid := reasonsOf(in.spec)
	return posture.Judge(b, posture.Facts{
		Secrets: found, SecretsOpen: open, SecretsUnseen: kept, Zones: zones, Account: in.place.Account,
		CodeSecrets: code.secrets, CodeRead: code.read, Reasons: reasons, ReasonsOpen: unsaid, Around: around,
	})
}

// reasonsOf are why entries of access are wider than they could be, by the Sids of
// their statements. open says that some are not known yet.
func reasonsOf(spec bp.Spec) (reasons map[string]string, open bool) {
	reasons = map[string]string{}
	for label, entry := range spec.Access.Or(nil) {
		grant, _ := entry.Get()
		open = open || grant.Reason.IsUnknown()
		if reason, stated := grant.Reason.Get(); stated {
			reasons[bp.Sid(label)] = reason
		}
	}
	return reasons, open
}

// keptVariables are those that the function has and the configuration does not
// state: left out at an import, or left to others. A plan sees their names alone.
func (in intent) keptVariables(b bp.Blueprint) []string {
	stated, known := draft.Environment(in.spec, bp.Null[string]()).Get()
	if in.spec.Environment.IsUnknown() || in.spec.Secrets.IsUnknown() {
		return nil
	}
	var kept []string
	for name := range functionOf(b).Environment.Or(nil) {
		if _, is := stated[name]; !known || !is {
			kept = append(kept, name)
		}
	}
	slices.Sort(kept)
	return kept
}

// unseen stands for a value that is not known here: it is no reference and has no
// form of a secret, so the name alone decides.
const unseen = "kept"

// plaintext lists the attributes that hold a secret, and why they are taken for
// one. What is found is never repeated. Of variables that are kept it sees the
// names alone. Of the provider's tags it sees those that the unit does not replace.
// open says that some are not known yet.
func plaintext(spec bp.Spec, house bp.Value[map[string]bp.String], kept []string) (found []string, open bool) {
	open = spec.Environment.IsUnknown() || house.IsUnknown() || spec.Tags.IsUnknown() || spec.Description.IsUnknown()
	known := func(v bp.Value[map[string]bp.String]) map[string]string {
		out := map[string]string{}
		for name, value := range v.Or(nil) {
			open = open || value.IsUnknown()
			out[name] = value.Or("")
		}
		return out
	}
	environment, tags, byDefault := known(spec.Environment), known(spec.Tags), known(house)
	for key := range tags {
		delete(byDefault, key)
	}
	for _, name := range kept {
		environment[name] = unseen
	}
	return append(secrets.Among(environment, tags, spec.Description.Or("")), secrets.Under("default_tags", byDefault)...), open
}

// theirDescription is what others wrote as the description, where it holds a secret.
func theirDescription(spec bp.Spec, b bp.Blueprint) []string {
	text := functionOf(b).Description.Or("")
	if reason, secret := secrets.Find("description", text); secret && text != spec.Description.Or("") {
		return []string{fmt.Sprintf("function.description, which others set (%s)", reason)}
	}
	return nil
}

func (in intent) waivers() bp.Value[map[string]bp.WaiverSpec] {
	return posture.Waivers(in.house.Waivers, in.spec.Waivers)
}

// report is the posture that the state shows, of versions that run beside what is in
// the making too.
func (in intent) report(b bp.Blueprint, around *bp.Around, running map[string][]posture.Judgement) bp.Value[posture.Report] {
	judgements := posture.WithVersions(in.judgeWith(b, bp.Null[int64](), codeFacts{}, around), running)
	return posture.NewReport(posture.Beside(judgements, in.spec.IgnoreDrift), in.waivers())
}

// minimums are the standards that the unit has to meet. One that is unknown is not
// among them: the apply asks again.
func (in intent) minimums() posture.Minimums {
	return posture.MinimumsOf(in.house.MinimumPosture, in.spec.MinimumPosture, in.house.AllowLowerMinimum)
}

// zones counts the availability zones of a unit's subnets. It is null when they
// cannot be read: the control then counts subnets only.
func (r *lambdaResource) zones(ctx context.Context, unit bp.Value[bp.VPCSpec]) bp.Value[int64] {
	vpc, inside := unit.Get()
	subnets, whole := vpc.SubnetIDs.Or(nil).Strings()
	switch {
	case unit.IsUnknown() || vpc.SubnetIDs.IsUnknown() || !whole:
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

// checkPosture says what speaks against what is planned, and nothing that found
// says already. What stops the plan is an error each; all else is one warning.
func (r *lambdaResource) checkPosture(ctx context.Context, in intent, planned outputs, code codeFacts, found diag.Diagnostics, now time.Time) diag.Diagnostics {
	changes := in.changes(planned)
	binds := in.binds(changes)
	zones := bp.Null[int64]()
	if binds || len(changes) > 0 {
		zones = r.zones(ctx, in.vpc())
	}
	want := planned.Managed.Or(bp.Blueprint{})
	around, judged := r.gate(ctx, in, want, zones, code, binds)
	judgements := posture.Beside(judged, in.spec.IgnoreDrift)
	inForce, remarks := posture.CheckWaivers(in.waivers().Or(nil), judgements, now)
	var diags diag.Diagnostics
	rest := unmet{unit: in.spec.Name.Or("")}
	for _, remark := range remarks {
		switch {
		case !in.waives(remark.ID): // the provider block's, which says so itself
		case remark.Error && binds:
			diags.AddAttributeError(path.Root("waivers").AtMapKey(remark.ID), remark.What, fmt.Sprintf("%s. %s.", remark.Why, remark.Write))
		default:
			rest.addWaiver(remark)
		}
	}
	if in.waivers().IsUnknown() {
		return diags // the apply knows them
	}
	objections := in.withoutConsequences(posture.Objections(judgements, inForce, in.minimums(), r.session.release), want, around)
	if !binds || !in.leavesMore() { // errors of found stay errors, or nothing is one
		objections = slices.DeleteFunc(objections, func(o posture.Objection) bool { return o.At == "access" && errorBelow(found, "access") })
	}
	if binds {
		diags.Append(objectionsToDiagnostics(objections)...)
	} else {
		objections = r.stopWritten(in, objections, &diags)
		rest.addHeld(objections, len(changes) > 0)
	}
	if len(changes) > 0 && !found.HasError() && !diags.HasError() {
		rest.addAdvice(objections, in.minimums())
		rest.addUnread(judgements, inForce)
		if rest.empty() {
			diags.Append(r.askForInput(in, objections)...)
		}
	}
	diags.Append(rest.warning()...)
	return diags
}

// withoutConsequences leaves out what of access is said only because of a policy
// that is attached, and that the control about such policies speaks of: one cause,
// one error at its attribute, and one waiver.
func (in intent) withoutConsequences(objections []posture.Objection, want bp.Blueprint, around *bp.Around) []posture.Objection {
	if around == nil || len(around.Policies) == 0 {
		return objections
	}
	alone := *around
	alone.Policies = map[string]bp.Writing{}
	for arn, w := range around.Policies {
		if strings.HasPrefix(arn, cloud.InlinePolicy) || !posture.Administers(w) {
			alone.Policies[arn] = w
		} else {
			alone.Policies[arn] = bp.Writing{}
		}
	}
	met := map[string]bool{}
	for _, j := range in.judgeWith(want, bp.Null[int64](), codeFacts{}, &alone) {
		met[j.ID] = j.Outcome != posture.Fail
	}
	return slices.DeleteFunc(objections, func(o posture.Objection) bool { return o.At == "access" && met[o.ID] && !o.AboutVersion() })
}

// binds reports whether what is not met stops a plan. One that changes nothing
// goes ahead, and so does one that only bounds the concurrency: it may be what
// stops an incident. Leaving more to others is a change, since what they did
// wrong stays for good then.
func (in intent) binds(changes []bp.Difference) bool {
	return in.leavesMore() || len(changes) > 0 && !onlyConcurrency(changes)
}

// leavesMore reports whether the plan leaves settings to others that it did not
// leave to them before.
func (in intent) leavesMore() bool {
	before, _ := in.prior.spec.IgnoreDrift.Or(nil).Strings()
	now, _ := in.spec.IgnoreDrift.Or(nil).Strings()
	return slices.ContainsFunc(now, func(setting string) bool { return !slices.Contains(before, setting) })
}

// waives reports whether the unit itself states the waiver.
func (in intent) waives(id string) bool {
	waiver, stated := in.spec.Waivers.Or(nil)[id]
	return stated && !waiver.IsNull()
}

func errorBelow(found diag.Diagnostics, attribute string) bool {
	return slices.ContainsFunc(found.Errors(), func(d diag.Diagnostic) bool {
		at, ok := d.(diag.DiagnosticWithPath)
		return ok && strings.HasPrefix(at.Path().String(), attribute)
	})
}

// objectionsToDiagnostics turns the objections that stop a change into errors.
func objectionsToDiagnostics(objections []posture.Objection) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, o := range objections {
		if o.Stops {
			diags.AddAttributeError(attributePath(o.At), o.Fault,
				fmt.Sprintf("Control %s is not met: %s. This stops the change because %s. %s\n\nIf that is not possible, write why and until when: waivers = { %q = { reason = \"...\", expires = \"...\" } }. %s",
					o.ID, o.Evidence, o.By, o.Remedy, o.ID, o.Page))
		}
	}
	return diags
}

// attributePath reads the path of an attribute, "logs.format".
func attributePath(dotted string) path.Path {
	root, rest, nested := strings.Cut(dotted, ".")
	at := path.Root(root)
	if nested {
		for name := range strings.SplitSeq(rest, ".") {
			at = at.AtName(name)
		}
	}
	return at
}

// refuse asks again before the first change: what a plan did not know is known.
func (r *lambdaResource) refuse(ctx context.Context, in intent) diag.Diagnostics {
	want := in.blueprint(in.known())
	if !in.binds(in.changesTo(want)) {
		var diags diag.Diagnostics
		if in.bringsSecret(r.session.ignoresTag) {
			judgements := posture.Beside(in.judge(want), in.spec.IgnoreDrift)
			inForce, _ := posture.CheckWaivers(in.waivers().Or(nil), judgements, time.Now())
			r.stopWritten(in, posture.Objections(judgements, inForce, in.minimums(), r.session.release), &diags)
		}
		return diags
	}
	code, diags := checkShipped(in, want)
	around, judged := r.gate(ctx, in, want, r.zones(ctx, in.vpc()), code, true)
	judgements := posture.Beside(judged, in.spec.IgnoreDrift)
	inForce, _ := posture.CheckWaivers(in.waivers().Or(nil), judgements, time.Now())
	objections := posture.Objections(judgements, inForce, in.minimums(), r.session.release)
	diags.Append(objectionsToDiagnostics(in.withoutConsequences(objections, want, around))...)
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

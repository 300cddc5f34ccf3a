package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud"
	"github.com/secure-lambda/terraform-provider-secure/internal/rules"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// ModifyPlan implements resource.ResourceWithModifyPlan: it sets `managed` and
// everything else computed to what should exist, so that Terraform's own diff
// against what the refresh found shows drift and change field by field.
func (r *lambdaResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	ctx = cloud.Looking(ctx)
	if req.Plan.Raw.IsNull() {
		resp.Diagnostics.Append(r.warnOfMessages(ctx, req)...)
		resp.Diagnostics.Append(warnOfRetained(req)...)
		resp.Diagnostics.Append(warnOfProtected(req)...)
		return // destroy
	}
	planned := unknownOutputs()
	if r.connected() {
		in, pack, diags := r.intentFor(ctx, req)
		resp.Diagnostics.Append(diags...)
		if resp.Diagnostics.HasError() {
			return
		}
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, privateHeld, encodeHeld(in.held))...)
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, privateLayout, encodeLayout())...)
		planned = in.outputs(in.known())
		resp.Diagnostics.Append(explainImport(ctx, req, resp, in, planned)...)
		if req.State.Raw.IsNull() {
			// Half of it is, and `managed` has all that is known.
			planned.Inventory = bp.Unknown[bp.Inventory]()
			resp.Diagnostics.Append(resp.Private.SetKey(ctx, privateHandover, in.handover(planned.Managed.Or(bp.Blueprint{})).encode())...)
		}
		resp.Diagnostics.Append(r.checkPlan(ctx, req, in, pack, planned)...)
	} else {
		resp.Diagnostics.AddWarning("The plan cannot say more yet", r.unknownReason())
		// What the configuration states stays as it is stated.
		spec, diags := configured(req.Config.Raw)
		resp.Diagnostics.Append(diags...)
		if diags.HasError() {
			return
		}
		planned.RoleName = spec.RoleName.Else(planned.RoleName)
	}
	raw, err := with(req.Plan.Raw, planned, writeOnly{})
	if err != nil {
		resp.Diagnostics.AddError("The plan could not be written", err.Error())
		return
	}
	resp.Plan.Raw = raw
}

func (r *lambdaResource) unknownReason() string {
	return fmt.Sprintf("The provider's %s is only known after apply, so AWS was not asked and `managed` is unknown. "+
		"Apply what it depends on first (-target) to see the full plan.", r.session.unknown)
}

// intentFor collects what decides the unit from configuration, state and disk.
func (r *lambdaResource) intentFor(ctx context.Context, req resource.ModifyPlanRequest) (intent, packageReport, diag.Diagnostics) {
	spec, diags := configured(req.Config.Raw)
	in := intent{spec: spec, place: r.session.client.Place, house: r.session.house, generation: bp.Unknown[string](), replaces: replaces(ctx, req)}
	if diags.HasError() {
		return in, packageReport{}, diags
	}
	if !req.State.Raw.IsNull() {
		prior, err := decodeState(req.State.Raw)
		if err != nil {
			diags.AddError("The state could not be read", err.Error())
			return in, packageReport{}, diags
		}
		in.prior = prior
		in.generation = prior.Generation.Else(bp.Unknown[string]())
		diags.Append(r.checkPlace(prior)...)
		if in.spec.Name != prior.spec.Name {
			in.prior, in.generation = unitState{}, bp.Unknown[string]() // replaced
		}
	}
	text, privateDiags := req.Private.GetKey(ctx, privateHeld)
	diags.Append(privateDiags...)
	kept := decodeHeld(text)
	if !in.prior.Status.IsNull() {
		last, more := req.Private.GetKey(ctx, privateLayout)
		diags.Append(more...)
		kept = kept.since(last)
	}
	in.held = kept.apply(&in.spec, in.observed())
	report := r.session.inspect(ctx, in, recordedPackage(ctx, req.Private))
	in.codeSHA256, in.imageURI = report.sha256, report.image
	return in, report, diags
}

// checkPlace refuses to touch a unit of another account, region or partition.
func (r *lambdaResource) checkPlace(prior unitState) diag.Diagnostics {
	var diags diag.Diagnostics
	arn, ok := prior.ARN.Get()
	if !ok || !r.connected() {
		return diags
	}
	was, ok := bp.PlaceOf(arn)
	now := r.session.client.Place
	if ok && was != now {
		diags.AddAttributeError(path.Root("name"), "The unit is in another account or region",
			fmt.Sprintf("This unit was created in account %s, region %s (%s). The provider is configured for account %s, region %s (%s). "+
				"Nothing was read or changed. Configure the provider for where the unit is; to have it elsewhere too, declare another one there.",
				was.Account, was.Region, was.Partition, now.Account, now.Region, now.Partition))
	}
	return diags
}

// checkPlan judges what needs a disk or an account. The findings are errors
// only if this plan creates or changes the unit: an error in a plan also stops
// a destroy.
func (r *lambdaResource) checkPlan(ctx context.Context, req resource.ModifyPlanRequest, in intent, pack packageReport, planned outputs) diag.Diagnostics {
	var found diag.Diagnostics
	// Whoever shares its objects with another is refused, changed or not.
	found.Append(r.checkNamesakes(in)...)
	found.Append(checkGeneration(in)...)
	if found.HasError() {
		return found
	}
	found.Append(checkEntryPoint(in.spec)...)
	found.Append(checkRoleMove(in, planned)...)
	found.Append(checkLogClass(in, planned)...)
	found.Append(checkProtected(in, planned)...)
	misplaced := checkPlaces(in)
	found.Append(misplaced...)
	found.Append(checkHouse(in)...)
	found.Append(checkPolicies(planned)...)
	found.Append(checkAccess(in)...)
	found.Append(checkUnmanaged(in)...)
	found.Append(r.checkRename(ctx, req, in)...)
	found.Append(warnOfReplacement(in, planned)...)
	if in.spec.IgnoreDrift.IsUnknown() {
		found.AddAttributeError(path.Root("ignore_drift"), "ignore_drift has to be known",
			"It decides what this plan shows, so it cannot come from something that is only known after apply. Write the paths down.")
	}
	found.Append(r.checkTags(in, planned)...)
	pack.addTo(&found)
	differences := in.changes(planned)
	changes := len(differences) > 0
	found.Append(r.checkGivenKey(ctx, in, (changes || req.State.Raw.IsNull()) && !onlyConcurrency(differences))...)
	found.Append(r.checkTopics(ctx, planned)...)
	var code codeFacts
	if changes {
		want := planned.Managed.Or(bp.Blueprint{})
		found.Append(warnOfPrefixes(in)...)
		if pack.err == nil {
			facts, remarks := checkContents(in, want)
			code = facts
			found.Append(remarks...)
		}
		if begun := req.State.Raw.IsNull() && r.session.stated.has(in.spec.Name.Or("")); !begun {
			if !found.HasError() {
				found.Append(r.checkTakenNames(ctx, req, in, planned)...)
			}
			found.Append(r.checkLogGroup(ctx, in, planned)...)
		}
		found.Append(r.checkNetwork(ctx, in, want)...)
		found.Append(r.checkImage(ctx, in, want)...)
		if !misplaced.HasError() {
			found.Append(r.checkBoundary(ctx, in, want)...)
			found.Append(r.checkLayers(ctx, in, want)...)
		}
		found.Append(r.checkSecretARNs(ctx, in)...)
		found.Append(r.checkMessages(ctx, in, planned)...)
		if onlyConcurrency(differences) {
			found = asWarnings(found) // it may be an emergency
		}
		found.Append(r.checkConcurrency(ctx, in, planned)...)
	}
	judged := r.checkPosture(ctx, in, planned, code, found, time.Now())
	if !changes && !req.State.Raw.IsNull() {
		found = asWarnings(found)
	}
	found.Append(warnOfLoss(in, planned)...)
	found.Append(warnOfForeignPublication(in, planned)...)
	if lines := in.held.lines(in.observed()); len(lines) > 0 {
		found.AddWarning("Settings are kept as they are",
			"The configuration leaves out settings that the function had when it was imported, or when a newer release took over. Neither changes a function on its own. "+
				"Write them down, or write what you want instead:\n\n"+strings.Join(lines, "\n"))
	}
	found = inOrder(found, judged)
	if !req.State.Raw.IsNull() || r.session.stated.has(in.spec.Name.Or("")) {
		found = withWayOut(found)
	}
	return found
}

// inOrder puts errors first, then warnings about mistakes, then the one about
// the posture.
func inOrder(found, judged diag.Diagnostics) diag.Diagnostics {
	return slices.Concat(found.Errors(), judged.Errors(), found.Warnings(), judged.Warnings())
}

// checkRoleMove asks for a new name when the role moves to another path: IAM
// wants role names to be unique whatever the path, and the old role serves
// until the new one does.
func checkRoleMove(in intent, planned outputs) diag.Diagnostics {
	var diags diag.Diagnostics
	before, after := roleOf(in.observed()), roleOf(planned.Managed.Or(bp.Blueprint{}))
	if before.Name.IsKnown() && before.Name == after.Name && after.Path.IsKnown() && before.Path != after.Path {
		diags.AddAttributeError(path.Root("role_name"), "The role needs another name on another path",
			fmt.Sprintf("Role %s would move from path %s to %s, and IAM does not let two roles have one name whatever their paths. "+
				"The old role serves until the new one does, so write another role_name, or leave role_name out.", before.Name, before.Path, after.Path))
	}
	return diags
}

// checkLogClass asks for a new name when the class of a log group changes: AWS
// cannot change it, and the old group serves until the new one does.
func checkLogClass(in intent, planned outputs) diag.Diagnostics {
	var diags diag.Diagnostics
	before, after := groupOf(in.observed()), groupOf(planned.Managed.Or(bp.Blueprint{}))
	if before.Name.IsKnown() && before.Name == after.Name && before.Class.IsKnown() && after.Class.IsKnown() && before.Class != after.Class {
		diags.AddAttributeError(path.Root("logs").AtName("group_name"), "A log group cannot change its class",
			fmt.Sprintf("Log group %s is of class %s, and AWS makes class %s of new groups only. Write another group_name for the new one, or leave group_name out.", before.Name, before.Class, after.Class))
	}
	return diags
}

// checkProtected refuses to replace a log group that AWS would not delete.
func checkProtected(in intent, planned outputs) diag.Diagnostics {
	var diags diag.Diagnostics
	before, after := groupOf(in.observed()), groupOf(planned.Managed.Or(bp.Blueprint{}))
	if before.Protected.Or(false) && before.Name.IsKnown() && after.Name.IsKnown() && before.Name != after.Name {
		diags.AddAttributeError(path.Root("logs").AtName("deletion_protection"), "The log group is protected against deletion",
			fmt.Sprintf("Log group %s takes the place of %s, which AWS does not delete while its deletion protection is on. "+
				"Write logs = { deletion_protection = false } and apply, then change the name or class; or keep the group.", after.Name, before.Name))
	}
	return diags
}

// checkUnmanaged refuses to change a function that uses what this release
// neither shows nor keeps in step.
func checkUnmanaged(in intent) diag.Diagnostics {
	var diags diag.Diagnostics
	if features, _ := functionOf(in.observed()).Unmanaged.Or(nil).Strings(); len(features) > 0 {
		diags.AddAttributeError(path.Root("name"), fmt.Sprintf("Function %s uses %s", in.spec.Name.Or(""), strings.Join(features, ", ")),
			"Other hands added it, and this release does not manage it. An update could break it without a word, so the unit takes no update while it is there. Remove it from the function, then plan again.")
	}
	return diags
}

// warnOfReplacement says in the plan that there will be no function for a while.
func warnOfReplacement(in intent, planned outputs) diag.Diagnostics {
	var diags diag.Diagnostics
	if !cloud.Replaces(in.observed(), planned.Managed.Or(bp.Blueprint{})) {
		return diags
	}
	diags.AddAttributeWarning(path.Root("code"), "The function is deleted and made again",
		fmt.Sprintf("Lambda never turns a function made from a zip package into one made from an image, or back. In this update function %s, its versions and its alias are deleted and made anew; "+
			"callers fail in between, and queued asynchronous events are lost. Role, key, log group, queue and alarms stay.", in.spec.Name.Or("")))
	return diags
}

// checkTags judges the tags of the provider block and of the unit together.
func (r *lambdaResource) checkTags(in intent, planned outputs) diag.Diagnostics {
	var diags diag.Diagnostics
	all := planned.TagsAll.Or(nil)
	addViolation(&diags, path.Root("tags"), rules.TagCount(len(all)))
	addViolation(&diags, path.Root("tags"), rules.TagKeys(slices.Collect(maps.Keys(all))))
	for _, key := range slices.Sorted(maps.Keys(in.spec.Tags.Or(nil))) {
		if r.session.ignoresTag(key) {
			diags.AddAttributeWarning(path.Root("tags").AtMapKey(key), fmt.Sprintf("Tag %s is set and ignored", key),
				"The provider's ignore_tags covers it, so it is set once and a plan does not show when somebody else removes or changes it. Leave it out of one of the two.")
		}
	}
	return diags
}

// warnOfRetained says in the plan of a destroy what it leaves.
func warnOfRetained(req resource.ModifyPlanRequest) diag.Diagnostics {
	var diags diag.Diagnostics
	state, err := decodeState(req.State.Raw)
	if err != nil || !(intent{spec: state.spec}).keepsLogs() {
		return diags
	}
	text := fmt.Sprintf("Log group %s stays, as logs.on_destroy says, and goes on costing what it stores.", state.LogGroupName)
	inventory := state.Inventory.Or(bp.Inventory{})
	keys, _ := inventory.RetiredKeys.Or(nil).Strings()
	if key, ok := inventory.Key.Get(); ok {
		keys = append(keys, key.ARN.Or(""))
	}
	if len(keys) > 0 {
		text += fmt.Sprintf(" Its events are encrypted with the keys %s. Those of the unit's own therefore stay too, each for $1 a month, until you delete them.", strings.Join(keys, ", "))
	}
	diags.AddAttributeWarning(path.Root("logs").AtName("on_destroy"), "The log group outlives the unit", text)
	return diags
}

// warnOfProtected says in the plan of a destroy that the apply will refuse it.
func warnOfProtected(req resource.ModifyPlanRequest) diag.Diagnostics {
	var diags diag.Diagnostics
	state, err := decodeState(req.State.Raw)
	if group := groupOf(state.Managed.Or(bp.Blueprint{})); err == nil && group.Protected.Or(false) && !(intent{spec: state.spec}).keepsLogs() {
		diags.AddAttributeWarning(path.Root("logs").AtName("deletion_protection"), "The destroy will be refused",
			fmt.Sprintf("%v.", &cloud.Protected{Group: group.Name.Or("")}))
	}
	return diags
}

// warnOfLoss names what a plan deletes for good by giving it another name.
func warnOfLoss(in intent, planned outputs) diag.Diagnostics {
	var diags diag.Diagnostics
	before, after := in.observed(), planned.Managed.Or(bp.Blueprint{})
	differ := func(was, is bp.String) bool { return was.IsKnown() && is.IsKnown() && was != is }
	if was, is := groupOf(before).Name, groupOf(after).Name; differ(was, is) {
		diags.AddAttributeWarning(path.Root("logs"), "Log events are deleted",
			fmt.Sprintf("The function logs to %s from now on. Once callers are served by the new version, log group %s is deleted with its events. Export them first if they are to be kept.", is, was))
	}
	if secret, had := before.Secret.Get(); had && after.Secret.IsNull() {
		diags.AddAttributeWarning(path.Root("secret_values_wo_version"), "The unit's own secret is deleted",
			fmt.Sprintf("Once callers are served by a version that does not read it, secret %s is scheduled for deletion. For 30 days it can be restored, by hand or by stating secret_values_wo and its version again.", secret.Name))
	}
	if was, is := aliasOf(before).Name, aliasOf(after).Name; differ(was, is) {
		diags.AddAttributeWarning(path.Root("release"), "Callers of the alias lose it",
			fmt.Sprintf("Alias %s takes the place of %s, which is deleted in the same apply. Whoever calls %s by name or ARN fails from then on.", is, was, was))
	}
	return diags
}

// warnOfForeignPublication says that what others set of the function, and the
// configuration leaves to them, is about to be served.
func warnOfForeignPublication(in intent, planned outputs) diag.Diagnostics {
	var diags diag.Diagnostics
	before, after := in.observed(), planned.Managed.Or(bp.Blueprint{})
	version, _ := after.Version.Get()
	if !before.Function.IsKnown() || version.Number.IsKnown() || len(functionOf(before).LockedDifferences(functionOf(after))) > 0 {
		return diags
	}
	var theirs []string
	ignored, _ := in.spec.IgnoreDrift.Or(nil).Strings()
	for _, setting := range ignored {
		if strings.HasPrefix(setting, "function.") {
			theirs = append(theirs, setting)
		}
	}
	if len(theirs) > 0 && before.Version.IsKnown() {
		diags.AddAttributeWarning(path.Root("ignore_drift"), "What others set is published",
			fmt.Sprintf("The function differs from the version in service only in %s, which is left to others. A published version freezes that, so this apply publishes a new one with their values and callers are served it.", strings.Join(theirs, " or ")))
	}
	return diags
}

// changes lists where what is planned differs from what exists.
func (in intent) changes(planned outputs) []bp.Difference {
	return in.changesTo(planned.Managed.Or(bp.Blueprint{}))
}

func (in intent) changesTo(want bp.Blueprint) []bp.Difference {
	if in.prior.Status != bp.Known(statusReady) {
		return []bp.Difference{{Path: "status"}}
	}
	return bp.Diff(in.observed(), want)
}

// checkEntryPoint asks for what a zip package needs. It is not checked at
// validate, where an import has not yet been able to supply it.
func checkEntryPoint(spec bp.Spec) diag.Diagnostics {
	var diags diag.Diagnostics
	if spec.IsImage() != bp.Known(false) {
		return diags
	}
	if spec.Runtime.IsNull() {
		diags.AddAttributeError(path.Root("runtime"), "A zip package needs a runtime",
			"Lambda does not guess what runs the code. Write a runtime such as \"python3.14\".")
	}
	runtime, known := spec.Runtime.Get()
	if spec.Handler.IsNull() && known && !strings.HasPrefix(runtime, "provided") {
		diags.AddAttributeError(path.Root("handler"), "A zip package needs a handler",
			fmt.Sprintf("Runtime %s has to be told what to call. Write the entry point, such as \"app.handler\" for the function handler in app.py.", runtime))
	}
	return diags
}

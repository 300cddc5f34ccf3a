package provider

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Read implements resource.Resource: `managed` becomes what exists.
func (r *lambdaResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	if !r.connected() {
		return // the plan warns; the state stays
	}
	state, err := decodeState(req.State.Raw)
	if err != nil {
		resp.Diagnostics.AddError("The state could not be read", err.Error())
		return
	}
	limit, diags := timeoutOf(req.State.Raw, "read", readTimeout)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(r.checkPlace(state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := within(cloud.Looking(ctx), "read", limit)
	defer cancel()
	if state.Status.IsNull() {
		r.readImported(ctx, state, req, resp)
		return
	}
	text, diags := req.Private.GetKey(ctx, privateWritten)
	resp.Diagnostics.Append(diags...)
	note := decodeWritten(text)
	again, budget := note.settled(state, time.Now())
	observed, err := r.session.client.ObserveSettled(ctx, r.target(state), budget, again)
	note.assumeRetention(state, &observed, time.Now())
	resp.Diagnostics.Append(r.warnOfUnoffered()...)
	if err != nil {
		resp.Diagnostics.AddError(fmt.Sprintf("Unit %s could not be read", state.spec.Name.Or("")), err.Error())
		return
	}
	if !observed.Exists() {
		resp.State.RemoveResource(ctx)
		return
	}
	if reason := cmp.Or(observed.Unreadable, observed.VersionUnreadable); reason != "" {
		assumeUnchanged(&observed, state.Managed.Or(bp.Blueprint{}))
		resp.Diagnostics.AddAttributeWarning(path.Root("environment"), "The environment cannot be read",
			reason+". It counts as unchanged. If the plan does not repair the key, the identity that runs Terraform needs kms:Decrypt on it.")
	}
	if state.Status == bp.Known(statusPartial) {
		resp.Diagnostics.AddAttributeWarning(path.Root("status"), fmt.Sprintf("Unit %s is incomplete", state.spec.Name.Or("")),
			"An earlier apply did not finish. The next apply takes up the rest in place. If the first apply of the unit did not finish, "+
				"the plan calls it a replacement, because that is how Terraform plans a create that failed; nothing that exists is deleted or made again.")
	}
	out := state.outputs
	out.derive(observed.Blueprint, r.session.client.Place)
	// These are what the unit was last given; a change of them is drift of the
	// object that carries them.
	out.ARN, out.KMSKeyARN, out.RoleName = state.ARN, state.KMSKeyARN, state.RoleName
	in := intent{spec: state.spec, place: r.session.client.Place, house: r.session.house}
	// A state holds nothing unknown: the house's waivers may be.
	refers := refersOf(observed.Blueprint)
	resp.Diagnostics.Append(r.recallPolicies(ctx, req.Private)...)
	around := r.session.client.Around(ctx, refers)
	resp.Diagnostics.Append(r.notePolicies(ctx, resp.Private, refers.Policies)...)
	around.Invoked = observed.Invoked
	r.session.sightings.note(state.spec.Name.Or(""), observed.Invoked)
	if report := in.report(observed.Blueprint, around, r.judgeRunning(ctx, in, observed)); !report.IsUnknown() {
		out.Posture = report
	}
	raw, err := with(req.State.Raw, out)
	if err != nil {
		resp.Diagnostics.AddError("The state could not be written", err.Error())
		return
	}
	resp.State.Raw = raw
}

// warnOfUnoffered says once in a run what the region does not have.
func (r *lambdaResource) warnOfUnoffered() diag.Diagnostics {
	var diags diag.Diagnostics
	if features := r.session.client.Unoffered(); len(features) > 0 {
		diags.AddWarning("The region does not offer everything that a unit has",
			fmt.Sprintf("Region %s answered that it does not know: %s. They count as being at AWS's default, so a plan does not show when somebody else changes them.",
				r.session.client.Place.Region, strings.Join(features, ", ")))
	}
	return diags
}

// assumeUnchanged fills in what cannot be read with what was there last.
func assumeUnchanged(observed *cloud.Observation, last bp.Blueprint) {
	if function, ok := observed.Function.Get(); ok && observed.Unreadable != "" {
		function.Environment = functionOf(last).Environment
		observed.Function = bp.Known(function)
	}
	before, _ := last.Version.Get()
	if version, ok := observed.Version.Get(); ok && observed.VersionUnreadable != "" && before.Number == version.Number {
		version.Digest = before.Digest
		observed.Version = bp.Known(version)
	}
}

// target says where the unit's objects are: where the last apply put them,
// else where an apply would.
func (r *lambdaResource) target(state unitState) cloud.Target {
	in := intent{
		spec: state.spec, place: r.session.client.Place, house: r.session.house, prior: state,
		generation: state.Generation, codeSHA256: bp.Unknown[string](), imageURI: bp.Unknown[string](),
	}
	want := in.blueprint(in.known())
	function := functionOf(want)
	t := cloud.Target{
		Reads: cloud.Reads{
			CodeSigning:       !function.CodeSigningConfigARN.IsNull() || functionOf(state.Managed.Or(bp.Blueprint{})).CodeSigningConfigARN.IsKnown(),
			RuntimeManagement: !function.RuntimeManagement.IsNull(),
			DataProtection:    !want.LogGroup.Or(bp.LogGroup{}).DataProtection.IsNull(),
		},
		Unit: state.spec.Name.Or(""), Tags: map[string]string{},
		Refs: refs(want, state.Inventory.Or(bp.Inventory{}), state.Status == bp.Known(statusPartial)),
	}
	if _, has := t.Refs[bp.ComponentAlias]; has && state.AliasARN.IsKnown() {
		t.Refs[bp.ComponentAlias] = cloud.Ref{ARN: state.AliasARN.Or("")}
	}
	managed := state.Managed.Or(want)
	t.Served = managed.Version
	for key, value := range managed.Tags.Else(want.Tags).Or(nil) {
		t.Tags[key] = value.Or("")
	}
	return t
}

// refs say where each object is: where the inventory has it, else where an apply would
// put it. What a unit need not have is looked for only if the inventory has it, and so
// is all else after an apply that did not finish: an object under a name that it has
// not come to is somebody else's.
func refs(want bp.Blueprint, inventory bp.Inventory, partial bool) map[string]cloud.Ref {
	out := map[string]cloud.Ref{}
	for _, c := range bp.Components() {
		var ref cloud.Ref
		if c.ARN != nil && !c.Optional {
			ref.ARN = c.ARN(want).Or("")
		}
		if c.Owned != nil {
			identity, is := c.Owned(&inventory).Get()
			if !is && (partial || c.Optional) {
				continue
			}
			ref.ARN, ref.ID = identity.ARN.Or(ref.ARN), identity.ID.Or("")
		}
		if c.Listed != nil {
			ref.More, _ = c.Listed(&inventory).Or(nil).Strings()
		}
		if _, there := out[c.With]; c.With == "" || there {
			out[c.Name] = ref
		}
	}
	return out
}

// Delete implements resource.Resource.
func (r *lambdaResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	state, err := decodeState(req.State.Raw)
	if err != nil {
		resp.Diagnostics.AddError("The state could not be read", err.Error())
		return
	}
	last, usual := r.lastFunction(state), changeTimeout
	if last.Network.IsKnown() {
		usual = vpcTimeout
	}
	limit, diags := timeoutOf(req.State.Raw, "delete", usual)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(r.checkPlace(state)...)
	if !r.connected() {
		resp.Diagnostics.AddError("The provider is not configured", r.unknownReason())
	}
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := within(ctx, "delete", limit)
	defer cancel()
	note, diags := req.Private.GetKey(ctx, privateHandover)
	resp.Diagnostics.Append(diags...)
	if left, word, err := r.leave(ctx, state, note); left || err != nil {
		if word != "" {
			resp.Diagnostics.AddWarning("The incomplete unit was taken up already", word)
		}
		if err != nil {
			resp.Diagnostics.Append(removalFailed(state.spec.Name.Or(""), err)...)
		}
		return
	}
	removal := cloud.Removal{
		Inventory: state.Inventory.Or(bp.Inventory{}),
		Owner:     cloud.Owner{Unit: state.spec.Name.Or(""), Generation: state.Generation.Or("")},
		Last:      state.Managed.Or(bp.Blueprint{}),
		Function:  last,
		Force:     intent{spec: state.spec}.force(),
		KeepLogs:  intent{spec: state.spec}.keepsLogs(),
	}
	if err := r.session.client.Remove(ctx, removal); err != nil {
		resp.Diagnostics.Append(removalFailed(removal.Owner.Unit, err)...)
		// After a destroy that fails, Terraform has forgotten which values are
		// sensitive, and its next plan would show them.
		var hidden struct {
			Environment bp.Value[map[string]bp.String] `attr:"environment"`
		}
		if resp.State.Raw, err = with(resp.State.Raw, hidden); err != nil {
			resp.Diagnostics.AddError("The state could not be written", err.Error())
		}
	}
}

// lastFunction is the function that a unit had last, or was to have where a
// refresh has found that it is gone.
func (r *lambdaResource) lastFunction(state unitState) bp.Function {
	if function, ok := state.Managed.Or(bp.Blueprint{}).Function.Get(); ok || !r.connected() {
		return function
	}
	in := intent{
		spec: state.spec, place: r.session.client.Place, house: r.session.house, prior: state,
		generation: state.Generation, codeSHA256: bp.Unknown[string](), imageURI: bp.Unknown[string](),
	}
	return functionOf(in.blueprint(in.known()))
}

func removalFailed(name string, err error) diag.Diagnostics {
	var diags diag.Diagnostics
	diags.AddAttributeError(path.Root("name"), fmt.Sprintf("Unit %s could not be removed completely", name),
		fmt.Sprintf("%v\n\nThe unit stays in the state. Fix the cause and destroy again: what is gone is passed over.", err))
	return diags
}

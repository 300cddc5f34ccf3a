package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
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
	limit, diags := timeoutOf(ctx, req.State, timeouts.Value.Read, readTimeout)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(r.checkPlace(state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if state.Status.IsNull() {
		r.readImported(ctx, state, req, resp)
		return
	}
	observed, err := r.session.client.Observe(ctx, r.target(state))
	if err != nil {
		resp.Diagnostics.AddError(fmt.Sprintf("Unit %s could not be read", state.spec.Name.Or("")), err.Error())
		return
	}
	if !observed.Exists() {
		resp.State.RemoveResource(ctx)
		return
	}
	if state.Status == bp.Known(statusPartial) {
		resp.Diagnostics.AddAttributeWarning(path.Root("status"), fmt.Sprintf("Unit %s is incomplete", state.spec.Name.Or("")),
			"An earlier apply did not finish. The next apply takes up the rest.")
	}
	out := state.outputs
	out.derive(observed.Blueprint, r.session.client.Place())
	// These are what the unit was last given; a change of them is drift of the
	// object that carries them.
	out.ARN, out.KMSKeyARN, out.RoleName = state.ARN, state.KMSKeyARN, state.RoleName
	raw, err := with(req.State.Raw, out)
	if err != nil {
		resp.Diagnostics.AddError("The state could not be written", err.Error())
		return
	}
	resp.State.Raw = raw
}

// target says where the unit's objects are: where the last apply put them,
// else where an apply would.
func (r *lambdaResource) target(state unitState) cloud.Target {
	in := intent{
		spec: state.spec, place: r.session.client.Place(), house: r.session.house, prior: state,
		generation: state.Generation, codeSHA256: bp.Unknown[string](),
	}
	want := in.blueprint(in.known())
	alias, _ := want.Alias.Get()
	group, _ := want.LogGroup.Get()
	role, _ := want.Role.Get()
	policy, _ := want.Policy.Get()
	inventory := state.Inventory.Or(bp.Inventory{})
	t := cloud.Target{
		Function: state.spec.Name.Or(""), Alias: alias.Name.Or(""), LogGroup: group.Name.Or(""),
		Role: role.Name.Or(""), PolicyARN: policy.ARN.Or(""), Tags: map[string]string{},
		KeyAlias: bp.KeyAlias(state.spec.Name.Or("")),
	}
	if key, ok := inventory.Key.Get(); ok {
		t.KeyARN = key.ARN.Or("")
	}
	if role, ok := inventory.Role.Get(); ok {
		t.BoundRoleID = role.ID.Or("")
		if arn, ok := role.ARN.Get(); ok {
			t.Role = arn[strings.LastIndexByte(arn, '/')+1:]
		}
	}
	if policy, ok := inventory.Policy.Get(); ok {
		t.PolicyARN = policy.ARN.Or(t.PolicyARN)
	}
	if group, ok := inventory.LogGroup.Get(); ok {
		if _, name, found := strings.Cut(group.ARN.Or(""), ":log-group:"); found {
			t.LogGroup = name
		}
	}
	managed := state.Managed.Or(want)
	for key, value := range managed.Tags.Else(want.Tags).Or(nil) {
		t.Tags[key] = value.Or("")
	}
	return t
}

// Delete implements resource.Resource.
func (r *lambdaResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	state, err := decodeState(req.State.Raw)
	if err != nil {
		resp.Diagnostics.AddError("The state could not be read", err.Error())
		return
	}
	limit, diags := timeoutOf(ctx, req.State, timeouts.Value.Delete, changeTimeout)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(r.checkPlace(state)...)
	if !r.connected() {
		resp.Diagnostics.AddError("The provider is not configured", r.unknownReason())
	}
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	inventory := state.Inventory.Or(bp.Inventory{})
	superseded, _ := inventory.Superseded.Or(nil).Strings()
	owner := cloud.Owner{Unit: state.spec.Name.Or(""), Generation: state.Generation.Or("")}
	if err := r.session.client.Remove(ctx, inventory, superseded, owner); err != nil {
		resp.Diagnostics.Append(removalFailed(owner.Unit, err)...)
	}
}

func removalFailed(name string, err error) diag.Diagnostics {
	var diags diag.Diagnostics
	diags.AddAttributeError(path.Root("name"), fmt.Sprintf("Unit %s could not be removed completely", name),
		fmt.Sprintf("%v\n\nThe unit stays in the state. Mend the cause and destroy again: what is gone is passed over.", err))
	return diags
}

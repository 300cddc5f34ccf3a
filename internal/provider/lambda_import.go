package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/secure-lambda/terraform-provider-secure/internal/draft"
	"github.com/secure-lambda/terraform-provider-secure/internal/rules"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// ImportState implements resource.ResourceWithImportState. The id is NAME or
// ACCOUNT/REGION/NAME; the rest is read from AWS.
func (r *lambdaResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	fields := strings.Split(req.ID, "/")
	name := fields[len(fields)-1]
	if len(fields) != 1 && len(fields) != 3 || rules.FunctionName(name) != nil {
		resp.Diagnostics.AddError("The import id is not valid",
			fmt.Sprintf("%q is neither NAME nor ACCOUNT/REGION/NAME. Write the function's name, such as orders-api, or 111122223333/eu-west-1/orders-api.", req.ID))
		return
	}
	if !r.connected() {
		resp.Diagnostics.AddError("The provider is not configured", "Importing reads from AWS, and the provider's configuration is not known yet.")
		return
	}
	if place := r.session.client.Place; len(fields) == 3 && (fields[0] != place.Account || fields[1] != place.Region) {
		resp.Diagnostics.AddError("The import id names another account or region",
			fmt.Sprintf("The id says account %s, region %s; the provider is configured for account %s, region %s. Nothing was read.", fields[0], fields[1], place.Account, place.Region))
		return
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("name"), name)...)
}

// readImported fills the state of a unit that only has a name: inputs as the
// configuration would have to state them, and what has to be held.
func (r *lambdaResource) readImported(ctx context.Context, state unitState, _ resource.ReadRequest, resp *resource.ReadResponse) {
	client, name := r.session.client, state.spec.Name.Or("")
	located, err := client.Locate(ctx, name, draft.DefaultAlias)
	if err != nil {
		resp.Diagnostics.AddError(fmt.Sprintf("Function %s could not be read", name), err.Error())
		return
	}
	target, exists := located.Get()
	if !exists {
		resp.State.RemoveResource(ctx)
		return
	}
	observed, err := client.Observe(ctx, target)
	if err != nil {
		resp.Diagnostics.AddError(fmt.Sprintf("Function %s could not be read", name), err.Error())
		return
	}
	resp.Diagnostics.Append(r.warnOfUnoffered()...)
	if features, _ := functionOf(observed.Blueprint).Unmanaged.Or(nil).Strings(); len(features) > 0 {
		resp.Diagnostics.AddError(fmt.Sprintf("Function %s cannot be imported", name),
			fmt.Sprintf("It uses %s, which this release does not manage: an apply could neither show nor keep it. Nothing was changed.", strings.Join(features, ", ")))
		return
	}
	if observed.Unreadable != "" {
		resp.Diagnostics.AddError(fmt.Sprintf("Function %s cannot be imported", name),
			fmt.Sprintf("Its environment cannot be read: %s. The identity that runs Terraform needs kms:Decrypt on the function's key, and the key has to be enabled. Nothing was changed.", observed.Unreadable))
		return
	}
	for _, contested := range target.LeftOut {
		resp.Diagnostics.AddWarning(fmt.Sprintf("Function %s uses what only its tags call its own", name), contested.Error()+". The unit uses it as what others own: it neither changes nor deletes it.")
	}
	shared, err := client.SharedWith(ctx, observed)
	if err != nil {
		resp.Diagnostics.AddError(fmt.Sprintf("Whether function %s shares its role or log group could not be read", name), err.Error())
		return
	}
	if len(shared) > 0 {
		resp.Diagnostics.AddError(fmt.Sprintf("Function %s cannot be imported", name),
			fmt.Sprintf("A unit owns its role and log group: it sets what they may do and deletes them when it is destroyed. Here %s. "+
				"Give the function a role and a log group of its own first (aws lambda update-function-configuration --function-name %s --role ... --logging-config LogGroup=...), then import. Nothing was changed.",
				strings.Join(shared, ", and "), name))
		return
	}
	beside, err := client.Beside(ctx, name, target.Alias())
	if err != nil {
		resp.Diagnostics.AddError(fmt.Sprintf("What function %s has beside could not be read", name), err.Error())
		return
	}
	if len(beside) > 0 {
		resp.Diagnostics.AddWarning(fmt.Sprintf("Function %s has more than a unit manages", name),
			fmt.Sprintf("The unit's alias is %s. Beside it there is %s. The unit neither shows these nor keeps them in step: they stay as they are, callers of another alias stay on its version, and they go with the function when it is destroyed.",
				target.Alias(), strings.Join(beside, "; ")))
	}
	in := intent{place: client.Place, house: r.session.house, generation: bp.Null[string](), codeSHA256: functionOf(observed.Blueprint).CodeSHA256, imageURI: functionOf(observed.Blueprint).ImageURI}
	if generation, ok := target.Tags[bp.TagGeneration]; ok && target.Tags[bp.TagUnit] == name {
		in.generation = bp.Known(generation)
	}
	learned := observed.Learned(in.known())
	in.spec = draft.Infer(observed.Blueprint, observed.Environment, in.facts(learned))

	out := outputs{Status: bp.Known(statusReady), Generation: in.generation, TagsAll: draft.TagsAll(in.spec, in.house)}
	out.Inventory = bp.Known(in.inventory(observed.Blueprint, learned))
	out.derive(observed.Blueprint, in.place)
	around := client.Around(ctx, refersOf(observed.Blueprint))
	around.Invoked = observed.Invoked
	r.session.sightings.note(name, observed.Invoked)
	if report := in.report(observed.Blueprint, around, r.judgeRunning(ctx, in, observed)); !report.IsUnknown() {
		out.Posture = report
	}
	raw, err := with(resp.State.Raw, in.spec, out)
	if err != nil {
		resp.Diagnostics.AddError("The state could not be written", err.Error())
		return
	}
	resp.State.Raw = raw
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, privateHeld, encodeHeld(hold(in.spec, observed.Blueprint)))...)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, privateLayout, encodeLayout())...)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, privateImported, []byte("true"))...)
}

package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/go-uuid"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud"
	"github.com/secure-lambda/terraform-provider-secure/internal/draft"
	"github.com/secure-lambda/terraform-provider-secure/internal/engine"
	"github.com/secure-lambda/terraform-provider-secure/internal/posture"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Create implements resource.Resource.
func (r *lambdaResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	limit, diags := timeoutOf(req.Plan.Raw, "create", changeTimeout)
	resp.Diagnostics.Append(diags...)
	generation, err := uuid.GenerateUUID()
	if err != nil {
		resp.Diagnostics.AddError("No generation id could be made", err.Error())
	}
	if resp.Diagnostics.HasError() {
		return
	}
	in, diags := r.applied(req.Config, req.Plan, unitState{})
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	in.generation, in.creates = bp.Known(generation), true
	if r.session.namesakes.create(in.spec.Name.Or("")) {
		resp.Diagnostics.Append(namesake(in.spec.Name.Or(""))...)
		return
	}
	ctx, cancel := within(ctx, "create", limit)
	defer cancel()
	// What was planned with is not handed over to a create.
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, privateLayout, encodeLayout())...)
	raw, diags := r.run(ctx, in, resp.State.Raw, req.Plan.Raw, resp.Private)
	resp.Diagnostics.Append(diags...)
	resp.State.Raw = raw
}

// Update implements resource.Resource.
func (r *lambdaResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	prior, err := decodeState(req.State.Raw)
	if err != nil {
		resp.Diagnostics.AddError("The state could not be read", err.Error())
	}
	limit, diags := timeoutOf(req.Plan.Raw, "update", usualUpdate(prior.spec))
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	in, diags := r.applied(req.Config, req.Plan, prior)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(r.checkPlace(prior)...)
	if resp.Diagnostics.HasError() {
		return
	}
	text, diags := req.Private.GetKey(ctx, privateHeld)
	resp.Diagnostics.Append(diags...)
	in.held = decodeHeld(text).apply(&in.spec, in.observed())
	text, diags = req.Private.GetKey(ctx, privateWritten)
	resp.Diagnostics.Append(diags...)
	in.written = decodeWritten(text)
	if in.generation = prior.Generation; !in.generation.IsKnown() {
		generation, err := uuid.GenerateUUID()
		if err != nil {
			resp.Diagnostics.AddError("No generation id could be made", err.Error())
			return
		}
		in.generation = bp.Known(generation)
	}
	ctx, cancel := within(ctx, "update", limit)
	defer cancel()
	raw, diags := r.run(ctx, in, resp.State.Raw, req.Plan.Raw, resp.Private)
	resp.Diagnostics.Append(diags...)
	resp.State.Raw = raw
}

// applied builds the intent of an apply from what was planned, not from the
// configuration, which still holds what ignore_changes leaves out. The digest
// of the package is the planned one, so that another package is noticed.
func (r *lambdaResource) applied(config tfsdk.Config, plan tfsdk.Plan, prior unitState) (intent, diag.Diagnostics) {
	var diags diag.Diagnostics
	if !r.connected() {
		diags.AddError("The provider is not configured", r.unknownReason())
		return intent{}, diags
	}
	in := intent{place: r.session.client.Place, house: r.session.house, prior: prior}
	stated, diags := configured(config.Raw)
	if diags.HasError() {
		return in, diags
	}
	unit, err := wholeOf(plan.Raw)
	if err == nil {
		err = unit.ReadInputs(&in.spec)
	}
	if err != nil {
		diags.AddError("The plan could not be read", err.Error())
		return in, diags
	}
	values, err := secretValuesOf(config.Raw)
	if err != nil {
		diags.AddError("The configuration could not be read", err.Error())
		return in, diags
	}
	in.secretValues = values
	if in.spec.RoleName.IsUnknown() { // the one input that is an output too
		in.spec.RoleName = stated.RoleName
	}
	var planned outputs
	if err := unit.Read(&planned); err != nil {
		diags.AddError("The plan could not be read", err.Error())
		return in, diags
	}
	managed, _ := planned.Managed.Get()
	function := functionOf(managed)
	in.codeSHA256 = function.CodeSHA256.Else(bp.Unknown[string]())
	in.imageURI = function.ImageURI.Else(bp.Unknown[string]())
	return in, diags
}

// run applies an intent and returns the state that describes what came of it,
// after a failure too. What fails before anything was done leaves the state as
// it was before.
func (r *lambdaResource) run(ctx context.Context, in intent, before, planned tftypes.Value, private privateWriter) (tftypes.Value, diag.Diagnostics) {
	var diags diag.Diagnostics
	if image, ok := in.spec.Code.Or(bp.CodeSpec{}).Image.Get(); ok && !in.imageURI.IsKnown() {
		var err error
		if in.codeSHA256, in.imageURI, err = r.session.inspectImage(ctx, image); err != nil {
			packageReport{at: path.Root("code").AtName("image").AtName("uri"), err: err}.addTo(&diags)
			return before, diags
		}
	}
	code := in.code()
	object, err := r.session.pinPackage(ctx, &code)
	if err != nil {
		diags.AddAttributeError(path.Root("code").AtName("s3"), "The code package cannot be read", err.Error())
		return before, diags
	}
	if diags.Append(r.refuse(ctx, in)...); diags.HasError() {
		return before, diags
	}
	claim, err := r.claim(ctx, &in)
	if err != nil {
		return r.unmade(in, before, planned, err)
	}
	diags.Append(saysTakenUp(in, claim)...)
	job := in.job()
	if job.Claim, job.Code = claim, code; claim != nil && !claim.Adopted {
		job.Known.Note(bp.ComponentRole, bp.Identity{ARN: job.Draft(job.Known).Role.Or(bp.Role{}).ARN, ID: bp.Known(claim.RoleID)})
	}
	result, err := r.session.client.Apply(ctx, job)
	out := in.outputs(result.Learned)
	if err != nil {
		out = in.partial(result, r.around(ctx, in, result.Managed, false))
		addFailure(&diags, err, result, in)
	} else {
		if out.Posture = plannedPosture(planned); out.Posture.IsUnknown() {
			managed := out.Managed.Or(bp.Blueprint{})
			out.Posture = in.report(managed, r.around(ctx, in, managed, true), nil)
		}
		diags.Append(r.notePolicies(ctx, private, refersOf(out.Managed.Or(bp.Blueprint{})).Policies)...)
		diags.Append(r.session.recordPackage(ctx, in, object, result.CodeSHA256, private)...)
	}
	for _, note := range result.Notes {
		diags.AddAttributeWarning(path.Root("code"), "A copy of the code package was left behind", note+". Lambda has the code; delete the copy by hand.")
	}
	for _, arn := range result.Left {
		diags.AddAttributeWarning(path.Root("name"), "A replaced object was left in place",
			fmt.Sprintf("%s was imported with this unit and is not used by it any more. It does not carry the unit's tags, so others may use it. Delete it by hand if nobody does.", arn))
	}
	diags.Append(private.SetKey(ctx, privateWritten, in.written.with(noteWritten(in.observed(), out.Managed.Or(bp.Blueprint{}), time.Now())).encode())...)
	raw, err := stateOf(planned, out)
	if err != nil {
		diags.AddError("The state could not be written", err.Error())
	}
	return raw, diags
}

// plannedPosture is what the plan showed, which the state must not contradict.
func plannedPosture(planned tftypes.Value) bp.Value[posture.Report] {
	var shown struct {
		Posture bp.Value[posture.Report] `attr:"posture"`
	}
	unit, err := wholeOf(planned)
	if err == nil {
		err = unit.Read(&shown)
	}
	if err != nil {
		return bp.Unknown[posture.Report]()
	}
	return shown.Posture
}

// stateOf is what was planned with what came of it, without what is still unknown.
func stateOf(planned tftypes.Value, out outputs) (tftypes.Value, error) {
	raw, err := with(planned, out)
	if err != nil {
		return planned, err
	}
	unit, err := wholeOf(raw)
	if err == nil {
		unit, err = unit.WithoutUnknowns()
	}
	return enclose(unit), err
}

// job is what the intent asks of AWS, but for the package.
func (in intent) job() cloud.Job {
	return cloud.Job{
		Draft:           in.blueprint,
		Observed:        in.observed(),
		Known:           in.known(),
		Environment:     environmentOf(in.spec),
		SecretValues:    in.secretDocument(),
		Secrets:         in.secrets(),
		KeepEnvironment: in.held.facts(in.observed()).Environment.IsKnown() || in.ignoresEnvironment(),
		Resumes:         in.prior.Status == bp.Known(statusPartial),
		Force:           in.force(),
	}
}

// claim makes a new unit's anchor. What an earlier run left of the unit becomes
// what the apply starts from.
func (r *lambdaResource) claim(ctx context.Context, in *intent) (*cloud.Claim, error) {
	if !in.creates {
		return nil, nil
	}
	want := in.blueprint(in.known())
	handed, _ := r.session.takeovers.of(in.spec.Name.Or(""))
	claim, err := r.session.client.Claim(ctx, want, cloud.Handed{Generation: handed.Generation.Or(""), Inventory: handed.Inventory.Or(bp.Inventory{})})
	if err != nil || !claim.Adopted {
		return claim, err
	}
	r.session.takeovers.take(claim.Generation)
	found := claim.Found
	learned := found.Learned(in.known())
	in.prior = unitState{outputs: outputs{Status: bp.Known(statusPartial), Generation: in.generation}, spec: in.spec}
	in.prior.Inventory = bp.Known(in.inventory(found.Blueprint, learned))
	in.prior.Managed = bp.Known(found.Blueprint)
	return claim, nil
}

// saysTakenUp lists what a create takes up of an earlier one.
func saysTakenUp(in intent, claim *cloud.Claim) diag.Diagnostics {
	var diags diag.Diagnostics
	if claim == nil || !claim.Adopted {
		return diags
	}
	if arns := in.prior.Inventory.Or(bp.Inventory{}).ARNs(); len(arns) > 0 {
		diags.AddAttributeWarning(path.Root("name"), fmt.Sprintf("Unit %s takes up what an earlier create left", in.spec.Name.Or("")),
			"These objects exist and belong to the unit from now on:\n\n  "+strings.Join(arns, "\n  "))
	}
	return diags
}

// unmade is the state of a unit of which this run made nothing.
func (r *lambdaResource) unmade(in intent, before, planned tftypes.Value, err error) (tftypes.Value, diag.Diagnostics) {
	var diags diag.Diagnostics
	err = cloud.Redact(err, in.secrets())
	addFailure(&diags, err, cloud.Result{}, in)
	handed, ok := r.session.takeovers.of(in.spec.Name.Or(""))
	if !ok {
		return before, diags
	}
	// What the replacement was to take up is still there.
	raw, problem := stateOf(planned, handed.outputs)
	if problem != nil {
		diags.AddError("The state could not be written", problem.Error())
	}
	return raw, diags
}

func environmentOf(spec bp.Spec) map[string]string {
	out := map[string]string{}
	for name, value := range draft.Environment(spec, bp.Null[string]()).Or(nil) {
		out[name] = value.Or("")
	}
	return out
}

// secrets lists the values that the user wrote; those of Powertools say nothing
// that the unit's name does not.
func (in intent) secrets() []string {
	var out []string
	for _, value := range in.spec.Environment.Or(nil) {
		out = append(out, value.Or(""))
	}
	return slices.AppendSeq(out, maps.Values(in.secretValues))
}

// partial describes a unit whose apply did not finish: what exists now, and
// everything that is still this unit's to remove.
func (in intent) partial(result cloud.Result, around *bp.Around) outputs {
	out := in.outputs(result.Learned)
	out.derive(result.Managed, in.place)
	out.Posture = in.report(result.Managed, around, nil)
	out.Status = bp.Known(statusPartial)
	// The anchors of the next refresh stay, even where nothing exists yet.
	if function, ok := in.blueprint(result.Learned).Function.Get(); ok {
		out.ARN = function.ARN
	}
	out.Inventory = bp.Known(in.owned(result))
	return out
}

// owned is what belongs to an incomplete unit: what it had, and what this apply
// made. An object that could not be made may be somebody else's.
func (in intent) owned(result cloud.Result) bp.Inventory {
	before := in.prior.Inventory.Or(bp.Inventory{})
	planned := in.inventory(in.blueprint(result.Learned), result.Learned)
	for _, c := range bp.Components() {
		if c.Owned != nil {
			was, will := *c.Owned(&before), c.Owned(&planned)
			if !result.Has(c.Name) && (!was.IsKnown() || was.Or(bp.Identity{}).ARN != will.Or(bp.Identity{}).ARN) {
				*will = was
			}
		}
		if c.Listed != nil {
			*c.Listed(&planned) = bp.Null[bp.Set]()
			if arns := result.Several[c.Name]; len(arns) > 0 {
				*c.Listed(&planned) = bp.Known(bp.SetOf(arns...))
			}
		}
	}
	if len(result.Superseded) > 0 {
		planned.Superseded = bp.Known(bp.SetOf(result.Superseded...))
	}
	return planned
}

// addFailure says what failed, what state the unit is in and what to do next.
func addFailure(diags *diag.Diagnostics, err error, result cloud.Result, in intent) {
	done := result.Ledger.Count(engine.Done)
	next := "What was made is recorded in the state. Fix the cause and apply again: the plan then shows a replacement, but what exists is taken up and nothing is deleted or made again."
	if !in.creates {
		served := "callers are still served by the version that was in service"
		if result.Shifted() {
			served = "callers are served by the new version"
		}
		next = "What was changed is recorded in the state, and " + served + ". Fix the cause and apply again: the rest is then taken up."
	}
	var steps []string
	for _, entry := range result.Ledger {
		if entry.Outcome != engine.Done {
			steps = append(steps, fmt.Sprintf("  %s: %s", entry.ID, entry.Outcome))
		}
	}
	progress := fmt.Sprintf("%d of %d steps are done; not done:\n%s", done, len(result.Ledger), strings.Join(steps, "\n"))
	if len(result.Ledger) == 0 {
		progress, next = "No resources were created.", "Fix the cause and apply again."
	}
	if errors.Is(err, context.Canceled) {
		next = strings.NewReplacer("Fix the cause and apply again", "Apply again").Replace(next)
	}
	name := in.spec.Name.Or("")
	summary := fmt.Sprintf("Unit %s is incomplete", name)
	if _, taken := errors.AsType[*cloud.Taken](err); taken {
		summary = fmt.Sprintf("Unit %s cannot take a name that is in use", name)
		next = "Nothing that belongs to others was changed. Choose another name, remove the object, or, if it is this function's, import the unit: terraform import secure_lambda.NAME " + name + "\n\n" + next
	}
	if _, contested := errors.AsType[*cloud.Disputed](err); contested {
		summary = fmt.Sprintf("Unit %s cannot take over objects that carry its tags", name)
		next = "An apply takes up what a create before it left, and nothing else. Look at what is named above. If it is this unit's and complete, import it: terraform import secure_lambda.NAME " + name + ". " +
			"If an interrupted create left it behind, remove it: run \"terraform-provider-secure orphans\", which lists it and says how. If it is somebody else's, remove the tags secure:unit, secure:generation and secure:state from it, or choose another name here."
	}
	if _, busy := errors.AsType[*cloud.InProgress](err); busy {
		summary = fmt.Sprintf("Unit %s is being made by another apply", name)
	}
	diags.AddAttributeError(path.Root("name"), summary, fmt.Sprintf("%v\n\n%s\n\n%s", err, progress, next))
}

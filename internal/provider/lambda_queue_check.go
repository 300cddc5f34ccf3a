package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// checkMessages refuses a plan that gives up a queue with messages in it.
func (r *lambdaResource) checkMessages(ctx context.Context, in intent, planned outputs) diag.Diagnostics {
	var diags diag.Diagnostics
	queue, had := in.observed().Queue.Get()
	want := planned.Managed.Or(bp.Blueprint{}).Queue
	if !had || in.force() {
		return diags
	}
	if next, stays := want.Get(); stays {
		diags.Append(r.checkRetention(ctx, queue, next)...)
	}
	if !want.IsNull() {
		return diags
	}
	messages, err := r.session.client.CountMessages(ctx, queue.ARN.Or(""))
	if err != nil {
		diags.AddAttributeError(path.Root("dead_letter"), "The dead-letter queue cannot be read", err.Error())
	} else if messages.Total() > 0 {
		diags.AddAttributeError(path.Root("dead_letter"), "The dead-letter queue is not empty",
			(&cloud.HasMessages{ARN: queue.ARN.Or(""), Messages: messages}).Error()+". Until then keep the queue.")
	}
	return diags
}

// checkRetention refuses a plan that shortens the retention of a queue with
// messages in it: SQS deletes those that are older at once.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
func (r *lambdaResource) checkRetention(ctx context.Context, have, want bp.Queue) diag.Diagnostics {
	var diags diag.Diagnostics
	before, after := have.RetentionSeconds.Or(0), want.RetentionSeconds.Or(0)
	if !want.RetentionSeconds.IsKnown() || after >= before {
		return diags
	}
	at := path.Root("dead_letter").AtName("retention_days")
	const day = 24 * 60 * 60
	messages, err := r.session.client.CountMessages(ctx, have.ARN.Or(""))
	if err != nil {
		diags.AddAttributeError(at, "The dead-letter queue cannot be read", err.Error())
	} else if messages.Total() > 0 {
		diags.AddAttributeError(at, "A shorter retention would delete dead letters",
			fmt.Sprintf("The dead-letter queue %s holds %s. Messages are kept for %d days now, and SQS deletes those older than the new retention_days = %d as soon as it is set. "+
				"Read or redrive what is there first, purge the queue, or write dead_letter = { on_destroy = \"force\", ... }, which gives them up.",
				have.ARN, messages.Count(), before/day, after/day))
	}
	return diags
}

// warnOfMessages says in the plan of a destroy that the apply will refuse it.
// An error here would leave no way out but to empty the queue.
func (r *lambdaResource) warnOfMessages(ctx context.Context, req resource.ModifyPlanRequest) diag.Diagnostics {
	var diags diag.Diagnostics
	state, err := decodeState(req.State.Raw)
	queue, owns := state.Inventory.Or(bp.Inventory{}).Queue.Get()
	if err != nil || !owns || !r.connected() || (intent{spec: state.spec}).force() || r.checkPlace(state).HasError() {
		return diags
	}
	messages, err := r.session.client.CountMessages(ctx, queue.ARN.Or(""))
	if err == nil && messages.Total() > 0 {
		diags.AddAttributeWarning(path.Root("dead_letter"), "The destroy will be refused",
			fmt.Sprintf("%v.", &cloud.HasMessages{ARN: queue.ARN.Or(""), Messages: messages}))
	}
	return diags
}

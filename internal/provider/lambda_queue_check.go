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
	if !had || !planned.Managed.Or(bp.Blueprint{}).Queue.IsNull() || in.force() {
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

package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// checkRename says what goes with the old name, and refuses what the delete of
// the replacement would refuse: by then the plan has been approved. The other
// checks see a unit under another name as a new one.
func (r *lambdaResource) checkRename(ctx context.Context, req resource.ModifyPlanRequest, in intent) diag.Diagnostics {
	var diags diag.Diagnostics
	if req.State.Raw.IsNull() {
		return diags
	}
	was, err := decodeState(req.State.Raw)
	if err != nil || was.spec.Name == in.spec.Name {
		return diags
	}
	diags.Append(warnOfRename(was, in.spec.Name)...)
	before := intent{spec: was.spec}
	if group := groupOf(was.Managed.Or(bp.Blueprint{})); group.Protected.Or(false) && !before.keepsLogs() {
		diags.AddAttributeError(path.Root("logs").AtName("deletion_protection"), "The log group is protected against deletion",
			fmt.Sprintf("Another name deletes unit %s, and %v. Until then keep the name.", was.spec.Name, &cloud.Protected{Group: group.Name.Or("")}))
	}
	if queue, owns := was.Inventory.Or(bp.Inventory{}).Queue.Get(); owns && !before.force() {
		messages, err := r.session.client.CountMessages(ctx, queue.ARN.Or(""))
		if err != nil {
			diags.AddAttributeError(path.Root("dead_letter"), "The dead-letter queue cannot be read", err.Error())
		} else if messages.Total() > 0 {
			diags.AddAttributeError(path.Root("dead_letter"), "The dead-letter queue is not empty",
				fmt.Sprintf("Another name deletes unit %s, and %v. Until then keep the name.", was.spec.Name, &cloud.HasMessages{ARN: queue.ARN.Or(""), Messages: messages}))
		}
	}
	return diags
}

// warnOfRename lists what is deleted for good.
func warnOfRename(was unitState, name bp.String) diag.Diagnostics {
	var diags diag.Diagnostics
	have, inventory := was.Managed.Or(bp.Blueprint{}), was.Inventory.Or(bp.Inventory{})
	var lines []string
	add := func(format string, parts ...any) { lines = append(lines, "  "+fmt.Sprintf(format, parts...)) }
	keeps := (intent{spec: was.spec}).keepsLogs()
	if group, ok := have.LogGroup.Get(); ok && !keeps {
		add("log group %s with its events", group.Name)
	}
	if alias, ok := have.Alias.Get(); ok {
		add("function %s with its versions and alias %s: whoever calls them by name or ARN fails from then on", was.spec.Name, alias.Name)
	}
	if queue, ok := have.Queue.Get(); ok {
		add("dead-letter queue %s", queue.Name)
	}
	if secret, ok := have.Secret.Get(); ok {
		add("secret %s, which can be restored for 30 days", secret.Name)
	}
	if key, ok := inventory.Key.Get(); ok && !keeps {
		add("key %s, whose deletion can be cancelled for 30 days", key.ARN)
	}
	if len(lines) == 0 {
		return diags
	}
	to := fmt.Sprintf("%q", name.Or(""))
	if !name.IsKnown() {
		to = "one that is only known after apply"
	}
	detail := fmt.Sprintf("The name changes from %q to %s. AWS renames none of the unit's objects, so all of them are deleted and others are made. With the old name go:\n\n%s",
		was.spec.Name.Or(""), to, strings.Join(lines, "\n"))
	if have.LogGroup.IsKnown() && !keeps {
		detail += "\n\nTo keep the events, export them, or write logs = { on_destroy = \"retain\" } and apply before the name changes."
	}
	diags.AddAttributeWarning(path.Root("name"), "Another name deletes the unit and what it holds", detail)
	return diags
}

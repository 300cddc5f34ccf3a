package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// privateImported is the private-state key that says whether a unit was
// imported and has not been applied since.
const privateImported = "imported"

// runs are the parts of a function that decide what an invocation does.
var runs = []string{
	"code_sha256", "image", "image_uri", "runtime", "handler", "architecture", "memory_size", "timeout", "ephemeral_storage",
	"environment", "role_arn", "layers", "network", "file_system",
}

// explainImport says what the first apply after an import changes in AWS. Its
// plan is long, and inputs that the configuration does not state read as if
// they were taken away.
func explainImport(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse, in intent, planned outputs) diag.Diagnostics {
	imported, diags := req.Private.GetKey(ctx, privateImported)
	if string(imported) != "true" {
		return diags
	}
	diags.Append(resp.Private.SetKey(ctx, privateImported, []byte("false"))...)
	differences := in.changes(planned)
	if len(differences) == 0 {
		return diags
	}
	diags.AddAttributeWarning(path.Root("managed"), "An imported unit keeps what its configuration leaves out", importText(differences))
	return diags
}

// importText sorts what changes by whether an invocation notices.
func importText(differences []bp.Difference) string {
	var running, others []string
	for _, d := range differences {
		part, within, deeper := strings.Cut(d.Path, ".")
		list, name := &others, part
		if part == "function" && deeper {
			setting, _, _ := strings.Cut(within, ".")
			name = part + "." + setting
			if slices.Contains(runs, setting) {
				list = &running
			}
		}
		if name != "version" && !slices.Contains(*list, name) {
			*list = append(*list, name)
		}
	}
	text := "Nothing that runs changes: code, runtime, memory, timeout, environment and role stay as they are in AWS."
	if len(running) > 0 {
		text = fmt.Sprintf("What runs changes only in what the configuration states: %s.", strings.Join(running, ", "))
	}
	if len(others) > 0 {
		text += fmt.Sprintf(" Made or changed around it: %s.", strings.Join(others, ", "))
	}
	return text + "\n\nThe block managed of this plan shows every change in AWS. " +
		"A line outside it that ends in \"-> null\", such as memory_size = 256 -> null, means only that the configuration does not state that input."
}

package provider

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Managed policies that a role holds: by default, and at most after asking AWS.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const (
	usualAttachments = 10
	mostAttachments  = 20
)

// checkPolicies finds grants that IAM does not take: one that is too long for
// any policy, and so many that the role cannot hold the policies.
func checkPolicies(planned outputs) diag.Diagnostics {
	var diags diag.Diagnostics
	managed := planned.Managed.Or(bp.Blueprint{})
	policy, _ := managed.Policy.Get()
	statements, _ := policy.Statements.Get()
	for label, statement := range statements.Access.Or(nil) {
		known, ok := statement.Get()
		if !ok {
			continue
		}
		// One with unknowns is not rendered, and measured at the next plan.
		document, err := bp.Document([]bp.Named{{Sid: bp.Sid(label), Statement: known}})
		if size := len([]rune(document)); err == nil && size > bp.MaxPolicySize {
			diags.AddAttributeError(path.Root("access").AtMapKey(label), "The grant is too long for a policy",
				fmt.Sprintf("Its statement alone makes a policy of %d characters, and a managed policy holds %d. Split it into several entries; they are spread over several policies by themselves.", size, bp.MaxPolicySize))
		}
	}
	attached := len(roleOf(managed).AttachedPolicies.Or(nil))
	overflow := len(policy.Overflow.Or(nil))
	advice := fmt.Sprintf("The grants take %d policies of %d characters each, and additional_policy_arns the rest. Grant with wildcards in resources, or with fewer entries, or attach fewer policies.", overflow+1, bp.MaxPolicySize)
	switch {
	case attached > mostAttachments:
		diags.AddAttributeError(path.Root("access"), fmt.Sprintf("The role would hold %d policies, more than %d", attached, mostAttachments), advice)
	case attached > usualAttachments:
		diags.AddAttributeWarning(path.Root("access"), fmt.Sprintf("The role will hold %d policies, more than %d", attached, usualAttachments),
			"Without a raised quota (Managed policies attached to an IAM role) the apply fails. "+advice)
	}
	return diags
}

package posture

import (
	"slices"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/access"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

var roleControls = []Control{
	{
		ID: "trust-lambda-only", At: "trust", Title: "Only Lambda may assume the role", Fault: "Somebody other than Lambda may assume the role", Severity: Critical, Since: "1.0",
		External: ids("checkov CKV_AWS_60 CKV_AWS_61"),
		Remedy:   "Apply again: statements of the trust policy that are not the unit's are removed.",
		Page:     "https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html",
		judge: func(s *subject) answer {
			return trustGrants(s.Role).check("trust policy", "only Lambda may assume the role", func(g grant) bool {
				return g.Everyone() || len(g.Principals) != 1 || !slices.Equal(g.Services(), []string{"lambda.amazonaws.com"})
			})
		},
	},
	{
		ID: "trust-confused-deputy", At: "trust.source_account", Title: "Lambda may assume the role only for this account", Fault: "Lambda may assume the role on behalf of any account", Severity: Medium, Since: "1.0",
		External: ids("prowler iam_role_cross_service_confused_deputy_prevention"),
		Remedy:   "Leave trust.source_account out, or write true.",
		Page:     "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
		judge: func(s *subject) answer {
			return trustGrants(s.Role).explain("trust policy", "the trust policy names the account", func(g grant) (bool, string) {
				return !g.Bound(access.Sources...), s.unbound(g)
			})
		},
	},
	{
		ID: "no-administrator-policy", At: "additional_policy_arns", Title: "No policy attached to the role is an administrator's", Fault: "A policy attached to the role is an administrator's", Severity: Critical, Since: "1.0",
		Standards: []Standard{FSBP, NIST, PCI, HIPAA},
		External:  ids("checkov CKV_AWS_274 CKV2_AWS_56, prowler iam_role_administratoraccess_policy, cfn-guard IAM_ROLE_ADMINISTRATOR_ACCESS_POLICY_RULE IAM_ROLE_ELEVATED_MANAGED_POLICY_RULE"),
		Remedy:    "Take the policy out of additional_policy_arns and grant what the function does in access.",
		Page:      "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
		judge: func(s *subject) answer {
			return s.attachedRights()
		},
	},
	{
		ID: "no-aws-managed-policies", At: "additional_policy_arns", Title: "No policy of AWS's is attached to the role", Fault: "An AWS managed policy is attached to the role", Severity: Low, Since: "1.0",
		External: ids("cdk-nag AwsSolutions-IAM4"),
		Remedy:   "Take the policy out of additional_policy_arns and grant what the function does in access.",
		Page:     "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
		judge:    func(s *subject) answer { return attached(s, "a policy of AWS's", bp.IsAWSPolicyARN) },
	},
	{
		ID: "no-inline-policies", At: "access", Title: "The role has no inline policy", Fault: "The role has an inline policy", Severity: Low, Since: "1.0",
		Standards: []Standard{NIST, PCI, HIPAA},
		External: ids("cfn-guard IAM_NO_INLINE_POLICY_CHECK, cdk-nag HIPAA.Security-IAMNoInlinePolicy NIST.800.53.R4-IAMNoInlinePolicy " +
			"NIST.800.53.R5-IAMNoInlinePolicy PCI.DSS.321-IAMNoInlinePolicy"),
		Remedy: "Apply again: the unit removes inline policies.",
		Page:   "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html",
		judge: func(s *subject) answer {
			role, exists := s.Role.Get()
			names, whole := role.InlinePolicies.Or(nil).Strings()
			switch {
			case s.Role.IsUnknown():
				return unsure("role")
			case !exists:
				return none("role")
			case role.InlinePolicies.IsUnknown() || !whole:
				return unsure("role.inline_policies")
			case len(names) > 0:
				return fail("role.inline_policies: %s", strings.Join(names, ", "))
			default:
				return pass("there is none")
			}
		},
	},
}

// attachedRights judges the policies attached beside the unit's own by what they
// allow, each for itself.
func (s *subject) attachedRights() answer {
	if s.Role.IsNull() {
		return none("role")
	}
	foreign, whole := ForeignPolicies(s.Blueprint)
	g := grants{exists: true, open: !whole}
	var found []string
	for _, arn := range foreign {
		if s.facts.Around == nil {
			g.await(arn)
			continue
		}
		w, looked := s.facts.Around.Policies[arn]
		if !looked {
			w.Unread = "was not looked at"
		}
		g.addWriting(arn, w)
		if why := administers(w); why != "" {
			found = append(found, arn+" "+why)
		}
	}
	return g.conclude("role.attached_policies", "none amounts to an administrator's", strings.Join(found, "; "), g.open)
}

// Administers reports whether what others wrote amounts to the rights of an
// administrator, or lets whoever has it take them.
func Administers(w bp.Writing) bool { return administers(w) != "" }

func administers(w bp.Writing) string {
	rights := access.ParsedGrants(w.Statements)
	if why := access.Administration(rights); why != "" {
		return "is an administrator's: " + why
	}
	if sets := access.Escalations(rights); len(sets) > 0 {
		return "lets anybody who has it take more, by " + sets[0].Describe()
	}
	return ""
}

// attached looks for policies on the role. The unit's own has no ARN of AWS's,
// whatever it will be.
func attached(s *subject, what string, bad func(arn string) bool) answer {
	role, exists := s.Role.Get()
	if s.Role.IsNull() {
		return none("role")
	}
	if !exists || role.AttachedPolicies.IsUnknown() {
		return unsure("role.attached_policies")
	}
	var found []string
	open := false
	for _, arn := range role.AttachedPolicies.Or(nil) {
		text, known := arn.Get()
		if !known {
			open = true
		} else if bad(text) {
			found = append(found, text)
		}
	}
	slices.Sort(found)
	switch {
	case open && !ownPolicyOnly(role, s.Policy):
		return unsure("role.attached_policies")
	case len(found) > 0:
		return fail("role.attached_policies has %s: %s", what, strings.Join(found, ", "))
	default:
		return pass("role.attached_policies has none")
	}
}

// ownPolicyOnly reports whether all that is unknown of the attached policies is
// the unit's own.
func ownPolicyOnly(role bp.Role, policy bp.Value[bp.Policy]) bool {
	unknown := 0
	for _, arn := range role.AttachedPolicies.Or(nil) {
		if arn.IsUnknown() {
			unknown++
		}
	}
	p, _ := policy.Get()
	return unknown == 1 && p.ARN.IsUnknown()
}

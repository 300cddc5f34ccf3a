package posture

import (
	"fmt"
	"slices"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/access"
)

const what = "role's policy"

var policyControls = []Control{
	{
		ID: "no-wildcard-admin", At: "access", Title: "The function may not do everything", Fault: "The function may do everything", Severity: Critical, Since: "1.0",
		Standards: []Standard{FSBP, NIST, PCI, HIPAA},
		External: ids("securityhub IAM.1, checkov CKV_AWS_1 CKV_AWS_62 CKV_AWS_63 CKV_AWS_49 CKV2_AWS_40, prowler iam_customer_attached_policy_no_administrative_privileges, " +
			"cfn-guard IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS, cdk-nag HIPAA.Security-IAMPolicyNoStatementsWithAdminAccess NIST.800.53.R4-IAMPolicyNoStatementsWithAdminAccess " +
			"NIST.800.53.R5-IAMPolicyNoStatementsWithAdminAccess PCI.DSS.321-IAMPolicyNoStatementsWithAdminAccess, controltower CT.IAM.PR.2"),
		Remedy: "Name the actions that the function calls.",
		Page:   "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",
		judge: func(s *subject) answer {
			return s.policy.checkTogether(what, "its statements do not amount to an administrator's", access.Administration)
		},
	},
	{
		ID: "no-wildcard-actions", At: "access", Title: "No statement allows all actions of a service", Fault: "A statement allows all actions of a service", Severity: Medium, Since: "1.0",
		Standards: []Standard{FSBP, NIST, PCI, HIPAA},
		External: ids("securityhub IAM.21, cfn-guard IAM_MANAGEDPOLICY_NO_STATEMENTS_WITH_FULL_ACCESS, " +
			"cdk-nag AwsSolutions-IAM5 HIPAA.Security-IAMPolicyNoStatementsWithFullAccess NIST.800.53.R5-IAMPolicyNoStatementsWithFullAccess PCI.DSS.321-IAMPolicyNoStatementsWithFullAccess, controltower CT.IAM.PR.3"),
		Remedy: "Name the actions that the function calls.",
		Page:   "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",
		judge: func(s *subject) answer {
			return s.policy.checkTogether(what, "no service is allowed whole", func(list []access.Grant) string {
				services := access.WholeServices(list)
				switch {
				case len(services) == 0:
					return ""
				case services[0] == "*":
					return "all actions of all services"
				case len(services) > mostNamed:
					return fmt.Sprintf("all actions of %s and %d more services", strings.Join(services[:mostNamed], ", "), len(services)-mostNamed)
				}
				return "all actions of " + strings.Join(services, ", ")
			})
		},
	},
	{
		ID: "no-wildcard-resources", At: "access", Title: "Actions that can be bound to a resource are", Fault: "A statement allows its actions on every resource", Severity: Medium, Since: "1.0",
		External: ids("checkov CKV_AWS_355 CKV_AWS_356 CKV_AWS_290 CKV_AWS_111 CKV_AWS_288 CKV_AWS_108 CKV_AWS_289 CKV_AWS_109 CKV_AWS_287 CKV_AWS_107, cfn-guard IAM_POLICYDOCUMENT_NO_WILDCARD_RESOURCE"),
		Remedy:   "Name the resources. X-Ray and network interfaces take no resource, and do not count.",
		Page:     "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html",
		judge: func(s *subject) answer {
			return s.policy.check(what, "every action that takes a resource names one", func(g grant) bool {
				return !throughAccessPoint(g) && (g.OpensAll() || g.WideFor(func(a access.Action) bool { return takesResource(a) && !g.BoundByTag(a) }))
			})
		},
	},
	{
		ID: "no-inverse-statements", At: "access", Title: "No statement allows by exception", Fault: "A statement allows by exception", Severity: High, Since: "1.0",
		External: ids("cfn-guard IAM_ROLE_OR_POLICY_NO_ALLOW_PLUS_NOT_ACTION IAM_ROLE_OR_POLICY_NO_ALLOW_PLUS_NOT_RESOURCE"),
		Remedy:   "Apply again: statements that are not the unit's are removed.",
		Page:     "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html",
		judge: func(s *subject) answer {
			return s.policy.checkActions(what, "no statement uses NotAction or NotResource", func(g grant) bool { return g.Inverse != "" })
		},
	},
	{
		ID: "no-privilege-escalation", At: "access", Title: "The function cannot give itself more", Fault: "The function can give itself more rights", Severity: High, Since: "1.0",
		External: ids("checkov CKV_AWS_286 CKV_AWS_110, prowler iam_policy_allows_privilege_escalation iam_inline_policy_allows_privilege_escalation"),
		Remedy:   "Take the actions apart, or let another function do one of them.",
		Page:     "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
		judge:    escalation,
	},
	{
		ID: "no-passrole-wildcard", At: "access", Title: "Roles are passed by name", Fault: "The function may pass roles that are not named", Severity: High, Since: "1.0",
		External: ids("cfn-guard IAM_POLICY_NO_WILDCARD_RESOURCE_ON_PASSROLE, trivy AWS-0342"),
		Remedy:   "Name the role.",
		Page:     "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
		judge: func(s *subject) answer {
			return s.policy.check(what, "every role that may be passed is named", func(g grant) bool {
				open := slices.ContainsFunc(g.Resources, func(r string) bool { return strings.ContainsAny(r, "*?$") })
				return g.Allows("iam:PassRole") && (open || g.Inverse == "NotResource")
			})
		},
	},
	{
		ID: "no-decrypt-all-keys", At: "access", Title: "The function decrypts with named keys only", Fault: "The function may decrypt with keys that are not named", Severity: High, Since: "1.0",
		Standards: []Standard{FSBP},
		External:  ids("securityhub KMS.1 KMS.2, prowler iam_policy_no_full_access_to_kms iam_inline_policy_no_full_access_to_kms"),
		Remedy:    "Name the key.",
		Page:      "https://docs.aws.amazon.com/kms/latest/developerguide/iam-policies-best-practices.html",
		judge: func(s *subject) answer {
			return s.policy.check(what, "every key is named", func(g grant) bool {
				return g.WideFor(func(a access.Action) bool { return slices.Contains(opening, a.Name) })
			})
		},
	},
}

// opening are the actions that decrypt with a key, or let somebody else.
// https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
var opening = []string{"kms:CreateGrant", "kms:Decrypt", "kms:PutKeyPolicy", "kms:ReEncryptFrom"}

// mostNamed is how many services evidence names.
const mostNamed = 5

// ofLambda are actions that Lambda itself takes on the function's behalf, on
// whatever it has just made.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
var ofLambda = []string{
	"ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces",
	"ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs", "ec2:GetSecurityGroupsForVpc", "ec2:UnassignPrivateIpAddresses",
}

// takesResource reports whether an action of a statement could name a resource.
func takesResource(a access.Action) bool {
	return a.TakesResource() && !a.Aside() && !slices.Contains(ofLambda, a.Name)
}

// throughAccessPoint reports whether a statement about file systems is bound to one
// access point, which is of one file system.
// https://docs.aws.amazon.com/efs/latest/ug/efs-access-points.html
func throughAccessPoint(g grant) bool {
	point := g.Conditions["StringEquals"]["elasticfilesystem:AccessPointArn"]
	other := func(action string) bool { return !strings.HasPrefix(strings.ToLower(action), "elasticfilesystem:") }
	return len(point) == 1 && !strings.ContainsAny(point[0], "*?$") && g.Inverse == "" && !slices.ContainsFunc(g.Actions, other)
}

func escalation(s *subject) answer {
	return s.policy.checkSets(what, "no set of its actions escalates", func(list []access.Grant) string {
		if found := access.Escalations(list); len(found) > 0 {
			return found[0].Describe()
		}
		return ""
	})
}

package deployer

// needsOfIAM are the needs of calls about the execution role and its policies.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
var needsOfIAM = map[string][]need{
	"iam.GetAccountAuthorizationDetails": {read(account, "iam:GetAccountAuthorizationDetails")},
	"iam.GetRole":                        {read(roles, "iam:GetRole")},
	"iam.ListAttachedRolePolicies":       {read(roles, "iam:ListAttachedRolePolicies")},
	"iam.ListRolePolicies":               {read(roles, "iam:ListRolePolicies")},
	"iam.GetPolicy":                      {read(policies, "iam:GetPolicy"), read(attachedPolicies, "iam:GetPolicy")},
	"iam.GetPolicyVersion":               {read(policies, "iam:GetPolicyVersion"), read(attachedPolicies, "iam:GetPolicyVersion")},
	"iam.ListPolicyVersions":             {read(policies, "iam:ListPolicyVersions")},
	"iam.GetRolePolicy":                  {read(roles, "iam:GetRolePolicy")},
	"iam.ListInstanceProfilesForRole":    {read(roles, "iam:ListInstanceProfilesForRole")},
	"iam.ListEntitiesForPolicy":          {read(policies, "iam:ListEntitiesForPolicy")},

	// Tags given at creation take the tagging action as well.
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags_roles.html
	"iam.CreateRole":   {under(madeBounded, roles, "iam:CreateRole"), tagNew(roles, "iam:TagRole")},
	"iam.CreatePolicy": {create(policies, "iam:CreatePolicy"), tagNew(policies, "iam:TagPolicy")},

	"iam.UpdateRole":          {change(roles, "iam:UpdateRole")},
	"iam.DeleteRole":          {change(roles, "iam:DeleteRole")},
	"iam.DetachRolePolicy":    {change(roles, "iam:DetachRolePolicy")},
	"iam.DeleteRolePolicy":    {change(roles, "iam:DeleteRolePolicy")},
	"iam.CreatePolicyVersion": {change(policies, "iam:CreatePolicyVersion")},
	"iam.DeletePolicyVersion": {change(policies, "iam:DeletePolicyVersion")},
	"iam.DeletePolicy":        {change(policies, "iam:DeletePolicy")},

	// These decide who may use the role and for what, so they are allowed on a
	// role that has the boundary, and to give it one.
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
	"iam.UpdateAssumeRolePolicy":     {under(ownedBounded, roles, "iam:UpdateAssumeRolePolicy")},
	"iam.AttachRolePolicy":           {under(attached, roles, "iam:AttachRolePolicy")},
	"iam.PutRolePermissionsBoundary": {under(ownedBounded, roles, "iam:PutRolePermissionsBoundary").where(bounds)},
	// Never where a boundary is asked for: it would be no boundary.
	"iam.DeleteRolePermissionsBoundary": {change(roles, "iam:DeleteRolePermissionsBoundary").where(boundless)},

	"iam.TagRole":     {tagNew(roles, "iam:TagRole"), retag(roles, "iam:TagRole")},
	"iam.UntagRole":   {untag(roles, "iam:UntagRole")},
	"iam.TagPolicy":   {tagNew(policies, "iam:TagPolicy"), retag(policies, "iam:TagPolicy")},
	"iam.UntagPolicy": {untag(policies, "iam:UntagPolicy")},
}

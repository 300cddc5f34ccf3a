package access

import (
	"slices"
	"strings"
)

// rights are actions that make or widen somebody's rights, on whatever they are
// allowed on, and that no collection of escalations lists: who may come in by a
// provider of identities, what bounds a role, and what an existing function runs with.
// Read on 2026-11-29.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
var rights = []string{
	"iam:AddClientIDToOpenIDConnectProvider", "iam:CreateOpenIDConnectProvider", "iam:CreateSAMLProvider", "iam:UpdateOpenIDConnectProviderThumbprint", "iam:UpdateSAMLProvider",
	"iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary", "iam:PutRolePermissionsBoundary", "iam:PutUserPermissionsBoundary",
	"lambda:UpdateFunctionConfiguration", "sts:AssumeRoot",
}

// grabs are actions that give or use others' rights on resources that are not named:
// assignments of IAM Identity Center, access to clusters, what runs next in a thing
// that has a role.
// Read on 2026-11-29.
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
var grabs = []string{
	"batch:SubmitJob", "cloudformation:CreateStackInstances", "cloudformation:UpdateStackInstances", "cloudformation:UpdateStackSet",
	"eks:AssociateAccessPolicy", "eks:CreateAccessEntry", "eks:UpdateAccessEntry", "elasticmapreduce:AddJobFlowSteps",
	"identitystore:CreateGroupMembership", "organizations:AttachPolicy", "organizations:DetachPolicy", "organizations:RegisterDelegatedAdministrator",
	"ssm:CreateAssociation", "ssm:UpdateAssociation", "ssm:UpdateDocument", "ssm:UpdateDocumentDefaultVersion",
	"sso:AttachCustomerManagedPolicyReferenceToPermissionSet", "sso:AttachManagedPolicyToPermissionSet", "sso:CreateAccountAssignment", "sso:PutInlinePolicyToPermissionSet",
}

// runners are the services whose things run code or calls of their makers with a
// role: whoever may update one that is not named runs with its role.
var runners = []string{
	"apprunner", "batch", "bedrock", "bedrock-agentcore", "cloudformation", "codebuild", "codepipeline", "ecs", "emr-serverless", "events", "glue", "imagebuilder",
	"kinesisanalytics", "lambda", "pipes", "sagemaker", "scheduler", "states",
}

// changes reports whether an action changes what runs with a role that is there.
func changes(action string) bool {
	service, name, _ := strings.Cut(action, ":")
	return strings.HasPrefix(name, "Update") && slices.Contains(runners, service)
}

// single finds an action that escalates by itself.
func single(grants []Grant) (Escalation, bool) {
	for _, action := range rights {
		if contained(Escalation{Actions: []string{action}}, grants, Grant.Allows) {
			return Escalation{ID: "Rights:" + action, Actions: []string{action}}, true
		}
	}
	wide := func(action string) bool {
		return contained(Escalation{Actions: []string{action}}, grants, Grant.allowsWidely)
	}
	for _, action := range grabs {
		if wide(action) {
			return Escalation{ID: "Unnamed:" + action, Actions: []string{action}}, true
		}
	}
	for _, runner := range runners {
		for _, action := range takers()[runner] {
			if changes(action) && wide(action) {
				return Escalation{ID: "Unnamed:" + action, Actions: []string{action}}, true
			}
		}
	}
	return Escalation{}, false
}

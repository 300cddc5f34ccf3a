package render

import (
	"strings"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

func (t *template) role() error {
	role, exists := t.Role.Get()
	if !exists {
		return nil
	}
	trust, _ := role.Trust.Get()
	written, err := document(trust.Statements(), trust.Unexpected)
	if err != nil {
		return err
	}
	attached, err := t.attachments(role)
	if err != nil {
		return err
	}
	t.add("Role", "AWS::IAM::Role", object(
		"RoleName", text(role.Name), "Path", text(role.Path), "Description", text(role.Description),
		"AssumeRolePolicyDocument", written,
		"ManagedPolicyArns", attached,
		"PermissionsBoundary", text(role.PermissionsBoundary),
		"Tags", t.tagList(),
	))
	return nil
}

// attachments are the policies of the role: the unit's own, then others'.
func (d *draft) attachments(role bp.Role) ([]any, error) {
	var out []any
	own := map[string]bool{}
	if policy, exists := d.Policy.Get(); exists {
		documents, err := d.policyDocuments(policy)
		if err != nil {
			return nil, err
		}
		for i := range documents {
			out = append(out, policyReference(i))
			own[bp.PolicyPart(policy.ARN.Or("/"), i)] = true
		}
	}
	for _, arn := range role.AttachedPolicies.Or(nil) {
		if text, known := arn.Get(); known && !own[text] {
			out = append(out, text)
		}
	}
	if names, _ := role.InlinePolicies.Or(nil).Strings(); len(names) > 0 {
		d.note("inline policies of the role are left out: %s", strings.Join(names, ", "))
	}
	return out, nil
}

func (m *module) role() error {
	role, exists := m.Role.Get()
	if !exists {
		return nil
	}
	trust, _ := role.Trust.Get()
	written, err := document(trust.Statements(), trust.Unexpected)
	if err != nil {
		return err
	}
	attached, err := m.attachments(role)
	if err != nil {
		return err
	}
	m.add("aws_iam_role", this,
		"name", text(role.Name), "path", text(role.Path), "description", text(role.Description),
		"permissions_boundary", text(role.PermissionsBoundary),
		"assume_role_policy", encoded{written}, "tags", m.tagMap())
	for i, arn := range attached {
		m.add("aws_iam_role_policy_attachment", policyName(i), "role", reference(objectRole, attributeName), "policy_arn", arn)
	}
	return nil
}

func (m *module) attachmentNames() []string {
	var out []string
	for _, b := range m.blocks {
		if b.labels[0] == "aws_iam_role_policy_attachment" {
			out = append(out, strings.Join(b.labels, "."))
		}
	}
	return out
}

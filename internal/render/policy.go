package render

import (
	"fmt"
	"strconv"
	"strings"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

func (t *template) policies() error {
	policy, exists := t.Policy.Get()
	if !exists {
		return nil
	}
	documents, err := t.policyDocuments(policy)
	if err != nil {
		return err
	}
	for i, written := range documents {
		t.add(policyID(i), "AWS::IAM::ManagedPolicy", object(
			"ManagedPolicyName", part(policy.Name.Or(""), i), "Path", text(policy.Path), "PolicyDocument", written,
		))
	}
	return nil
}

// part names the n-th policy of a unit, counted from 0.
func part(name string, n int) string {
	_, last, _ := strings.Cut(bp.PolicyPart("/"+name, n), "/")
	return last
}

func policyReference(n int) string {
	return reference(objectPolicy+" "+fmt.Sprint(n), attributeARN)
}

// policyDocuments are the documents of the unit's policies, one each.
func (d *draft) policyDocuments(policy bp.Policy) ([]any, error) {
	statements, _ := policy.Statements.Get()
	packed, err := bp.Pack(statements.Statements())
	if err != nil {
		return nil, err
	}
	if len(packed) == 0 {
		packed = [][]bp.Named{nil}
	}
	out := make([]any, len(packed))
	for i, part := range packed {
		var foreign bp.Value[map[string]bp.String]
		if i == 0 {
			foreign = statements.Unexpected
		}
		if out[i], err = document(part, foreign); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (m *module) policies() error {
	policy, exists := m.Policy.Get()
	if !exists {
		return nil
	}
	documents, err := m.policyDocuments(policy)
	if err != nil {
		return err
	}
	function, _ := m.Function.Get()
	for i, written := range documents {
		m.add("aws_iam_policy", policyName(i),
			"name", part(policy.Name.Or(""), i), "path", text(policy.Path), "description", text(bp.Map(function.Name, bp.PolicyDescription)),
			"policy", encoded{written}, "tags", m.tagMap())
	}
	return nil
}

// policyName is the name of the n-th policy, counted from 0.
func policyName(n int) string {
	if n == 0 {
		return this
	}
	return this + "_" + strconv.Itoa(n+1)
}

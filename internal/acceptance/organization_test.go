package acceptance

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
)

// TestAccLambda_InvokedByAnOrganization lets every principal of an organization
// invoke, which the posture takes as bounded, made by the unit or by hand.
func TestAccLambda_InvokedByAnOrganization(t *testing.T) {
	t.Parallel()
	a := newTenant(t)
	const name = "tfacc-organization"
	attributes := map[string]string{"permissions": `{ all = { principal = "*", organization_id = "o-a1b2c3d4e5" } }`}
	c := newCore(t, a, `provider "secure" {}`+"\n"+unit(t, "x", name, attributes))
	c.must("apply", "-auto-approve")
	c.empty()
	policy, err := a.lambda.GetPolicy(t.Context(), &lambda.GetPolicyInput{FunctionName: new(name), Qualifier: new("live")})
	must(t, err)
	for _, text := range []string{`"*"`, `"aws:PrincipalOrgID":"o-a1b2c3d4e5"`} {
		if !strings.Contains(*policy.Policy, text) {
			t.Errorf("the policy lacks %s: %s", text, *policy.Policy)
		}
	}
	if failed := c.posture().Failed; len(failed) > 0 {
		t.Errorf("what is bounded by an organization fails %v", sortedKeys(failed))
	}
	_, err = a.lambda.AddPermission(t.Context(), &lambda.AddPermissionInput{
		FunctionName: new(name), StatementId: new("theirs"), Action: new("lambda:InvokeFunction"), Principal: new("*"), PrincipalOrgID: new("o-b1b2c3d4e5"),
	})
	must(t, err)
	attributes["ignore_drift"] = `["permissions.unexpected"]`
	c.write(`provider "secure" {}` + "\n" + unit(t, "x", name, attributes))
	c.must("apply", "-auto-approve")
	if failed := c.posture().Failed; len(failed) > 0 {
		t.Errorf("the same made by hand fails %v", sortedKeys(failed))
	}
	c.must("destroy", "-auto-approve")
}

package acceptance

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// TestAccLambda_ImportSaysWhatStaysBeside imports a function with aliases and a
// URL that no unit manages, under a configuration that states the attached
// policies, as a generated one does: the inline policy stays all the same.
func TestAccLambda_ImportSaysWhatStaysBeside(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	const name = "tfacc-beside"
	a.makeByHand(t, name)
	version, err := a.lambda.PublishVersion(t.Context(), &lambda.PublishVersionInput{FunctionName: new(name)})
	must(t, err)
	for _, alias := range []string{"prod", "beta"} {
		_, err := a.lambda.CreateAlias(t.Context(), &lambda.CreateAliasInput{FunctionName: new(name), Name: &alias, FunctionVersion: version.Version})
		must(t, err)
	}
	_, err = a.lambda.CreateFunctionUrlConfig(t.Context(), &lambda.CreateFunctionUrlConfigInput{FunctionName: new(name), AuthType: lambdatypes.FunctionUrlAuthTypeNone})
	must(t, err)
	configuration := fmt.Sprintf("provider \"secure\" {}\nimport {\n  to = secure_lambda.x\n  id = %q\n}\n", name) + unit(t, "x", name, map[string]string{
		"additional_policy_arns": `["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"]`,
		"environment":            `{ GREETING = "by hand" }`, "powertools": "false",
	})
	c := newCore(t, a, configuration)
	stdout := c.must("apply", "-auto-approve")
	for _, said := range []string{"alias beta", "alias prod", "with authorization NONE", `inline policies "buckets"`, "Nothing that runs changes: code"} {
		if !strings.Contains(strings.Join(strings.Fields(stdout), " "), said) {
			t.Errorf("nothing is said of %s:\n%s", said, stdout)
		}
	}
	inline, err := a.iam.ListRolePolicies(t.Context(), &iam.ListRolePoliciesInput{RoleName: new("hand-made")})
	must(t, err)
	if len(inline.PolicyNames) != 1 {
		t.Errorf("the role's inline policies are %v", inline.PolicyNames)
	}
	c.empty()
	c.write(strings.Replace(configuration, "powertools =", "timeout = 7\n  powertools =", 1))
	if stdout := c.must("plan"); strings.Contains(stdout, "An imported unit keeps") {
		t.Errorf("the import is explained after it was applied:\n%s", stdout)
	}
	c.must("destroy", "-auto-approve")
}

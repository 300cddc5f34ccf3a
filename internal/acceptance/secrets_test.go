package acceptance

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// secretChanges lack a change of the values, which cannot be taken back: a
// number is used once.
var secretChanges = []change{
	{label: "secrets", attribute: "secrets", value: `{ DB_PASSWORD = { arn = "` + orderSecret + `" } }`, publishes: true},
	{label: "secret_json_key", attribute: "secrets", from: `{ DB_PASSWORD = { arn = "` + orderSecret + `" } }`, value: `{ DB_PASSWORD = { arn = "` + orderSecret + `", json_key = "password" } }`, publishes: true},
	{
		label: "secret_rotation", attribute: "secret_rotation", value: `{ function_arn = "arn:aws:lambda:eu-central-1:111122223333:function:rotate" }`,
		with: map[string]string{"secret_values_wo": `{ DB_PASSWORD = "changeable" }`, "secret_values_wo_version": "1"},
	},
	{label: "secret_key", attribute: "secrets", from: `{ DB_PASSWORD = { arn = "` + orderSecret + `" } }`, value: `{ DB_PASSWORD = { arn = "` + orderSecret + `", kms_key_arn = "` + someKey + `" } }`},
}

// TestAccSecrets_ReferenceReachesTheFunction asks AWS what the function gets,
// and what its role may: the reference, and the read of that value alone. An
// entry that goes takes both with it.
func TestAccSecrets_ReferenceReachesTheFunction(t *testing.T) {
	t.Parallel()
	a := newTenant(t)
	const name = "tfacc-secrets"
	configuration := func(secrets string) string {
		return a.providerBlock() + unit(t, "x", name, map[string]string{"environment": `{ STAGE = "test" }`, "secrets": secrets})
	}
	gets := func(want map[string]string, sids ...string) resource.TestCheckFunc {
		return func(state *terraform.State) error {
			f, err := a.lambda.GetFunction(t.Context(), &lambda.GetFunctionInput{FunctionName: new(name), Qualifier: new("live")})
			if err != nil {
				return err
			}
			variables := f.Configuration.Environment.Variables
			for _, variable := range []string{"DB_PASSWORD", "LIMIT"} {
				if variables[variable] != want[variable] {
					return fmt.Errorf("%s is %q, want %q", variable, variables[variable], want[variable])
				}
			}
			statements, err := a.statementsAbout(t, name)
			if err != nil {
				return err
			}
			if got := strings.Join(sortedKeys(statements), " "); got != strings.Join(sids, " ") {
				return fmt.Errorf("the policy has %s, want %v", got, sids)
			}
			for sid, s := range statements {
				function := state.RootModule().Resources["secure_lambda.x"].Primary.Attributes["arn"]
				bound := bp.Equal(s.Conditions.Or(nil)["ArnEquals"], bp.Known(map[string]bp.Value[bp.Set]{"lambda:SourceFunctionArn": bp.Known(bp.SetOf(function))}))
				if bound == strings.Contains(sid, "KeyOf") || len(s.Resources.Or(nil)) != 1 || len(s.Actions.Or(nil)) != 1 {
					return fmt.Errorf("%s: %v", sid, s)
				}
			}
			return nil
		}
	}
	step := func(secrets string, check resource.TestCheckFunc) resource.TestStep {
		return resource.TestStep{
			Config: configuration(secrets), Check: check,
			ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
		}
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			step(fmt.Sprintf(`{ DB_PASSWORD = { arn = %q, kms_key_arn = %q, json_key = "password" }, LIMIT = { arn = %q } }`, orderSecret, someKey, orderLimit),
				gets(map[string]string{"DB_PASSWORD": orderSecret + ":password::", "LIMIT": orderLimit}, "SecureKeyOfDBx0PASSWORD", "SecureSecretOfDBx0PASSWORD", "SecureSecretOfLIMIT")),
			step(fmt.Sprintf(`{ LIMIT = { arn = %q } }`, orderLimit),
				gets(map[string]string{"LIMIT": orderLimit}, "SecureSecretOfLIMIT")),
			step("", gets(nil)),
		},
	})
}

// statementsAbout are the statements about secrets of a unit's policy.
func (a *tenant) statementsAbout(t *testing.T, unit string) (map[string]bp.Statement, error) {
	t.Helper()
	arn := bp.Place{Partition: "aws", Account: a.account(t), Region: region}.PolicyARN("/", bp.PolicyName(unit, region, "/"))
	policy, err := a.iam.GetPolicy(t.Context(), &iam.GetPolicyInput{PolicyArn: &arn})
	if err != nil {
		return nil, err
	}
	version, err := a.iam.GetPolicyVersion(t.Context(), &iam.GetPolicyVersionInput{PolicyArn: &arn, VersionId: policy.Policy.DefaultVersionId})
	if err != nil {
		return nil, err
	}
	document, err := url.QueryUnescape(*version.PolicyVersion.Document)
	if err != nil {
		return nil, err
	}
	parsed, err := bp.ParseDocument(document)
	out := map[string]bp.Statement{}
	for _, p := range parsed {
		if strings.HasPrefix(p.Sid, "SecureSecret") || strings.HasPrefix(p.Sid, "SecureKeyOf") {
			out[p.Sid] = p.Statement
		}
	}
	return out, err
}

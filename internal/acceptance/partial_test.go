package acceptance

import (
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
)

// TestAccLambda_TakenNames meets objects of others under the unit's names. Each
// is named, none is touched, and a destroy removes only what is the unit's.
func TestAccLambda_TakenNames(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	for name, take := range map[string]func(t *testing.T, a *tenant){
		"role": func(t *testing.T, a *tenant) {
			_, err := a.iam.CreateRole(t.Context(), &iam.CreateRoleInput{
				RoleName:                 new("tfacc-taken-" + region),
				AssumeRolePolicyDocument: new(foreignTrust),
			})
			must(t, err)
		},
		"policy": func(t *testing.T, a *tenant) {
			_, err := a.iam.CreatePolicy(t.Context(), &iam.CreatePolicyInput{PolicyName: new("tfacc-taken-" + region), PolicyDocument: new(foreignPolicy)})
			must(t, err)
		},
		"log group": func(t *testing.T, a *tenant) {
			_, err := a.logs.CreateLogGroup(t.Context(), &cloudwatchlogs.CreateLogGroupInput{LogGroupName: new("/aws/lambda/tfacc-taken")})
			must(t, err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newTenant(t)
			take(t, a)
			c := newCore(t, a, `provider "secure" {}`+"\n"+unit(t, "x", "tfacc-taken", nil))
			_, stderr, code := c.run("apply", "-auto-approve")
			if code == 0 || !strings.Contains(stderr, "exists already") || !strings.Contains(stderr, name) {
				t.Fatalf("exit %d\n%s", code, stderr)
			}
			mark := box.Recorder().Mark()
			c.must("destroy", "-auto-approve")
			for _, call := range a.writes(mark) {
				if strings.HasPrefix(call.Operation, "Delete") && strings.Contains(strings.ToLower(call.Operation), strings.ReplaceAll(name, " ", "")) && call.Status < 300 {
					t.Errorf("destroy deleted the %s of others: %s %s", name, call.Name(), call.Resource)
				}
			}
		})
	}
}

// TestAccLambda_PartialUpdate cuts an update short and lets the next apply take
// up the rest: in place, without a second role or version.
func TestAccLambda_PartialUpdate(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	const taken = "tfacc-partial-taken"
	first := a.providerBlock() + unit(t, "x", "tfacc-partial", nil)
	second := a.providerBlock() + unit(t, "x", "tfacc-partial", map[string]string{"role_name": `"` + taken + `"`, "timeout": "30"})
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			{Config: first},
			{
				PreConfig: func() {
					_, err := a.iam.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: new(taken), AssumeRolePolicyDocument: new(foreignTrust)})
					must(t, err)
				},
				Config:      second,
				ExpectError: regexp.MustCompile(`cannot take a name that is in use`),
			},
			{
				PreConfig: func() {
					_, err := a.iam.DeleteRole(t.Context(), &iam.DeleteRoleInput{RoleName: new(taken)})
					must(t, err)
				},
				Config: second,
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction("secure_lambda.x", plancheck.ResourceActionUpdate)},
					PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
				},
				Check: func(*terraform.State) error {
					_, err := a.lambda.GetFunction(t.Context(), &lambda.GetFunctionInput{FunctionName: new("tfacc-partial"), Qualifier: new("live")})
					return err
				},
			},
		},
		CheckDestroy: func(*terraform.State) error {
			a.mustBeEmpty(t)
			return nil
		},
	})
}

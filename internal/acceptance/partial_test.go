package acceptance

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox"
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
		"function": func(t *testing.T, a *tenant) {
			role, err := a.iam.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: new("theirs"), AssumeRolePolicyDocument: new(foreignTrust)})
			must(t, err)
			retry(t, func() error {
				_, err := a.lambda.CreateFunction(t.Context(), &lambda.CreateFunctionInput{
					FunctionName: new("tfacc-taken"), Role: role.Role.Arn, Runtime: "python3.12", Handler: new("app.handler"), Code: &lambdatypes.FunctionCode{ZipFile: foreignZip},
				})
				return err
			})
			must(t, lambda.NewFunctionActiveV2Waiter(a.lambda).Wait(t.Context(), &lambda.GetFunctionInput{FunctionName: new("tfacc-taken")}, waitLimit, func(o *lambda.FunctionActiveV2WaiterOptions) {
				o.MinDelay, o.MaxDelay = fastPoll, 4*fastPoll
			}))
		},
		"alarm": func(t *testing.T, a *tenant) {
			_, err := a.cloudwatch.PutMetricAlarm(t.Context(), &cloudwatch.PutMetricAlarmInput{
				AlarmName: new("tfacc-taken-errors"), Namespace: new("Theirs"), MetricName: new("Theirs"), Statistic: "Sum",
				Period: new(int32(60)), EvaluationPeriods: new(int32(1)), Threshold: new(77.0), ComparisonOperator: "GreaterThanThreshold",
			})
			must(t, err)
		},
		"queue": func(t *testing.T, a *tenant) {
			_, err := a.sqs.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: new("tfacc-taken-dead-letter")})
			must(t, err)
		},
		"alias": func(t *testing.T, a *tenant) { // of a KMS key
			key, err := a.kms.CreateKey(t.Context(), &kms.CreateKeyInput{})
			must(t, err)
			_, err = a.kms.CreateAlias(t.Context(), &kms.CreateAliasInput{AliasName: new("alias/secure/tfacc-taken"), TargetKeyId: key.KeyMetadata.KeyId})
			must(t, err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newTenant(t)
			c := newCore(t, a, `provider "secure" {}`+"\n"+unit(t, "x", "tfacc-taken", nil))
			take(t, a)
			theirs := a.everything(t)
			_, stderr, code := c.run("plan")
			said, refused := unwrapped(stderr), "Names of unit tfacc-taken are in use"
			if name == "log group" {
				refused = "Log group /aws/lambda/tfacc-taken exists already"
			}
			if code == 0 || !strings.Contains(said, refused) || !strings.Contains(said, name) || !strings.Contains(said, map[string]string{
				"role": "write another role_name", "function": "terraform import secure_lambda.NAME tfacc-taken", "log group": "aws logs tag-resource",
				"policy": "delete the policy", "queue": "target_arn", "alarm": "delete the alarm", "alias": "kms_key_arn",
			}[name]) {
				t.Errorf("the plan does not say what is in the way: exit %d\n%s", code, stderr)
			}
			// Who may not look learns of it at apply: an apply plans twice.
			look := map[string][2]string{
				"role": {"iam", "GetRole"}, "function": {"lambda", "GetFunction"}, "log group": {"logs", "DescribeLogGroups"},
				"policy": {"iam", "GetPolicy"}, "queue": {"sqs", "ListQueueTags"}, "alarm": {"monitoring", "DescribeAlarms"}, "alias": {"kms", "DescribeKey"},
			}[name]
			plan := a.faults(sandbox.AccessDenied.On(look[0], look[1], 1, 2))
			_, stderr, code = c.run("apply", "-auto-approve")
			a.mended(t, plan)
			if said := unwrapped(stderr); code == 0 || !strings.Contains(said, "cannot take a name that is in use") || !strings.Contains(said, name) || !strings.Contains(said, "terraform import") {
				t.Fatalf("exit %d\n%s", code, stderr)
			}
			c.must("destroy", "-auto-approve")
			if left := a.everything(t); left != theirs {
				t.Errorf("it was\n%s\nand is\n%s", theirs, left)
			}
		})
	}
}

// everything describes all objects of the account that a unit could touch.
func (a *tenant) everything(t *testing.T) string {
	t.Helper()
	ctx := t.Context()
	functions, err := a.lambda.ListFunctions(ctx, &lambda.ListFunctionsInput{})
	must(t, err)
	roles, err := a.iam.ListRoles(ctx, &iam.ListRolesInput{})
	must(t, err)
	policies, err := a.iam.ListPolicies(ctx, &iam.ListPoliciesInput{Scope: iamtypes.PolicyScopeTypeLocal})
	must(t, err)
	groups, err := a.logs.DescribeLogGroups(ctx, &cloudwatchlogs.DescribeLogGroupsInput{})
	must(t, err)
	queues, err := a.sqs.ListQueues(ctx, &sqs.ListQueuesInput{})
	must(t, err)
	alarms, err := a.cloudwatch.DescribeAlarms(ctx, &cloudwatch.DescribeAlarmsInput{})
	must(t, err)
	aliases, err := a.kms.ListAliases(ctx, &kms.ListAliasesInput{})
	must(t, err)
	enabled, err := a.enabledKeys(ctx)
	must(t, err)
	text, err := json.MarshalIndent([]any{functions.Functions, roles.Roles, policies.Policies, groups.LogGroups, queues.QueueUrls, alarms.MetricAlarms, aliases.Aliases, enabled}, "", " ")
	must(t, err)
	return string(text)
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

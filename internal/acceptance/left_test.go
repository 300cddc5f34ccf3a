package acceptance

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
)

// TestAccLambda_LogsOutliveTheUnit destroys a unit whose log group is kept, with
// the key that its events need, and makes it again: the group is taken back.
func TestAccLambda_LogsOutliveTheUnit(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	const name = "tfacc-retained"
	kept := `provider "secure" {}` + "\n" + unit(t, "x", name, map[string]string{"logs": `{ on_destroy = "retain" }`})
	c := newCore(t, a, kept)
	c.must("apply", "-auto-approve")
	if stdout := c.must("plan", "-destroy"); !strings.Contains(stdout, "The log group outlives the unit") {
		t.Errorf("the plan does not say what stays:\n%s", stdout)
	}
	c.must("destroy", "-auto-approve")
	groups := func() int {
		out, err := a.logs.DescribeLogGroups(t.Context(), &cloudwatchlogs.DescribeLogGroupsInput{})
		must(t, err)
		return len(out.LogGroups)
	}
	enabled, err := a.enabledKeys(t.Context())
	must(t, err)
	if groups() != 1 || enabled != 1 {
		t.Fatalf("%d log groups and %d enabled keys are left, want one of each", groups(), enabled)
	}
	roles, err := a.iam.ListRoles(t.Context(), &iam.ListRolesInput{})
	must(t, err)
	if len(roles.Roles) > 0 {
		t.Errorf("the role is left: %v", *roles.Roles[0].RoleName)
	}
	// The key that its events need was about to be deleted.
	key := a.logKey(t)
	_, err = a.kms.ScheduleKeyDeletion(t.Context(), &kms.ScheduleKeyDeletionInput{KeyId: &key})
	must(t, err)
	c.must("apply", "-auto-approve")
	c.empty()
	if enabled, err := a.enabledKeys(t.Context()); err != nil || enabled != 1 || a.logKey(t) != key || !strings.Contains(c.must("show"), key) {
		t.Errorf("%d enabled keys, and the unit does not use %s again: %v", enabled, key, err)
	}
	if _, err := a.invoke(t.Context(), name+":live", `{}`); err != nil {
		t.Error(err)
	}
	c.write(strings.Replace(kept, "retain", "delete", 1))
	c.must("apply", "-auto-approve")
	c.must("destroy", "-auto-approve")
	a.mustBeEmpty(t)
}

// logKey is the key of the only log group.
func (a *tenant) logKey(t *testing.T) string {
	t.Helper()
	out, err := a.logs.DescribeLogGroups(t.Context(), &cloudwatchlogs.DescribeLogGroupsInput{})
	must(t, err)
	return *out.LogGroups[0].KmsKeyId
}

// TestAccLambda_IgnoredDrift leaves single settings to others: what they set is
// kept through a change of something else, and everything beside it is not.
func TestAccLambda_IgnoredDrift(t *testing.T) {
	t.Parallel()
	a := newTenant(t)
	const name = "tfacc-ignored-drift"
	configuration := func(timeout int) string {
		return a.providerBlock() + unit(t, "x", name, map[string]string{
			"environment": `{ GREETING = "hi" }`, "timeout": fmt.Sprint(timeout), "concurrency": `{ reserved = 2 }`,
			"ignore_drift": `["alarms.throttles.threshold", "function.environment", "function.reserved_concurrency", "role.attached_policies"]`,
		})
	}
	const foreign = "arn:aws:iam::aws:policy/ReadOnlyAccess"
	byOthers := func() {
		out, err := a.cloudwatch.DescribeAlarms(t.Context(), &cloudwatch.DescribeAlarmsInput{AlarmNames: []string{name + "-throttles"}})
		must(t, err)
		alarm := out.MetricAlarms[0]
		_, err = a.cloudwatch.PutMetricAlarm(t.Context(), &cloudwatch.PutMetricAlarmInput{
			AlarmName: alarm.AlarmName, AlarmDescription: alarm.AlarmDescription, Namespace: alarm.Namespace, MetricName: alarm.MetricName, Dimensions: alarm.Dimensions,
			Statistic: alarm.Statistic, Period: alarm.Period, EvaluationPeriods: alarm.EvaluationPeriods, DatapointsToAlarm: alarm.DatapointsToAlarm,
			ComparisonOperator: alarm.ComparisonOperator, TreatMissingData: alarm.TreatMissingData, Threshold: new(5.0),
		})
		must(t, err)
		must(t, configured(func(in *lambda.UpdateFunctionConfigurationInput) {
			in.Environment = lambdaVariables("GREETING", "theirs")
		})(t.Context(), a, name))
		_, err = a.lambda.PutFunctionConcurrency(t.Context(), &lambda.PutFunctionConcurrencyInput{FunctionName: new(name), ReservedConcurrentExecutions: new(int32(7))})
		must(t, err)
		_, err = a.iam.AttachRolePolicy(t.Context(), &iam.AttachRolePolicyInput{RoleName: new(name + "-" + region), PolicyArn: new(foreign)})
		must(t, err)
	}
	theirs := func(*terraform.State) error {
		out, err := a.cloudwatch.DescribeAlarms(t.Context(), &cloudwatch.DescribeAlarmsInput{AlarmNames: []string{name + "-throttles"}, AlarmTypes: []cwtypes.AlarmType{cwtypes.AlarmTypeMetricAlarm}})
		if err != nil {
			return err
		}
		function, err := a.lambda.GetFunction(t.Context(), &lambda.GetFunctionInput{FunctionName: new(name)})
		if err != nil {
			return err
		}
		attached, err := a.iam.ListAttachedRolePolicies(t.Context(), &iam.ListAttachedRolePoliciesInput{RoleName: new(name + "-" + region)})
		if err != nil {
			return err
		}
		if *out.MetricAlarms[0].Threshold != 5 || function.Configuration.Environment.Variables["GREETING"] != "theirs" ||
			*function.Concurrency.ReservedConcurrentExecutions != 7 || len(attached.AttachedPolicies) != 2 {
			return errors.New("what others set was not kept")
		}
		return nil
	}
	empty := []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			{Config: configuration(10), ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: empty}},
			{
				// The environment is what a version freezes, so what others set of it
				// is published; nothing else shows.
				PreConfig: byOthers, Config: configuration(10), Check: theirs,
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{planCheck(func(plan *tfjson.Plan) error {
						planned, err := unitChange(plan, "x")
						if err != nil {
							return err
						}
						for _, path := range changedPaths(planned) {
							if !slices.Contains([]string{"managed.alias.version?", "managed.version.digest", "managed.version.number?", "version?"}, path) {
								return fmt.Errorf("the plan shows %s", path)
							}
						}
						return nil
					})},
					PostApplyPostRefresh: empty,
				},
			},
			{Config: configuration(20), Check: theirs, ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: empty}},
		},
	})
}

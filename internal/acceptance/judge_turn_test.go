package acceptance

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/secure-lambda/terraform-provider-secure/internal/posture"
)

// turn makes one property of a unit worse by hand, as Prowler sees it.
type turn struct {
	check string
	// id finds the object that Prowler's finding is about, by a part of its ARN.
	id     func(a *tenant, unit string) string
	worsen func(ctx context.Context, a *tenant, unit string) error
}

func functionID(_ *tenant, unit string) string { return ":function:" + unit }
func roleID(_ *tenant, unit string) string     { return ":role/" + unit + "-" }
func policyPart(_ *tenant, unit string) string { return ":policy/" + unit + "-" }
func queueID(_ *tenant, unit string) string    { return ":" + unit + "-dead-letter" }
func groupID(_ *tenant, unit string) string    { return ":log-group:/aws/lambda/" + unit }
func secretID(_ *tenant, unit string) string   { return ":secret:secure/" + unit }
func alarmID(_ *tenant, unit string) string    { return ":alarm:" + unit + "-throttles" }
func keyID(a *tenant, unit string) string {
	return "key/" + aws.ToString(a.keyID(context.Background(), unit))
}

func reconfigured(in lambda.UpdateFunctionConfigurationInput) func(context.Context, *tenant, string) error {
	return func(ctx context.Context, a *tenant, unit string) error {
		in.FunctionName = &unit
		_, err := a.lambda.UpdateFunctionConfiguration(ctx, &in)
		return err
	}
}

func queueSetting(name, value string) func(context.Context, *tenant, string) error {
	return func(ctx context.Context, a *tenant, unit string) error {
		url, err := a.sqs.GetQueueUrl(ctx, &sqs.GetQueueUrlInput{QueueName: new(unit + "-dead-letter")})
		if err != nil {
			return err
		}
		arn := fmt.Sprintf("arn:aws:sqs:%s:%s:%s-dead-letter", region, a.id, unit)
		_, err = a.sqs.SetQueueAttributes(ctx, &sqs.SetQueueAttributesInput{QueueUrl: url.QueueUrl, Attributes: map[string]string{name: strings.ReplaceAll(value, "ARN", arn)}})
		return err
	}
}

func mayAlso(statement string) func(context.Context, *tenant, string) error {
	return func(ctx context.Context, a *tenant, unit string) error {
		arn, err := a.policyARN(ctx, unit)
		if err != nil {
			return err
		}
		_, err = a.iam.CreatePolicyVersion(ctx, &iam.CreatePolicyVersionInput{PolicyArn: &arn, SetAsDefault: true, PolicyDocument: new(statements(statement))})
		return err
	}
}

func inline(statement string) func(context.Context, *tenant, string) error {
	return func(ctx context.Context, a *tenant, unit string) error {
		_, err := a.iam.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: new(unit + "-" + region), PolicyName: new("theirs"), PolicyDocument: new(statements(statement))})
		return err
	}
}

func statements(one string) string { return `{"Version":"2012-10-17","Statement":[` + one + `]}` }

func alarmWith(actions []string, enabled bool) func(context.Context, *tenant, string) error {
	return func(ctx context.Context, a *tenant, unit string) error {
		_, err := a.cloudwatch.PutMetricAlarm(ctx, &cloudwatch.PutMetricAlarmInput{
			AlarmName: new(unit + "-throttles"), Namespace: new("AWS/Lambda"), MetricName: new("Throttles"), Statistic: cwtypes.StatisticSum,
			Period: new(int32(300)), EvaluationPeriods: new(int32(1)), Threshold: new(1.0), ComparisonOperator: cwtypes.ComparisonOperatorGreaterThanOrEqualToThreshold,
			AlarmActions: actions, ActionsEnabled: &enabled,
		})
		return err
	}
}

const (
	anybody = `{"Effect":"Allow","Principal":"*","Action":"sqs:*","Resource":"ARN"}`
	admin   = `{"Effect":"Allow","Action":"*","Resource":"*"}`
	allKeys = `{"Effect":"Allow","Action":"kms:*","Resource":"*"}`
)

// prowlerTurns are the checks of Prowler that answer a control. Two units share none.
func prowlerTurns() []turn {
	return []turn{
		{"awslambda_function_no_secrets_in_variables", functionID, reconfigured(lambda.UpdateFunctionConfigurationInput{
			Environment: &lambdatypes.Environment{Variables: map[string]string{"DB_PASSWORD": "hunter2-Correct-Horse-9!"}},
		})},
		{"awslambda_function_env_vars_not_encrypted_with_cmk", functionID, reconfigured(lambda.UpdateFunctionConfigurationInput{KMSKeyArn: new("")})},
		{"awslambda_function_using_supported_runtimes", functionID, reconfigured(lambda.UpdateFunctionConfigurationInput{Runtime: "python3.8"})},
		{"awslambda_function_inside_vpc", functionID, reconfigured(lambda.UpdateFunctionConfigurationInput{VpcConfig: &lambdatypes.VpcConfig{SubnetIds: []string{}, SecurityGroupIds: []string{}}})},
		{"awslambda_function_vpc_multi_az", functionID, func(ctx context.Context, a *tenant, unit string) error {
			now, err := a.lambda.GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{FunctionName: &unit})
			if err != nil {
				return err
			}
			return reconfigured(lambda.UpdateFunctionConfigurationInput{VpcConfig: &lambdatypes.VpcConfig{
				SubnetIds: now.VpcConfig.SubnetIds[:1], SecurityGroupIds: now.VpcConfig.SecurityGroupIds,
			}})(ctx, a, unit)
		}},
		{"awslambda_function_not_publicly_accessible", functionID, func(ctx context.Context, a *tenant, unit string) error {
			_, err := a.lambda.AddPermission(ctx, &lambda.AddPermissionInput{FunctionName: &unit, StatementId: new("public"), Action: new("lambda:InvokeFunction"), Principal: new("*")})
			return err
		}},
		{"awslambda_function_no_dead_letter_queue", functionID, reconfigured(lambda.UpdateFunctionConfigurationInput{DeadLetterConfig: &lambdatypes.DeadLetterConfig{TargetArn: new("")}})},
		{"iam_customer_attached_policy_no_administrative_privileges", policyPart, mayAlso(admin)},
		{"iam_policy_no_full_access_to_kms", policyPart, mayAlso(allKeys)},
		{"iam_inline_policy_no_full_access_to_kms", roleID, inline(allKeys)},
		{"iam_role_cross_service_confused_deputy_prevention", roleID, func(ctx context.Context, a *tenant, unit string) error {
			_, err := a.iam.UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{RoleName: new(unit + "-" + region), PolicyDocument: new(foreignTrust)})
			return err
		}},
		{"cloudwatch_log_group_kms_encryption_enabled", groupID, func(ctx context.Context, a *tenant, unit string) error {
			_, err := a.logs.DisassociateKmsKey(ctx, &cloudwatchlogs.DisassociateKmsKeyInput{LogGroupName: new("/aws/lambda/" + unit)})
			return err
		}},
		{"cloudwatch_log_group_retention_policy_specific_days_enabled", groupID, func(ctx context.Context, a *tenant, unit string) error {
			_, err := a.logs.PutRetentionPolicy(ctx, &cloudwatchlogs.PutRetentionPolicyInput{LogGroupName: new("/aws/lambda/" + unit), RetentionInDays: new(int32(30))})
			return err
		}},
		{"sqs_queues_server_side_encryption_enabled", queueID, queueSetting("KmsMasterKeyId", "")},
		{"sqs_queues_not_publicly_accessible", queueID, queueSetting("Policy", statements(anybody))},
		{"secretsmanager_not_publicly_accessible", secretID, func(ctx context.Context, a *tenant, unit string) error {
			_, err := a.secrets.PutResourcePolicy(ctx, &secretsmanager.PutResourcePolicyInput{
				SecretId: new("secure/" + unit), ResourcePolicy: new(statements(`{"Effect":"Allow","Principal":"*","Action":"secretsmanager:GetSecretValue","Resource":"*"}`)),
			})
			return err
		}},
		{"kms_cmk_rotation_enabled", keyID, func(ctx context.Context, a *tenant, unit string) error {
			_, err := a.kms.DisableKeyRotation(ctx, &kms.DisableKeyRotationInput{KeyId: a.keyID(ctx, unit)})
			return err
		}},
		{"kms_cmk_are_used", keyID, func(ctx context.Context, a *tenant, unit string) error {
			_, err := a.kms.DisableKey(ctx, &kms.DisableKeyInput{KeyId: a.keyID(ctx, unit)})
			return err
		}},
		{"kms_cmk_not_deleted_unintentionally", keyID, func(ctx context.Context, a *tenant, unit string) error {
			_, err := a.kms.ScheduleKeyDeletion(ctx, &kms.ScheduleKeyDeletionInput{KeyId: a.keyID(ctx, unit)})
			return err
		}},
		{"kms_key_not_publicly_accessible", keyID, func(ctx context.Context, a *tenant, unit string) error {
			_, err := a.kms.PutKeyPolicy(ctx, &kms.PutKeyPolicyInput{KeyId: a.keyID(ctx, unit), Policy: new(statements(`{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"kms:*","Resource":"*"}`))})
			return err
		}},
		{"cloudwatch_alarm_actions_alarm_state_configured", alarmID, alarmWith(nil, true)},
		{"cloudwatch_alarm_actions_enabled", alarmID, func(ctx context.Context, a *tenant, unit string) error {
			return alarmWith([]string{strings.ReplaceAll(onCall, "ACCOUNT", a.id)}, false)(ctx, a, unit)
		}},
	}
}

// notTurned are checks of Prowler that answer a control and cannot be shown to
// turn here, and why.
var notTurned = map[string]string{
	"awslambda_function_no_secrets_in_code":         "not tried: Prowler unpacks the package from the address that GetFunction gives, and a unit's plan never lets one with a secret out",
	"secretsmanager_automatic_rotation_enabled":     "Prowler reads it from ListSecrets, where the sandbox notes no rotation",
	"iam_role_administratoraccess_policy":           "Prowler passes over roles that a service assumes, and a unit's is one",
	"iam_policy_allows_privilege_escalation":        "Prowler 5.46.0 gives up on its own list, which names a service that is no more, and passes everything",
	"iam_inline_policy_allows_privilege_escalation": "Prowler 5.46.0 gives up on its own list, which names a service that is no more, and passes everything",
	"awslambda_function_using_cross_account_layers": "Lambda takes a layer of another account only if it is there, and the sandbox's accounts do not see each other's",
}

// TestJudge_ProwlerTurnsWithUs makes one property worse for each check: Prowler
// must pass it in a unit as made, and fail it in the one that is worse.
func TestJudge_ProwlerTurnsWithUs(t *testing.T) {
	t.Parallel()
	prowlerPath(t)
	a := newTenant(t)
	subnets, group := a.inNetwork(t)
	all := prowlerTurns()
	names := []string{`"best"`}
	for i := range all {
		names = append(names, fmt.Sprintf(`"turn%02d"`, i))
	}
	c := newCore(t, a, a.there(t, requireSecure+unit(t, "all", "", map[string]string{
		"for_each": "toset([" + strings.Join(names, ",") + "])", "name": `"judged-${each.key}"`, "runtime": `"python3.14"`,
		"vpc":              fmt.Sprintf(`{ subnet_ids = ["%s"], security_group_ids = [%q] }`, strings.Join(subnets, `","`), group),
		"alarms":           fmt.Sprintf(`{ actions = [%q] }`, onCall),
		"environment":      `{ TABLE = "orders" }`,
		"secret_values_wo": `{ PASSWORD = "not-a-real-one" }`, "secret_values_wo_version": "1",
	})))
	c.must("apply", "-auto-approve", "-parallelism=10")
	for i, turn := range all {
		must(t, turn.worsen(t.Context(), a, fmt.Sprintf("judged-turn%02d", i)))
	}
	status := map[string]map[string]string{} // by check and ARN
	for _, f := range prowler(t, a) {
		for _, r := range f.Resources {
			if status[f.Metadata.EventCode] == nil {
				status[f.Metadata.EventCode] = map[string]string{}
			}
			status[f.Metadata.EventCode][r.UID] = f.Status
		}
	}
	of := func(turn turn, unit string) string {
		part := turn.id(a, unit)
		for arn, s := range status[turn.check] {
			if strings.Contains(arn, part) {
				return s
			}
		}
		return "nothing"
	}
	verified := map[string]bool{}
	for i, turn := range all {
		before, after := of(turn, "judged-best"), of(turn, fmt.Sprintf("judged-turn%02d", i))
		// Of a check that lists only what fails, a pass says nothing.
		if (before == "PASS" || before == "nothing") && after == "FAIL" {
			verified[turn.check] = true
		} else {
			t.Errorf("%s: %s of the unit as made, %s of the one that is worse; judged: %v", turn.check, before, after, slices.Sorted(maps.Keys(status[turn.check])))
		}
	}
	mapped := 0
	for _, control := range posture.Controls() {
		for _, e := range control.External {
			if e.Catalogue != "prowler" {
				continue
			}
			mapped++
			if !verified[e.ID] && notTurned[e.ID] == "" {
				t.Errorf("%s is said to answer %s, and its verdict does not turn with ours", e.ID, control.ID)
			}
			t.Logf("%-30s %-66s %s", control.ID, e.ID, map[bool]string{true: "turns", false: "not: " + notTurned[e.ID]}[verified[e.ID]])
		}
	}
	t.Logf("prowler: %d ids mapped, %d verified", mapped, len(verified))
	guide, err := os.ReadFile("../../templates/guides/controls.md")
	must(t, err)
	if row := fmt.Sprintf("| prowler | %d | %d |", mapped, len(verified)); !strings.Contains(string(guide), row) {
		t.Errorf("the guide of controls does not say %q", row)
	}
}

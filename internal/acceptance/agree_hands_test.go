package acceptance

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// hand is a change by other hands.
type hand struct {
	what string
	do   func(context.Context, *tenant, string) error
}

// hands lists what others do to a unit that has such an alias.
func hands(alias string) []hand {
	permit := func(qualifier, principal, source string) func(context.Context, *tenant, string) error {
		return func(ctx context.Context, a *tenant, unit string) error {
			in := &lambda.AddPermissionInput{FunctionName: &unit, StatementId: new("theirs"), Action: new("lambda:InvokeFunction"), Principal: &principal}
			if qualifier != "" {
				in.Qualifier = &qualifier
			}
			if source != "" {
				in.SourceArn = &source
			}
			_, err := a.lambda.AddPermission(ctx, in)
			return err
		}
	}
	trust := func(document string) func(context.Context, *tenant, string) error {
		return func(ctx context.Context, a *tenant, unit string) error {
			_, err := a.iam.UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{RoleName: new(unit + "-" + region), PolicyDocument: &document})
			return err
		}
	}
	return []hand{
		{"an inline policy", inline(admin)},
		{"trust for anybody's functions", trust(foreignTrust)},
		{"trust for everyone", trust(statements(`{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}`))},
		{"a policy that is wider", mayAlso(`{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`)},
		{"a public function", permit("", "*", "")},
		{"a public alias", permit(alias, "*", "")},
		{"a public version", permit("1", "*", "")},
		{"a permission for anybody's bucket", permit(alias, "s3.amazonaws.com", "arn:aws:s3:::orders")},
		{"a public queue", queueSetting("Policy", statements(anybody))},
		{"a queue without encryption", queueSetting("KmsMasterKeyId", "")},
		{"a log group without key", func(ctx context.Context, a *tenant, unit string) error {
			_, err := a.logs.DisassociateKmsKey(ctx, &cloudwatchlogs.DisassociateKmsKeyInput{LogGroupName: new("/aws/lambda/" + unit)})
			return err
		}},
		{"logs for a day", func(ctx context.Context, a *tenant, unit string) error {
			_, err := a.logs.PutRetentionPolicy(ctx, &cloudwatchlogs.PutRetentionPolicyInput{LogGroupName: new("/aws/lambda/" + unit), RetentionInDays: new(int32(1))})
			return err
		}},
		{"a key that is not rotated", func(ctx context.Context, a *tenant, unit string) error {
			_, err := a.kms.DisableKeyRotation(ctx, &kms.DisableKeyRotationInput{KeyId: a.keyID(ctx, unit)})
			return err
		}},
		{"a public key", func(ctx context.Context, a *tenant, unit string) error {
			_, err := a.kms.PutKeyPolicy(ctx, &kms.PutKeyPolicyInput{KeyId: a.keyID(ctx, unit), Policy: new(statements(`{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"kms:*","Resource":"*"}`))})
			return err
		}},
		{"no alarm on errors", func(ctx context.Context, a *tenant, unit string) error {
			_, err := a.cloudwatch.DeleteAlarms(ctx, &cloudwatch.DeleteAlarmsInput{AlarmNames: []string{unit + "-errors"}})
			return err
		}},
		{"an alarm that is switched off", func(ctx context.Context, a *tenant, unit string) error {
			_, err := a.cloudwatch.DisableAlarmActions(ctx, &cloudwatch.DisableAlarmActionsInput{AlarmNames: []string{unit + "-errors"}})
			return err
		}},
		{"no traces", reconfigured(lambda.UpdateFunctionConfigurationInput{TracingConfig: &lambdatypes.TracingConfig{Mode: lambdatypes.TracingModePassThrough}})},
		{"a secret", reconfigured(lambda.UpdateFunctionConfigurationInput{Environment: &lambdatypes.Environment{Variables: map[string]string{"DB_PASSWORD": "hunter2-Correct-Horse-9!"}}})},
		{"no key", reconfigured(lambda.UpdateFunctionConfigurationInput{KMSKeyArn: new("")})},
		{"no dead letters", reconfigured(lambda.UpdateFunctionConfigurationInput{DeadLetterConfig: &lambdatypes.DeadLetterConfig{TargetArn: new("")}})},
		{"another runtime", reconfigured(lambda.UpdateFunctionConfigurationInput{Runtime: "python3.8"})},
		{"an alias of what is in the making", func(ctx context.Context, a *tenant, unit string) error {
			_, err := a.lambda.UpdateAlias(ctx, &lambda.UpdateAliasInput{FunctionName: &unit, Name: &alias, FunctionVersion: new("$LATEST")})
			return err
		}},
		{"no bound", func(ctx context.Context, a *tenant, unit string) error {
			_, err := a.lambda.DeleteFunctionConcurrency(ctx, &lambda.DeleteFunctionConcurrencyInput{FunctionName: &unit})
			return err
		}},
		{"a version without traces", frozen(alias, 0.1, with(lambda.UpdateFunctionConfigurationInput{TracingConfig: &lambdatypes.TracingConfig{Mode: lambdatypes.TracingModePassThrough}}))},
		{"a version with a secret", frozen(alias, 0, with(lambda.UpdateFunctionConfigurationInput{Environment: &lambdatypes.Environment{Variables: map[string]string{"API_KEY": "hunter2-Correct-Horse-9!"}}}))},
		{"a version without key and dead letters", frozen(alias, 0.5, with(lambda.UpdateFunctionConfigurationInput{KMSKeyArn: new(""), DeadLetterConfig: &lambdatypes.DeadLetterConfig{TargetArn: new("")}}))},
		{"a version that is an administrator", frozen(alias, 0.01, asAdministrator)},
		{"an alias of an administrator", frozen(alias, 0, asAdministrator)},
		{"a loop", func(ctx context.Context, a *tenant, unit string) error {
			_, err := a.lambda.PutFunctionRecursionConfig(ctx, &lambda.PutFunctionRecursionConfigInput{FunctionName: &unit, RecursiveLoop: lambdatypes.RecursiveLoopAllow})
			return err
		}},
	}
}

// frozen publishes a version with other settings, takes these back, and sends callers
// of the unit's alias, or of a new one, to that version too.
func frozen(alias string, weight float64, change func(context.Context, *tenant, string, *lambda.UpdateFunctionConfigurationInput) error) func(context.Context, *tenant, string) error {
	return func(ctx context.Context, a *tenant, unit string) error {
		before, err := a.lambda.GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{FunctionName: &unit})
		if err != nil {
			return err
		}
		restore := lambda.UpdateFunctionConfigurationInput{
			FunctionName: &unit, Role: before.Role, KMSKeyArn: new(aws.ToString(before.KMSKeyArn)),
			TracingConfig: &lambdatypes.TracingConfig{Mode: before.TracingConfig.Mode}, DeadLetterConfig: &lambdatypes.DeadLetterConfig{TargetArn: new("")},
			Environment: &lambdatypes.Environment{Variables: map[string]string{}},
		}
		if before.DeadLetterConfig != nil {
			restore.DeadLetterConfig.TargetArn = before.DeadLetterConfig.TargetArn
		}
		if before.Environment != nil {
			restore.Environment.Variables = before.Environment.Variables
		}
		settled := func(in *lambda.UpdateFunctionConfigurationInput) error {
			_, err := a.lambda.UpdateFunctionConfiguration(ctx, in)
			for tries := 0; err != nil && tries < 20 && strings.Contains(err.Error(), "cannot be assumed"); tries++ { // a new role is not seen at once
				time.Sleep(500 * time.Millisecond)
				_, err = a.lambda.UpdateFunctionConfiguration(ctx, in)
			}
			if err != nil {
				return err
			}
			return lambda.NewFunctionUpdatedV2Waiter(a.lambda, func(o *lambda.FunctionUpdatedV2WaiterOptions) { o.MinDelay = 50 * time.Millisecond }).
				Wait(ctx, &lambda.GetFunctionInput{FunctionName: &unit}, time.Minute)
		}
		changed := lambda.UpdateFunctionConfigurationInput{FunctionName: &unit}
		if err := change(ctx, a, unit, &changed); err != nil {
			return err
		}
		if err := settled(&changed); err != nil {
			return err
		}
		version, err := a.lambda.PublishVersion(ctx, &lambda.PublishVersionInput{FunctionName: &unit})
		if err != nil {
			return err
		}
		if err := settled(&restore); err != nil {
			return err
		}
		if weight == 0 {
			_, err = a.lambda.CreateAlias(ctx, &lambda.CreateAliasInput{FunctionName: &unit, Name: new("theirs"), FunctionVersion: version.Version})
			return err
		}
		_, err = a.lambda.UpdateAlias(ctx, &lambda.UpdateAliasInput{
			FunctionName: &unit, Name: &alias,
			RoutingConfig: &lambdatypes.AliasRoutingConfiguration{AdditionalVersionWeights: map[string]float64{*version.Version: weight}},
		})
		return err
	}
}

// asAdministrator lets a version run with another role.
func asAdministrator(ctx context.Context, a *tenant, unit string, in *lambda.UpdateFunctionConfigurationInput) error {
	role, err := a.iam.CreateRole(ctx, &iam.CreateRoleInput{RoleName: new(unit + "-admin"), AssumeRolePolicyDocument: new(foreignTrust)})
	if err != nil {
		return err
	}
	in.Role = role.Role.Arn
	_, err = a.iam.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: new(unit + "-admin"), PolicyName: new("all"), PolicyDocument: new(statements(admin))})
	return err
}

func with(settings lambda.UpdateFunctionConfigurationInput) func(context.Context, *tenant, string, *lambda.UpdateFunctionConfigurationInput) error {
	return func(_ context.Context, _ *tenant, unit string, in *lambda.UpdateFunctionConfigurationInput) error {
		*in = settings
		in.FunctionName = &unit
		return nil
	}
}

// touch changes something of a unit, and says what: what it does not have stays as
// it is.
func touch(t *testing.T, a *tenant, name string, attributes map[string]string, turn int) string {
	t.Helper()
	alias := "live"
	if strings.Contains(attributes["release"], "stable") {
		alias = "stable"
	}
	all := hands(alias)
	h := all[turn%len(all)]
	if err := h.do(t.Context(), a, name); err != nil {
		t.Logf("%s has no %s: %v", name, h.what, err)
		return ""
	}
	return h.what
}

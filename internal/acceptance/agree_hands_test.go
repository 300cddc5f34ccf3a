package acceptance

import (
	"context"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/posture"
)

// hand is a change by other hands.
type hand struct {
	what string
	do   func(context.Context, *tenant, string) error
}

// onlyAudited are changes of which an audit sees more than a plan, in the
// judgements that are covered, and why. Every other one has to be alike.
var onlyAudited = map[string]struct {
	why    string
	covers func(control posture.Control, evidence string) bool
}{
	mutedByHand: {
		"a refresh judges what is in the making, and the version in service keeps what was taken away there; the next apply puts it back",
		func(_ posture.Control, evidence string) bool { return strings.HasPrefix(evidence, "version ") },
	},
	bareByHand: {
		"as for dead letters",
		func(_ posture.Control, evidence string) bool { return strings.HasPrefix(evidence, "version ") },
	},
}

const (
	inlineByHand = "an inline policy"
	mutedByHand  = "no dead letters"
	bareByHand   = "no key"
)

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
		{inlineByHand, inline(admin)},
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
		{bareByHand, reconfigured(lambda.UpdateFunctionConfigurationInput{KMSKeyArn: new("")})},
		{mutedByHand, reconfigured(lambda.UpdateFunctionConfigurationInput{DeadLetterConfig: &lambdatypes.DeadLetterConfig{TargetArn: new("")}})},
		{"another runtime", reconfigured(lambda.UpdateFunctionConfigurationInput{Runtime: "python3.8"})},
		{"an alias of what is in the making", func(ctx context.Context, a *tenant, unit string) error {
			_, err := a.lambda.UpdateAlias(ctx, &lambda.UpdateAliasInput{FunctionName: &unit, Name: &alias, FunctionVersion: new("$LATEST")})
			return err
		}},
		{"no bound", func(ctx context.Context, a *tenant, unit string) error {
			_, err := a.lambda.DeleteFunctionConcurrency(ctx, &lambda.DeleteFunctionConcurrencyInput{FunctionName: &unit})
			return err
		}},
		{"a loop", func(ctx context.Context, a *tenant, unit string) error {
			_, err := a.lambda.PutFunctionRecursionConfig(ctx, &lambda.PutFunctionRecursionConfigInput{FunctionName: &unit, RecursiveLoop: lambdatypes.RecursiveLoopAllow})
			return err
		}},
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
		return "not " + h.what
	}
	return h.what
}

package acceptance

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
)

// drift is one thing that other hands do to a unit, and the paths at which the
// plan must show it. A trailing * stands for the rest of a path.
type drift struct {
	label string
	do    func(ctx context.Context, a *tenant, name string) error
	paths []string
	// publishes is set where what the alias serves has to be made anew.
	publishes bool
	// with is what the unit needs for that beside what all have.
	with map[string]string
}

// TestAccLambda_Drift changes one thing in each of a batch of units by hand.
// One plan must show every change as an in-place update that names the field,
// one apply must repair them all.
func TestAccLambda_Drift(t *testing.T) {
	t.Parallel()
	a := newTenant(t)
	var units strings.Builder
	for _, d := range drifts() {
		attributes := map[string]string{
			"environment": `{ GREETING = "hi" }`,
			"tags":        `{ team = "orders" }`,
			"access": `{ table = {
				actions = ["dynamodb:GetItem", "dynamodb:Query"]
				resources = ["arn:aws:dynamodb:eu-central-1:111122223333:table/orders"]
			} }`,
			"vpc":         network,
			"alarms":      `{ profile = "full", actions = ["` + onCall + `"], async_dropped = { enabled = true } }`,
			"concurrency": `{ reserved = 2 }`,
			"logs":        `{ data_protection = ["EmailAddress"] }`,
			"permissions": `{ bucket = { principal = "s3.amazonaws.com", source_arn = "arn:aws:s3:::tfacc-in" } }`,
			"async":       `{ max_retries = 1, on_failure = "arn:aws:sqs:eu-central-1:ACCOUNT:tfacc-failed" }`,
		}
		maps.Copy(attributes, d.with)
		units.WriteString(unit(t, d.label, driftName(d.label), attributes))
	}
	configuration := a.there(t, a.providerBlock()+units.String())
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			{Config: configuration},
			{
				PreConfig: func() {
					for _, d := range drifts() {
						if err := d.do(t.Context(), a, driftName(d.label)); err != nil {
							t.Fatalf("%s: %v", d.label, err)
						}
					}
				},
				Config: configuration,
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply:             []plancheck.PlanCheck{planCheck(checkDrifts)},
					PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
				},
			},
		},
	})
}

func driftName(label string) string { return "tfacc-drift-" + dashed(label) }

func dashed(label string) string { return strings.ReplaceAll(label, "_", "-") }

func checkDrifts(plan *tfjson.Plan) error {
	var all []error
	for _, d := range drifts() {
		change, err := unitChange(plan, d.label)
		if err != nil {
			all = append(all, err)
			continue
		}
		if !slices.Equal(change.Actions, tfjson.Actions{tfjson.ActionUpdate}) {
			all = append(all, fmt.Errorf("%s: planned %v, not an update in place", d.label, change.Actions))
			continue
		}
		want := slices.Clone(d.paths)
		if d.publishes {
			want = append(want, "managed.alias.version?", "managed.version.number?", "version?")
		}
		if got := changedPaths(change); !matches(got, want) {
			all = append(all, fmt.Errorf("%s: the plan shows %v, want %v", d.label, got, want))
		}
	}
	return errors.Join(all...)
}

// matches reports whether every path is wanted and every wanted one is there.
func matches(got, want []string) bool {
	covers := func(pattern, path string) bool {
		if prefix, ok := strings.CutSuffix(pattern, "*"); ok {
			return strings.HasPrefix(path, prefix)
		}
		return pattern == path
	}
	for _, g := range got {
		if !slices.ContainsFunc(want, func(w string) bool { return covers(w, g) }) {
			return false
		}
	}
	for _, w := range want {
		if !slices.ContainsFunc(got, func(g string) bool { return covers(w, g) }) {
			return false
		}
	}
	return true
}

func (a *tenant) configure(ctx context.Context, in *lambda.UpdateFunctionConfigurationInput) error {
	if _, err := a.lambda.UpdateFunctionConfiguration(ctx, in); err != nil {
		return err
	}
	return lambda.NewFunctionUpdatedV2Waiter(a.lambda, fastUpdates).Wait(ctx, &lambda.GetFunctionInput{FunctionName: in.FunctionName}, waitLimit)
}

func configured(change func(*lambda.UpdateFunctionConfigurationInput)) func(context.Context, *tenant, string) error {
	return func(ctx context.Context, a *tenant, name string) error {
		in := &lambda.UpdateFunctionConfigurationInput{FunctionName: &name}
		change(in)
		return a.configure(ctx, in)
	}
}

func drifts() []drift { return slices.Concat(coreDrifts, asyncDrifts, alarmDrifts, partDrifts) }

var coreDrifts = []drift{
	{
		label: "code", paths: []string{"managed.function.code_sha256", "code_sha256"},
		do: func(ctx context.Context, a *tenant, name string) error {
			if _, err := a.lambda.UpdateFunctionCode(ctx, &lambda.UpdateFunctionCodeInput{FunctionName: &name, ZipFile: foreignZip}); err != nil {
				return err
			}
			return lambda.NewFunctionUpdatedV2Waiter(a.lambda, fastUpdates).Wait(ctx, &lambda.GetFunctionInput{FunctionName: &name}, waitLimit)
		},
	},
	{label: "description", paths: []string{"managed.function.description"}, do: configured(func(in *lambda.UpdateFunctionConfigurationInput) { in.Description = new("changed") })},
	{label: "runtime", paths: []string{"managed.function.runtime"}, do: configured(func(in *lambda.UpdateFunctionConfigurationInput) { in.Runtime = lambdatypes.RuntimePython313 })},
	{label: "handler", paths: []string{"managed.function.handler"}, do: configured(func(in *lambda.UpdateFunctionConfigurationInput) { in.Handler = new("other.handler") })},
	{label: "memory_size", paths: []string{"managed.function.memory_size"}, do: configured(func(in *lambda.UpdateFunctionConfigurationInput) { in.MemorySize = new(int32(1024)) })},
	{label: "timeout", paths: []string{"managed.function.timeout"}, do: configured(func(in *lambda.UpdateFunctionConfigurationInput) { in.Timeout = new(int32(60)) })},
	{label: "ephemeral_storage", paths: []string{"managed.function.ephemeral_storage"}, do: configured(func(in *lambda.UpdateFunctionConfigurationInput) {
		in.EphemeralStorage = &lambdatypes.EphemeralStorage{Size: new(int32(1024))}
	})},
	{label: "tracing", paths: []string{"managed.function.tracing"}, do: configured(func(in *lambda.UpdateFunctionConfigurationInput) {
		in.TracingConfig = &lambdatypes.TracingConfig{Mode: lambdatypes.TracingModePassThrough}
	})},
	{label: "function_key", paths: []string{"managed.function.kms_key_arn"}, do: configured(func(in *lambda.UpdateFunctionConfigurationInput) { in.KMSKeyArn = new("") })},
	{label: "logging", paths: []string{"managed.function.logging.*"}, do: configured(func(in *lambda.UpdateFunctionConfigurationInput) {
		in.LoggingConfig = &lambdatypes.LoggingConfig{LogFormat: lambdatypes.LogFormatText, LogGroup: new("/somewhere/else")}
	})},
	{
		label: "environment", paths: []string{"managed.function.environment.GREETING.sha256", "managed.function.environment.EXTRA", "managed.function.environment.POWERTOOLS_*"},
		do: configured(func(in *lambda.UpdateFunctionConfigurationInput) {
			in.Environment = &lambdatypes.Environment{Variables: map[string]string{"GREETING": "bye", "EXTRA": "1"}}
		}),
	},
	{
		label: "function_tags", paths: []string{"managed.function.tags"},
		do: func(ctx context.Context, a *tenant, name string) error {
			return a.tagFunction(ctx, name, map[string]string{"team": "others"})
		},
	},
	{
		label: "alias_version", paths: []string{"managed.alias.version*", "managed.version.*", "version*"}, publishes: true,
		do: func(ctx context.Context, a *tenant, name string) error {
			if err := a.configure(ctx, &lambda.UpdateFunctionConfigurationInput{FunctionName: &name, Timeout: new(int32(77))}); err != nil {
				return err
			}
			out, err := a.lambda.PublishVersion(ctx, &lambda.PublishVersionInput{FunctionName: &name})
			if err != nil {
				return err
			}
			if err := a.configure(ctx, &lambda.UpdateFunctionConfigurationInput{FunctionName: &name, Timeout: new(int32(10))}); err != nil {
				return err
			}
			_, err = a.lambda.UpdateAlias(ctx, &lambda.UpdateAliasInput{FunctionName: &name, Name: new("live"), FunctionVersion: out.Version})
			return err
		},
	},
	{
		label: "alias_latest", paths: []string{"managed.alias.version*", "managed.version?", "version*"},
		do: func(ctx context.Context, a *tenant, name string) error {
			_, err := a.lambda.UpdateAlias(ctx, &lambda.UpdateAliasInput{FunctionName: &name, Name: new("live"), FunctionVersion: new("$LATEST")})
			return err
		},
	},
	{
		label: "alias_weights", paths: []string{"managed.alias.weights"},
		do: func(ctx context.Context, a *tenant, name string) error {
			if err := a.configure(ctx, &lambda.UpdateFunctionConfigurationInput{FunctionName: &name, Timeout: new(int32(77))}); err != nil {
				return err
			}
			if _, err := a.lambda.PublishVersion(ctx, &lambda.PublishVersionInput{FunctionName: &name}); err != nil {
				return err
			}
			if err := a.configure(ctx, &lambda.UpdateFunctionConfigurationInput{FunctionName: &name, Timeout: new(int32(10))}); err != nil {
				return err
			}
			_, err := a.lambda.UpdateAlias(ctx, &lambda.UpdateAliasInput{
				FunctionName: &name, Name: new("live"),
				RoutingConfig: &lambdatypes.AliasRoutingConfiguration{AdditionalVersionWeights: map[string]float64{"2": 0.25}},
			})
			return err
		},
	},
	{
		label: "alias_deleted", paths: []string{"managed.alias?", "managed.async", "managed.permissions", "managed.version?", "alias_arn", "alias_name", "invoke_arn", "version?"},
		do: func(ctx context.Context, a *tenant, name string) error {
			_, err := a.lambda.DeleteAlias(ctx, &lambda.DeleteAliasInput{FunctionName: &name, Name: new("live")})
			return err
		},
	},
	{
		label: "function_deleted", paths: []string{"managed.function", "managed.alias?", "managed.async", "managed.permissions", "managed.version?", "alias_arn", "alias_name", "code_sha256", "invoke_arn", "version?"},
		do: func(ctx context.Context, a *tenant, name string) error {
			_, err := a.lambda.DeleteFunction(ctx, &lambda.DeleteFunctionInput{FunctionName: &name})
			return err
		},
	},
	{
		label: "trust", paths: []string{"managed.role.trust.lambda", "managed.role.trust.unexpected"},
		do: func(ctx context.Context, a *tenant, name string) error {
			_, err := a.iam.UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{
				RoleName:       new(name + "-" + region),
				PolicyDocument: new(`{"Version":"2012-10-17","Statement":[{"Sid":"Anyone","Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}`),
			})
			return err
		},
	},
	{
		label: "role_description", paths: []string{"managed.role.description"},
		do: func(ctx context.Context, a *tenant, name string) error {
			_, err := a.iam.UpdateRole(ctx, &iam.UpdateRoleInput{RoleName: new(name + "-" + region), Description: new("changed")})
			return err
		},
	},
	{
		label: "boundary", paths: []string{"managed.role.permissions_boundary"},
		do: func(ctx context.Context, a *tenant, name string) error {
			_, err := a.iam.PutRolePermissionsBoundary(ctx, &iam.PutRolePermissionsBoundaryInput{
				RoleName: new(name + "-" + region), PermissionsBoundary: new("arn:aws:iam::aws:policy/ReadOnlyAccess"),
			})
			return err
		},
	},
	{
		label: "attached_policy", paths: []string{"managed.role.attached_policies"},
		do: func(ctx context.Context, a *tenant, name string) error {
			_, err := a.iam.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{
				RoleName: new(name + "-" + region), PolicyArn: new("arn:aws:iam::aws:policy/ReadOnlyAccess"),
			})
			return err
		},
	},
	{
		label: "inline_policy", paths: []string{"managed.role.inline_policies"},
		do: func(ctx context.Context, a *tenant, name string) error {
			_, err := a.iam.PutRolePolicy(ctx, &iam.PutRolePolicyInput{
				RoleName: new(name + "-" + region), PolicyName: new("more"), PolicyDocument: new(foreignPolicy),
			})
			return err
		},
	},
	{
		label: "role_tags", paths: []string{"managed.role.tags"},
		do: func(ctx context.Context, a *tenant, name string) error {
			_, err := a.iam.TagRole(ctx, &iam.TagRoleInput{RoleName: new(name + "-" + region), Tags: []iamtypes.Tag{{Key: new("team"), Value: new("others")}}})
			return err
		},
	},
	{
		label: "policy", paths: []string{"managed.policy.statements.access.table.actions", "managed.policy.statements.unexpected", "managed.policy.statements.tracing"},
		do: func(ctx context.Context, a *tenant, name string) error { return a.rewritePolicy(ctx, name) },
	},
	{
		label: "policy_deleted", paths: []string{"managed.policy", "managed.role.attached_policies", "inventory.policy.id?"},
		do: func(ctx context.Context, a *tenant, name string) error { return a.deletePolicy(ctx, name) },
	},
	{
		label: "retention", paths: []string{"managed.log_group.retention_days"},
		do: func(ctx context.Context, a *tenant, name string) error {
			_, err := a.logs.PutRetentionPolicy(ctx, &cloudwatchlogs.PutRetentionPolicyInput{LogGroupName: new("/aws/lambda/" + name), RetentionInDays: new(int32(7))})
			return err
		},
	},
	{
		label: "log_group_key", paths: []string{"managed.log_group.kms_key_arn"},
		do: func(ctx context.Context, a *tenant, name string) error {
			_, err := a.logs.DisassociateKmsKey(ctx, &cloudwatchlogs.DisassociateKmsKeyInput{LogGroupName: new("/aws/lambda/" + name)})
			return err
		},
	},
	{
		label: "log_group_deleted", paths: []string{"managed.log_group", "log_group_name"},
		do: func(ctx context.Context, a *tenant, name string) error {
			_, err := a.logs.DeleteLogGroup(ctx, &cloudwatchlogs.DeleteLogGroupInput{LogGroupName: new("/aws/lambda/" + name)})
			return err
		},
	},
	{
		label: "key_disabled", paths: []string{"managed.key.enabled"},
		do: func(ctx context.Context, a *tenant, name string) error {
			_, err := a.kms.DisableKey(ctx, &kms.DisableKeyInput{KeyId: a.keyID(ctx, name)})
			return err
		},
	},
	{
		label: "key_scheduled", paths: []string{"managed.key.enabled"},
		do: func(ctx context.Context, a *tenant, name string) error {
			id := a.keyID(ctx, name)
			_, err := a.kms.ScheduleKeyDeletion(ctx, &kms.ScheduleKeyDeletionInput{KeyId: id, PendingWindowInDays: new(int32(7))})
			return err
		},
	},
	{
		label: "key_rotation", paths: []string{"managed.key.rotation"},
		do: func(ctx context.Context, a *tenant, name string) error {
			_, err := a.kms.DisableKeyRotation(ctx, &kms.DisableKeyRotationInput{KeyId: a.keyID(ctx, name)})
			return err
		},
	},
	{
		label: "key_alias", paths: []string{"managed.key.alias"},
		do: func(ctx context.Context, a *tenant, name string) error {
			_, err := a.kms.DeleteAlias(ctx, &kms.DeleteAliasInput{AliasName: new("alias/secure/" + name)})
			return err
		},
	},
	{
		label: "key_policy", paths: []string{"managed.key.policy.logs", "managed.key.policy.account", "managed.key.policy.unexpected"},
		do: func(ctx context.Context, a *tenant, name string) error {
			_, err := a.kms.PutKeyPolicy(ctx, &kms.PutKeyPolicyInput{
				KeyId: a.keyID(ctx, name), PolicyName: new("default"),
				Policy: new(`{"Version":"2012-10-17","Statement":[{"Sid":"Everyone","Effect":"Allow","Principal":{"AWS":"*"},"Action":"kms:*","Resource":"*"}]}`),
			})
			return err
		},
	},
	{
		label: "key_tags", paths: []string{"managed.key.tags"},
		do: func(ctx context.Context, a *tenant, name string) error {
			_, err := a.kms.TagResource(ctx, &kms.TagResourceInput{KeyId: a.keyID(ctx, name), Tags: []kmstypes.Tag{{TagKey: new("team"), TagValue: new("others")}}})
			return err
		},
	},
}

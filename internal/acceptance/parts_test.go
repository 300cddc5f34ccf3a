package acceptance

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// permit adds a statement to a resource policy by hand.
func permit(qualifier, sid string) func(context.Context, *tenant, string) error {
	return func(ctx context.Context, a *tenant, name string) error {
		in := &lambda.AddPermissionInput{FunctionName: &name, StatementId: &sid, Action: new("lambda:InvokeFunction"), Principal: new("444455556666")}
		switch qualifier {
		case "":
		case "version":
			alias, err := a.lambda.GetAlias(ctx, &lambda.GetAliasInput{FunctionName: &name, Name: new("live")})
			if err != nil {
				return err
			}
			in.Qualifier = alias.FunctionVersion
		default:
			in.Qualifier = &qualifier
		}
		_, err := a.lambda.AddPermission(ctx, in)
		return err
	}
}

var partDrifts = []drift{
	{label: "permission_function", paths: []string{"managed.permissions.unexpected"}, do: permit("", "by-hand")},
	{label: "permission_alias", paths: []string{"managed.permissions.unexpected"}, do: permit("live", "by-hand")},
	{label: "permission_version", paths: []string{"managed.permissions.unexpected"}, do: permit("version", "by-hand")},
	{
		label: "permission_removed", paths: []string{"managed.permissions"},
		do: func(ctx context.Context, a *tenant, name string) error {
			sid, err := a.permissionSid(ctx, name)
			if err != nil {
				return err
			}
			_, err = a.lambda.RemovePermission(ctx, &lambda.RemovePermissionInput{FunctionName: &name, Qualifier: new("live"), StatementId: &sid})
			return err
		},
	},
	{
		label: "snap_start", paths: []string{"managed.function.snap_start"},
		do: configured(func(in *lambda.UpdateFunctionConfigurationInput) {
			in.SnapStart = &lambdatypes.SnapStart{ApplyOn: lambdatypes.SnapStartApplyOnPublishedVersions}
		}),
	},
	{
		label: "layers", paths: []string{"managed.function.layers"},
		do: func(ctx context.Context, a *tenant, name string) error {
			out, err := a.lambda.PublishLayerVersion(ctx, &lambda.PublishLayerVersionInput{LayerName: new("by-hand"), Content: &lambdatypes.LayerVersionContentInput{ZipFile: foreignZip}})
			if err != nil {
				return err
			}
			return a.configure(ctx, &lambda.UpdateFunctionConfigurationInput{FunctionName: &name, Layers: []string{*out.LayerVersionArn}})
		},
	},
	{
		label: "network", paths: []string{"managed.function.network"},
		do: configured(func(in *lambda.UpdateFunctionConfigurationInput) {
			in.VpcConfig = &lambdatypes.VpcConfig{SubnetIds: []string{}, SecurityGroupIds: []string{}}
		}),
	},
	{
		label: "file_system", paths: []string{"managed.function.file_system"}, with: map[string]string{"file_system": mounted},
		do: configured(func(in *lambda.UpdateFunctionConfigurationInput) {
			in.FileSystemConfigs = []lambdatypes.FileSystemConfig{}
		}),
	},
	{
		label: "code_signing", paths: []string{"managed.function.code_signing_config_arn"}, with: map[string]string{"code_signing_config_arn": `"` + signingConfig + `"`},
		do: func(ctx context.Context, a *tenant, name string) error {
			_, err := a.lambda.DeleteFunctionCodeSigningConfig(ctx, &lambda.DeleteFunctionCodeSigningConfigInput{FunctionName: &name})
			return err
		},
	},
	{
		label: "runtime_management", paths: []string{"managed.function.runtime_management"}, with: map[string]string{"runtime_management": `{ update_runtime_on = "FunctionUpdate" }`},
		do: func(ctx context.Context, a *tenant, name string) error {
			_, err := a.lambda.PutRuntimeManagementConfig(ctx, &lambda.PutRuntimeManagementConfigInput{FunctionName: &name, UpdateRuntimeOn: lambdatypes.UpdateRuntimeOnAuto})
			return err
		},
	},
	{
		label: "data_protection", paths: []string{"managed.log_group.data_protection"},
		do: func(ctx context.Context, a *tenant, name string) error {
			_, err := a.logs.DeleteDataProtectionPolicy(ctx, &cloudwatchlogs.DeleteDataProtectionPolicyInput{LogGroupIdentifier: new("/aws/lambda/" + name)})
			return err
		},
	},
}

var partChanges = []change{
	{label: "layers", attribute: "layers", value: `["` + layerOne + `"]`, publishes: true},
	{label: "layers_order", attribute: "layers", from: `["` + layerOne + `", "` + layerTwo + `"]`, value: `["` + layerTwo + `", "` + layerOne + `"]`, publishes: true},
	{label: "snap_start", attribute: "snap_start", value: `true`, publishes: true},
	{label: "vpc", attribute: "vpc", value: network, publishes: true},
	{label: "runtime_management", attribute: "runtime_management", value: `{ update_runtime_on = "FunctionUpdate" }`},
	{label: "system_level", attribute: "logs", value: `{ system_level = "DEBUG" }`, publishes: true},
	{label: "log_class", attribute: "logs", value: `{ class = "INFREQUENT_ACCESS" }`, publishes: true},
	{label: "data_protection", attribute: "logs", value: `{ data_protection = ["EmailAddress", "AwsSecretKey"] }`},
	{label: "logs_on_destroy", attribute: "logs", value: `{ on_destroy = "retain" }`},
	{label: "permissions", attribute: "permissions", value: `{ bucket = { principal = "s3.amazonaws.com", source_arn = "arn:aws:s3:::tfacc-in" } }`},
	{
		label: "permission_source", attribute: "permissions", from: `{ rule = { principal = "events.amazonaws.com", source_arn = "arn:aws:events:eu-central-1:ACCOUNT:rule/one" } }`,
		value: `{ rule = { principal = "events.amazonaws.com", source_arn = "arn:aws:events:eu-central-1:ACCOUNT:rule/two", source_account = "111122223333" } }`,
	},
	{label: "file_system", attribute: "file_system", value: mounted, publishes: true, with: map[string]string{"vpc": network}},
	{label: "file_system_read_only", attribute: "file_system", from: mounted, value: strings.Replace(mounted, " }", ", read_only = true }", 1), with: map[string]string{"vpc": network}},
	{label: "code_signing", attribute: "code_signing_config_arn", value: `"` + signingConfig + `"`},
	{label: "permission_organization", attribute: "permissions", from: `{ account = { principal = "444455556666" } }`, value: `{ account = { principal = "444455556666", organization_id = "o-a1b2c3d4e5" } }`},
	{label: "vpc_off", attribute: "vpc", from: network, value: "{ enabled = false }", publishes: true},
	{label: "vpc_groups", attribute: "vpc", from: network, value: `{ subnet_ids = ["SUBNET"], security_group_ids = ["GROUP"], ipv6 = true }`, publishes: true},
	{label: "ignore_drift", attribute: "ignore_drift", value: `["alarms.errors.threshold"]`},
}

// permissionSid is the id of the one statement of a unit's alias.
func (a *tenant) permissionSid(ctx context.Context, name string) (string, error) {
	out, err := a.lambda.GetPolicy(ctx, &lambda.GetPolicyInput{FunctionName: &name, Qualifier: new("live")})
	if err != nil {
		return "", err
	}
	parsed, err := bp.ParseDocument(*out.Policy)
	if err != nil {
		return "", err
	}
	return parsed[0].Sid, nil
}

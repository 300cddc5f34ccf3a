package provider

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/rules"
)

// Schema implements provider.Provider.
func (*secureProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	attributes := map[string]schema.Attribute{}
	for _, group := range []map[string]schema.Attribute{credentialAttributes(), connectionAttributes(), houseAttributes()} {
		maps.Copy(attributes, group)
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Hardened AWS Lambda units: a function, its least-privilege role, encryption, logs, tracing, published version and alias as one resource. " +
			"Credentials and region are found as the AWS CLI finds them; what an organisation wants of every unit is set here once.",
		Attributes: attributes,
	}
}

func text(description string) schema.StringAttribute {
	return schema.StringAttribute{Optional: true, MarkdownDescription: description}
}

func secret(description string) schema.StringAttribute {
	return schema.StringAttribute{Optional: true, Sensitive: true, MarkdownDescription: description}
}

func flag(description string) schema.BoolAttribute {
	return schema.BoolAttribute{Optional: true, MarkdownDescription: description}
}

func texts(description string) schema.ListAttribute {
	return schema.ListAttribute{Optional: true, ElementType: types.StringType, MarkdownDescription: description}
}

func textsOf(description string, rule func(string) error) schema.ListAttribute {
	list := texts(description)
	list.Validators = []validator.List{listRule(rule)}
	return list
}

func accounts(description string) schema.ListAttribute { return textsOf(description, rules.AccountID) }

func credentialAttributes() map[string]schema.Attribute {
	assumeRole := map[string]schema.Attribute{
		"role_arn": schema.StringAttribute{
			Required: true, MarkdownDescription: "ARN of the role.",
			Validators: []validator.String{textRule(rules.RoleARN.Check)},
		},
		"session_name": text("Name of the session. Default: one the SDK makes."),
		"duration": schema.StringAttribute{
			Optional: true, MarkdownDescription: "Lifetime of the session, such as `1h`. Default: the role's.",
			Validators: []validator.String{textRule(rules.SessionDuration)},
		},
		"policy":      text("JSON policy that narrows the session."),
		"policy_arns": texts("Managed policies that narrow the session."),
	}
	chained := map[string]schema.Attribute{
		"external_id":         text("External id that the role's trust policy asks for."),
		"source_identity":     text("Identity recorded in CloudTrail for the whole chain."),
		"tags":                schema.MapAttribute{Optional: true, ElementType: types.StringType, MarkdownDescription: "Session tags."},
		"transitive_tag_keys": texts("Session tags passed on to the next role."),
	}
	web := map[string]schema.Attribute{
		"web_identity_token":      secret("The token itself."),
		"web_identity_token_file": text("File that holds the token."),
	}
	for name, attribute := range assumeRole {
		chained[name], web[name] = attribute, attribute
	}
	return map[string]schema.Attribute{
		"region": schema.StringAttribute{
			Optional: true, MarkdownDescription: "AWS region. Default: `AWS_REGION`, `AWS_DEFAULT_REGION` or the profile's.",
			Validators: []validator.String{textRule(rules.Region)},
		},
		"profile":                  text("Profile in the shared files. Default: `AWS_PROFILE`."),
		"access_key":               text("Access key id. Default: `AWS_ACCESS_KEY_ID`. Keys in a configuration end up in version control; prefer the environment."),
		"secret_key":               secret("Secret access key. Default: `AWS_SECRET_ACCESS_KEY`."),
		"token":                    secret("Session token of temporary credentials. Default: `AWS_SESSION_TOKEN`."),
		"shared_config_files":      texts("Shared config files. Default: `~/.aws/config`."),
		"shared_credentials_files": texts("Shared credentials files. Default: `~/.aws/credentials`."),
		"assume_role": schema.ListNestedAttribute{
			Optional:            true,
			MarkdownDescription: "Roles to assume one after the other, each with the credentials of the one before.",
			NestedObject:        schema.NestedAttributeObject{Attributes: chained},
		},
		"assume_role_with_web_identity": schema.SingleNestedAttribute{
			Optional:            true,
			MarkdownDescription: "Role to assume with a web identity token, as CI systems hand out.",
			Attributes:          web,
		},
		"account_id": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "Account to work in, 12 digits. Default: asked from STS once. When given, another account is an error.",
			Validators:          []validator.String{textRule(rules.AccountID)},
		},
		"skip_requesting_account_id": flag("Whether `account_id` is believed without asking STS. Needs `account_id`. Default: `false`."),
		"allowed_account_ids":        accounts("Accounts the provider may work in. Default: any."),
		"forbidden_account_ids":      accounts("Accounts the provider must not work in. Default: none."),
	}
}

func connectionAttributes() map[string]schema.Attribute {
	endpoint := func(id, service string) schema.Attribute {
		return schema.StringAttribute{
			Optional: true, MarkdownDescription: "Endpoint of " + service + ".",
			Validators: []validator.String{textRule(rules.Endpoint(id))},
		}
	}
	return map[string]schema.Attribute{
		"endpoints": schema.SingleNestedAttribute{
			Optional:            true,
			MarkdownDescription: "Endpoints that replace the regional ones, as URLs. Default: `AWS_ENDPOINT_URL` and `AWS_ENDPOINT_URL_<SERVICE>`, else AWS.",
			Attributes: map[string]schema.Attribute{
				"cloudwatch": endpoint("cloudwatch", "CloudWatch"), "resourcegroupstaggingapi": endpoint("resourcegroupstaggingapi", "the Resource Groups Tagging API"),
				"ec2": endpoint("ec2", "EC2"), "ecr": endpoint("ecr", "ECR"), "signer": endpoint("signer", "AWS Signer"),
				"secretsmanager": endpoint("secretsmanager", "Secrets Manager"),
				"sns":            endpoint("sns", "SNS"), "sqs": endpoint("sqs", "SQS"),
				"iam": endpoint("iam", "IAM"), "kms": endpoint("kms", "KMS"), "lambda": endpoint("lambda", "Lambda"),
				"logs": endpoint("logs", "CloudWatch Logs"), "s3": endpoint("s3", "S3"), "sts": endpoint("sts", "STS"),
			},
		},
		"custom_ca_bundle": text("File with certificate authorities to trust, in PEM. Default: `AWS_CA_BUNDLE`."),
		"http_proxy":       text("Proxy for HTTP, as a URL. Default: `HTTP_PROXY`."),
		"https_proxy":      text("Proxy for HTTPS, as a URL. Default: `HTTPS_PROXY`."),
		"no_proxy":         text("Hosts reached without a proxy, separated by commas. Default: `NO_PROXY`."),
		"insecure":         flag("Whether certificates go unchecked. Default: `false`."),
		"max_retries": schema.Int64Attribute{
			Optional: true, MarkdownDescription: "How often a call is tried again after throttling or a lost connection. Default: `AWS_MAX_ATTEMPTS`, else 25.",
			Validators: []validator.Int64{numberRule(rules.MaxRetries.Check)},
		},
		"retry_mode": schema.StringAttribute{
			Optional: true, MarkdownDescription: "`standard` or `adaptive`. Default: `AWS_RETRY_MODE`, else `standard`.",
			Validators: []validator.String{textRule(rules.RetryMode.Check)},
		},
		"quota_share": schema.Float64Attribute{
			Optional: true,
			MarkdownDescription: "How much of the account's published API quotas the provider uses, from 0.1 to 1. Calls are held back to that rate instead of being refused and repeated; the rest is for whoever else works in the account. Default: two thirds. " +
				"[Quotas](https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html)",
			Validators: []validator.Float64{decimalRule(rules.QuotaShare)},
		},
		"use_fips_endpoint":      flag("Whether FIPS endpoints are used. Default: `AWS_USE_FIPS_ENDPOINT`, else `false`."),
		"use_dualstack_endpoint": flag("Whether endpoints with IPv6 are used. Default: `AWS_USE_DUALSTACK_ENDPOINT`, else `false`."),
		"s3_use_path_style":      flag("Whether S3 is addressed by path instead of host name, as most emulators need. Default: `false`."),
	}
}

func houseAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"default_tags": schema.MapAttribute{
			Optional: true, ElementType: types.StringType,
			MarkdownDescription: "Tags of every unit. A unit's own `tags` stand above them.",
			Validators:          []validator.Map{mapRule{key: rules.TagKey, value: rules.TagValue, keys: rules.TagKeys, count: rules.TagCount}},
		},
		"ignore_tags": schema.SingleNestedAttribute{
			Optional:            true,
			MarkdownDescription: "Tags that others put on the units' objects and that are no drift.",
			Attributes: map[string]schema.Attribute{
				"keys":         textsOf("Tag keys.", rules.IgnoredTag),
				"key_prefixes": textsOf("Beginnings of tag keys.", rules.IgnoredTag),
			},
		},
		"kms_key_arn": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "The house key: encrypts the environment and logs of every unit that names no key. One key for many units saves $1 a month for each. " +
				"Its policy must admit CloudWatch Logs. Default: none, so that each unit makes its own.",
			Validators: []validator.String{textRule(rules.KeyARN.Check)},
		},
		"permissions_boundary": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "Permissions boundary of every role that names none. Default: none.",
			Validators:          []validator.String{textRule(rules.PolicyARN.Check)},
		},
		"alarm_actions": schema.SetAttribute{
			Optional: true, ElementType: types.StringType,
			MarkdownDescription: "ARNs that every unit's alarms tell when they go on, where a unit does not say. Default: none, so that alarms are seen in the console only.",
			Validators:          []validator.Set{setRule(rules.AlarmAction), sizeRule(rules.ActionCount)},
		},
		"alarm_profile": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "`essential` or `full`: which alarms a unit has that does not say. Default: `essential`.",
			Validators:          []validator.String{textRule(rules.AlarmProfile.Named("alarm_profile").Check)},
		},
		"code_signing_config_arn": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "Code signing configuration of every unit that names none. Default: none.",
			Validators:          []validator.String{textRule(rules.CodeSigningARN.Check)},
		},
		"architecture": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "`arm64` or `x86_64`: the processor of every unit that names none. Default: `arm64`.",
			Validators:          []validator.String{textRule(rules.Architecture.Check)},
		},
		"vpc": schema.SingleNestedAttribute{
			Optional: true,
			MarkdownDescription: "The VPC of every unit that does not say. Default: none. A unit's own `vpc` takes its place as a whole, and `vpc = { enabled = false }` on a unit keeps it out of any VPC. " +
				"In a VPC a function reaches AWS and the internet only through endpoints or a NAT gateway.",
			Attributes: map[string]schema.Attribute{
				"subnet_ids": schema.SetAttribute{
					Optional: true, ElementType: types.StringType, MarkdownDescription: "Required. Subnets, in two availability zones or more.",
					Validators: []validator.Set{setRule(rules.SubnetID), sizeRule(rules.SubnetCount)},
				},
				"security_group_ids": schema.SetAttribute{
					Optional: true, ElementType: types.StringType, MarkdownDescription: "Required. Security groups, five at most.",
					Validators: []validator.Set{setRule(rules.SecurityGroupID), sizeRule(rules.SecurityGroupCount)},
				},
				"ipv6": flag("Whether outbound IPv6 traffic is allowed; the subnets have to be dual-stack. Default: `false`."),
			},
		},
		"tracing": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "`Active` or `PassThrough`: X-Ray mode of every unit that does not say. Default: `Active`.",
			Validators:          []validator.String{textRule(rules.Tracing.Check)},
		},
		"log_format": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "`JSON` or `Text`: format of the log lines of every unit that does not say. Default: `JSON`. A unit that sets a log level then writes `logs = { format = \"JSON\" }`, where this is `Text`.",
			Validators:          []validator.String{textRule(rules.LogFormat.Named("log_format").Check)},
		},
		"minimum_posture": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "What every unit has to meet, whatever its own `minimum_posture` says: a unit can ask for more, and not for less. Default: none. " + minimumPostureDoc,
			Validators:          []validator.String{textRule(minimumPosture)},
		},
		"allow_lower_minimum": flag("Whether a unit's own `minimum_posture` takes the place of the provider's. Default: `false`: the unit has to meet both. Unknown is as good as `false`."),
		"waivers": schema.MapNestedAttribute{
			Optional:            true,
			MarkdownDescription: "Controls that no unit needs to meet, by id, over what a unit itself waives. " + waiversDoc,
			NestedObject:        schema.NestedAttributeObject{Attributes: providerWaiver()},
		},
		checkNames: flag("Whether the names in the configuration files are checked. Default: `true`. Terraform drops a name that an object does not have, such as `max_retry` in `async`, and says nothing; " +
			"with the check it is an error, and a warning in modules that come from a registry or a repository. Unknown is as good as `true`. [Names](../guides/names)"),
		"log_retention_days": schema.Int64Attribute{
			Optional:            true,
			MarkdownDescription: "Days that the units' log events are kept, where a unit does not say. Default: `365`.",
			Validators:          []validator.Int64{numberRule(rules.RetentionDays)},
		},
	}
}

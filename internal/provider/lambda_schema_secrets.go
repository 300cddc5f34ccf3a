package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/rules"
)

func secretAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"secrets": schema.MapNestedAttribute{
			Optional: true,
			MarkdownDescription: "Secrets of Secrets Manager and parameters of Systems Manager that the function reads, by the name of an environment variable. The variable holds the ARN, never the value, and the role may read that value and nothing beside it. " +
				"Default: none. A name that `environment` sets too is refused. [Secrets](../guides/secrets)",
			Validators: []validator.Map{mapRule{key: rules.VariableName}},
			// Needed, but not Required: the framework would miss it in an entry that
			// is unknown as a whole. ValidateConfig asks for it.
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"arn": schema.StringAttribute{
					Optional: true,
					MarkdownDescription: "Required. Whole ARN of the secret, with the six characters at its end, or of the parameter. Of another account, too, if its policy admits this unit's role. " +
						"[Secrets Manager](https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples.html), [Parameter Store](https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html)",
					Validators: []validator.String{textRule(rules.SecretARN)},
				},
				"kms_key_arn": schema.StringAttribute{
					Optional:            true,
					MarkdownDescription: "Customer-managed key that it is encrypted with. Default: none, which is right for the AWS managed key and for a `String` parameter. The function may use the key through that service and for that secret only.",
					Validators:          []validator.String{textRule(rules.KeyARN.Check)},
				},
				"json_key": schema.StringAttribute{
					Optional:            true,
					MarkdownDescription: "Key of one value in a secret that is a JSON object. Default: none. The variable then holds `ARN:JSON_KEY:VERSION_STAGE:`, and the function's code picks the value: IAM cannot give less than the whole secret.",
					Validators:          []validator.String{textRule(rules.JSONKey)},
				},
				"version_stage": schema.StringAttribute{
					Optional:            true,
					MarkdownDescription: "Staging label of the version to read, in the same form. Default: none, which stands for `AWSCURRENT`.",
					Validators:          []validator.String{textRule(rules.VersionStage)},
				},
			}},
		},
		"secret_values_wo": schema.MapAttribute{
			Optional: true, WriteOnly: true, Sensitive: true, ElementType: types.StringType,
			MarkdownDescription: "Values that the unit keeps for the function in a secret of its own, `secure/NAME`, as one JSON object, encrypted with the unit's key. Write-only: they are in no plan and no state, and ephemeral values are taken. " +
				"Needs `secret_values_wo_version`. Default: none. The variable `SECRET_VALUES_ARN` holds the secret's ARN, and the role may read it. $0.40 a month, however many values. [Secrets](../guides/secrets)",
			Validators: []validator.Map{mapRule{key: rules.NotEmpty, whole: true}},
		},
		"secret_values_wo_version": schema.Int64Attribute{
			Optional: true,
			MarkdownDescription: "Number of the values, 1 or more. Default: none. Terraform cannot see whether `secret_values_wo` changed: values are put when this number changes, and a number that was used once is refused for other values. " +
				"Without it the secret is deleted, with 30 days in which it can be restored.",
			Validators: []validator.Int64{numberRule(rules.SecretVersion.Check)},
		},
		"secret_rotation": schema.SingleNestedAttribute{
			Optional:            true,
			MarkdownDescription: "Has a function rotate the unit's own secret (Security Hub SecretsManager.1). Default: none. The values of `secret_values_wo` are then the first ones; a new number puts others in the place of what was rotated. [Rotation](https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda.html)",
			Attributes: map[string]schema.Attribute{
				"function_arn": schema.StringAttribute{
					Optional:            true,
					MarkdownDescription: "Required. ARN of the function that rotates it. Its policy must let `secretsmanager.amazonaws.com` invoke it, and its role must be allowed to read and write the secret.",
					Validators:          []validator.String{textRule(rules.RotationFunction.Check)},
				},
				"days": schema.Int64Attribute{
					Optional:            true,
					MarkdownDescription: "Days between two rotations; the first comes that many days after the apply. Default: `30`. Security Hub SecretsManager.4 asks for 90 or fewer. " + rules.RotationDays.Says(),
					Validators:          []validator.Int64{numberRule(rules.RotationDays.Check)},
				},
			},
		},
	}
}

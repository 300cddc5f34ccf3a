package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

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
					MarkdownDescription: "Needed. Whole ARN of the secret, with the six characters at its end, or of the parameter. Of another account, too, if its policy admits this unit's role. " +
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
	}
}

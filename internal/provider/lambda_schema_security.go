package provider

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/access"
	"github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
	"github.com/secure-lambda/terraform-provider-secure/internal/posture"
	"github.com/secure-lambda/terraform-provider-secure/internal/rules"
	"github.com/secure-lambda/terraform-provider-secure/internal/tfvalue"
)

func securityAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"kms_key_arn": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Key that encrypts the environment and the logs. Default: the provider's `kms_key_arn`; without one the unit makes a key of its own, with rotation, for $1 a month. " +
				"A given key's policy must admit CloudWatch Logs; the plan prints the statement that is missing. After a change earlier versions and log events still need the old key, " +
				"so the role may go on decrypting with it, and a key of the unit's own is kept until the unit is destroyed. [Encryption](https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html)",
			Validators: []validator.String{textRule(rules.KeyARN.Check)},
		},
		"role_name": schema.StringAttribute{
			Optional: true, Computed: true,
			MarkdownDescription: "Name of the execution role. Default: `NAME-REGION`, cut to 64 characters with a hash when longer; with a `role_path` other than `/` it ends in a hash of the path. A change makes a new role, binds a new version to it and removes the old one.",
			Validators:          []validator.String{textRule(rules.RoleName)},
		},
		"role_path": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "IAM path of the role and of its policy, beginning and ending with a slash. Default: `/`. A change makes both anew; a stated `role_name` has to change with it, since IAM wants role names to be unique whatever the path.",
			Validators:          []validator.String{textRule(rules.RolePath)},
		},
		"permissions_boundary": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "ARN of the managed policy that bounds the role. Default: the provider's `permissions_boundary`, else none. [Boundaries](https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html)",
			Validators:          []validator.String{textRule(rules.PolicyARN.Check)},
		},
		"additional_policy_arns": schema.SetAttribute{
			Optional: true, ElementType: types.StringType,
			MarkdownDescription: "Managed policies attached to the role besides the unit's own. Default: none; `access` grants less. The next apply detaches any other policy.",
			Validators:          []validator.Set{setRule(rules.PolicyARN.Check)},
		},
		"trust": schema.SingleNestedAttribute{
			Optional:            true,
			MarkdownDescription: "Conditions of the role's trust policy, against the [confused deputy](https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html).",
			Attributes: map[string]schema.Attribute{
				"source_account": schema.BoolAttribute{Optional: true, MarkdownDescription: "Whether Lambda may assume the role only on behalf of this account (`aws:SourceAccount`). Default: `true`."},
				"source_arn":     schema.BoolAttribute{Optional: true, MarkdownDescription: "Whether Lambda may assume the role only for this function (`aws:SourceArn`). Default: `false`; not every caller of Lambda has been seen to carry it."},
			},
		},
		"access":      accessAttribute(),
		"permissions": permissionsAttribute(),
	}
}

func accessAttribute() schema.Attribute {
	return schema.MapNestedAttribute{
		Optional: true,
		MarkdownDescription: "What the function may do, one statement of its policy for each entry. The label, words joined by underscores, becomes the Sid: `orders_table` is `OrdersTable`. " +
			"Default: nothing but its own logs, traces and environment. An entry that is removed in an apply that also publishes a version keeps working until invocations of the previous version have ended; a removal alone takes effect at once.",
		Validators: []validator.Map{mapRule{key: rules.Label}},
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"to": schema.StringAttribute{
				Optional: true, MarkdownDescription: "ARN of one resource that the function uses; for objects of a bucket below a prefix the one that ends in `/*`. Needed with `level`.",
				Validators: []validator.String{textRule(rules.AnyARN)},
			},
			"level": schema.StringAttribute{
				Optional: true, MarkdownDescription: "What the function does with it: " + levelsDoc() + ". It is expanded into the least that does it; `put` deletes nothing, and `list` is what lets a missing object answer 404 instead of 403. [Access](../guides/access)",
				Validators: []validator.String{textRule(rules.NotEmpty)},
			},
			"kms_key_arn": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Customer-managed key that `to` is encrypted with. Default: none. The function may use it through that service and for that resource only; the statement about it goes under `LABEL_key`.",
				Validators:          []validator.String{textRule(rules.KeyARN.Check)},
			},
			"reason": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Why `actions` or `resources` are wider than they could be, in at least 10 characters. Default: none. Needed for a wildcard, and for an action that is newer than this release.",
				Validators:          []validator.String{textRule(accessReason)},
			},
			// Needed, but not Required: the framework would miss them in an entry
			// that is unknown as a whole. ValidateConfig asks for them.
			"actions": schema.SetAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "IAM actions, such as `dynamodb:GetItem`. `*` alone is refused. [Actions](https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html)",
				Validators: []validator.Set{setRule(rules.Action), notEmptySet{rules.Violation{
					What: "The entry grants no action", Why: "A statement needs at least one action",
					Write: "Name the actions the function calls, or remove the entry",
				}}},
			},
			"resources": schema.SetAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "ARNs of what the actions may touch. Needed with `actions`.",
				Validators: []validator.Set{setRule(rules.AnyARN), notEmptySet{rules.Violation{
					What: "The entry names no resource", Why: "A statement needs at least one resource",
					Write: "Write the ARN of what the function uses, or remove the entry",
				}}},
			},
			"conditions": schema.MapAttribute{
				Optional:            true,
				ElementType:         types.MapType{ElemType: types.SetType{ElemType: types.StringType}},
				MarkdownDescription: "Conditions as in a policy document, `{ StringEquals = { \"s3:prefix\" = [\"in/\"] } }`. Default: none but the one of `bind_to_function`.",
				Validators:          []validator.Map{noNulls{}},
			},
			"bind_to_function": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether the grant holds only for calls made by this function's code (`lambda:SourceFunctionArn`). Default: `true`, and `false` for the level `consume`, which event source mappings use from outside. Switch it off for what a service does with the role's permissions outside the function. " +
					"[Source function ARN](https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html)",
			},
		}},
	}
}

// levelsDoc lists the levels of each service.
func levelsDoc() string {
	byService := map[string][]string{}
	for _, l := range access.AllLevels() {
		if !slices.Contains(byService[l.Service], "`"+l.Level+"`") {
			byService[l.Service] = append(byService[l.Service], "`"+l.Level+"`")
		}
	}
	var out []string
	for _, service := range access.LevelServices() {
		out = append(out, service+" "+strings.Join(byService[service], ", "))
	}
	return strings.Join(out, "; ")
}

func accessReason(text string) error {
	if !posture.ReasonTooShort(text) {
		return nil
	}
	return &rules.Violation{What: fmt.Sprintf("%q is too short a reason", text), Why: "Whoever reads the policy later asks why", Write: "Write at least 10 characters, such as \"serves any table of the data team\""}
}

func permissionsAttribute() schema.Attribute {
	return schema.MapNestedAttribute{
		Optional: true,
		MarkdownDescription: "Who else may invoke the function, one statement of the alias's resource policy for each entry. Default: nobody; who has a role in this account and `lambda:InvokeFunction` needs no entry. " +
			"Statements that others add to the policy of the alias, of its version or of the function are removed by the next apply. [Resource-based policies](https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html)",
		Validators: []validator.Map{mapRule{key: rules.PermissionLabel}},
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"principal": schema.StringAttribute{
				Optional: true, MarkdownDescription: "Required. A service such as `s3.amazonaws.com`, an account of 12 digits, the ARN of a role or user, or `*` for every principal of `organization_id`.",
				Validators: []validator.String{textRule(rules.Principal)},
			},
			"source_arn": schema.StringAttribute{
				Optional: true, MarkdownDescription: "What the service must be acting for: the ARN of a bucket, topic, rule or API. Needed for a service, unless `source_account` is stated.",
				Validators: []validator.String{textRule(rules.AnyARN)},
			},
			"source_account": schema.StringAttribute{
				Optional: true, MarkdownDescription: "Account that the service must be acting for. Default: none; this account for S3, whose ARNs name none.",
				Validators: []validator.String{textRule(rules.AccountID)},
			},
			"organization_id": schema.StringAttribute{
				Optional: true, MarkdownDescription: "Organization that the caller must belong to. Default: none. Needed with `*`.",
				Validators: []validator.String{textRule(rules.OrganizationID)},
			},
		}},
	}
}

func computedAttributes() map[string]schema.Attribute {
	text := func(description string) schema.Attribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	return map[string]schema.Attribute{
		"arn":                   text("ARN of the function, unqualified. Give callers `alias_arn` instead."),
		"alias_arn":             text("ARN of the alias: what callers use."),
		"alias_name":            text("Name of the alias."),
		"invoke_arn":            text("ARN that API Gateway invokes the alias by."),
		"code_sha256":           text("Base64 SHA-256 of the deployment package, or the hex digest of the image. A saved plan whose package changed fails at apply with \"inconsistent final plan\" naming this attribute: plan again."),
		"version":               text("Number of the published version in service."),
		"role_arn":              text("ARN of the execution role."),
		"log_group_name":        text("Name of the log group."),
		"dead_letter_queue_arn": text("ARN of the unit's own dead-letter queue; null without one."),
		"dead_letter_queue_url": text("URL of that queue."),
		"secret_arn":            text("ARN of the unit's own secret, which holds `secret_values_wo`; null without one."),
		"kms_key_arn_effective": text("ARN of the key in use: given, the house's or the unit's own."),
		"status":                text("`READY`, or `PARTIAL` after an apply that did not finish; the next apply then takes up the rest."),
		"generation":            text("Mark of this creation of the unit, the tag `secure:generation` on everything it owns."),
		"tags_all": schema.MapAttribute{
			Computed: true, ElementType: types.StringType,
			MarkdownDescription: "`tags` over the provider's `default_tags`.",
		},
		"posture":   tfvalue.Computed[posture.Report]("How the unit stands against the industry's controls. Known in a plan as far as its inputs are; `terraform-provider-secure controls` lists them all."),
		"inventory": tfvalue.Computed[blueprint.Inventory]("Every object that belongs to the unit: what destroy removes."),
		unitManaged: schema.StringAttribute{Computed: true},
	}
}

// managedAttribute is what Terraform is shown in place of the text.
func managedAttribute() schema.Attribute {
	return tfvalue.Computed[blueprint.Blueprint]("Every object of the unit with every setting that is kept in step: a plan shows here, field by field, what drifted and what a change does.")
}

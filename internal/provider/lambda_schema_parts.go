package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/rules"
)

// partAttributes are what a function is put together of besides its package.
func partAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"layers": schema.ListAttribute{
			Optional: true, ElementType: types.StringType,
			MarkdownDescription: "ARNs of layer versions, five at most; a later one covers the files of an earlier one. Default: none. [Layers](https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html)",
			Validators:          []validator.List{listRule(rules.LayerARN), sizeRule(rules.LayerCount)},
		},
		"snap_start": schema.BoolAttribute{
			Optional: true,
			MarkdownDescription: "Whether versions start from a snapshot of the initialised function, which makes cold starts of Java, Python and .NET short. Default: `false`. What is random or connected when the snapshot is taken is so in every copy. " +
				"Publishing takes minutes longer. [SnapStart](https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html)",
		},
		"vpc": schema.SingleNestedAttribute{
			Optional: true,
			MarkdownDescription: "The VPC that the function reaches. Default: the provider's `vpc`, else none; a function needs one only to reach private addresses. What is stated here takes the place of the provider's as a whole. The role gets the calls for network interfaces, and the function itself is denied them. " +
				"[VPC](https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html)",
			Attributes: map[string]schema.Attribute{
				"enabled": schema.BoolAttribute{Optional: true, MarkdownDescription: "`false` keeps the unit out of any VPC, also out of the provider's. Default: `true`."},
				"subnet_ids": schema.SetAttribute{
					Optional: true, ElementType: types.StringType, MarkdownDescription: "Required, unless `enabled` is `false`. Subnets, in two availability zones or more.",
					Validators: []validator.Set{setRule(rules.SubnetID), sizeRule(rules.SubnetCount)},
				},
				"security_group_ids": schema.SetAttribute{
					Optional: true, ElementType: types.StringType, MarkdownDescription: "Required, unless `enabled` is `false`. Security groups, five at most.",
					Validators: []validator.Set{setRule(rules.SecurityGroupID), sizeRule(rules.SecurityGroupCount)},
				},
				"ipv6": schema.BoolAttribute{Optional: true, MarkdownDescription: "Whether outbound IPv6 traffic is allowed; the subnets have to be dual-stack. Default: `false`."},
			},
		},
		"file_system": schema.SingleNestedAttribute{
			Optional:            true,
			MarkdownDescription: "An EFS file system that the function mounts through an access point. Default: none. Needs a `vpc`, the unit's or the provider's. [File system](https://docs.aws.amazon.com/lambda/latest/dg/configuration-filesystem.html)",
			Attributes: map[string]schema.Attribute{
				"arn": schema.StringAttribute{
					Optional: true, MarkdownDescription: "Required. ARN of the access point.",
					Validators: []validator.String{textRule(rules.AccessPointARN.Check)},
				},
				"local_mount_path": schema.StringAttribute{
					Optional: true, MarkdownDescription: "Required. Where the function sees it, `/mnt/NAME`.",
					Validators: []validator.String{textRule(rules.MountPath)},
				},
				"read_only": schema.BoolAttribute{Optional: true, MarkdownDescription: "Whether the role may only read. Default: `false`."},
			},
		},
		"code_signing_config_arn": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "Code signing configuration: who must have signed a package for Lambda to accept it. Default: the provider's `code_signing_config_arn`, else none. [Code signing](https://docs.aws.amazon.com/lambda/latest/dg/configuration-codesigning.html)",
			Validators:          []validator.String{textRule(rules.CodeSigningARN.Check)},
		},
		"runtime_management": schema.SingleNestedAttribute{
			Optional:            true,
			MarkdownDescription: "When AWS patches the runtime. Default: left to Lambda, which patches by itself. Drift of it is seen while it is stated. [Runtime updates](https://docs.aws.amazon.com/lambda/latest/dg/runtimes-update.html)",
			Attributes: map[string]schema.Attribute{
				"update_runtime_on": schema.StringAttribute{
					Optional:            true,
					MarkdownDescription: "Required. `Auto`, `FunctionUpdate` (with the next change of the function) or `Manual` (never, so that nobody patches it).",
					Validators:          []validator.String{textRule(rules.UpdateRuntimeOn.Check)},
				},
				"runtime_version_arn": schema.StringAttribute{
					Optional:            true,
					MarkdownDescription: "Build of the runtime that `Manual` keeps, as in the INIT_START line of the log. Needed with `Manual`, and only with it.",
					Validators:          []validator.String{textRule(rules.RuntimeVersionARN)},
				},
			},
		},
	}
}

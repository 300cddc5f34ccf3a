package provider

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/rules"
)

// Schema implements resource.Resource. Inputs have no schema default: a
// default that the user did not write would be a value that only this release
// knows, and house defaults could not stand between. What is in effect is in
// `managed`.
func (r *lambdaResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	if r.units == enclosed {
		resp.Schema = enclosedSchema()
		return
	}
	attributes := map[string]schema.Attribute{}
	for _, group := range []map[string]schema.Attribute{
		identityAttributes(), codeAttributes(), functionAttributes(), partAttributes(), secretAttributes(), securityAttributes(), governanceAttributes(), asyncAttributes(), operationAttributes(), computedAttributes(),
	} {
		maps.Copy(attributes, group)
	}
	if r.units == displayed {
		attributes[unitManaged] = managedAttribute()
	}
	attributes["timeouts"] = timeouts.Attributes(ctx, timeouts.Opts{
		Create: true, Read: true, Update: true, Delete: true,
		CreateDescription: "How long creating may take, as a duration such as `20m`. Default: `20m`.",
		ReadDescription:   "How long reading may take. Default: `5m`.",
		UpdateDescription: "How long updating may take. Default: `20m` and the function's own `timeout`, which an apply waits for before it removes permissions that only the previous version needs.",
		DeleteDescription: "How long deleting may take. Default: `20m`, in a VPC `60m`: Lambda takes up to 40 minutes to remove network interfaces, with the role, which is deleted after them.",
	})
	resp.Schema = schema.Schema{
		MarkdownDescription: lambdaDescription,
		Attributes:          attributes,
	}
}

const lambdaDescription = "One Lambda function with everything a production function needs around it: a least-privilege role, " +
	"an encryption key, a log group, tracing, a published version and the alias that callers use. Safe with four lines of input; " +
	"every setting can be overridden, and what is in effect is shown in `managed`."

func identityAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"name": schema.StringAttribute{
			Required: true,
			MarkdownDescription: "Name of the function, 1 to 64 letters, digits, hyphens and underscores. Every other object is named after it. " +
				"Changing it replaces the unit; nothing else does. [CreateFunction](https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html)",
			Validators:    []validator.String{textRule(rules.FunctionName)},
			PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
		},
		"description": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "What the function does, at most 255 characters, not ending in a space. Default: none. A published version freezes it, so a change publishes a new version.",
			Validators:          []validator.String{textRule(rules.Description)},
		},
		"tags": schema.MapAttribute{
			Optional: true, ElementType: types.StringType,
			MarkdownDescription: "Tags of every taggable object of the unit, over the provider's `default_tags`. At most 44 together, no two of which differ in case only: the unit keeps six for itself, " +
				"`secure:unit` and `secure:generation` on every object, `secure:source` on the function, and on the role what it needs while something is changed. Tags are no place for secrets: plans show them in `tags_all` and `managed`, even where the input is marked sensitive, and so does AWS. [Tags](https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html)",
			Validators: []validator.Map{mapRule{key: rules.TagKey, value: rules.TagValue, keys: rules.TagKeys, count: rules.TagCount}},
		},
	}
}

func codeAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"code": schema.SingleNestedAttribute{
			Required:            true,
			MarkdownDescription: "The deployment package: exactly one of `path`, `s3` and `image`. A change publishes a new version.",
			Attributes: map[string]schema.Attribute{
				"path": schema.StringAttribute{
					Optional: true,
					MarkdownDescription: "A zip file (a jar is one), a directory that is zipped in process, or a single file that is zipped as a package of that file alone. The zip has the same bytes on every machine: sorted names, one fixed time, " +
						"modes 0755 or 0644, a pinned compressor; `.git`, `.hg`, `.svn`, `__pycache__`, `.DS_Store` and what Terraform keeps (`.terraform`, its lock file, states, plan and variable files) are left out; links within it stay links, as pnpm needs them, links out of it are refused, but for those into a layer (`/opt`), empty directories are dropped. At most 50 MB zipped, more with `staging_bucket`, and 250 MB unzipped. " +
						"A plan that changes the unit looks into it: whether the handler is there, binaries are for `architecture`, and nothing leads out of it or is a private key. Relative to the directory Terraform runs in, so write `\"${path.module}/src\"`. A saved plan needs the same bytes at apply.",
					Validators: []validator.String{textRule(rules.NotEmpty)},
				},
				"s3": schema.SingleNestedAttribute{
					Optional: true,
					MarkdownDescription: "A zip object in a bucket of the same region. A change is seen by version, ETag or, where the object has one, its SHA-256 checksum; " +
						"drift of the deployed code is seen by digest in any case.",
					Attributes: map[string]schema.Attribute{
						"bucket":     schema.StringAttribute{Optional: true, MarkdownDescription: "Required. Bucket name.", Validators: []validator.String{textRule(rules.Bucket)}},
						"key":        schema.StringAttribute{Optional: true, MarkdownDescription: "Required. Object key.", Validators: []validator.String{textRule(rules.NotEmpty)}},
						"version_id": schema.StringAttribute{Optional: true, MarkdownDescription: "Object version. Default: the newest. Give one to deploy exactly that object.", Validators: []validator.String{textRule(rules.NotEmpty)}},
					},
				},
				"image": imageAttribute(),
				"staging_bucket": schema.StringAttribute{
					Optional: true,
					MarkdownDescription: "Bucket of the same region through which a `path` package of more than 50 MB goes. The copy, `secure-lambda/NAME/SHA256.zip`, is removed once Lambda has it. Default: none, and such a package is refused. " +
						"The identity that runs Terraform needs `s3:PutObject`, `s3:GetObject` and `s3:DeleteObject` there.",
					Validators: []validator.String{textRule(rules.Bucket)},
				},
				"signing": schema.SingleNestedAttribute{
					Optional: true,
					MarkdownDescription: "Has AWS Signer sign a `path` or `s3` package before it is deployed. Default: none. The digest of the signed package is known after apply only, when the package changes. The signed package stays in the bucket under `secure-lambda/NAME/`. " +
						"[Code signing](https://docs.aws.amazon.com/lambda/latest/dg/configuration-codesigning.html)",
					Attributes: map[string]schema.Attribute{
						"profile": schema.StringAttribute{Optional: true, MarkdownDescription: "Required. Name of a signing profile of platform `AWSLambda-SHA384-ECDSA`.", Validators: []validator.String{textRule(rules.SigningProfile)}},
						"bucket":  schema.StringAttribute{Optional: true, MarkdownDescription: "Required. Bucket of the same region, with versioning, in which the package is signed.", Validators: []validator.String{textRule(rules.Bucket)}},
					},
				},
			},
		},
	}
}

func imageAttribute() schema.Attribute {
	words := func(what, imageDefault string) schema.Attribute {
		return schema.ListAttribute{
			Optional: true, ElementType: types.StringType, MarkdownDescription: what + " Default: " + imageDefault + " of the image.",
		}
	}
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "A container image in Amazon ECR, at most 10 GB. It takes no `runtime`, `handler`, `layers` or `snap_start`, and Powertools variables are set only with `powertools = true`. " +
			"Changing between a zip package and an image deletes the function and makes it again within the update: callers fail in between. [Container images](https://docs.aws.amazon.com/lambda/latest/dg/images-create.html)",
		Attributes: map[string]schema.Attribute{
			"uri": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Required. The image, by tag or by digest, in the function's region. A tag is resolved to its digest in every plan, so that a pushed image is a change, and what was planned is what is deployed.",
				Validators:          []validator.String{textRule(rules.ImageURI)},
			},
			"command":     words("Overrides what the entry point is called with, such as `[\"app.handler\"]`.", "`CMD`"),
			"entry_point": words("Overrides what is started.", "`ENTRYPOINT`"),
			"working_directory": schema.StringAttribute{
				Optional: true, MarkdownDescription: "Overrides the working directory, an absolute path. Default: `WORKDIR` of the image.",
				Validators: []validator.String{textRule(rules.WorkingDirectory)},
			},
		},
	}
}

func functionAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"runtime": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Runtime identifier such as `python3.14`, `nodejs24.x` or `provided.al2023`. Needed for a zip package. A deprecated one warns and names its successor; a slip in a known one is an error, and one that this release does not know yet " +
				"warns and is left to AWS. [Runtimes](https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html)",
			Validators: []validator.String{textRule(rules.NotEmpty)},
		},
		"handler": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "Entry point in the form of the runtime: `file.function` for Python, Node.js and Ruby, `package.Class::method` for Java, `Assembly::Namespace.Class::Method` for .NET. Default: `bootstrap` for `provided` runtimes; needed for all others.",
			Validators:          []validator.String{textRule(rules.Handler)},
		},
		"architecture": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "`arm64` or `x86_64`. Default: the provider's `architecture`, else `arm64`, a fifth cheaper for the same time. Native dependencies must match.",
			Validators:          []validator.String{textRule(rules.Architecture.Check)},
		},
		"memory_size": schema.Int64Attribute{
			Optional: true,
			MarkdownDescription: "Memory in MB; processor power grows with it, one full vCPU at 1769 MB. Default: `512`. " + rules.MemorySize.Says() + " " +
				"[Memory](https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html)",
			Validators: []validator.Int64{numberRule(rules.MemorySize.Check)},
		},
		"timeout": schema.Int64Attribute{
			Optional: true,
			MarkdownDescription: "Seconds before Lambda stops an invocation. Default: `10`. Keep it above the slowest good answer and below the caller's own timeout. " + rules.Timeout.Says() + " " +
				"[Timeout](https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html)",
			Validators: []validator.Int64{numberRule(rules.Timeout.Check)},
		},
		"ephemeral_storage": schema.Int64Attribute{
			Optional:            true,
			MarkdownDescription: "Size of `/tmp` in MB. Default: `512`, which costs nothing. " + rules.EphemeralStorage.Says() + " [Ephemeral storage](https://docs.aws.amazon.com/lambda/latest/dg/configuration-ephemeral-storage.html)",
			Validators:          []validator.Int64{numberRule(rules.EphemeralStorage.Check)},
		},
		"environment": schema.MapAttribute{
			Optional: true, ElementType: types.StringType,
			MarkdownDescription: "Environment variables, encrypted with the unit's key. Default: none but those of `powertools`. Values are in the state as you write them; " +
				"`managed` holds digests only. [Environment variables](https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html)",
			Validators: []validator.Map{mapRule{key: rules.VariableName, value: rules.VariableValue}},
		},
		"powertools": schema.BoolAttribute{
			Optional:            true,
			MarkdownDescription: "Whether `POWERTOOLS_SERVICE_NAME`, `POWERTOOLS_METRICS_NAMESPACE` (both the unit's name) and `POWERTOOLS_LOG_LEVEL` are set where `environment` does not set them. Default: `true`, `false` for an image. [Powertools](https://docs.powertools.aws.dev/lambda/python/latest/environment_variables/)",
		},
	}
}

func operationAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"tracing": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "X-Ray mode, `Active` or `PassThrough`. Default: the provider's `tracing`, else `Active` (Security Hub Lambda.7); the role then gets the two X-Ray calls. " +
				"[Tracing](https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html)",
			Validators: []validator.String{textRule(rules.Tracing.Check)},
		},
		"logs": schema.SingleNestedAttribute{
			Optional:            true,
			MarkdownDescription: "The log group and what is written to it. [Logging](https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-advanced.html)",
			Attributes: map[string]schema.Attribute{
				"group_name": schema.StringAttribute{
					Optional:            true,
					MarkdownDescription: "Log group. Default: `/aws/lambda/NAME`. A change makes a new group and deletes the old one with its log events once the new version serves.",
					Validators:          []validator.String{textRule(rules.LogGroupName)},
				},
				"retention_days": schema.Int64Attribute{
					Optional:            true,
					MarkdownDescription: "Days that log events are kept, one of CloudWatch's periods, or `0` for ever. Default: the provider's `log_retention_days`, else `365` (Security Hub CloudWatch.16).",
					Validators:          []validator.Int64{numberRule(rules.RetentionDays)},
				},
				"format": schema.StringAttribute{
					Optional:            true,
					MarkdownDescription: "`JSON` or `Text`. Default: the provider's `log_format`, else `JSON`, which can be filtered by level and queried by field.",
					Validators:          []validator.String{textRule(rules.LogFormat.Check)},
				},
				"application_level": schema.StringAttribute{
					Optional:            true,
					MarkdownDescription: "Lowest level of the function's own lines: `TRACE`, `DEBUG`, `INFO`, `WARN`, `ERROR` or `FATAL`. Default: `INFO`. Needs format `JSON`.",
					Validators:          []validator.String{textRule(rules.LogLevel.Check)},
				},
				"system_level": schema.StringAttribute{
					Optional:            true,
					MarkdownDescription: "Lowest level of Lambda's own lines: `DEBUG`, `INFO` or `WARN`. Default: `INFO`; `WARN` would drop the REPORT lines, which have duration and memory. Needs format `JSON`.",
					Validators:          []validator.String{textRule(rules.SystemLevel.Check)},
				},
				"class": schema.StringAttribute{
					Optional: true,
					MarkdownDescription: "`STANDARD`; `INFREQUENT_ACCESS`, which costs half to ingest but has no metric filters, no subscriptions, no embedded metrics and no masking; `DELIVERY`, which only hands events on to S3 or Firehose and keeps them for one day; or another class that AWS offers. Default: `STANDARD`. " +
						"AWS cannot change the class of a group, so a change makes a new group, such as `/aws/lambda/NAME/infrequent-access` unless `group_name` is stated, and deletes the old one once the new version serves. " +
						"[Log classes](https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html)",
					Validators: []validator.String{textRule(rules.LogClass.Check)},
				},
				"data_protection": schema.SetAttribute{
					Optional: true, ElementType: types.StringType,
					MarkdownDescription: "Kinds of data that are masked in log events, by the names of managed data identifiers such as `EmailAddress`. Default: none. Drift of it is seen while it is stated. Costs $0.12 a GB scanned. " +
						"[Data protection](https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/mask-sensitive-log-data.html)",
					Validators: []validator.Set{setRule(rules.DataIdentifier)},
				},
				"deletion_protection": schema.BoolAttribute{
					Optional: true,
					MarkdownDescription: "Whether AWS refuses to delete the log group, whoever asks. Default: `false`. While it is on, a destroy of the unit is refused unless `on_destroy` is `retain`, and so is a plan that would replace the group. " +
						"[Deletion protection](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogGroupDeletionProtection.html)",
				},
				"on_destroy": schema.StringAttribute{
					Optional: true,
					MarkdownDescription: "`delete`: the log group goes with the unit. `retain`: it stays, and with it a key of the unit's own, which its events are encrypted with. Default: `delete`. " +
						"Takes effect once it is applied. A unit made again under the same name takes the group back. A group that is replaced because `group_name` or `class` changed is deleted all the same.",
					Validators: []validator.String{textRule(rules.LogsOnDestroy.Check)},
				},
			},
		},
		"alarms": alarmsAttribute(),
		"recursion": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "What Lambda does when the function sets itself off in a loop through SQS, SNS or S3: `Terminate` or `Allow`. Default: `Terminate`, after 16 rounds. " +
				"[Loop detection](https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html)",
			Validators: []validator.String{textRule(rules.Recursion.Check)},
		},
		"concurrency": schema.SingleNestedAttribute{
			Optional:            true,
			MarkdownDescription: "How many invocations run at once. [Concurrency](https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html)",
			Attributes: map[string]schema.Attribute{
				"reserved": schema.Int64Attribute{
					Optional: true,
					MarkdownDescription: "Concurrency set apart for the function, which also bounds it; `0` stops it. Default: none, so that it shares what the account has. " +
						"A plan says when the account has too little left.",
					Validators: []validator.Int64{numberRule(rules.ReservedConcurrency.Check)},
				},
			},
		},
		"ignore_drift": schema.SetAttribute{
			Optional: true, ElementType: types.StringType,
			MarkdownDescription: "Settings that others may change, as paths into `managed`, such as `alarms.errors.threshold`, `function.environment` or `role.attached_policies`. What they set is kept and shown; what is stated here for such a setting counts only when the object is made. Default: none. Adding a path while a control of severity critical or high is not met takes a waiver. " +
				"(`lifecycle { ignore_changes = [managed] }` does nothing: Terraform does not apply it to computed attributes.)",
			Validators: []validator.Set{setRule(rules.IgnoredPath)},
		},
		"release": schema.SingleNestedAttribute{
			Optional:            true,
			MarkdownDescription: "How a version reaches callers: all at once, when it is published and active.",
			Attributes: map[string]schema.Attribute{
				"alias": schema.StringAttribute{
					Optional:            true,
					MarkdownDescription: "Alias that callers use. Default: `live`. A change makes the new alias, then removes the old one.",
					Validators:          []validator.String{textRule(rules.AliasName)},
				},
			},
		},
	}
}

package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/rules"
)

func asyncAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"dead_letter": schema.SingleNestedAttribute{
			Optional: true,
			MarkdownDescription: "Where asynchronous events go that the function could not process. Default: a standard SQS queue of the unit's own, `NAME-dead-letter`, encrypted with the unit's key and closed to calls without TLS. " +
				"[Dead-letter queues](https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq)",
			Attributes: map[string]schema.Attribute{
				"enabled": schema.BoolAttribute{
					Optional:            true,
					MarkdownDescription: "Whether events that failed are kept. Default: `true`. Without, an event is lost after its last retry, unless `async.on_failure` takes it.",
				},
				"target_arn": schema.StringAttribute{
					Optional: true,
					MarkdownDescription: "Standard SQS queue or SNS topic that gets them instead of a queue of the unit's own. Default: none. " +
						"The unit neither makes, encrypts nor deletes it.",
					Validators: []validator.String{textRule(rules.DeadLetterTarget.Check)},
				},
				"target_kms_key_arn": schema.StringAttribute{
					Optional:            true,
					MarkdownDescription: "Customer-managed key that `target_arn` is encrypted with. Default: none. Without it Lambda cannot write to an encrypted target, and events are lost without an error anywhere but the metric `DeadLetterErrors`.",
					Validators:          []validator.String{textRule(rules.KeyARN.Check)},
				},
				"retention_days": schema.Int64Attribute{
					Optional:            true,
					MarkdownDescription: "Days that the unit's own queue keeps a message. Default: `14`. " + rules.DeadLetterDays.Says(),
					Validators:          []validator.Int64{numberRule(rules.DeadLetterDays.Check)},
				},
				"on_destroy": schema.StringAttribute{
					Optional: true,
					MarkdownDescription: "`refuse`: a destroy, or a change that gives the queue up, fails while the queue holds messages. `force`: they are deleted with it. Default: `refuse`. " +
						"Takes effect once it is applied.",
					Validators: []validator.String{textRule(rules.OnDestroy.Check)},
				},
			},
		},
		"async": schema.SingleNestedAttribute{
			Optional:            true,
			MarkdownDescription: "What becomes of asynchronous invocations of the alias. [Asynchronous invocation](https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html)",
			Attributes: map[string]schema.Attribute{
				"max_retries": schema.Int64Attribute{
					Optional:            true,
					MarkdownDescription: "How often Lambda tries a failed event again. Default: `2`, so the function has to bear the same event three times. " + rules.AsyncRetries.Says(),
					Validators:          []validator.Int64{numberRule(rules.AsyncRetries.Check)},
				},
				"max_event_age": schema.Int64Attribute{
					Optional:            true,
					MarkdownDescription: "Seconds that an event may wait for its turn. Default: `21600`, six hours. " + rules.AsyncEventAge.Says(),
					Validators:          []validator.Int64{numberRule(rules.AsyncEventAge.Check)},
				},
				"on_success": schema.StringAttribute{
					Optional:            true,
					MarkdownDescription: "ARN of the standard queue or topic, function or event bus that gets a record of every success. Default: none. The role gets exactly the call that this takes.",
					Validators:          []validator.String{textRule(rules.SuccessDestination.Check)},
				},
				"on_failure": schema.StringAttribute{
					Optional:            true,
					MarkdownDescription: "ARN of the standard queue or topic, function, event bus or bucket that gets a record of every event given up. Default: none. Not the target of `dead_letter`: Lambda delivers to both, in two formats.",
					Validators:          []validator.String{textRule(rules.FailureDestination.Check)},
				},
				"destination_kms_key_arns": schema.SetAttribute{
					Optional: true, ElementType: types.StringType,
					MarkdownDescription: "Customer-managed keys that those destinations are encrypted with. Default: none. The role may use them through SQS, SNS and S3 only.",
					Validators:          []validator.Set{setRule(rules.KeyARN.Check)},
				},
			},
		},
	}
}

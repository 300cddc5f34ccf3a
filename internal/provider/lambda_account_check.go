package provider

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/secure-lambda/terraform-provider-secure/internal/rules"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// checkConcurrency refuses to reserve more than the account has left.
func (r *lambdaResource) checkConcurrency(ctx context.Context, in intent, planned outputs) diag.Diagnostics {
	var diags diag.Diagnostics
	at := path.Root("concurrency").AtName("reserved")
	have := functionOf(in.observed()).ReservedConcurrency.Or(0)
	want, ok := functionOf(planned.Managed.Or(bp.Blueprint{})).ReservedConcurrency.Get()
	if !ok || want <= have {
		return diags
	}
	account, err := r.session.client.AccountConcurrency(ctx)
	if err != nil {
		diags.AddAttributeWarning(at, "The account's concurrency could not be read",
			fmt.Sprintf("Whether %d can be reserved shows at apply. To know it in a plan, allow lambda:GetAccountSettings: %v", want, err))
		return diags
	}
	left := account.Unreserved + have
	if want > left {
		diags.AddAttributeError(at, fmt.Sprintf("A concurrency of %d cannot be reserved", want),
			fmt.Sprintf("The account has %d in this region, %d of it not reserved. Lambda keeps some of that for functions without a reservation. Write %d or less, or ask AWS for a greater limit.",
				account.Limit, account.Unreserved, rules.Reservable(left)))
		return diags
	}
	addViolation(&diags, at, rules.Unreserved(want, left))
	return diags
}

// checkTopics looks at the SNS topics that alarms tell: a message that cannot
// be encrypted is lost without a trace.
func (r *lambdaResource) checkTopics(ctx context.Context, planned outputs) diag.Diagnostics {
	var diags diag.Diagnostics
	alarms, _ := planned.Managed.Or(bp.Blueprint{}).Alarms.Get()
	var topics []string
	for _, slot := range alarms.Slots() {
		alarm, _ := slot.Alarm.Get()
		for _, actions := range []bp.Value[bp.Set]{alarm.Actions, alarm.OKActions, alarm.InsufficientDataActions} {
			arns, _ := actions.Or(nil).Strings()
			topics = append(topics, arns...)
		}
	}
	slices.Sort(topics)
	for _, arn := range slices.Compact(topics) {
		if rules.ServiceOf(arn) == "sns" {
			diags.Append(r.checkTopic(ctx, arn)...)
		}
	}
	return diags
}

func (r *lambdaResource) checkTopic(ctx context.Context, arn string) diag.Diagnostics {
	var diags diag.Diagnostics
	at := path.Root("alarms").AtName("actions")
	here := r.session.client.Place
	if place, ok := bp.PlaceOf(arn); ok && place.Region != here.Region {
		diags.AddAttributeError(at, "The alarm topic is in another region",
			fmt.Sprintf("CloudWatch in %s cannot tell %s. Write the ARN of a topic in %s.", here.Region, arn, here.Region))
		return diags
	}
	topic, err := r.session.client.InspectTopic(ctx, arn)
	switch {
	case err != nil:
		diags.AddAttributeWarning(at, "The alarm topic could not be read",
			fmt.Sprintf("%s: %v. Whether CloudWatch can notify it shows only when an alarm fires. To know it at plan time, allow sns:GetTopicAttributes.", arn, err))
	case topic.Missing:
		diags.AddAttributeError(at, "The alarm topic does not exist",
			fmt.Sprintf("There is no topic %s, so nobody would hear of an alarm. Create it first, or correct the ARN.", arn))
	case topic.ManagedKey:
		diags.AddAttributeError(at, "CloudWatch cannot write to the alarm topic",
			fmt.Sprintf("Topic %s is encrypted with alias/aws/sns, whose policy does not admit CloudWatch and cannot be changed, so alarms would be lost without a trace. "+
				"Encrypt it with a key of your own whose policy allows kms:GenerateDataKey* and kms:Decrypt to cloudwatch.amazonaws.com.", arn))
	case topic.AdmitsCloudWatch == bp.Known(false):
		diags.AddAttributeError(at, "CloudWatch cannot write to the alarm topic",
			fmt.Sprintf("Topic %s is encrypted with key %s, whose policy does not admit CloudWatch, so alarms would be lost without a trace. Add to the key's policy:\n\n%s",
				arn, topic.Key, topicKeyStatement(here.Account)))
	}
	return diags
}

func topicKeyStatement(account string) string {
	return fmt.Sprintf(`{
  "Sid": "AllowCloudWatchAlarms",
  "Effect": "Allow",
  "Principal": { "Service": "cloudwatch.amazonaws.com" },
  "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
  "Resource": "*",
  "Condition": { "StringEquals": { "aws:SourceAccount": %q } }
}`, account)
}

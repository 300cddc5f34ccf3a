package provider

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/rules"
)

const metricsPage = "[Metrics](https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html)"

func alarmsAttribute() schema.Attribute {
	attributes := map[string]schema.Attribute{
		"enabled": schema.BoolAttribute{Optional: true, MarkdownDescription: "Whether there are any alarms. Default: `true`."},
		"profile": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "`essential`: `errors`, `throttles`, `duration`, `dead_letter_errors` and `dead_letter_depth`. `full` adds `async_event_age` and, where there is something to watch, `concurrency` and `destination_failures`. " +
				"Default: the provider's `alarm_profile`, else `essential`.",
			Validators: []validator.String{textRule(rules.AlarmProfile.Check)},
		},
		"traffic": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "`normal`: one bad period of five minutes raises an alarm, which also works for a function that runs once an hour. `high`: two bad minutes of three do, for `errors`, `throttles` and `duration`. " +
				"Default: `normal`.",
			Validators: []validator.String{textRule(rules.AlarmTraffic.Check)},
		},
	}
	for name, description := range map[string]string{
		"actions":                   "ARNs notified when an alarm fires, five at most: SNS topics as a rule. Default: the provider's `alarm_actions`, else none. A topic encrypted with `alias/aws/sns` never gets the message, so it is refused.",
		"ok_actions":                "ARNs notified when an alarm returns to OK. Default: none.",
		"insufficient_data_actions": "ARNs notified when an alarm has too little data. Default: none.",
	} {
		attributes[name] = alarmActions(description)
	}
	for _, a := range []struct{ name, what, threshold string }{
		{"errors", "Share of the invocations that fail, `100 * Errors / Invocations`", "`1`, in percent"},
		{"throttles", "Invocations turned away for lack of concurrency, `Throttles`", "`1`, which raises the alarm when it is reached"},
		{"duration", "Invocations that come close to the timeout, `Duration`", "four fifths of `timeout`, in milliseconds"},
		{"dead_letter_errors", "Events that could not be handed over as dead letters and are lost, `DeadLetterErrors`. Only with a dead-letter target", "`0`"},
		{"dead_letter_depth", "Events in the dead-letter queue, `ApproximateNumberOfMessagesVisible`. Only with a queue of this account and region", "`0`"},
		{"concurrency", "Use of the reserved concurrency, `ConcurrentExecutions`. Only with `concurrency.reserved`; in the profile `full`", "four fifths of it"},
		{"destination_failures", "Reports of asynchronous invocations that could not be delivered, `DestinationDeliveryFailures`. Only with a destination; in the profile `full`", "`0`"},
		{"async_event_age", "Longest wait of an event, `AsyncEventAge`; in the profile `full`", "half of `async.max_event_age`, in milliseconds"},
		{"async_dropped", "Events given up, `AsyncEventsDropped`, which also counts those that the dead-letter queue got. In no profile: there when stated", "`0`"},
	} {
		attributes[a.name] = alarmAttribute(a.name, a.what, a.threshold)
	}
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "CloudWatch alarms. An alarm costs about $0.10 a month for each metric it watches, and `errors` watches two. " +
			"A period without data never raises one. " + metricsPage,
		Attributes: attributes,
	}
}

func alarmActions(description string) schema.Attribute {
	return schema.SetAttribute{
		Optional: true, ElementType: types.StringType, MarkdownDescription: description,
		Validators: []validator.Set{setRule(rules.AlarmAction), sizeRule(rules.ActionCount)},
	}
}

func alarmAttribute(name, what, threshold string) schema.Attribute {
	bound := decimalRule(rules.Threshold)
	if name == "errors" {
		bound = rules.ErrorRate
	}
	attributes := map[string]schema.Attribute{
		"enabled": schema.BoolAttribute{Optional: true, MarkdownDescription: "Whether the alarm exists. Default: `true` where it is stated, else what the profile says."},
		"threshold": schema.Float64Attribute{
			Optional: true, MarkdownDescription: "Bound that raises the alarm when exceeded. Default: as the line of the alarm says.",
			Validators: []validator.Float64{bound},
		},
		"period": schema.Int64Attribute{
			Optional: true, MarkdownDescription: "Seconds of one period: 10, 20, 30 or a multiple of 60. Default: `300`.",
			Validators: []validator.Int64{numberRule(rules.AlarmPeriod)},
		},
		"evaluation_periods": schema.Int64Attribute{
			Optional: true, MarkdownDescription: "Periods that are looked at. Default: `1`.",
			Validators: []validator.Int64{numberRule(rules.EvaluationPeriods.Check)},
		},
		"datapoints_to_alarm": schema.Int64Attribute{
			Optional: true, MarkdownDescription: "Periods of those that must be beyond the bound. Default: all of them.",
			Validators: []validator.Int64{numberRule(rules.DatapointsToAlarm.Check)},
		},
		"treat_missing_data": schema.StringAttribute{
			Optional: true, MarkdownDescription: "What a period without data counts as: `notBreaching`, `breaching`, `ignore` or `missing`. Default: `notBreaching`.",
			Validators: []validator.String{textRule(rules.MissingData.Check)},
		},
		"statistic": schema.StringAttribute{
			Optional: true, MarkdownDescription: "Statistic of the metric. Default: `Sum`, `Maximum` for depths, ages and concurrency, `p99` for `duration`. Not for `errors`, which is a share.",
			Validators: []validator.String{textRule(rules.Statistic)},
		},
		"actions":                   alarmActions("Instead of those of `alarms`."),
		"ok_actions":                alarmActions("Instead of those of `alarms`."),
		"insufficient_data_actions": alarmActions("Instead of those of `alarms`."),
	}
	return schema.SingleNestedAttribute{Optional: true, MarkdownDescription: fmt.Sprintf("%s. Default of `threshold`: %s.", what, threshold), Attributes: attributes}
}

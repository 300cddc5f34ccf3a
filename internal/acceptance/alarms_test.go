package acceptance

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// putAlarm replaces an alarm of a unit by one that differs from it.
func (a *tenant) putAlarm(ctx context.Context, name, slot string, change func(*cloudwatch.PutMetricAlarmInput)) error {
	out, err := a.cloudwatch.DescribeAlarms(ctx, &cloudwatch.DescribeAlarmsInput{AlarmNames: []string{bp.AlarmName(name, slot)}})
	if err != nil {
		return err
	}
	alarm := out.MetricAlarms[0]
	in := &cloudwatch.PutMetricAlarmInput{
		AlarmName: alarm.AlarmName, AlarmDescription: alarm.AlarmDescription, ActionsEnabled: alarm.ActionsEnabled, AlarmActions: alarm.AlarmActions,
		Metrics: alarm.Metrics, Namespace: alarm.Namespace, MetricName: alarm.MetricName, Dimensions: alarm.Dimensions, Period: alarm.Period,
		Statistic: alarm.Statistic, ExtendedStatistic: alarm.ExtendedStatistic, EvaluateLowSampleCountPercentile: alarm.EvaluateLowSampleCountPercentile,
		ComparisonOperator: alarm.ComparisonOperator, Threshold: alarm.Threshold, EvaluationPeriods: alarm.EvaluationPeriods,
		DatapointsToAlarm: alarm.DatapointsToAlarm, TreatMissingData: alarm.TreatMissingData,
	}
	change(in)
	_, err = a.cloudwatch.PutMetricAlarm(ctx, in)
	return err
}

func alarmDrift(slot, field string, change func(*cloudwatch.PutMetricAlarmInput)) drift {
	return drift{
		label: "alarm_" + slot + "_" + strings.ReplaceAll(strings.ToLower(field), ".", "_"), paths: []string{"managed.alarms." + slot + "." + field},
		do: func(ctx context.Context, a *tenant, name string) error {
			return a.putAlarm(ctx, name, slot, change)
		},
	}
}

var alarmDrifts = []drift{
	alarmDrift("errors", "threshold", func(in *cloudwatch.PutMetricAlarmInput) { in.Threshold = new(99.0) }),
	alarmDrift("errors", "expression", func(in *cloudwatch.PutMetricAlarmInput) {
		for i := range in.Metrics {
			if in.Metrics[i].Expression != nil {
				in.Metrics[i].Expression = new("errors")
			}
		}
	}),
	alarmDrift("throttles", "threshold", func(in *cloudwatch.PutMetricAlarmInput) { in.Threshold = new(99.0) }),
	alarmDrift("throttles", "comparison", func(in *cloudwatch.PutMetricAlarmInput) {
		in.ComparisonOperator = cwtypes.ComparisonOperatorLessThanThreshold
	}),
	alarmDrift("duration", "threshold", func(in *cloudwatch.PutMetricAlarmInput) { in.Threshold = new(99.0) }),
	alarmDrift("duration", "period", func(in *cloudwatch.PutMetricAlarmInput) { in.Period = new(int32(3600)) }),
	alarmDrift("duration", "evaluation_periods", func(in *cloudwatch.PutMetricAlarmInput) {
		in.EvaluationPeriods, in.DatapointsToAlarm = new(int32(5)), new(int32(1)) // left out, it is as many
	}),
	alarmDrift("duration", "treat_missing_data", func(in *cloudwatch.PutMetricAlarmInput) { in.TreatMissingData = new("missing") }),
	alarmDrift("duration", "description", func(in *cloudwatch.PutMetricAlarmInput) { in.AlarmDescription = new("changed") }),
	alarmDrift("dead_letter_errors", "threshold", func(in *cloudwatch.PutMetricAlarmInput) { in.Threshold = new(99.0) }),
	alarmDrift("dead_letter_depth", "threshold", func(in *cloudwatch.PutMetricAlarmInput) { in.Threshold = new(99.0) }),
	alarmDrift("dead_letter_depth", "metric.dimensions.QueueName", func(in *cloudwatch.PutMetricAlarmInput) {
		in.Dimensions = []cwtypes.Dimension{{Name: new("QueueName"), Value: new("another")}}
	}),
	alarmDrift("concurrency", "threshold", func(in *cloudwatch.PutMetricAlarmInput) { in.Threshold = new(99.0) }),
	alarmDrift("destination_failures", "threshold", func(in *cloudwatch.PutMetricAlarmInput) { in.Threshold = new(99.0) }),
	alarmDrift("async_event_age", "threshold", func(in *cloudwatch.PutMetricAlarmInput) { in.Threshold = new(99.0) }),
	alarmDrift("async_dropped", "threshold", func(in *cloudwatch.PutMetricAlarmInput) { in.Threshold = new(99.0) }),
	alarmDrift("errors", "actions_enabled", func(in *cloudwatch.PutMetricAlarmInput) { in.ActionsEnabled = new(false) }),
	alarmDrift("errors", "actions", func(in *cloudwatch.PutMetricAlarmInput) { in.AlarmActions = nil }),
	{
		label: "alarm_deleted", paths: []string{"managed.alarms.throttles"},
		do: func(ctx context.Context, a *tenant, name string) error {
			_, err := a.cloudwatch.DeleteAlarms(ctx, &cloudwatch.DeleteAlarmsInput{AlarmNames: []string{name + "-throttles"}})
			return err
		},
	},
	{
		label: "alarm_tags", paths: []string{"managed.alarms.duration.tags"},
		do: func(ctx context.Context, a *tenant, name string) error {
			out, err := a.cloudwatch.DescribeAlarms(ctx, &cloudwatch.DescribeAlarmsInput{AlarmNames: []string{name + "-duration"}})
			if err != nil {
				return err
			}
			_, err = a.cloudwatch.TagResource(ctx, &cloudwatch.TagResourceInput{
				ResourceARN: out.MetricAlarms[0].AlarmArn, Tags: []cwtypes.Tag{{Key: new("team"), Value: new("others")}},
			})
			return err
		},
	},
	{
		label: "reserved_concurrency", paths: []string{"managed.function.reserved_concurrency"},
		do: func(ctx context.Context, a *tenant, name string) error {
			_, err := a.lambda.PutFunctionConcurrency(ctx, &lambda.PutFunctionConcurrencyInput{FunctionName: &name, ReservedConcurrentExecutions: new(int32(3))})
			return err
		},
	},
	{
		label: "reserved_concurrency_gone", paths: []string{"managed.function.reserved_concurrency"},
		do: func(ctx context.Context, a *tenant, name string) error {
			_, err := a.lambda.DeleteFunctionConcurrency(ctx, &lambda.DeleteFunctionConcurrencyInput{FunctionName: &name})
			return err
		},
	},
	{
		label: "recursion", paths: []string{"managed.function.recursion"},
		do: func(ctx context.Context, a *tenant, name string) error {
			_, err := a.lambda.PutFunctionRecursionConfig(ctx, &lambda.PutFunctionRecursionConfigInput{FunctionName: &name, RecursiveLoop: lambdatypes.RecursiveLoopAllow})
			return err
		},
	},
}

var alarmChanges = []change{
	{label: "alarms_off", attribute: "alarms", value: `{ enabled = false }`},
	{label: "alarms_full", attribute: "alarms", value: `{ profile = "full" }`},
	{label: "alarms_traffic", attribute: "alarms", value: `{ traffic = "high" }`},
	{label: "alarms_actions", attribute: "alarms", value: `{ actions = ["` + onCall + `"] }`},
	{label: "alarms_ok_actions", attribute: "alarms", value: `{ ok_actions = ["` + onCall + `"] }`},
	{label: "alarms_insufficient", attribute: "alarms", value: `{ insufficient_data_actions = ["` + onCall + `"] }`},
	{label: "alarm_off", attribute: "alarms", value: `{ throttles = { enabled = false } }`},
	{label: "alarm_threshold", attribute: "alarms", value: `{ errors = { threshold = 2.5 } }`},
	{label: "alarm_statistic", attribute: "alarms", value: `{ duration = { statistic = "Maximum" } }`},
	{label: "alarm_period", attribute: "alarms", value: `{ throttles = { period = 60 } }`},
	{label: "alarm_periods", attribute: "alarms", value: `{ throttles = { evaluation_periods = 3, datapoints_to_alarm = 2 } }`},
	{label: "alarm_missing_data", attribute: "alarms", value: `{ errors = { treat_missing_data = "ignore" } }`},
	{label: "alarm_actions", attribute: "alarms", value: `{ errors = { actions = ["` + onCall + `"], ok_actions = ["` + onCall + `"], insufficient_data_actions = ["` + onCall + `"] } }`},
	{label: "alarm_on_request", attribute: "alarms", value: `{ async_dropped = { enabled = true } }`},
	{label: "reserved", attribute: "concurrency", value: `{ reserved = 2 }`},
	{label: "reserved_changed", attribute: "concurrency", from: `{ reserved = 2 }`, value: `{ reserved = 1 }`},
	{label: "recursion", attribute: "recursion", value: `"Allow"`},
}

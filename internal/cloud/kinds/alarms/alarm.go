package alarms

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// expressionID names the expression among an alarm's metrics.
const expressionID = "result"

// What CloudWatch does with an alarm that does not say, as read on 2026-11-29.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
const (
	missingIsMissing = "missing"
	lowSamplesCount  = "evaluate"
)

// observeAlarms reads the unit's alarms into their slots.
func observeAlarms(ctx context.Context, c *api.Client, unit string, names []string, reference map[string]string) (bp.Value[bp.Alarms], error) {
	found, err := c.FindAlarms(ctx, names)
	if err != nil {
		return bp.Null[bp.Alarms](), err
	}
	var out bp.Alarms
	for _, slot := range out.Slots() {
		alarm, ok := found[bp.AlarmName(unit, slot.Name)]
		if !ok {
			continue
		}
		observed := Observe(alarm)
		arn := aws.ToString(alarm.AlarmArn)
		observed.Tags, err = c.TagDeviation(ctx, arn, reference, func() (map[string]string, error) { return alarmTags(ctx, c, arn) })
		if err != nil {
			return bp.Null[bp.Alarms](), err
		}
		*slot.Alarm = bp.Known(observed)
	}
	return out.OrNull(), nil
}

// Observe reads an alarm out of an answer.
func Observe(a types.MetricAlarm) bp.Alarm {
	out := bp.Alarm{
		Name:                    api.Optional(a.AlarmName),
		Description:             api.Optional(a.AlarmDescription),
		Comparison:              bp.Known(string(a.ComparisonOperator)),
		EvaluationPeriods:       api.Whole(a.EvaluationPeriods),
		DatapointsToAlarm:       api.Whole(a.DatapointsToAlarm),
		MissingData:             api.Optional(a.TreatMissingData),
		LowSamples:              api.Optional(a.EvaluateLowSampleCountPercentile),
		ActionsEnabled:          bp.Known(aws.ToBool(a.ActionsEnabled)),
		Actions:                 api.SetOf(a.AlarmActions),
		OKActions:               api.SetOf(a.OKActions),
		InsufficientDataActions: api.SetOf(a.InsufficientDataActions),
	}
	if a.DatapointsToAlarm == nil {
		out.DatapointsToAlarm = out.EvaluationPeriods
	}
	if a.TreatMissingData == nil {
		out.MissingData = bp.Known(missingIsMissing)
	}
	if a.EvaluateLowSampleCountPercentile == nil && isPercentile(aws.ToString(a.ExtendedStatistic)) {
		out.LowSamples = bp.Known(lowSamplesCount)
	}
	if a.Threshold != nil {
		out.Threshold = bp.Known(*a.Threshold)
	}
	if len(a.Metrics) == 0 {
		statistic := string(a.Statistic)
		if extended := aws.ToString(a.ExtendedStatistic); extended != "" {
			statistic = extended
		}
		out.Period = api.Whole(a.Period)
		out.Metric = bp.Known(observeMetric(a.Namespace, a.MetricName, a.Dimensions, statistic))
		return out
	}
	inputs := map[string]bp.Value[bp.Metric]{}
	for _, query := range a.Metrics {
		if query.Expression != nil {
			out.Expression = api.Optional(query.Expression)
		} else if stat := query.MetricStat; stat != nil && stat.Metric != nil {
			out.Period = api.Whole(stat.Period)
			inputs[aws.ToString(query.Id)] = bp.Known(observeMetric(stat.Metric.Namespace, stat.Metric.MetricName, stat.Metric.Dimensions, aws.ToString(stat.Stat)))
		}
	}
	out.Inputs = bp.Known(inputs)
	return out
}

// isPercentile matches p99.9 and the like: not tm, wm, tc, ts, pr and iqm, which
// are extended too.
func isPercentile(statistic string) bool {
	rest, found := strings.CutPrefix(statistic, "p")
	return found && rest != "" && rest[0] >= '0' && rest[0] <= '9'
}

func observeMetric(namespace, name *string, dimensions []types.Dimension, statistic string) bp.Metric {
	about := map[string]bp.String{}
	for _, d := range dimensions {
		about[aws.ToString(d.Name)] = bp.Known(aws.ToString(d.Value))
	}
	return bp.Metric{Namespace: api.Optional(namespace), Name: api.Optional(name), Dimensions: bp.Known(about), Statistic: api.Optional(&statistic)}
}

func alarmTags(ctx context.Context, c *api.Client, arn string) (map[string]string, error) {
	out, err := c.CloudWatch.ListTagsForResource(ctx, &cloudwatch.ListTagsForResourceInput{ResourceARN: &arn})
	if err != nil {
		return nil, err
	}
	tags := map[string]string{}
	for _, t := range out.Tags {
		tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return tags, nil
}

package alarms

import (
	"context"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// putAlarm makes or replaces one alarm. CloudWatch takes the tags only when it
// is new.
func putAlarm(ctx context.Context, c *api.Client, want bp.Alarm, tags map[string]string) error {
	in := &cloudwatch.PutMetricAlarmInput{
		AlarmName: api.Text(want.Name), AlarmDescription: api.Text(want.Description),
		ComparisonOperator: types.ComparisonOperator(want.Comparison.Or("")),
		EvaluationPeriods:  api.Number(want.EvaluationPeriods),
		AlarmActions:       api.Members(want.Actions), OKActions: api.Members(want.OKActions), InsufficientDataActions: api.Members(want.InsufficientDataActions),
		Tags: toAlarmTags(tags),
	}
	// A put replaces the whole alarm, so what is left out is as CloudWatch has it.
	if want.DatapointsToAlarm != want.EvaluationPeriods {
		in.DatapointsToAlarm = api.Number(want.DatapointsToAlarm)
	}
	if want.MissingData != bp.Known(missingIsMissing) {
		in.TreatMissingData = api.Text(want.MissingData)
	}
	if want.LowSamples != bp.Known(lowSamplesCount) {
		in.EvaluateLowSampleCountPercentile = api.Text(want.LowSamples)
	}
	if !want.ActionsEnabled.Or(true) {
		in.ActionsEnabled = aws.Bool(false)
	}
	if threshold, ok := want.Threshold.Get(); ok {
		in.Threshold = &threshold
	}
	if metric, ok := want.Metric.Get(); ok {
		in.Namespace, in.MetricName, in.Dimensions, in.Period = api.Text(metric.Namespace), api.Text(metric.Name), dimensions(metric), api.Number(want.Period)
		if statistic := metric.Statistic.Or(""); want.LowSamples.IsKnown() || !slices.Contains(types.Statistic("").Values(), types.Statistic(statistic)) {
			in.ExtendedStatistic = &statistic
		} else {
			in.Statistic = types.Statistic(statistic)
		}
	} else {
		in.Metrics = queries(want)
	}
	return c.Call(ctx, func() error {
		_, err := c.CloudWatch.PutMetricAlarm(ctx, in)
		return err
	})
}

// queries renders an expression with its inputs.
func queries(want bp.Alarm) []types.MetricDataQuery {
	out := []types.MetricDataQuery{{Id: aws.String(expressionID), Expression: api.Text(want.Expression), ReturnData: aws.Bool(true)}}
	inputs := want.Inputs.Or(nil)
	for _, id := range slices.Sorted(maps.Keys(inputs)) {
		metric, _ := inputs[id].Get()
		out = append(out, types.MetricDataQuery{
			Id: aws.String(id), ReturnData: aws.Bool(false),
			MetricStat: &types.MetricStat{
				Metric: &types.Metric{Namespace: api.Text(metric.Namespace), MetricName: api.Text(metric.Name), Dimensions: dimensions(metric)},
				Period: api.Number(want.Period), Stat: api.Text(metric.Statistic),
			},
		})
	}
	return out
}

func dimensions(m bp.Metric) []types.Dimension {
	var out []types.Dimension
	about := m.Dimensions.Or(nil)
	for _, name := range slices.Sorted(maps.Keys(about)) {
		out = append(out, types.Dimension{Name: aws.String(name), Value: api.Text(about[name])})
	}
	return out
}

func tagAlarm(ctx context.Context, c *api.Client, arn string, have, want map[string]string) error {
	set, remove := api.Retag(have, want)
	if len(remove) > 0 {
		if _, err := c.CloudWatch.UntagResource(ctx, &cloudwatch.UntagResourceInput{ResourceARN: &arn, TagKeys: remove}); err != nil {
			return err
		}
	}
	if len(set) > 0 {
		if _, err := c.CloudWatch.TagResource(ctx, &cloudwatch.TagResourceInput{ResourceARN: &arn, Tags: toAlarmTags(set)}); err != nil {
			return err
		}
	}
	return nil
}

// removeAlarms deletes alarms by name; those that are gone are passed over.
func removeAlarms(ctx context.Context, c *api.Client, names []string) error {
	for part := range slices.Chunk(names, api.AlarmsAtOnce) {
		if _, err := c.CloudWatch.DeleteAlarms(ctx, &cloudwatch.DeleteAlarmsInput{AlarmNames: part}); api.IgnoreMissing(err) != nil {
			return err
		}
	}
	return nil
}

func toAlarmTags(tags map[string]string) []types.Tag {
	var out []types.Tag
	for _, key := range api.SortedKeys(tags) {
		out = append(out, types.Tag{Key: aws.String(key), Value: aws.String(tags[key])})
	}
	return out
}

package cloud

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// alarmsAtOnce is how many alarms one call describes or deletes.
const alarmsAtOnce = 100

// expressionID names the expression among an alarm's metrics.
const expressionID = "result"

// What CloudWatch does with an alarm that does not say, as read on 2026-11-29.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
const (
	missingIsMissing = "missing"
	lowSamplesCount  = "evaluate"
)

// findAlarms reads alarms by name. Absent ones are not in the answer.
func (c *Client) findAlarms(ctx context.Context, names []string) (map[string]types.MetricAlarm, error) {
	return c.alarmBatch.load(ctx, names)
}

// describeAlarms answers a whole batch with one call.
func (c *Client) describeAlarms(ctx context.Context, names []string) (map[string]types.MetricAlarm, error) {
	found, err := all(func(next *string) ([]types.MetricAlarm, *string, error) {
		out, err := c.cloudwatch.DescribeAlarms(ctx, &cloudwatch.DescribeAlarmsInput{
			AlarmNames: names, AlarmTypes: []types.AlarmType{types.AlarmTypeMetricAlarm}, MaxRecords: aws.Int32(alarmsAtOnce), NextToken: next,
		})
		if err != nil {
			return nil, nil, err
		}
		return out.MetricAlarms, out.NextToken, nil
	})
	if err != nil {
		return nil, err
	}
	out := make(map[string]types.MetricAlarm, len(found))
	for _, alarm := range found {
		out[aws.ToString(alarm.AlarmName)] = alarm
	}
	return out, nil
}

// observeAlarms reads the unit's alarms into their slots.
func (c *Client) observeAlarms(ctx context.Context, unit string, names []string, reference map[string]string) (bp.Value[bp.Alarms], error) {
	found, err := c.findAlarms(ctx, names)
	if err != nil {
		return bp.Null[bp.Alarms](), err
	}
	var out bp.Alarms
	for _, slot := range out.Slots() {
		alarm, ok := found[bp.AlarmName(unit, slot.Name)]
		if !ok {
			continue
		}
		observed := observeAlarm(alarm)
		arn := aws.ToString(alarm.AlarmArn)
		observed.Tags, err = c.tagDeviation(ctx, arn, reference, func() (map[string]string, error) { return c.alarmTags(ctx, arn) })
		if err != nil {
			return bp.Null[bp.Alarms](), err
		}
		*slot.Alarm = bp.Known(observed)
	}
	return out.OrNull(), nil
}

func observeAlarm(a types.MetricAlarm) bp.Alarm {
	out := bp.Alarm{
		Name:                    optional(a.AlarmName),
		Description:             optional(a.AlarmDescription),
		Comparison:              bp.Known(string(a.ComparisonOperator)),
		EvaluationPeriods:       whole(a.EvaluationPeriods),
		DatapointsToAlarm:       whole(a.DatapointsToAlarm),
		MissingData:             optional(a.TreatMissingData),
		LowSamples:              optional(a.EvaluateLowSampleCountPercentile),
		ActionsEnabled:          bp.Known(aws.ToBool(a.ActionsEnabled)),
		Actions:                 setOf(a.AlarmActions),
		OKActions:               setOf(a.OKActions),
		InsufficientDataActions: setOf(a.InsufficientDataActions),
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
		out.Period = whole(a.Period)
		out.Metric = bp.Known(observeMetric(a.Namespace, a.MetricName, a.Dimensions, statistic))
		return out
	}
	inputs := map[string]bp.Value[bp.Metric]{}
	for _, query := range a.Metrics {
		if query.Expression != nil {
			out.Expression = optional(query.Expression)
		} else if stat := query.MetricStat; stat != nil && stat.Metric != nil {
			out.Period = whole(stat.Period)
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
	return bp.Metric{Namespace: optional(namespace), Name: optional(name), Dimensions: bp.Known(about), Statistic: optional(&statistic)}
}

// putAlarm makes or replaces one alarm. CloudWatch takes the tags only when it
// is new.
func (c *Client) putAlarm(ctx context.Context, want bp.Alarm, tags map[string]string) error {
	in := &cloudwatch.PutMetricAlarmInput{
		AlarmName: text(want.Name), AlarmDescription: text(want.Description),
		ComparisonOperator: types.ComparisonOperator(want.Comparison.Or("")),
		EvaluationPeriods:  number(want.EvaluationPeriods),
		AlarmActions:       members(want.Actions), OKActions: members(want.OKActions), InsufficientDataActions: members(want.InsufficientDataActions),
		Tags: toAlarmTags(tags),
	}
	// A put replaces the whole alarm, so what is left out is as CloudWatch has it.
	if want.DatapointsToAlarm != want.EvaluationPeriods {
		in.DatapointsToAlarm = number(want.DatapointsToAlarm)
	}
	if want.MissingData != bp.Known(missingIsMissing) {
		in.TreatMissingData = text(want.MissingData)
	}
	if want.LowSamples != bp.Known(lowSamplesCount) {
		in.EvaluateLowSampleCountPercentile = text(want.LowSamples)
	}
	if !want.ActionsEnabled.Or(true) {
		in.ActionsEnabled = aws.Bool(false)
	}
	if threshold, ok := want.Threshold.Get(); ok {
		in.Threshold = &threshold
	}
	if metric, ok := want.Metric.Get(); ok {
		in.Namespace, in.MetricName, in.Dimensions, in.Period = text(metric.Namespace), text(metric.Name), dimensions(metric), number(want.Period)
		if statistic := metric.Statistic.Or(""); want.LowSamples.IsKnown() || !slices.Contains(types.Statistic("").Values(), types.Statistic(statistic)) {
			in.ExtendedStatistic = &statistic
		} else {
			in.Statistic = types.Statistic(statistic)
		}
	} else {
		in.Metrics = queries(want)
	}
	return c.call(ctx, func() error {
		_, err := c.cloudwatch.PutMetricAlarm(ctx, in)
		return err
	})
}

// queries renders an expression with its inputs.
func queries(want bp.Alarm) []types.MetricDataQuery {
	out := []types.MetricDataQuery{{Id: aws.String(expressionID), Expression: text(want.Expression), ReturnData: aws.Bool(true)}}
	inputs := want.Inputs.Or(nil)
	for _, id := range slices.Sorted(maps.Keys(inputs)) {
		metric, _ := inputs[id].Get()
		out = append(out, types.MetricDataQuery{
			Id: aws.String(id), ReturnData: aws.Bool(false),
			MetricStat: &types.MetricStat{
				Metric: &types.Metric{Namespace: text(metric.Namespace), MetricName: text(metric.Name), Dimensions: dimensions(metric)},
				Period: number(want.Period), Stat: text(metric.Statistic),
			},
		})
	}
	return out
}

func dimensions(m bp.Metric) []types.Dimension {
	var out []types.Dimension
	about := m.Dimensions.Or(nil)
	for _, name := range slices.Sorted(maps.Keys(about)) {
		out = append(out, types.Dimension{Name: aws.String(name), Value: text(about[name])})
	}
	return out
}

func (c *Client) alarmTags(ctx context.Context, arn string) (map[string]string, error) {
	out, err := c.cloudwatch.ListTagsForResource(ctx, &cloudwatch.ListTagsForResourceInput{ResourceARN: &arn})
	if err != nil {
		return nil, err
	}
	tags := map[string]string{}
	for _, t := range out.Tags {
		tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return tags, nil
}

func (c *Client) tagAlarm(ctx context.Context, arn string, have, want map[string]string) error {
	set, remove := retag(have, want)
	if len(remove) > 0 {
		if _, err := c.cloudwatch.UntagResource(ctx, &cloudwatch.UntagResourceInput{ResourceARN: &arn, TagKeys: remove}); err != nil {
			return err
		}
	}
	if len(set) > 0 {
		if _, err := c.cloudwatch.TagResource(ctx, &cloudwatch.TagResourceInput{ResourceARN: &arn, Tags: toAlarmTags(set)}); err != nil {
			return err
		}
	}
	return nil
}

// removeAlarms deletes alarms by name; those that are gone are passed over.
func (c *Client) removeAlarms(ctx context.Context, names []string) error {
	for part := range slices.Chunk(names, alarmsAtOnce) {
		if _, err := c.cloudwatch.DeleteAlarms(ctx, &cloudwatch.DeleteAlarmsInput{AlarmNames: part}); ignoreMissing(err) != nil {
			return err
		}
	}
	return nil
}

func alarmNames(arns []string) []string {
	names := make([]string, len(arns))
	for i, arn := range arns {
		names[i] = bp.AlarmNameOf(arn)
	}
	return names
}

func toAlarmTags(tags map[string]string) []types.Tag {
	var out []types.Tag
	for _, key := range sortedKeys(tags) {
		out = append(out, types.Tag{Key: aws.String(key), Value: aws.String(tags[key])})
	}
	return out
}

func alarmKind() kind {
	return kind{
		Component: bp.AlarmsComponent(),
		looks:     (*Client).alarmLooks,
		indexed:   func(_ *Client, t Target) []string { return t.Refs[bp.ComponentAlarms].More },
		locate:    (*Client).locateAlarms,
		adopt:     (*Client).adoptAlarms,
		disown:    disownAlarms,
		dispute:   (*disputes).alarms,
		taken:     (*Client).takenAlarms,
		is:        bp.IsAlarmARN,
		refuse:    fenceAlarms,
		several:   taskAlarms,
		// The last look has fenced them.
		removeMany: func(c *Client, ctx context.Context, arns []string) error {
			return c.removeAlarms(ctx, alarmNames(arns))
		},
		identify: withoutID((*Client).alarmTags),
		made:     (*Client).alarmChanged, redated: true,
		contest: (*Client).contestAlarm,
		// They stay as long as there is something to watch.
		outlives: []string{taskFunction},
		remove: func(c *Client, ctx context.Context, arn string) error {
			return c.removeAlarms(ctx, []string{bp.AlarmNameOf(arn)})
		},
		// An alarm on what does not exist yet is quiet.
		steps: steps(step{taskAlarms, []string{taskRole}, (*unit).ensureAlarms}),
	}
}

func (c *Client) alarmChanged(ctx context.Context, arn string) (time.Time, error) {
	name := bp.AlarmNameOf(arn)
	found, err := c.findAlarms(ctx, []string{name})
	if err != nil {
		return time.Time{}, err
	}
	return dated(found[name].AlarmConfigurationUpdatedTimestamp)
}

func (c *Client) contestAlarm(ctx context.Context, of claims, arn string) ([]string, error) {
	name := bp.AlarmNameOf(arn)
	found, err := c.findAlarms(ctx, []string{name})
	if alarm, exists := found[name]; exists {
		return foreignToAlarm(observeAlarm(alarm), of.unit), err
	}
	return nil, err
}

// alarmsOf are the names of all that a unit can have.
func alarmsOf(unit string) []string {
	var names []string
	for _, slot := range new(bp.Alarms).Slots() {
		names = append(names, bp.AlarmName(unit, slot.Name))
	}
	return names
}

func (c *Client) alarmLooks(t Target, o *Observation) ([]look, func(context.Context) error) {
	return []look{{"alarms of function", t.Unit, func(ctx context.Context) (err error) {
		o.Alarms, err = c.observeAlarms(ctx, t.Unit, alarmNames(t.Refs[bp.ComponentAlarms].More), t.Tags)
		return err
	}}}, nil
}

// locateAlarms finds the alarms that carry the unit's tag.
func (c *Client) locateAlarms(ctx context.Context, s seed) (own Ref, contested []error, err error) {
	unit := s.unit
	found, err := c.findAlarms(ctx, alarmsOf(unit))
	if err != nil {
		return own, nil, err
	}
	for _, name := range sortedKeys(found) {
		tags, err := c.alarmTags(ctx, c.Place.AlarmARN(name))
		if c.unlessOffered("tags of "+bp.ServiceOf(c.Place.AlarmARN(name)), err) != nil {
			return own, nil, err
		}
		if tags[bp.TagUnit] != unit {
			continue
		}
		if other := disputed(c.Place.AlarmARN(name), unit, foreignToAlarm(observeAlarm(found[name]), unit)); other != nil {
			contested = append(contested, other)
			continue
		}
		own.More = append(own.More, c.Place.AlarmARN(name))
	}
	return own, contested, nil
}

func (c *Client) adoptAlarms(_ context.Context, _ bp.Blueprint, owner Owner) (ref Ref, err error) {
	for _, name := range alarmsOf(owner.Unit) {
		ref.More = append(ref.More, c.Place.AlarmARN(name))
	}
	return ref, nil
}

func disownAlarms(b *bp.Blueprint, foreign func(tagMap) bool) {
	alarms := bp.ValueOf(b.Alarms)
	for _, slot := range alarms.Slots() {
		if foreign(bp.ValueOf(*slot.Alarm).Tags) {
			*slot.Alarm = bp.Null[bp.Alarm]()
		}
	}
	b.Alarms = alarms.OrNull()
}

func (d *disputes) alarms(ctx context.Context) {
	alarms := bp.ValueOf(d.o.Alarms)
	for _, slot := range alarms.Slots() {
		alarm, exists := slot.Alarm.Get()
		d.judge(ctx, d.Place.AlarmARN(alarm.Name.Or("")), exists, func() ([]string, error) { return foreignToAlarm(alarm, d.unit), nil })
	}
}

func (c *Client) takenAlarms(ctx context.Context, want bp.Blueprint) (all []*Taken) {
	var names []string
	alarms := bp.ValueOf(want.Alarms)
	for _, slot := range alarms.Slots() {
		if name, known := bp.ValueOf(*slot.Alarm).Name.Get(); known {
			names = append(names, name)
		}
	}
	found, _ := c.findAlarms(ctx, names) // none without an answer
	for _, name := range sortedKeys(found) {
		all = append(all, &Taken{Kind: KindAlarm, Name: name})
	}
	return all
}

// foreignToAlarm are clauses about an alarm that watches what is not the unit's.
func foreignToAlarm(alarm bp.Alarm, unit string) []string {
	metrics := []bp.Value[bp.Metric]{alarm.Metric}
	for _, id := range sortedKeys(alarm.Inputs.Or(nil)) {
		metrics = append(metrics, alarm.Inputs.Or(nil)[id])
	}
	for _, value := range metrics {
		metric, is := value.Get()
		if !is {
			continue
		}
		about := metric.Dimensions.Or(nil)
		function, queue := about["FunctionName"].Or(""), about["QueueName"].Or("")
		// Dead letters may go to a queue of any name.
		if function != "" && function != unit || function == "" && queue == "" {
			return []string{"it watches " + strings.TrimSpace(function+" "+queue) + ", which is not the unit's"}
		}
	}
	return nil
}

// fenceAlarms stops the removal of alarms that the last look found to be another
// unit's by now.
func fenceAlarms(r Removal) error {
	var contested []error
	alarms := bp.ValueOf(r.Last.Alarms)
	for _, slot := range alarms.Slots() {
		alarm, exists := slot.Alarm.Get()
		if !exists {
			continue
		}
		tags := map[string]string{bp.TagUnit: r.Owner.Unit, bp.TagGeneration: r.Owner.Generation}
		for key, value := range plainTags(alarm.Tags) {
			if value != tagMissing { // it would be nobody else's either
				tags[key] = value
			}
		}
		arn := alarm.Name.Or("")
		if err := r.Owner.veto("alarm "+arn, tags); err != nil {
			contested = append(contested, err)
		} else if err := disputed("alarm "+arn, r.Owner.Unit, foreignToAlarm(alarm, r.Owner.Unit)); err != nil {
			contested = append(contested, err)
		}
	}
	return errors.Join(contested...)
}

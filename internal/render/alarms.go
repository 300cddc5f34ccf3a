package render

import (
	"maps"
	"slices"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

func (t *template) alarms() error {
	alarms, _ := t.Alarms.Get()
	for _, slot := range alarms.Slots() {
		if alarm, exists := slot.Alarm.Get(); exists {
			t.add("Alarm"+camel(slot.Name), "AWS::CloudWatch::Alarm", t.alarm("alarms."+slot.Name, alarm))
		}
	}
	return nil
}

func (t *template) alarm(path string, a bp.Alarm) fields {
	out := object(
		"AlarmName", text(a.Name), "AlarmDescription", text(a.Description),
		"ComparisonOperator", text(a.Comparison), "Threshold", number(path+".threshold", a.Threshold),
		"EvaluationPeriods", number(path+".evaluation_periods", a.EvaluationPeriods),
		"DatapointsToAlarm", number(path+".datapoints_to_alarm", a.DatapointsToAlarm),
		"TreatMissingData", text(a.MissingData), "EvaluateLowSampleCountPercentile", text(a.LowSamples),
		"ActionsEnabled", whether(path+".actions_enabled", a.ActionsEnabled),
		"AlarmActions", list(a.Actions), "OKActions", list(a.OKActions), "InsufficientDataActions", list(a.InsufficientDataActions),
	)
	period := number(path+".period", a.Period)
	if metric, one := a.Metric.Get(); one {
		out.set("Namespace", text(metric.Namespace))
		out.set("MetricName", text(metric.Name))
		out.set("Dimensions", dimensionList(metric))
		out.set("Period", period)
		out.set(statisticField(metric.Statistic.Or(""), "Statistic", "ExtendedStatistic"), text(metric.Statistic))
	} else {
		queries := []any{object("Id", expressionID, "Expression", text(a.Expression), "ReturnData", true)}
		inputs := a.Inputs.Or(nil)
		for _, id := range slices.Sorted(maps.Keys(inputs)) {
			metric, _ := inputs[id].Get()
			queries = append(queries, object("Id", id, "ReturnData", false, "MetricStat", object(
				"Metric", object("Namespace", text(metric.Namespace), "MetricName", text(metric.Name), "Dimensions", dimensionList(metric)),
				"Period", period, "Stat", text(metric.Statistic),
			)))
		}
		out.set("Metrics", queries)
	}
	out.set("Tags", t.tagList())
	return out
}

func dimensionList(m bp.Metric) any {
	var out []any
	for _, d := range texts(m.Dimensions.Or(nil)) {
		out = append(out, object("Name", d.name, "Value", d.value))
	}
	return out
}

// expressionID is the id of an alarm's expression among its queries.
const expressionID = "result"

// statisticField is where a statistic belongs: percentiles and the like have a
// field of their own.
func statisticField(statistic, plain, extended string) string {
	if slices.Contains([]string{"SampleCount", "Average", "Sum", "Minimum", "Maximum"}, statistic) {
		return plain
	}
	return extended
}

func (m *module) alarms() error {
	alarms, _ := m.Alarms.Get()
	for _, slot := range alarms.Slots() {
		if alarm, exists := slot.Alarm.Get(); exists {
			m.add("aws_cloudwatch_metric_alarm", slot.Name)
			m.blocks[len(m.blocks)-1].body = m.alarm("alarms."+slot.Name, alarm)
		}
	}
	return nil
}

func (m *module) alarm(path string, a bp.Alarm) fields {
	out := object(
		"alarm_name", text(a.Name), "alarm_description", text(a.Description),
		"comparison_operator", text(a.Comparison), "threshold", number(path+".threshold", a.Threshold),
		"evaluation_periods", number(path+".evaluation_periods", a.EvaluationPeriods),
		"datapoints_to_alarm", number(path+".datapoints_to_alarm", a.DatapointsToAlarm),
		"treat_missing_data", text(a.MissingData), "evaluate_low_sample_count_percentiles", text(a.LowSamples),
		"actions_enabled", whether(path+".actions_enabled", a.ActionsEnabled),
		"alarm_actions", list(a.Actions), "ok_actions", list(a.OKActions), "insufficient_data_actions", list(a.InsufficientDataActions),
	)
	period := number(path+".period", a.Period)
	if metric, one := a.Metric.Get(); one {
		out = append(out, metricFields(metric, period)...)
		out.set(statisticField(metric.Statistic.Or(""), "statistic", "extended_statistic"), text(metric.Statistic))
	} else {
		queries := nested{object("id", expressionID, "expression", text(a.Expression), "return_data", true)}
		inputs := a.Inputs.Or(nil)
		for _, id := range slices.Sorted(maps.Keys(inputs)) {
			metric, _ := inputs[id].Get()
			inner := append(metricFields(metric, period), field{"stat", metric.Statistic.Or("")})
			queries = append(queries, object("id", id, "return_data", false, "metric", nested{inner}))
		}
		out.set("metric_query", queries)
	}
	out.set("tags", m.tagMap())
	return out
}

func metricFields(metric bp.Metric, period any) fields {
	return object("namespace", text(metric.Namespace), "metric_name", text(metric.Name), "dimensions", texts(metric.Dimensions.Or(nil)), "period", period)
}

package judge

import (
	"fmt"
	"regexp"

	"github.com/secure-lambda/terraform-provider-secure/internal/awsmodel"
)

// The rules of alarms stand in the description of PutMetricAlarm.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html

// ofOneMetric are the members of an alarm that watches one metric without math.
var ofOneMetric = []string{"MetricName", "Namespace", "Dimensions", "Period", "Unit", "Statistic", "ExtendedStatistic"}

var (
	percentile = regexp.MustCompile(`^p(\d{1,2}(\.\d{0,10})?|100)$`)
	statistic  = regexp.MustCompile(`^(SampleCount|Average|Sum|Minimum|Maximum|IQM|(p|tm|tc|ts|wm)(\d{1,2}(\.\d{0,10})?|100)|(TM|TC|TS|WM|PR)\([^)]*:[^)]*\))$`)
	metricID   = regexp.MustCompile(`^[a-z][a-zA-Z0-9_]*$`)
)

// alarmOfOneKind: an alarm watches one metric, or expressions, or a query.
func alarmOfOneKind(j *judged) {
	if j.input["EvaluationCriteria"] != nil {
		return
	}
	if j.input["Metrics"] != nil {
		for _, member := range ofOneMetric {
			if j.input[member] != nil {
				j.broken(member, "not beside Metrics")
			}
		}
	} else {
		for _, member := range []string{"MetricName", "Namespace", "Period"} {
			if j.input[member] == nil {
				j.broken(member, "required without Metrics")
			}
		}
		if simple, extended := j.input["Statistic"] != nil, j.input["ExtendedStatistic"] != nil; simple == extended {
			j.broken("Statistic", "exactly one of Statistic and ExtendedStatistic")
		}
	}
	if j.input["EvaluateLowSampleCountPercentile"] != nil && !percentile.MatchString(j.text("ExtendedStatistic")) {
		j.broken("EvaluateLowSampleCountPercentile", "only for percentiles, not for %q", j.text("ExtendedStatistic"))
	}
	if extended := j.text("ExtendedStatistic"); extended != "" && !statistic.MatchString(extended) {
		j.broken("ExtendedStatistic", "%q is no statistic", extended)
	}
	threshold, metric := j.input["Threshold"] != nil, j.input["ThresholdMetricId"] != nil
	if threshold == metric {
		j.broken("Threshold", "exactly one of Threshold and ThresholdMetricId")
	}
}

const (
	minute       = 60
	hour         = 60 * minute
	day          = 24 * hour
	longestAlarm = 7 * day
)

// alarmWindow bounds the time an alarm looks back over.
func alarmWindow(j *judged) {
	periods, _ := awsmodel.AsNumber(j.input["EvaluationPeriods"])
	if needed, ok := awsmodel.AsNumber(j.input["DatapointsToAlarm"]); ok && needed > periods {
		j.broken("DatapointsToAlarm", "%v of %v evaluation periods", needed, periods)
	}
	j.window("Period", j.input["Period"], periods)
	queries, _ := j.input["Metrics"].([]any)
	for i, entry := range queries {
		query, _ := entry.(map[string]any)
		j.window(fmt.Sprintf("Metrics[%d].Period", i), query["Period"], periods)
		if stat, ok := query["MetricStat"].(map[string]any); ok {
			j.window(fmt.Sprintf("Metrics[%d].MetricStat.Period", i), stat["Period"], periods)
		}
	}
}

func (j *judged) window(member string, value any, periods float64) {
	period, ok := awsmodel.AsNumber(value)
	if !ok {
		return
	}
	if seconds := int64(period); seconds != 10 && seconds != 20 && seconds != 30 && (seconds < minute || seconds%minute != 0) {
		j.broken(member, "%d s is not 10, 20, 30 or a multiple of 60", seconds)
	}
	most := float64(day)
	if period >= hour {
		most = longestAlarm
	}
	if period*periods > most {
		j.broken("EvaluationPeriods", "%v periods of %v s are %v s, at most %v", periods, period, period*periods, most)
	}
}

// alarmMath: expressions and metrics have names of their own, and one of them
// is what the alarm watches. What does not say that it returns data does.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html
func alarmMath(j *judged) {
	queries, ok := j.input["Metrics"].([]any)
	if !ok {
		return
	}
	ids, returning := map[string]bool{}, 0
	for i, entry := range queries {
		query, _ := entry.(map[string]any)
		path := fmt.Sprintf("Metrics[%d]", i)
		id, _ := awsmodel.AsText(query["Id"])
		if ids[id] {
			j.broken(path+".Id", "%q is there twice", id)
		}
		ids[id] = true
		if !metricID.MatchString(id) {
			j.broken(path+".Id", "%q does not begin with a small letter, followed by letters, digits and underscores", id)
		}
		if (query["Expression"] != nil) == (query["MetricStat"] != nil) {
			j.broken(path, "exactly one of Expression and MetricStat")
		}
		if stat, isStat := query["MetricStat"].(map[string]any); isStat {
			if name, _ := awsmodel.AsText(stat["Stat"]); !statistic.MatchString(name) {
				j.broken(path+".MetricStat.Stat", "%q is no statistic", name)
			}
		}
		if silent := query["ReturnData"] == false || query["ReturnData"] == awsmodel.Text("false"); !silent {
			returning++
		}
	}
	// A band has two: itself and the metric that is held against it.
	wanted := 1
	if j.input["ThresholdMetricId"] != nil {
		wanted = 2
	}
	if returning != wanted {
		j.broken("Metrics", "%d return data, not %d", returning, wanted)
	}
}

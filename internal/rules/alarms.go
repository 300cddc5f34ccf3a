package rules

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
)

// Choices of the alarms.
var (
	AlarmProfile = Choice{
		Name: "profile", Values: []string{"essential", "full"},
		Why: "essential is what every function needs, full adds what warns before users notice",
	}
	AlarmTraffic = Choice{
		Name: "traffic", Values: []string{"normal", "high"},
		Why: "A function that runs all the time can be judged minute by minute, one that runs now and then cannot",
	}
	MissingData = Choice{
		Name: "treat_missing_data", Values: []string{"notBreaching", "breaching", "ignore", "missing"},
		Why: "Lambda sends no data while nothing is invoked",
	}
)

// Ranges of the alarms.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
var (
	EvaluationPeriods = Range{
		Name: "evaluation_periods", Unit: "periods", Min: 1, Max: 1440, Example: 3,
		Why: "CloudWatch looks back a day at most, which is 1,440 minutes",
	}
	DatapointsToAlarm = Range{
		Name: "datapoints_to_alarm", Unit: "periods", Min: 1, Max: 1440, Example: 2,
		Why: "CloudWatch looks back a day at most, which is 1,440 minutes",
	}
	ReservedConcurrency = Range{
		Name: "reserved", Unit: "invocations", Min: 0, Max: 100000, Example: 20,
		Why: "It counts invocations that run at once; 0 stops the function",
	}
)

// UnreservedFloor is how much of an account's concurrency Lambda keeps for
// functions without a reservation.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
const UnreservedFloor = 100

// AlarmPeriod checks the length of an alarm's periods.
func AlarmPeriod(seconds int64) error {
	if seconds == 10 || seconds == 20 || seconds == 30 || seconds >= 60 && seconds <= 86400 && seconds%60 == 0 {
		return nil
	}
	return &Violation{
		What:  fmt.Sprintf("period is %d seconds", seconds),
		Why:   "CloudWatch computes datapoints over 10, 20 or 30 seconds or whole minutes up to a day",
		Write: fmt.Sprintf("Write %d", max(60, min(86400, (seconds+59)/60*60))),
	}
}

// AlarmWindow checks how far an alarm looks back.
func AlarmWindow(period, periods int64) error {
	longest := int64(86400)
	if period >= 3600 {
		longest = 7 * 86400
	}
	if period*periods <= longest {
		return nil
	}
	return &Violation{
		What:  fmt.Sprintf("The alarm looks back %d seconds, %d periods of %d", period*periods, periods, period),
		Why:   fmt.Sprintf("CloudWatch looks back %d seconds at most with such periods", longest),
		Write: fmt.Sprintf("Write evaluation_periods = %d or less", longest/period),
	}
}

// percentiles are p0 to p100 with up to ten digits, and trimmed statistics.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
var extended = regexp.MustCompile(`^(p(100(\.0{1,10})?|\d{1,2}(\.\d{1,10})?)|IQM|(tm|wm|tc|ts|pr)\d{1,3}(\.\d{1,10})?|(TM|WM|TC|TS|PR)\(.+\))$`)

var simple = []string{"Average", "Maximum", "Minimum", "SampleCount", "Sum"}

// Statistic checks a CloudWatch statistic.
func Statistic(text string) error {
	if slices.Contains(simple, text) || extended.MatchString(text) {
		return nil
	}
	return &Violation{
		What:  fmt.Sprintf("%q is not a statistic of CloudWatch", text),
		Why:   "It knows " + strings.Join(simple, ", ") + ", percentiles and trimmed means",
		Write: "Write one of them, such as \"p99\"",
	}
}

// Threshold checks the bound of an alarm.
func Threshold(bound float64) error {
	if bound >= 0 && !math.IsInf(bound, 0) && !math.IsNaN(bound) {
		return nil
	}
	return &Violation{
		What:  fmt.Sprintf("threshold is %v", bound),
		Why:   "No metric of a function is ever below 0, so the alarm would be on for good",
		Write: "Write 0 or more",
	}
}

// ErrorRate checks the bound of the errors alarm, which is a share.
func ErrorRate(percent float64) error {
	if percent >= 0 && percent < 100 {
		return nil
	}
	return &Violation{
		What:  fmt.Sprintf("threshold is %v %% of the invocations", percent),
		Why:   "The errors alarm watches a share, which never exceeds 100 %",
		Write: "Write a number from 0 to below 100, such as 1",
	}
}

// maxActions is how many actions a state of an alarm has at most.
const maxActions = 5

// ActionCount checks how many are told.
func ActionCount(n int) error {
	if n <= maxActions {
		return nil
	}
	return &Violation{
		What:  fmt.Sprintf("There are %d actions, more than %d", n, maxActions),
		Why:   "CloudWatch takes at most five for one state of an alarm",
		Write: "Let one SNS topic tell the others",
	}
}

// alarmActions are what CloudWatch can act on, by service.
var alarmActions = []string{"sns", "lambda", "ssm", "ssm-incidents", "aiops", "autoscaling", "automate", "swf", "events"}

// AlarmAction checks the ARN of what is told.
func AlarmAction(text string) error {
	fields := strings.SplitN(text, ":", 6)
	if len(fields) == 6 && fields[2] == "sns" {
		topic := ARN{Service: "sns", Example: "arn:aws:sns:eu-west-1:111122223333:on-call"}
		if err := topic.Check(text); err != nil {
			return err
		}
		if strings.HasSuffix(text, ".fifo") {
			return &Violation{
				What:  fmt.Sprintf("%q is a FIFO topic", text),
				Why:   "CloudWatch tells standard topics only",
				Write: "Write the ARN of a standard topic",
			}
		}
		return nil
	}
	if len(fields) == 6 && fields[0] == "arn" && slices.Contains(alarmActions, fields[2]) {
		return nil
	}
	return &Violation{
		What:  fmt.Sprintf("%q is not an alarm action", text),
		Why:   "CloudWatch acts on ARNs of " + strings.Join(alarmActions, ", "),
		Write: "Write the ARN of an SNS topic, such as \"arn:aws:sns:eu-west-1:111122223333:on-call\"",
	}
}

package rules

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Choices of the alarms.
var (
	AlarmProfile = Choice{
		Name: "profile", Values: []string{"essential", "full"},
		Aliases: map[string]string{
			"basic": "essential", "minimal": "essential", "default": "essential", "standard": "essential",
			"all": "full", "complete": "full", "extended": "full", "everything": "full",
		},
		Why: "essential is what every function needs, full adds what warns before users notice",
	}
	AlarmTraffic = Choice{
		Name: "traffic", Values: []string{"normal", "high"},
		Aliases: map[string]string{"low": "normal", "default": "normal", "heavy": "high", "busy": "high"},
		Why:     "A function that runs all the time can be judged minute by minute, one that runs now and then cannot",
	}
	MissingData = Choice{
		Name: "treat_missing_data", Known: list("treat_missing_data"),
		Why: "Lambda sends no data while nothing is invoked",
	}
)

// Ranges of the alarms.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
var (
	EvaluationPeriods = Range{
		Name: "evaluation_periods", Unit: "periods", Floor: 1, Example: 3,
		Known: api("monitoring", "PutMetricAlarm", "EvaluationPeriods"),
		Why:   "An alarm looks at one period at least",
	}
	DatapointsToAlarm = Range{
		Name: "datapoints_to_alarm", Unit: "periods", Floor: 1, Example: 2,
		Known: api("monitoring", "PutMetricAlarm", "DatapointsToAlarm"),
		Why:   "An alarm needs one bad period at least",
	}
	ReservedConcurrency = Range{
		Name: "reserved", Unit: "invocations", Floor: 0, Example: 20,
		Known: api("lambda", "PutFunctionConcurrency", "ReservedConcurrentExecutions"),
		Why:   "It counts invocations that run at once; 0 stops the function",
	}
)

// unreserved is how much of an account's concurrency Lambda keeps for functions
// without a reservation.
var unreserved = page("unreserved_concurrency")

// Reservable is how much can be reserved where so much is not reserved yet.
func Reservable(left int64) int64 { return max(0, left-unreserved().least(0)) }

// Unreserved checks what a reservation leaves of the concurrency that nobody has
// reserved yet.
func Unreserved(reserved, left int64) error {
	known := unreserved()
	if left-reserved >= known.least(0) {
		return nil
	}
	return &Doubt{
		What:  fmt.Sprintf("reserved is %d, which leaves %d for functions without a reservation, less than the %d that %s", reserved, left-reserved, known.least(0), known.on()),
		Why:   fmt.Sprintf("Lambda keeps some concurrency for them, and %d of this account and region is not reserved", left),
		Write: known.decide(fmt.Sprintf("write %d or less, or ask AWS for a greater limit", Reservable(left))),
	}
}

// The bounds of what an alarm looks at.
var (
	shortPeriods  = list("alarm_short_periods")
	shortWindow   = page("alarm_window_short")
	longestWindow = page("alarm_window")
)

// anHour is how long the periods are of an alarm that may look back further.
const anHour = 3600

// AlarmPeriod checks the length of an alarm's periods.
func AlarmPeriod(seconds int64) error {
	known := shortPeriods()
	switch {
	case seconds < 1 || seconds > math.MaxInt32:
		return &Violation{
			What:  fmt.Sprintf("period is %d seconds", seconds),
			Why:   "A period has a length, which AWS's API counts in whole seconds up to a 32-bit number",
			Write: "Write 60, or a multiple of it",
		}
	case seconds%60 == 0 || slices.Contains(known.Values, strconv.FormatInt(seconds, 10)):
		return nil
	}
	return &Doubt{
		What:  fmt.Sprintf("period is %d seconds, which is not one of those that %s", seconds, known.on()),
		Why:   "CloudWatch computed datapoints over " + joined(known.Values) + " seconds or whole minutes",
		Write: known.decide(fmt.Sprintf("write %d", (seconds+59)/60*60)),
	}
}

// AlarmWindow checks how far an alarm looks back.
func AlarmWindow(period, periods int64) error {
	if period < 1 || periods < 1 || period > math.MaxInt32 || periods > math.MaxInt32 {
		return nil // said where each of them stands
	}
	known := shortWindow()
	if period >= anHour {
		known = longestWindow()
	}
	return tooMany(fmt.Sprintf("evaluation_periods is %d, and with periods of %d seconds the alarm looks back", periods, period), period*periods, "seconds", known,
		"CloudWatch looks back no further with such periods",
		fmt.Sprintf("write evaluation_periods = %d or less", max(1, known.most()/period)))
}

var (
	simple     = api("monitoring", "PutMetricAlarm", "Statistic")
	percentile = regexp.MustCompile(`^p[0-9.]+$`)
	extended   = regexp.MustCompile(`^(p(100(\.0{1,10})?|\d{1,2}(\.\d{1,10})?)|IQM|(tm|wm|tc|ts|pr)\d{1,3}(\.\d{1,10})?|(TM|WM|TC|TS|PR)\(.+\))$`)
)

// Statistic checks the name of a statistic.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
func Statistic(text string) error {
	known := simple()
	if slices.Contains(known.Values, text) || extended.MatchString(text) {
		return nil
	}
	why := "CloudWatch computes " + joined(known.Values) + ", percentiles and trimmed means"
	meant, slip := nearest(text, known.Values, nil)
	if !slip {
		meant = "p99"
	}
	if slip || percentile.MatchString(text) || strings.TrimSpace(text) == "" {
		return &Violation{What: fmt.Sprintf("%q is not a statistic of CloudWatch", text), Why: why, Write: fmt.Sprintf("Write one of them, such as %q", meant)}
	}
	return &Doubt{
		What: fmt.Sprintf("%q is not one of the statistics that %s", text, known.on()), Why: why,
		Write: known.decide(fmt.Sprintf("write one of them, such as %q", meant)),
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

// ActionCount checks how many are told.
func ActionCount(n int) error {
	return tooMany("There are", int64(n), "actions", api("monitoring", "PutMetricAlarm", "AlarmActions")(),
		"CloudWatch acts on few ARNs for one state of an alarm", "let one SNS topic tell the others")
}

// alarmActions are what CloudWatch can act on, by service.
var alarmActions = list("alarm_actions")

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
	known := alarmActions()
	if len(fields) != 6 || fields[0] != "arn" || fields[2] == "" || fields[5] == "" {
		return &Violation{
			What:  fmt.Sprintf("%q is not an alarm action", text),
			Why:   "CloudWatch acts on ARNs of " + joined(known.Values),
			Write: "Write the ARN of an SNS topic, such as \"arn:aws:sns:eu-west-1:111122223333:on-call\"",
		}
	}
	if slices.Contains(known.Values, fields[2]) {
		return nil
	}
	return &Doubt{
		What:  fmt.Sprintf("%q is not of a service whose alarm actions %s", text, known.on()),
		Why:   "CloudWatch acted on ARNs of " + joined(known.Values),
		Write: known.decide("write the ARN of an SNS topic"),
	}
}

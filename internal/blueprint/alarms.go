package blueprint

// Alarms are the unit's CloudWatch alarms. One that is null does not exist.
type Alarms struct {
	Errors              Value[Alarm] `attr:"errors" doc:"Share of the invocations that fail."`
	Throttles           Value[Alarm] `attr:"throttles" doc:"Invocations that were turned away for lack of concurrency."`
	Duration            Value[Alarm] `attr:"duration" doc:"Invocations that come close to the timeout."`
	DeadLetterErrors    Value[Alarm] `attr:"dead_letter_errors" doc:"Events that could not be handed over to the dead-letter target and are lost."`
	DeadLetterDepth     Value[Alarm] `attr:"dead_letter_depth" doc:"Events in the dead-letter queue."`
	Concurrency         Value[Alarm] `attr:"concurrency" doc:"Use of the reserved concurrency."`
	DestinationFailures Value[Alarm] `attr:"destination_failures" doc:"Reports of asynchronous invocations that could not be delivered."`
	AsyncEventAge       Value[Alarm] `attr:"async_event_age" doc:"Events that wait long for their turn."`
	AsyncDropped        Value[Alarm] `attr:"async_dropped" doc:"Events given up, those in the dead-letter queue included."`
}

// Keys of the alarms: the names of their attributes.
const (
	AlarmErrors              = "errors"
	AlarmThrottles           = "throttles"
	AlarmDuration            = "duration"
	AlarmDeadLetterErrors    = "dead_letter_errors"
	AlarmDeadLetterDepth     = "dead_letter_depth"
	AlarmConcurrency         = "concurrency"
	AlarmDestinationFailures = "destination_failures"
	AlarmAsyncEventAge       = "async_event_age"
	AlarmAsyncDropped        = "async_dropped"
)

// alarmTable is the only place that says which alarms there are, in what order,
// how each is called in CloudWatch behind the unit's name, and where it stands
// in a blueprint and in a spec.
//
// No suffix may end in a hyphen and another suffix: two units could then claim
// one alarm.
var alarmTable = []struct {
	key, suffix string
	alarm       func(*Alarms) *Value[Alarm]
	spec        func(*AlarmsSpec) *Value[AlarmSpec]
}{
	{AlarmErrors, "errors", func(a *Alarms) *Value[Alarm] { return &a.Errors }, func(s *AlarmsSpec) *Value[AlarmSpec] { return &s.Errors }},
	{AlarmThrottles, "throttles", func(a *Alarms) *Value[Alarm] { return &a.Throttles }, func(s *AlarmsSpec) *Value[AlarmSpec] { return &s.Throttles }},
	{AlarmDuration, "duration", func(a *Alarms) *Value[Alarm] { return &a.Duration }, func(s *AlarmsSpec) *Value[AlarmSpec] { return &s.Duration }},
	{AlarmDeadLetterErrors, "dead-letter-delivery", func(a *Alarms) *Value[Alarm] { return &a.DeadLetterErrors }, func(s *AlarmsSpec) *Value[AlarmSpec] { return &s.DeadLetterErrors }},
	{AlarmDeadLetterDepth, "dead-letter-depth", func(a *Alarms) *Value[Alarm] { return &a.DeadLetterDepth }, func(s *AlarmsSpec) *Value[AlarmSpec] { return &s.DeadLetterDepth }},
	{AlarmConcurrency, "concurrency", func(a *Alarms) *Value[Alarm] { return &a.Concurrency }, func(s *AlarmsSpec) *Value[AlarmSpec] { return &s.Concurrency }},
	{AlarmDestinationFailures, "destination-failures", func(a *Alarms) *Value[Alarm] { return &a.DestinationFailures }, func(s *AlarmsSpec) *Value[AlarmSpec] { return &s.DestinationFailures }},
	{AlarmAsyncEventAge, "async-event-age", func(a *Alarms) *Value[Alarm] { return &a.AsyncEventAge }, func(s *AlarmsSpec) *Value[AlarmSpec] { return &s.AsyncEventAge }},
	{AlarmAsyncDropped, "async-dropped", func(a *Alarms) *Value[Alarm] { return &a.AsyncDropped }, func(s *AlarmsSpec) *Value[AlarmSpec] { return &s.AsyncDropped }},
}

// AlarmName derives the name of an alarm from its key, nothing from what is no
// key.
func AlarmName(unit, key string) string {
	for _, row := range alarmTable {
		if row.key == key {
			return unit + "-" + row.suffix
		}
	}
	return ""
}

// AlarmSlot is one of the alarms of a unit, by its key.
type AlarmSlot struct {
	Name  string
	Alarm *Value[Alarm]
}

// Slots lists the alarms in a fixed order.
func (a *Alarms) Slots() []AlarmSlot {
	slots := make([]AlarmSlot, len(alarmTable))
	for i, row := range alarmTable {
		slots[i] = AlarmSlot{row.key, row.alarm(a)}
	}
	return slots
}

// At is the alarm of a key; nil for what is no key.
func (a *Alarms) At(key string) *Value[Alarm] {
	for _, row := range alarmTable {
		if row.key == key {
			return row.alarm(a)
		}
	}
	return nil
}

// At is what is stated of the alarm of a key; nil for what is no key.
func (a *AlarmsSpec) At(key string) *Value[AlarmSpec] {
	for _, row := range alarmTable {
		if row.key == key {
			return row.spec(a)
		}
	}
	return nil
}

// OrNull is the canonical form: no alarm at all is null.
func (a Alarms) OrNull() Value[Alarms] {
	for _, slot := range a.Slots() {
		if !slot.Alarm.IsNull() {
			return Known(a)
		}
	}
	return Null[Alarms]()
}

// Alarm is one CloudWatch alarm, on a metric or on an expression over several.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
type Alarm struct {
	Name                    String                          `attr:"name" doc:"Alarm name."`
	Description             String                          `attr:"description" doc:"What it means when the alarm is on."`
	Metric                  Value[Metric]                   `attr:"metric" doc:"The metric; null with an expression."`
	Expression              String                          `attr:"expression" doc:"Metric math over inputs; null with a metric."`
	Inputs                  Value[map[string]Value[Metric]] `attr:"inputs" doc:"Metrics of the expression by their names in it."`
	Period                  Value[int64]                    `attr:"period" doc:"Seconds over which a datapoint is computed."`
	Comparison              String                          `attr:"comparison" doc:"How a datapoint is compared with the threshold."`
	Threshold               Value[float64]                  `attr:"threshold" doc:"Bound in the unit of the metric."`
	EvaluationPeriods       Value[int64]                    `attr:"evaluation_periods" doc:"Periods that are looked at."`
	DatapointsToAlarm       Value[int64]                    `attr:"datapoints_to_alarm" doc:"Periods of those that must be beyond the threshold."`
	MissingData             String                          `attr:"treat_missing_data" doc:"What periods without data count as."`
	LowSamples              String                          `attr:"evaluate_low_sample_count_percentiles" doc:"Whether a percentile of few samples counts; null without a percentile."`
	ActionsEnabled          Value[bool]                     `attr:"actions_enabled" doc:"Whether the actions are taken."`
	Actions                 Value[Set]                      `attr:"actions" doc:"ARNs notified when the alarm fires."`
	OKActions               Value[Set]                      `attr:"ok_actions" doc:"ARNs notified when it returns to OK."`
	InsufficientDataActions Value[Set]                      `attr:"insufficient_data_actions" doc:"ARNs notified when there is too little data."`
	Tags                    Value[map[string]String]        `attr:"tags" doc:"Tags of the alarm where they differ from the unit's; null while they are the same."`
}

// Metric is one CloudWatch metric with its statistic.
type Metric struct {
	Namespace  String                   `attr:"namespace" doc:"Namespace of the metric."`
	Name       String                   `attr:"name" doc:"Name of the metric."`
	Dimensions Value[map[string]String] `attr:"dimensions" doc:"What the metric is about."`
	Statistic  String                   `attr:"statistic" doc:"How a period's samples become a datapoint."`
}

// IsAlarmARN reports whether an ARN is that of a CloudWatch alarm.
func IsAlarmARN(arn string) bool { return isARN(arn, "cloudwatch", "alarm:") }

// AlarmNameOf is the name in an alarm's ARN.
func AlarmNameOf(arn string) string { return resourceOf(arn, "alarm:") }

// ComponentAlarms names the unit's alarms.
const ComponentAlarms = "alarms"

// AlarmsComponent describes them.
func AlarmsComponent() Component {
	c := component(ComponentAlarms, func(b *Blueprint) *Value[Alarms] { return &b.Alarms })
	c.Listed = func(i *Inventory) *Value[Set] { return &i.Alarms }
	c.Several = alarmARNs
	return c
}

// alarmARNs lists the alarms of a blueprint.
func alarmARNs(b Blueprint, place Place) Value[Set] {
	return Then(b.Alarms, func(alarms Alarms) Value[Set] {
		var arns Set
		for _, slot := range alarms.Slots() {
			switch alarm, ok := slot.Alarm.Get(); {
			case slot.Alarm.IsUnknown(), ok && alarm.Name.IsUnknown():
				return Unknown[Set]()
			case ok:
				arns = append(arns, Map(alarm.Name, place.AlarmARN))
			}
		}
		return Known(arns.Canonical())
	})
}

package draft

import (
	"regexp"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

const (
	lambdaMetrics = "AWS/Lambda"
	queueMetrics  = "AWS/SQS"

	above        = "GreaterThanThreshold"
	atLeast      = "GreaterThanOrEqualToThreshold"
	notBreaching = "notBreaching"

	// evaluate judges a percentile of however few samples. With "ignore"
	// CloudWatch leaves an alarm as it is while a period has fewer than
	// 10/(1-p) of them, 1,000 for p99: nearly every function would be unwatched.
	// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/percentiles-with-low-samples.html
	evaluate = "evaluate"

	// errorRate is 0 for a period without errors, whatever else it holds, so
	// that a quiet function does not divide by nothing.
	errorRate = "IF(errors >= 1, 100*errors/invocations, 0)"

	profileFull = "full"
	trafficHigh = "high"
)

// timing is how long an alarm looks.
type timing struct{ period, periods, datapoints int64 }

var (
	// usual tells within five minutes, on one bad period: a function that runs
	// once an hour never has two in a row.
	usual = timing{period: 300, periods: 1, datapoints: 1}
	// busy tells within three, and lets one bad minute pass.
	busy = timing{period: 60, periods: 3, datapoints: 2}
)

// watch is what an alarm is about and when it goes on unless told otherwise.
type watch struct {
	says       string
	namespace  string
	metric     string // nothing for the error rate
	statistic  string
	comparison string
	threshold  bp.Value[float64]
	essential  bool
	onRequest  bool // in no profile
	traffic    bool // looks at every invocation, so traffic matters
	// needed says whether there is anything to watch.
	needed bp.Value[bool]
	// about are the dimensions.
	about bp.Value[map[string]bp.String]
}

// watches are the alarms of a unit by their keys.
// https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
func (d *drafter) watches() map[string]watch {
	always := bp.Known(true)
	function := bp.Known(map[string]bp.String{"FunctionName": d.spec.Name})
	share := func(n bp.Value[int64], numerator, denominator float64) bp.Value[float64] {
		return bp.Map(n, func(n int64) float64 { return float64(n) * numerator / denominator })
	}
	timeout := d.spec.Timeout.Else(bp.Known[int64](DefaultTimeout))
	return map[string]watch{
		bp.AlarmErrors: {says: "invocations fail", comparison: above, threshold: bp.Known(1.0), essential: true, traffic: true, needed: always, about: function},
		bp.AlarmThrottles: {
			says: "invocations are turned away", namespace: lambdaMetrics, metric: "Throttles", statistic: "Sum",
			comparison: atLeast, threshold: bp.Known(1.0), essential: true, traffic: true, needed: always, about: function,
		},
		bp.AlarmDuration: {
			says: "invocations come close to the timeout", namespace: lambdaMetrics, metric: "Duration", statistic: "p99",
			comparison: above, threshold: share(timeout, 800, 1), essential: true, traffic: true, needed: always, about: function,
		},
		bp.AlarmDeadLetterErrors: {
			says: "events cannot be handed over as dead letters and are lost", namespace: lambdaMetrics, metric: "DeadLetterErrors", statistic: "Sum",
			comparison: above, threshold: bp.Known(0.0), essential: true, needed: present(d.deadLetterTarget()), about: function,
		},
		bp.AlarmDeadLetterDepth: {
			says: "events wait in the dead-letter queue", namespace: queueMetrics, metric: "ApproximateNumberOfMessagesVisible", statistic: "Maximum",
			comparison: above, threshold: bp.Known(0.0), essential: true, needed: present(d.watchedQueue()),
			about: bp.Known(map[string]bp.String{"QueueName": d.watchedQueue()}),
		},
		bp.AlarmConcurrency: {
			says: "the reserved concurrency is nearly used up", namespace: lambdaMetrics, metric: "ConcurrentExecutions", statistic: "Maximum",
			comparison: above, threshold: share(d.reserved(), 8, 10), needed: positive(d.reserved()), about: function,
		},
		bp.AlarmDestinationFailures: {
			says: "reports of asynchronous invocations cannot be delivered", namespace: lambdaMetrics, metric: "DestinationDeliveryFailures", statistic: "Sum",
			comparison: above, threshold: bp.Known(0.0), needed: either(present(d.asyncSpec.OnSuccess), present(d.asyncSpec.OnFailure)), about: function,
		},
		bp.AlarmAsyncEventAge: {
			says: "events wait long for their turn", namespace: lambdaMetrics, metric: "AsyncEventAge", statistic: "Maximum",
			comparison: above, threshold: share(d.async().MaxEventAge, 500, 1), needed: always, about: function,
		},
		bp.AlarmAsyncDropped: {
			says: "events are given up", namespace: lambdaMetrics, metric: "AsyncEventsDropped", statistic: "Sum",
			comparison: above, threshold: bp.Known(0.0), onRequest: true, needed: always, about: function,
		},
	}
}

// alarms drafts the alarms.
func (d *drafter) alarms() bp.Value[bp.Alarms] {
	return bp.Then(d.alarmsSpec.Enabled.Else(bp.Known(true)), func(on bool) bp.Value[bp.Alarms] {
		if !on {
			return bp.Null[bp.Alarms]()
		}
		var out bp.Alarms
		watches := d.watches()
		for _, slot := range out.Slots() {
			*slot.Alarm = d.alarm(slot.Name, watches[slot.Name], *d.alarmsSpec.At(slot.Name))
		}
		return out.OrNull()
	})
}

// alarm drafts one of them, if it is wanted.
func (d *drafter) alarm(name string, w watch, stated bp.Value[bp.AlarmSpec]) bp.Value[bp.Alarm] {
	if stated.IsUnknown() {
		return bp.Unknown[bp.Alarm]()
	}
	spec, isStated := stated.Get()
	wanted := spec.Enabled
	if wanted.IsNull() {
		wanted = bp.Known(true)
		if !isStated {
			wanted = d.inProfile(w)
		}
	}
	return bp.Then(both(wanted, w.needed), func(yes bool) bp.Value[bp.Alarm] {
		if !yes {
			return bp.Null[bp.Alarm]()
		}
		return bp.Known(d.shape(name, w, spec))
	})
}

func (d *drafter) inProfile(w watch) bp.Value[bool] {
	profile := d.alarmsSpec.Profile.Else(d.facts.House.AlarmProfile).Else(bp.Known(DefaultAlarmProfile))
	return bp.Map(profile, func(p string) bool { return !w.onRequest && (w.essential || p == profileFull) })
}

func (d *drafter) shape(name string, w watch, spec bp.AlarmSpec) bp.Alarm {
	pace := bp.Map(d.alarmsSpec.Traffic.Else(bp.Known("normal")), func(traffic string) timing {
		if w.traffic && traffic == trafficHigh {
			return busy
		}
		return usual
	})
	part := func(stated bp.Value[int64], of func(timing) int64) bp.Value[int64] {
		return stated.Else(bp.Map(pace, of))
	}
	periods := part(spec.EvaluationPeriods, func(t timing) int64 { return t.periods })
	alarm := bp.Alarm{
		Name:              bp.Map(d.spec.Name, func(unit string) string { return bp.AlarmName(unit, name) }),
		Description:       bp.Format("%s: %s", d.spec.Name, bp.Known(w.says)),
		Period:            part(spec.Period, func(t timing) int64 { return t.period }),
		Comparison:        bp.Known(w.comparison),
		Threshold:         spec.Threshold.Else(w.threshold),
		EvaluationPeriods: periods,
		DatapointsToAlarm: spec.DatapointsToAlarm.Else(d.datapoints(spec, pace)),
		MissingData:       spec.MissingData.Else(bp.Known(notBreaching)),
		ActionsEnabled:    bp.Known(true),
		Actions:           someOrNull(spec.Actions.Else(d.alarmsSpec.Actions).Else(d.facts.House.AlarmActions)),
		OKActions:         someOrNull(spec.OKActions.Else(d.alarmsSpec.OKActions)),

		InsufficientDataActions: someOrNull(spec.InsufficientDataActions.Else(d.alarmsSpec.InsufficientDataActions)),
	}
	if w.metric == "" {
		alarm.Expression = bp.Known(errorRate)
		alarm.Inputs = bp.Known(map[string]bp.Value[bp.Metric]{
			"errors":      bp.Known(bp.Metric{Namespace: bp.Known(lambdaMetrics), Name: bp.Known("Errors"), Dimensions: w.about, Statistic: bp.Known("Sum")}),
			"invocations": bp.Known(bp.Metric{Namespace: bp.Known(lambdaMetrics), Name: bp.Known("Invocations"), Dimensions: w.about, Statistic: bp.Known("Sum")}),
		})
		return alarm
	}
	statistic := spec.Statistic.Else(bp.Known(w.statistic))
	alarm.Metric = bp.Known(bp.Metric{Namespace: bp.Known(w.namespace), Name: bp.Known(w.metric), Dimensions: w.about, Statistic: statistic})
	alarm.LowSamples = bp.Then(statistic, func(s string) bp.String {
		if Percentile(s) {
			return bp.Known(evaluate)
		}
		return bp.Null[string]()
	})
	return alarm
}

// datapoints are all periods that are looked at, where the unit says how many
// those are, and what the traffic asks for otherwise.
func (d *drafter) datapoints(spec bp.AlarmSpec, t bp.Value[timing]) bp.Value[int64] {
	return spec.EvaluationPeriods.Else(bp.Map(t, func(t timing) int64 { return t.datapoints }))
}

var percentile = regexp.MustCompile(`^p\d`)

// Percentile reports whether a statistic is a percentile. Of the other extended
// ones, trimmed means and percentile ranks, CloudWatch judges every period.
func Percentile(statistic string) bool { return percentile.MatchString(statistic) }

// watchedQueue is the name of the dead-letter queue, if it is a queue here.
func (d *drafter) watchedQueue() bp.String {
	return bp.Then(d.deadLetterTarget(), func(arn string) bp.String {
		place, ok := bp.PlaceOf(arn)
		if !ok || bp.ServiceOf(arn) != serviceSQS || place.Account != d.facts.Place.Account || place.Region != d.facts.Place.Region {
			return bp.Null[string]()
		}
		return bp.Known(bp.QueueNameOf(arn))
	})
}

func someOrNull(v bp.Value[bp.Set]) bp.Value[bp.Set] {
	return bp.Then(v, func(s bp.Set) bp.Value[bp.Set] {
		if len(s) == 0 {
			return bp.Null[bp.Set]()
		}
		return bp.Known(s.Canonical())
	})
}

func present[T any](v bp.Value[T]) bp.Value[bool] {
	if v.IsUnknown() {
		return bp.Unknown[bool]()
	}
	return bp.Known(v.IsKnown())
}

func positive(n bp.Value[int64]) bp.Value[bool] {
	if n.IsNull() {
		return bp.Known(false)
	}
	return bp.Map(n, func(n int64) bool { return n > 0 })
}

// both is false as soon as one of them is.
func both(a, b bp.Value[bool]) bp.Value[bool] {
	if a == bp.Known(false) || b == bp.Known(false) {
		return bp.Known(false)
	}
	return bp.Then(a, func(bool) bp.Value[bool] { return b })
}

// either is true as soon as one of them is.
func either(a, b bp.Value[bool]) bp.Value[bool] {
	if a == bp.Known(true) || b == bp.Known(true) {
		return bp.Known(true)
	}
	return bp.Then(a, func(bool) bp.Value[bool] { return b })
}

// inferAlarms states what differs from what a profile gives, with the profile
// and the kind of traffic that leave the least to state. Which actions come
// from the unit and which from one alarm cannot be told apart, so those that
// all alarms share are the unit's.
func inferAlarms(observed bp.Blueprint, spec bp.Spec, facts Facts) bp.Value[bp.AlarmsSpec] {
	drafted := func(alarms bp.AlarmsSpec) bp.Alarms {
		spec.Alarms = bp.Known(alarms)
		found, _ := Draft(spec, facts).Alarms.Get()
		return found
	}
	have, exist := observed.Alarms.Get()
	if !exist {
		return bp.Known(bp.AlarmsSpec{Enabled: bp.Known(false)})
	}
	var best bp.AlarmsSpec
	least := -1
	for _, profile := range []bp.String{bp.Null[string](), bp.Known(profileFull)} {
		for _, traffic := range []bp.String{bp.Null[string](), bp.Known(trafficHigh)} {
			candidate := bp.AlarmsSpec{Profile: profile, Traffic: traffic}
			stateActions(&candidate, have, facts.House)
			cost := stateAlarms(&candidate, have, drafted)
			for _, v := range []bp.String{profile, traffic} {
				if v.IsKnown() {
					cost++
				}
			}
			if least < 0 || cost < least {
				best, least = candidate, cost
			}
		}
	}
	if bp.Equal(best, bp.AlarmsSpec{}) {
		return bp.Null[bp.AlarmsSpec]()
	}
	return bp.Known(best)
}

// stateActions states the actions that all alarms share.
func stateActions(spec *bp.AlarmsSpec, have bp.Alarms, house bp.House) {
	shared := func(actions func(bp.Alarm) bp.Value[bp.Set]) bp.Value[bp.Set] {
		var first bp.Value[bp.Set]
		seen := false
		for _, slot := range have.Slots() {
			alarm, ok := slot.Alarm.Get()
			if !ok {
				continue
			}
			if seen && !bp.Equal(actions(alarm), first) {
				return bp.Null[bp.Set]()
			}
			first, seen = actions(alarm), true
		}
		return first
	}
	spec.Actions = shared(func(a bp.Alarm) bp.Value[bp.Set] { return a.Actions })
	if bp.Equal(spec.Actions, house.AlarmActions) {
		spec.Actions = bp.Null[bp.Set]()
	}
	spec.OKActions = shared(func(a bp.Alarm) bp.Value[bp.Set] { return a.OKActions })
	spec.InsufficientDataActions = shared(func(a bp.Alarm) bp.Value[bp.Set] { return a.InsufficientDataActions })
}

// stateAlarms states what the candidate alone would not give, and returns what
// that costs.
func stateAlarms(spec *bp.AlarmsSpec, have bp.Alarms, drafted func(bp.AlarmsSpec) bp.Alarms) (cost int) {
	want := drafted(*spec)
	requested := *spec
	for _, slot := range have.Slots() {
		*requested.At(slot.Name) = bp.Known(bp.AlarmSpec{Enabled: bp.Known(true)})
	}
	onRequest := drafted(requested)
	for _, slot := range have.Slots() {
		stated := spec.At(slot.Name)
		has, exists := slot.Alarm.Get()
		byProfile, wanted := want.At(slot.Name).Get()
		byRequest, possible := onRequest.At(slot.Name).Get()
		switch {
		case exists && wanted:
			*stated = stateAlarm(has, byProfile, bp.AlarmSpec{})
		case exists && possible:
			*stated = stateAlarm(has, byRequest, bp.AlarmSpec{Enabled: bp.Known(true)})
		case wanted:
			*stated = bp.Known(bp.AlarmSpec{Enabled: bp.Known(false)})
		}
		if stated.IsKnown() {
			cost += 2
		}
	}
	return cost
}

func stateAlarm(has, want bp.Alarm, spec bp.AlarmSpec) bp.Value[bp.AlarmSpec] {
	statistic := func(a bp.Alarm) bp.String {
		return bp.Field(a.Metric, func(m bp.Metric) bp.String { return m.Statistic })
	}
	set := func(has, want bp.Value[bp.Set]) bp.Value[bp.Set] {
		if bp.Equal(has, want) {
			return bp.Null[bp.Set]()
		}
		return has.Else(bp.Known(bp.Set{}))
	}
	spec.Threshold = unlessDefault(has.Threshold, want.Threshold)
	spec.Statistic = unlessDefault(statistic(has), statistic(want))
	spec.Period = unlessDefault(has.Period, want.Period)
	spec.EvaluationPeriods = unlessDefault(has.EvaluationPeriods, want.EvaluationPeriods)
	spec.DatapointsToAlarm = unlessDefault(has.DatapointsToAlarm, spec.EvaluationPeriods.Else(want.DatapointsToAlarm))
	spec.MissingData = unlessDefault(has.MissingData, want.MissingData)
	spec.Actions = set(has.Actions, want.Actions)
	spec.OKActions = set(has.OKActions, want.OKActions)
	spec.InsufficientDataActions = set(has.InsufficientDataActions, want.InsufficientDataActions)
	if bp.Equal(spec, bp.AlarmSpec{}) {
		return bp.Null[bp.AlarmSpec]()
	}
	return bp.Known(spec)
}

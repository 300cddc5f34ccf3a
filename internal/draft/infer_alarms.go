package draft

import bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"

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

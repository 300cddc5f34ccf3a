package draft

import bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"

// LogFormat is the format of log lines in effect.
func LogFormat(spec bp.Spec, house bp.House) bp.String {
	return bp.Field(spec.Logs, func(l bp.LogsSpec) bp.String { return l.Format }).
		Else(house.LogFormat).Else(bp.Known(DefaultLogFormat))
}

func (d *drafter) logGroup() bp.LogGroup {
	return bp.LogGroup{
		Name:          d.groupName,
		ARN:           d.groupARN,
		RetentionDays: d.retentionDays(),
		KMSKeyARN:     d.keyInUse,
		Class:         d.logClass(),

		DataProtection: someOrNull(bp.Field(d.spec.Logs, func(l bp.LogsSpec) bp.Value[bp.Set] { return l.DataProtection })),
		Protected:      bp.Field(d.spec.Logs, func(l bp.LogsSpec) bp.Value[bool] { return l.Protected }).Else(bp.Known(false)),
	}
}

func (d *drafter) retentionDays() bp.Value[int64] {
	return bp.Then(d.logClass(), func(class string) bp.Value[int64] {
		if class == bp.LogClassDelivery {
			return bp.Known[int64](bp.DeliveryRetentionDays)
		}
		return bp.Field(d.spec.Logs, func(l bp.LogsSpec) bp.Value[int64] { return l.RetentionDays }).
			Else(d.facts.House.LogRetentionDays).Else(bp.Known[int64](DefaultRetentionDays))
	})
}

func (d *drafter) logClass() bp.String {
	return bp.Field(d.spec.Logs, func(l bp.LogsSpec) bp.String { return l.Class }).Else(bp.Known(DefaultLogClass))
}

func (d *drafter) defaultGroupName() bp.String {
	return bp.Then(d.logClass(), func(class string) bp.String {
		if class != DefaultLogClass {
			return bp.Map(d.spec.Name, func(unit string) string { return bp.ClassLogGroupName(unit, class) })
		}
		return bp.Map(d.spec.Name, bp.LogGroupName)
	})
}

func (d *drafter) logging() bp.Logging {
	format := LogFormat(d.spec, d.facts.House)
	onlyJSON := func(level bp.String) bp.String {
		return bp.Then(format, func(f string) bp.String {
			if f != formatJSON {
				return bp.Null[string]()
			}
			return level
		})
	}
	return bp.Logging{
		Group:            d.groupName,
		Format:           format,
		ApplicationLevel: onlyJSON(logLevel(d.spec)),
		SystemLevel:      onlyJSON(bp.Field(d.spec.Logs, func(l bp.LogsSpec) bp.String { return l.SystemLevel }).Else(bp.Known(DefaultSystemLevel))),
	}
}

func logLevel(spec bp.Spec) bp.String {
	return bp.Field(spec.Logs, func(l bp.LogsSpec) bp.String { return l.ApplicationLevel }).
		Else(bp.Known(DefaultLogLevel))
}

func inferLogs(observed, plain bp.Blueprint) bp.Value[bp.LogsSpec] {
	function, _ := observed.Function.Get()
	logging, ok := function.Logging.Get()
	if !ok {
		return bp.Null[bp.LogsSpec]()
	}
	defaultFunction, _ := plain.Function.Get()
	defaults, _ := defaultFunction.Logging.Get()
	logs := bp.LogsSpec{
		GroupName: unlessDefault(logging.Group, defaults.Group),
		Format:    unlessDefault(logging.Format, defaults.Format),
	}
	if logging.ApplicationLevel.IsKnown() {
		logs.ApplicationLevel = unlessDefault(logging.ApplicationLevel, bp.Known(DefaultLogLevel))
	}
	if logging.SystemLevel.IsKnown() {
		logs.SystemLevel = unlessDefault(logging.SystemLevel, bp.Known(DefaultSystemLevel))
	}
	if group, ok := observed.LogGroup.Get(); ok {
		logs.DataProtection = group.DataProtection
		logs.Class = unlessDefault(group.Class, bp.Known(DefaultLogClass))
		if logs.Class.IsKnown() {
			logs.GroupName = unlessDefault(logging.Group, bp.Map(function.Name, func(unit string) string { return bp.ClassLogGroupName(unit, group.Class.Or("")) }))
		}
		logs.Protected = unlessDefault(group.Protected, bp.Known(false))
		defaultGroup, _ := plain.LogGroup.Get()
		if group.Class != bp.Known(bp.LogClassDelivery) {
			logs.RetentionDays = unlessDefault(group.RetentionDays, defaultGroup.RetentionDays)
		}
	}
	if bp.Equal(logs, bp.LogsSpec{}) {
		return bp.Null[bp.LogsSpec]()
	}
	return bp.Known(logs)
}

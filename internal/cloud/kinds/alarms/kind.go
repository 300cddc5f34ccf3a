// Package alarms are the CloudWatch alarms of a unit.
package alarms

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

func alarmNames(arns []string) []string {
	names := make([]string, len(arns))
	for i, arn := range arns {
		names[i] = bp.AlarmNameOf(arn)
	}
	return names
}

// Kind says what a unit's alarm is.
func Kind() kinds.Kind {
	return kinds.Kind{
		Component: bp.AlarmsComponent(),
		Looks:     alarmLooks,
		Indexed:   func(_ *api.Client, t kinds.Target) []string { return t.Refs[bp.ComponentAlarms].More },
		Locate:    locateAlarms,
		Adopt:     adoptAlarms,
		Disown:    disownAlarms,
		Dispute:   disputeAlarms,
		Taken:     takenAlarms,
		Is:        bp.IsAlarmARN,
		Refuse:    fenceAlarms,
		Plural:    kinds.TaskAlarms,
		// The last look has fenced them.
		RemoveMany: func(ctx context.Context, c *api.Client, arns []string) error {
			return removeAlarms(ctx, c, alarmNames(arns))
		},
		Identify: kinds.WithoutID(alarmTags),
		Made:     alarmChanged, Redated: true,
		Contest: contestAlarm,
		// They stay as long as there is something to watch.
		Outlives: []string{kinds.TaskFunction},
		Remove: func(ctx context.Context, c *api.Client, arn string) error {
			return removeAlarms(ctx, c, []string{bp.AlarmNameOf(arn)})
		},
		// An alarm on what does not exist yet is quiet.
		Steps: kinds.Steps(kinds.Step{ID: kinds.TaskAlarms, After: []string{kinds.TaskRole}, Run: ensureAlarms}),
	}
}

func alarmChanged(ctx context.Context, c *api.Client, arn string) (time.Time, error) {
	name := bp.AlarmNameOf(arn)
	found, err := c.FindAlarms(ctx, []string{name})
	if err != nil {
		return time.Time{}, err
	}
	return api.Dated(found[name].AlarmConfigurationUpdatedTimestamp)
}

func contestAlarm(ctx context.Context, c *api.Client, of kinds.Claims, arn string) ([]string, error) {
	name := bp.AlarmNameOf(arn)
	found, err := c.FindAlarms(ctx, []string{name})
	if alarm, exists := found[name]; exists {
		return foreignToAlarm(Observe(alarm), of.Unit), err
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

func alarmLooks(c *api.Client, t kinds.Target, o *kinds.Observation) ([]kinds.Look, func(context.Context) error) {
	return []kinds.Look{{What: "alarms of function", Name: t.Unit, Find: func(ctx context.Context) (err error) {
		o.Alarms, err = observeAlarms(ctx, c, t.Unit, alarmNames(t.Refs[bp.ComponentAlarms].More), t.Tags)
		return err
	}}}, nil
}

// locateAlarms finds the alarms that carry the unit's tag.
func locateAlarms(ctx context.Context, c *api.Client, s kinds.Seed) (own kinds.Ref, contested []error, err error) {
	unit := s.Unit
	found, err := c.FindAlarms(ctx, alarmsOf(unit))
	if err != nil {
		return own, nil, err
	}
	for _, name := range api.SortedKeys(found) {
		tags, err := alarmTags(ctx, c, c.Place.AlarmARN(name))
		if c.UnlessOffered("tags of "+bp.ServiceOf(c.Place.AlarmARN(name)), err) != nil {
			return own, nil, err
		}
		if tags[bp.TagUnit] != unit {
			continue
		}
		if other := kinds.IfDisputed(c.Place.AlarmARN(name), unit, foreignToAlarm(Observe(found[name]), unit)); other != nil {
			contested = append(contested, other)
			continue
		}
		own.More = append(own.More, c.Place.AlarmARN(name))
	}
	return own, contested, nil
}

func adoptAlarms(_ context.Context, c *api.Client, _ bp.Blueprint, owner kinds.Owner) (ref kinds.Ref, err error) {
	for _, name := range alarmsOf(owner.Unit) {
		ref.More = append(ref.More, c.Place.AlarmARN(name))
	}
	return ref, nil
}

func disownAlarms(b *bp.Blueprint, foreign func(api.TagMap) bool) {
	alarms := bp.ValueOf(b.Alarms)
	for _, slot := range alarms.Slots() {
		if foreign(bp.ValueOf(*slot.Alarm).Tags) {
			*slot.Alarm = bp.Null[bp.Alarm]()
		}
	}
	b.Alarms = alarms.OrNull()
}

func disputeAlarms(ctx context.Context, d *kinds.Disputes) {
	alarms := bp.ValueOf(d.Is.Alarms)
	for _, slot := range alarms.Slots() {
		alarm, exists := slot.Alarm.Get()
		d.Judge(ctx, d.Place.AlarmARN(alarm.Name.Or("")), exists, func() ([]string, error) { return foreignToAlarm(alarm, d.Unit), nil })
	}
}

func takenAlarms(ctx context.Context, c *api.Client, want bp.Blueprint) (all []*kinds.Taken) {
	var names []string
	alarms := bp.ValueOf(want.Alarms)
	for _, slot := range alarms.Slots() {
		if name, known := bp.ValueOf(*slot.Alarm).Name.Get(); known {
			names = append(names, name)
		}
	}
	found, _ := c.FindAlarms(ctx, names) // none without an answer
	for _, name := range api.SortedKeys(found) {
		all = append(all, &kinds.Taken{Kind: kinds.KindAlarm, Name: name})
	}
	return all
}

// foreignToAlarm are clauses about an alarm that watches what is not the unit's.
func foreignToAlarm(alarm bp.Alarm, unit string) []string {
	metrics := []bp.Value[bp.Metric]{alarm.Metric}
	for _, id := range api.SortedKeys(alarm.Inputs.Or(nil)) {
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
func fenceAlarms(r kinds.Removal) error {
	var contested []error
	alarms := bp.ValueOf(r.Last.Alarms)
	for _, slot := range alarms.Slots() {
		alarm, exists := slot.Alarm.Get()
		if !exists {
			continue
		}
		tags := map[string]string{bp.TagUnit: r.Owner.Unit, bp.TagGeneration: r.Owner.Generation}
		for key, value := range api.PlainTags(alarm.Tags) {
			if value != api.TagMissing { // it would be nobody else's either
				tags[key] = value
			}
		}
		arn := alarm.Name.Or("")
		if err := r.Owner.Veto("alarm "+arn, tags); err != nil {
			contested = append(contested, err)
		} else if err := kinds.IfDisputed("alarm "+arn, r.Owner.Unit, foreignToAlarm(alarm, r.Owner.Unit)); err != nil {
			contested = append(contested, err)
		}
	}
	return errors.Join(contested...)
}

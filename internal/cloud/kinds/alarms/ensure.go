package alarms

import (
	"context"
	"slices"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// ensureAlarms puts the alarms that differ and deletes those that are not
// wanted any more.
func ensureAlarms(ctx context.Context, u *kinds.Unit) error {
	want, have := bp.ValueOf(u.Want().Alarms), bp.ValueOf(u.Job.Observed.Alarms)
	var fresh, gone []string
	for _, slot := range want.Slots() {
		wanted, isWanted := slot.Alarm.Get()
		observed, exists := have.At(slot.Name).Get()
		switch {
		case isWanted && !exists:
			fresh = append(fresh, wanted.Name.Or(""))
		case exists && !isWanted:
			gone = append(gone, observed.Name.Or(""))
		}
	}
	if err := refuseForeignAlarms(ctx, u, fresh); err != nil {
		return err
	}
	renamed, err := renamedAlarms(ctx, u, want, gone)
	if err != nil {
		return err
	}
	gone = append(gone, renamed...)
	for _, slot := range want.Slots() {
		wanted, isWanted := slot.Alarm.Get()
		if !isWanted {
			continue
		}
		if err := ensureAlarm(ctx, u, have.At(slot.Name), wanted); err != nil {
			return err
		}
	}
	if err := removeAlarms(ctx, u.Client, gone); err != nil {
		return err
	}
	u.Learn(func(l *kinds.Learned) {
		l.Drop(bp.ComponentAlarms, func(arn string) bool {
			return slices.ContainsFunc(gone, func(name string) bool { return arn == u.Place.AlarmARN(name) })
		})
	})
	return nil
}

// renamedAlarms lists the unit's alarms under names that no alarm has any more:
// a release may name one otherwise.
func renamedAlarms(ctx context.Context, u *kinds.Unit, want bp.Alarms, gone []string) ([]string, error) {
	known := slices.Clone(gone)
	for _, slot := range want.Slots() {
		if wanted, isWanted := slot.Alarm.Get(); isWanted {
			known = append(known, wanted.Name.Or(""))
		}
	}
	have := alarmNames(u.Several(bp.ComponentAlarms))
	var out []string
	for _, name := range have {
		if slices.Contains(known, name) {
			continue
		}
		tags, err := alarmTags(ctx, u.Client, u.Place.AlarmARN(name))
		if api.Missing(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if u.Owner().Owns(tags) {
			out = append(out, name)
		}
	}
	return out, nil
}

func ensureAlarm(ctx context.Context, u *kinds.Unit, observed *bp.Value[bp.Alarm], want bp.Alarm) error {
	have, exists := observed.Get()
	deviation := have.Tags
	have.Tags = want.Tags
	current, tags, differ := u.Tags(deviation)
	if !exists || !bp.Equal(have, want) {
		// Noted before it is there: no alarm of others has the name, and
		// deleting one that was not made after all is no error.
		u.Learn(func(l *kinds.Learned) { l.Add(bp.ComponentAlarms, u.Place.AlarmARN(want.Name.Or(""))) })
		if err := putAlarm(ctx, u.Client, want, tags); err != nil {
			return err
		}
	}
	if exists && differ {
		return tagAlarm(ctx, u.Client, u.Place.AlarmARN(want.Name.Or("")), current, tags)
	}
	return nil
}

// refuseForeignAlarms looks for alarms of others under the names of new ones:
// CloudWatch would replace them without a word.
func refuseForeignAlarms(ctx context.Context, u *kinds.Unit, names []string) error {
	found, err := u.FindAlarms(ctx, names)
	if err != nil {
		return err
	}
	for _, name := range api.SortedKeys(found) {
		tags, err := alarmTags(ctx, u.Client, u.Place.AlarmARN(name))
		if err != nil {
			return err
		}
		if !u.Owner().Owns(tags) {
			return &kinds.Taken{Kind: "CloudWatch alarm", Name: name}
		}
	}
	return nil
}

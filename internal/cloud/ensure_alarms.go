package cloud

import (
	"context"
	"slices"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// ensureAlarms puts the alarms that differ and deletes those that are not
// wanted any more.
func (u *unit) ensureAlarms(ctx context.Context) error {
	want, have := bp.ValueOf(u.want().Alarms), bp.ValueOf(u.job.Observed.Alarms)
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
	if err := u.refuseForeignAlarms(ctx, fresh); err != nil {
		return err
	}
	renamed, err := u.renamedAlarms(ctx, want, gone)
	if err != nil {
		return err
	}
	gone = append(gone, renamed...)
	for _, slot := range want.Slots() {
		wanted, isWanted := slot.Alarm.Get()
		if !isWanted {
			continue
		}
		if err := u.ensureAlarm(ctx, have.At(slot.Name), wanted); err != nil {
			return err
		}
	}
	if err := u.removeAlarms(ctx, gone); err != nil {
		return err
	}
	u.learn(func(l *Learned) {
		l.drop(bp.ComponentAlarms, func(arn string) bool {
			return slices.ContainsFunc(gone, func(name string) bool { return arn == u.Place.AlarmARN(name) })
		})
	})
	return nil
}

// renamedAlarms lists the unit's alarms under names that no alarm has any more:
// a release may name one otherwise.
func (u *unit) renamedAlarms(ctx context.Context, want bp.Alarms, gone []string) ([]string, error) {
	known := slices.Clone(gone)
	for _, slot := range want.Slots() {
		if wanted, isWanted := slot.Alarm.Get(); isWanted {
			known = append(known, wanted.Name.Or(""))
		}
	}
	have := alarmNames(u.several(bp.ComponentAlarms))
	var out []string
	for _, name := range have {
		if slices.Contains(known, name) {
			continue
		}
		tags, err := u.alarmTags(ctx, u.Place.AlarmARN(name))
		if missing(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if u.owner().owns(tags) {
			out = append(out, name)
		}
	}
	return out, nil
}

func (u *unit) ensureAlarm(ctx context.Context, observed *bp.Value[bp.Alarm], want bp.Alarm) error {
	have, exists := observed.Get()
	deviation := have.Tags
	have.Tags = want.Tags
	current, tags, differ := u.tags(deviation)
	if !exists || !bp.Equal(have, want) {
		// Noted before it is there: no alarm of others has the name, and
		// deleting one that was not made after all is no error.
		u.learn(func(l *Learned) { l.add(bp.ComponentAlarms, u.Place.AlarmARN(want.Name.Or(""))) })
		if err := u.putAlarm(ctx, want, tags); err != nil {
			return err
		}
	}
	if exists && differ {
		return u.tagAlarm(ctx, u.Place.AlarmARN(want.Name.Or("")), current, tags)
	}
	return nil
}

// refuseForeignAlarms looks for alarms of others under the names of new ones:
// CloudWatch would replace them without a word.
func (u *unit) refuseForeignAlarms(ctx context.Context, names []string) error {
	found, err := u.findAlarms(ctx, names)
	if err != nil {
		return err
	}
	for _, name := range sortedKeys(found) {
		tags, err := u.alarmTags(ctx, u.Place.AlarmARN(name))
		if err != nil {
			return err
		}
		if !u.owner().owns(tags) {
			return &Taken{Kind: "CloudWatch alarm", Name: name}
		}
	}
	return nil
}

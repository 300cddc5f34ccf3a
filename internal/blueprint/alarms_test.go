package blueprint

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

// TestAlarms_EveryKeyIsItsAttribute: one table names the alarms, and a row that
// points at another alarm's field would swap the two in silence.
func TestAlarms_EveryKeyIsItsAttribute(t *testing.T) {
	t.Parallel()
	var alarms Alarms
	var spec AlarmsSpec
	attributes := func(v any) map[string]any {
		out := map[string]any{}
		fields := reflect.ValueOf(v).Elem()
		for i := range fields.NumField() {
			out[fields.Type().Field(i).Tag.Get("attr")] = fields.Field(i).Addr().Interface()
		}
		return out
	}
	ofAlarms, ofSpec := attributes(&alarms), attributes(&spec)
	slots := alarms.Slots()
	if len(slots) != len(ofAlarms) {
		t.Errorf("%d rows for %d alarms", len(slots), len(ofAlarms))
	}
	for _, slot := range slots {
		if ofAlarms[slot.Name] != any(slot.Alarm) || alarms.At(slot.Name) != slot.Alarm {
			t.Errorf("row %s is not the alarm %s", slot.Name, slot.Name)
		}
		if ofSpec[slot.Name] != any(spec.At(slot.Name)) {
			t.Errorf("row %s is not the spec of %s", slot.Name, slot.Name)
		}
	}
	if alarms.At("nothing") != nil || spec.At("nothing") != nil || AlarmName("x", "nothing") != "" {
		t.Error("an alarm that does not exist was found")
	}
}

// TestAlarmName_IsOneUnitsOnly: no two units can claim one alarm.
func TestAlarmName_IsOneUnitsOnly(t *testing.T) {
	t.Parallel()
	slots := new(Alarms).Slots()
	for _, a := range slots {
		for _, b := range slots {
			// Of two names of which one is the other's end, the rest could be a unit.
			long, short := AlarmName("", a.Name), AlarmName("", b.Name)
			if a.Name != b.Name && len(long) > len(short) && long[len(long)-len(short):] == short {
				t.Errorf("unit x%s has the alarm %s as unit x has %s", long[:len(long)-len(short)], b.Name, a.Name)
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		unit := rapid.StringMatching(`[a-z]{1,3}(-(dead|letter|errors|async|event|age|destination|delivery|depth|dropped)){0,4}`)
		x, y := unit.Draw(t, "x"), unit.Draw(t, "y")
		a, b := rapid.SampledFrom(slots).Draw(t, "a").Name, rapid.SampledFrom(slots).Draw(t, "b").Name
		if (x != y || a != b) && AlarmName(x, a) == AlarmName(y, b) {
			t.Fatalf("%s of %s and %s of %s are both %s", a, x, b, y, AlarmName(x, a))
		}
	})
}

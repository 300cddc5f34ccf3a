package draft_test

import (
	"testing"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
	"github.com/secure-lambda/terraform-provider-secure/internal/draft"
)

// traffic is how a function is invoked: how many times in a second, and how
// many of those fail.
type traffic func(second int) (invocations, errors int)

const (
	hour   = 3600
	day    = 24 * hour
	outset = 6 * hour // the first failure
)

// every invokes once in so many seconds.
func every(seconds int) func(int) int {
	return func(second int) int {
		if second%seconds == 0 {
			return 1
		}
		return 0
	}
}

// busily invokes a hundred times a second.
func busily(int) int { return 100 }

// failing lets all invocations fail from the outset on, or a share of them.
func failing(invoked func(int) int, share float64) traffic {
	return func(second int) (int, int) {
		n := invoked(second)
		if second < outset {
			return n, 0
		}
		return n, int(float64(n)*share + 0.5)
	}
}

// alarmed plays a day of traffic to the errors alarm as CloudWatch evaluates it,
// at the end of every period over the last periods, and returns after which
// second it is on. It is never on for less than nothing.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
func alarmed(t *testing.T, alarm bp.Alarm, series traffic) (second int, on bool) {
	t.Helper()
	const rate = "IF(errors >= 1, 100*errors/invocations, 0)"
	same(t, "expression", alarm.Expression, bp.Known(rate))
	same(t, "comparison", alarm.Comparison, bp.Known("GreaterThanThreshold"))
	same(t, "missing data", alarm.MissingData, bp.Known("notBreaching"))
	period, periods, datapoints := int(alarm.Period.Or(0)), int(alarm.EvaluationPeriods.Or(0)), int(alarm.DatapointsToAlarm.Or(0))
	var breaching []bool
	for start := 0; start < day; start += period {
		invocations, errors := 0, 0
		for s := start; s < start+period; s++ {
			n, failed := series(s)
			invocations, errors = invocations+n, errors+failed
		}
		value := 0.0
		if errors >= 1 {
			value = 100 * float64(errors) / float64(invocations)
		}
		// A period without invocations has no data, which is not breaching.
		breaching = append(breaching, invocations > 0 && value > alarm.Threshold.Or(0))
		bad := 0
		for _, b := range breaching[max(0, len(breaching)-periods):] {
			if b {
				bad++
			}
		}
		if bad >= datapoints {
			return start + period, true
		}
	}
	return 0, false
}

func errorsAlarm(t *testing.T, spec bp.AlarmsSpec) bp.Alarm {
	t.Helper()
	unit := fourLines()
	unit.Alarms = bp.Known(spec)
	alarms, _ := draft.Draft(unit, knownFacts()).Alarms.Get()
	alarm, ok := alarms.Errors.Get()
	if !ok {
		t.Fatal("there is no errors alarm")
	}
	return alarm
}

// TestErrorsAlarm_GoesOnWithinTwoPeriods and stays silent without errors,
// whether the function runs once an hour, once a minute or a hundred times a
// second.
func TestErrorsAlarm_GoesOnWithinTwoPeriods(t *testing.T) {
	t.Parallel()
	alarm := errorsAlarm(t, bp.AlarmsSpec{})
	look := int(alarm.Period.Or(0) * alarm.EvaluationPeriods.Or(0))
	for name, c := range map[string]struct {
		invoked func(int) int
		share   float64
	}{
		"hourly":              {every(hour), 1},
		"1/min, all fail":     {every(60), 1},
		"100/s, all fail":     {busily, 1},
		"100/s, 2 % of them":  {busily, 0.02},
		"once in ten minutes": {every(600), 1},
	} {
		second, on := alarmed(t, alarm, failing(c.invoked, c.share))
		if !on || second < outset || second-outset > 2*look {
			t.Errorf("%s: on %v, %d s after the first failure, which is more than two evaluations of %d s", name, on, second-outset, look)
		}
		if second, on := alarmed(t, alarm, failing(c.invoked, 0)); on {
			t.Errorf("%s: on after %d s without a failure", name, second)
		}
	}
	if second, on := alarmed(t, alarm, failing(busily, 0.01)); on {
		t.Errorf("1 %% is not above 1 %%, and the alarm is on after %d s", second)
	}
}

// TestErrorsAlarm_HighTrafficIsForHighTraffic shows why the quick preset is no
// default: it is quick, but a quiet function never has two bad minutes in three.
func TestErrorsAlarm_HighTrafficIsForHighTraffic(t *testing.T) {
	t.Parallel()
	quick, usual := errorsAlarm(t, bp.AlarmsSpec{Traffic: bp.Known("high")}), errorsAlarm(t, bp.AlarmsSpec{})
	busy := failing(busily, 1)
	quickly, _ := alarmed(t, quick, busy)
	usually, _ := alarmed(t, usual, busy)
	if quickly == 0 || quickly >= usually {
		t.Errorf("the preset is on after %d s, the default after %d s", quickly-outset, usually-outset)
	}
	if second, on := alarmed(t, quick, failing(every(hour), 1)); on {
		t.Errorf("an hourly function raised it after %d s: make it the default", second)
	}
	// One bad minute passes.
	blip := func(second int) (int, int) {
		if second >= outset && second < outset+60 {
			return 100, 100
		}
		return 100, 0
	}
	if second, on := alarmed(t, quick, blip); on {
		t.Errorf("one bad minute raised it after %d s", second)
	}
}

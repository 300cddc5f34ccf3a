package draft_test

import (
	"math"
	"slices"
	"testing"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
	"github.com/secure-lambda/terraform-provider-secure/internal/draft"
)

// durations are how many milliseconds each invocation of a second takes.
type durations func(second int) []float64

// slowAlarmed plays a day of invocations to an alarm on a percentile as
// CloudWatch evaluates it, and returns after which second it is on. With
// "ignore" the alarm keeps its state over a period with fewer samples than
// 10/(1-p).
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/percentiles-with-low-samples.html
func slowAlarmed(t *testing.T, alarm bp.Alarm, series durations) (second int, on bool) {
	t.Helper()
	const share, enough = 0.99, 1000 // of p99
	metric, _ := alarm.Metric.Get()
	same(t, "statistic", metric.Statistic, bp.Known("p99"))
	same(t, "comparison", alarm.Comparison, bp.Known("GreaterThanThreshold"))
	same(t, "missing data", alarm.MissingData, bp.Known("notBreaching"))
	period, periods, datapoints := int(alarm.Period.Or(0)), int(alarm.EvaluationPeriods.Or(0)), int(alarm.DatapointsToAlarm.Or(0))
	var breaching []bool
	for start := 0; start < day; start += period {
		var samples []float64
		for s := start; s < start+period; s++ {
			samples = append(samples, series(s)...)
		}
		if alarm.LowSamples == bp.Known("ignore") && len(samples) > 0 && len(samples) < enough {
			continue // the state stays what it is
		}
		bad := false
		if len(samples) > 0 {
			slices.Sort(samples)
			bad = samples[int(math.Ceil(share*float64(len(samples))))-1] > alarm.Threshold.Or(0)
		}
		breaching = append(breaching, bad)
		count := 0
		for _, b := range breaching[max(0, len(breaching)-periods):] {
			if b {
				count++
			}
		}
		if count >= datapoints {
			return start + period, true
		}
	}
	return 0, false
}

func durationAlarm(t *testing.T) bp.Alarm {
	t.Helper()
	alarms, _ := draft.Draft(fourLines(), knownFacts()).Alarms.Get()
	alarm, ok := alarms.Duration.Get()
	if !ok {
		t.Fatal("there is no duration alarm")
	}
	return alarm
}

// lasting invokes at a rate, with the given share of slow invocations from the
// outset on. The bound of the default timeout is 8,000 ms.
func lasting(invoked func(int) int, slow float64) durations {
	return func(second int) []float64 {
		out := make([]float64, invoked(second))
		for i := range out {
			out[i] = 7900
			if second >= outset && float64(i) < slow*float64(len(out)) {
				out[i] = 8100
			}
		}
		return out
	}
}

// TestDurationAlarm_FiresForOneSlowInvocationAnHour and for a hundred a second,
// and stays silent below the bound.
func TestDurationAlarm_FiresForOneSlowInvocationAnHour(t *testing.T) {
	t.Parallel()
	alarm := durationAlarm(t)
	look := int(alarm.Period.Or(0) * alarm.EvaluationPeriods.Or(0))
	for name, c := range map[string]struct {
		invoked func(int) int
		slow    float64
	}{
		"hourly": {every(hour), 1}, "1/min": {every(60), 1}, "100/s": {busily, 1}, "100/s, 2 % of them": {busily, 0.02},
	} {
		second, on := slowAlarmed(t, alarm, lasting(c.invoked, c.slow))
		if !on || second < outset || second-outset > 2*look {
			t.Errorf("%s: on %v, %d s after the first slow invocation", name, on, second-outset)
		}
		if second, on := slowAlarmed(t, alarm, lasting(c.invoked, 0)); on {
			t.Errorf("%s: on after %d s although nothing is slow", name, second)
		}
	}
}

// TestDurationAlarm_IgnoringFewSamplesIsSilent shows that the simulation knows
// the rule.
func TestDurationAlarm_IgnoringFewSamplesIsSilent(t *testing.T) {
	t.Parallel()
	alarm := durationAlarm(t)
	alarm.LowSamples = bp.Known("ignore")
	if second, on := slowAlarmed(t, alarm, lasting(every(60), 1)); on {
		t.Errorf("five samples in a period raised it after %d s", second)
	}
	if _, on := slowAlarmed(t, alarm, lasting(busily, 1)); !on {
		t.Error("30,000 samples in a period did not raise it")
	}
}

package acceptance

import (
	"fmt"
	"testing"
	"time"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox"
)

const (
	unitsAtOnce   = 30
	maxThrottled  = 10.0 // per cent of the calls
	quotaUnitName = "tfacc-quota"
)

// underQuotas is what creating many units at once took, with all of the
// account's quotas enforced.
type underQuotas struct {
	took      time.Duration
	calls     []sandbox.Call
	throttled int
}

func (q underQuotas) share() float64 { return 100 * float64(q.throttled) / float64(len(q.calls)) }

// createUnderQuotas creates the units with a provider that uses the quotas up:
// the less it leaves, the more calls can come too fast.
func createUnderQuotas(t *testing.T) underQuotas {
	t.Helper()
	a := newTenant(t)
	c := newCore(t, a, a.there(t, "provider \"secure\" {\n  quota_share = 1\n}\n"+referenceUnits(t, quotaUnitName, unitsAtOnce)))
	box.SetConditions(a.id, sandbox.Conditions{Quotas: sandbox.PublishedQuotas()})
	c.must("plan", "-out=create")
	mark := box.Recorder().Mark()
	var q underQuotas
	q.took = timed(func() { c.must("apply", "create") }) // fails on any error
	q.calls = box.Recorder().Since(mark, sandbox.InAccount(a.id))
	for _, call := range q.calls {
		if call.Throttled {
			q.throttled++
		}
	}
	made := box.Recorder().Counts(mark, sandbox.InAccount(a.id), func(c sandbox.Call) bool { return c.Status < 300 })
	if n := made["monitoring.PutMetricAlarm"]; n != unitsAtOnce*referenceWrites["monitoring.PutMetricAlarm"] {
		t.Fatalf("%d alarms were put for %d units", n, unitsAtOnce)
	}
	c.empty()
	return q
}

// TestAccLambda_Quotas creates thirty units at once in an account that refuses
// every call beyond its quotas. PutMetricAlarm, three a second, makes that take
// more than a minute, so it is part of make bench.
func TestAccLambda_Quotas(t *testing.T) { //nolint:paralleltest // a busy machine makes calls slow, and slow calls are not throttled
	needsBench(t)
	q := createUnderQuotas(t)
	t.Log(q)
	if q.share() >= maxThrottled {
		t.Errorf("%.1f %% of the calls were throttled, must be less than %g %%: %s", q.share(), maxThrottled, named(throttledOf(q.calls)))
	}
}

func (q underQuotas) String() string {
	floor, bucket := quotaFloor(q.calls)
	return fmt.Sprintf("%d units in %s, at least %.0f s by %s; %d of %d calls throttled (%.1f %%): %s",
		unitsAtOnce, short(q.took), floor, bucketTitle(bucket), q.throttled, len(q.calls), q.share(), named(throttledOf(q.calls)))
}

func throttledOf(calls []sandbox.Call) []sandbox.Call {
	var all []sandbox.Call
	for _, c := range calls {
		if c.Throttled {
			all = append(all, c)
		}
	}
	return all
}

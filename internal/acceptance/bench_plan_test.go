package acceptance

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox"
)

// barePlan is what a plan of as many bare things takes.
type barePlan struct {
	took time.Duration
	peak int64
}

// benchPlans plans units that are as they should be: refresh and plan.
func benchPlans(t *testing.T, b *table, bare served) {
	unpaced, idle := built(t, "secure", "./unpaced"), built(t, "secure", "./idle")
	f := newFleet(t, unpaced, fleetSize)
	rounds := map[int]int{1: 7, 100: 3, fleetSize: 1}
	sizes := slices.Sorted(maps.Keys(rounds))
	least := map[int]barePlan{}
	for _, size := range sizes {
		f.resize(size)
		f.use(unpaced)
		things := bareFleet(t, bare, size)
		times := turns(rounds[size],
			func() time.Duration { return timed(func() { f.under(sandbox.Conditions{}, f.empty) }) },
			func() time.Duration { return timed(things.empty) })
		_, peak := things.attached(bare, "plan")
		least[size] = barePlan{times[1], peak}
		b.add(fmt.Sprintf("plan of %d", size), short(times[0]), short(times[1]), "", "recorded reads, no latency, no quotas, calls not paced")
		if size == fleetSize {
			b.limited(t, fmt.Sprintf("plan of %d by bare", size), "%.2f", times[0].Seconds()/times[1].Seconds(), maxBareRate, "1", "")
			nothing := timed(f.use(idle).empty)
			b.add(fmt.Sprintf("plan of %d, nothing done", size), short(nothing), short(times[1]), "",
				fmt.Sprintf("a provider of this schema that hands back the state: what Terraform needs by itself; the plan takes %.2f times as long", times[0].Seconds()/nothing.Seconds()))
		}
	}
	f.use(released())
	for _, size := range sizes {
		f.resize(size)
		benchPlanUnderQuotas(t, b, f, size, least[size])
	}
}

// benchPlanUnderQuotas plans with the provider as it is released, in an account
// that nobody else uses.
func benchPlanUnderQuotas(t *testing.T, b *table, f *fleet, size int, least barePlan) {
	var took time.Duration
	var peak int64
	calls := f.under(quotasAndLatency(), func() {
		took = timed(func() { _, peak = f.attached(released(), "plan", "-detailed-exitcode") })
	})
	what := fmt.Sprintf("plan of %d, quotas", size)
	floor, bucket := quotaFloor(calls)
	b.add(what, short(took), short(least.took), "",
		fmt.Sprintf("recorded reads, %v a call, all quotas, quota_share = 1; %d calls, %d throttled", callLatency, len(calls), len(throttledOf(calls))))
	memory, megabyte := fmt.Sprintf("memory: plan of %d", size), float64(1<<20)
	if size < fleetSize { // buckets that are full at the beginning decide the time
		b.add(memory, megabytes(peak), megabytes(least.peak), "", "")
		return
	}
	b.limited(t, what+", by floor", "%.2f", took.Seconds()/floor, maxFloorRate, "", fmt.Sprintf("%s leaves %.0f s", bucketTitle(bucket), floor))
	b.limited(t, memory, "%.0f MB", float64(peak)/megabyte, maxPlanMemory/megabyte, megabytes(least.peak), "peak of the provider")
}

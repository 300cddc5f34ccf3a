package acceptance

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox"
)

// benchVariable asks for what takes minutes: make bench sets it. pasteVariable
// names a page whose table is replaced by the printed one.
const (
	benchVariable = "SECURE_BENCH"
	pasteVariable = "SECURE_BENCH_PASTE"
)

// What the benchmark asks for.
const (
	maxChainRate  = 1.15 // time of a create by its longest chain
	maxFloorRate  = 1.2  // time of a large plan by what the quotas leave
	maxBareRate   = 3.0  // time of a large plan by a bare provider's
	maxPlanMemory = 300 << 20
	fleetSize     = 1000
)

func needsBench(t *testing.T) {
	t.Helper()
	needsSandbox(t)
	if os.Getenv(benchVariable) == "" {
		t.Skip("takes minutes: make bench runs it")
	}
}

// TestBench measures and prints one table.
func TestBench(t *testing.T) { //nolint:paralleltest // it measures time
	needsBench(t)
	b := &table{}
	bare := built(t, "bare", "./bare")
	version := newCore(t, newTenant(t), "").must("version")
	version, _, _ = strings.Cut(version, "\n")
	b.title = fmt.Sprintf("%s, %d processors, %s/%s.", version, runtime.NumCPU(), runtime.GOOS, runtime.GOARCH)
	for _, part := range []struct { //nolint:paralleltest // one after the other
		name    string
		measure func(t *testing.T)
	}{
		{"calls", func(t *testing.T) { benchCalls(t, b) }},
		{"create", func(t *testing.T) { benchCreate(t, b) }},
		{"footprint", func(t *testing.T) { benchFootprint(t, b, bare) }},
		{"package", func(t *testing.T) { benchPackage(t, b) }},
		{"plans", func(t *testing.T) { benchPlans(t, b, bare) }},
		{"quotas", func(t *testing.T) { benchQuotas(t, b) }},
	} {
		fmt.Fprintf(os.Stderr, "measuring: %s\n", part.name)
		t.Run(part.name, part.measure)
	}
	fmt.Printf("\n%s\n", b)
	if page := os.Getenv(pasteVariable); page != "" {
		text, err := os.ReadFile(page)
		must(t, err)
		pasted, err := pasteTable(string(text), b.String())
		must(t, err)
		writeFile(t, page, pasted)
	}
}

func benchCalls(t *testing.T, b *table) {
	o := measureOperations(t, newTenant(t), "tfacc-bench-calls")
	for _, operation := range []struct {
		what string
		tally
		most float64 // 0 is no bar
	}{{"create", o.create, maxCreateCalls}, {"refresh", o.refresh, maxRefreshCalls}, {"update", o.update, 0}, {"delete", o.remove, maxDeleteCalls}} {
		what, n := "calls: "+operation.what, float64(len(operation.counted))
		how := buckets(operation.counted) + "; " + operation.beside()
		if operation.most == 0 {
			b.add(what, fmt.Sprintf("%g", n), "0", "", how)
			continue
		}
		b.limited(t, what, "%g", n, operation.most, "0", how)
	}
	b.limited(t, "calls: refresh, shared bucket", "%g", float64(inBucket(o.refresh.counted, sharedBucket)), maxRefreshShare, "0", bucketTitle(sharedBucket))
	b.limited(t, "writes: no-op apply", "%g", float64(len(o.noop.writes())), 0, "0", fmt.Sprintf("it makes %d calls, as many as a refresh", len(o.noop.counted)))
}

// benchCreate takes the median of three: each is 8 s of waiting for the role.
func benchCreate(t *testing.T, b *table) {
	var calls []sandbox.Call
	round := 0
	took := turns(3, func() time.Duration {
		round++
		took, made := createTime(t, fmt.Sprintf("tfacc-bench-create-%d", round))
		calls = made
		return took
	})[0]
	counted := tallyOf(calls)
	chain, path, err := longestChain(counted.counted, callLatency, rolePropagation)
	must(t, err)
	b.add("create: time", short(took), "", "", fmt.Sprintf("%v a call, %v until the role can be assumed; %s", callLatency, rolePropagation, counted.beside()))
	b.limited(t, "create: time by longest chain", "%.2f", took.Seconds()/chain.Seconds(), maxChainRate, "", fmt.Sprintf("the chain takes %s: %s", short(chain), strings.Join(path, ", ")))
}

// benchFootprint repeats what the footprint tests ask for, for the table.
func benchFootprint(t *testing.T, b *table, bare served) {
	times := turns(9, func() time.Duration { return released().startTime(t) }, func() time.Duration { return bare.startTime(t) })
	b.add("provider start", short(times[0]), short(times[1]), "", "until it says where it listens")
	ours, least := schemaCores(t, bare)
	times = turns(7, schemaTime(ours), schemaTime(least))
	b.add("providers schema", short(times[0]), short(times[1]), "", "")
	b.limited(t, "providers schema by bare", "%.2f", times[0].Seconds()/times[1].Seconds(), maxSchemaRate, "1", "")
	ourSize, err := os.Stat(released().binary)
	must(t, err)
	bareSize, err := os.Stat(bare.binary)
	must(t, err)
	b.limited(t, "stripped binary", "%.1f MB", float64(ourSize.Size())/(1<<20), maxBinary>>20, fmt.Sprintf("%.1f MB", float64(bareSize.Size())/(1<<20)), "")
	b.limited(t, fmt.Sprintf("memory: plan of %d new", plannedUnits), "%.0f MB", float64(memoryOfNewUnits(t))/(1<<20), maxMemory>>20, "", "peak of the provider")
}

func benchQuotas(t *testing.T, b *table) {
	q := createUnderQuotas(t)
	floor, bucket := quotaFloor(q.calls)
	b.add(fmt.Sprintf("create of %d, quotas", unitsAtOnce), short(q.took), "", "", fmt.Sprintf("all quotas, quota_share = 1; %s leaves %.0f s; no errors", bucketTitle(bucket), floor))
	b.limited(t, fmt.Sprintf("create of %d, quotas: throttled", unitsAtOnce), "%.1f %%", q.share(), maxThrottled, "", fmt.Sprintf("%d of %d calls", q.throttled, len(q.calls)))
}

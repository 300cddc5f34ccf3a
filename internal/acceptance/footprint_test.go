package acceptance

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// What the provider may cost.
const (
	maxBinary     = 53 << 20 // bytes, stripped; 6 MB of it are what finds secrets and reads archives, 3 MB what reads and writes HCL and YAML, 1 MB Secrets Manager
	maxMemory     = 120 << 20
	maxSchemaRate = 2.5 // a tenth of the schema are names that are declared to be refused
	plannedUnits  = 100
)

// TestFootprintBinary weighs the stripped provider.
func TestFootprintBinary(t *testing.T) {
	t.Parallel()
	info, err := os.Stat(binary)
	must(t, err)
	t.Logf("stripped binary: %.1f MB (at most %d)", float64(info.Size())/(1<<20), maxBinary>>20)
	if info.Size() > maxBinary {
		t.Errorf("the stripped binary has %d bytes, more than %d", info.Size(), maxBinary)
	}
}

// TestFootprintSchema times "providers schema" against a bare provider's, in
// turns, and compares the medians.
func TestFootprintSchema(t *testing.T) { //nolint:paralleltest // it measures time
	ours, bare := schemaCores(t, built(t, "bare", "./bare"))
	times := turns(7, schemaTime(ours), schemaTime(bare))
	s, b := times[0], times[1]
	rate := float64(s) / float64(b)
	t.Logf("providers schema: %v, bare provider %v, %.2f times (at most %.1f)", s.Round(time.Millisecond), b.Round(time.Millisecond), rate, maxSchemaRate)
	if rate > maxSchemaRate {
		t.Errorf("the schema takes %.2f times as long as a bare provider's", rate)
	}
}

// schemaCores are cores with nothing to do but to start a provider: ours, and
// the bare one.
func schemaCores(t *testing.T, bare served) (ours, least *core) {
	t.Helper()
	a := newTenant(t)
	return newCore(t, a, ""), newCore(t, a, requireBare).use(bare)
}

const requireBare = `terraform {
  required_providers {
    bare = { source = "secure-lambda/bare" }
  }
}
`

func schemaTime(c *core) func() time.Duration {
	return func() time.Duration { return timed(func() { c.must("providers", "schema", "-json") }) }
}

func timed(run func()) time.Duration {
	started := time.Now()
	run()
	return time.Since(started)
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}

// TestFootprintMemory plans a hundred new units and reads the provider's peak
// memory from the operating system.
func TestFootprintMemory(t *testing.T) { //nolint:paralleltest // a starved collector would be measured, not the plan
	peak := memoryOfNewUnits(t)
	t.Logf("plan of %d units: %s of memory at most (at most %s)", plannedUnits, megabytes(peak), megabytes(maxMemory))
	if peak > maxMemory {
		t.Errorf("the plan took %s of memory, more than %s", megabytes(peak), megabytes(maxMemory))
	}
}

func memoryOfNewUnits(t *testing.T) int64 {
	t.Helper()
	c := newCore(t, newTenant(t), `provider "secure" {}`+"\n"+strings.Replace(
		unit(t, "x", "tfacc-footprint", map[string]string{"environment": `{ GREETING = "hi" }`}),
		`name = "tfacc-footprint"`, fmt.Sprintf("count = %d\n  name = \"tfacc-footprint-${count.index}\"", plannedUnits), 1))
	stdout, peak := c.attached(released(), "plan")
	if !strings.Contains(stdout, fmt.Sprintf("%d to add", plannedUnits)) {
		t.Fatalf("not %d units are planned:\n%s", plannedUnits, stdout)
	}
	return peak
}

var reattachLine = regexp.MustCompile(`TF_REATTACH_PROVIDERS='(.*)'`)

func readReattach(t *testing.T, out io.Reader) string {
	t.Helper()
	scanner := bufio.NewScanner(out)
	for scanner.Scan() {
		if found := reattachLine.FindStringSubmatch(scanner.Text()); found != nil {
			return found[1]
		}
	}
	t.Fatal("the provider did not say how to attach to it")
	return ""
}

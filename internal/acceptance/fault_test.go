package acceptance

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"maps"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox"
)

// faultVariable asks for every case, and for so many or all through Terraform:
// make test-faults sets it.
const faultVariable = "SECURE_FAULTS"

// faultSeed draws another sample.
const faultSeed = "SECURE_FAULT_SEED"

const (
	// oneIn is the share of the cases that make test tries: all take too long for
	// it.
	oneIn = 8
	// throughTerraform is how many it tries with the real binary.
	throughTerraform = 40
	// atOnce is how many cases are under way: they wait more than they work.
	atOnce = 24
)

// faultCanary is in the environment of every unit of the matrix, and nowhere
// else.
const faultCanary = "canary-3b1f88a0e7"

// faultName is the name of every unit of the matrix; each has an account of its
// own.
const faultName = "tfacc-fault"

// faulty is a unit with most of what one can have.
func faulty(t *testing.T) settings {
	t.Helper()
	return good(t, settings{
		"name": faultName, "runtime": "python3.12", "environment": settings{"SALT": faultCanary},
		"secret_values_wo": settings{"DB_PASSWORD": faultCanary}, "secret_values_wo_version": int64(1),
		"concurrency": settings{"reserved": int64(1)},
		"async":       settings{"max_retries": int64(1)},
		"permissions": settings{"rule": settings{"principal": "events.amazonaws.com", "source_arn": "arn:aws:events:eu-central-1:111122223333:rule/tfacc"}},
	})
}

// changed is the same unit with a change to every kind of object.
func changed(t *testing.T) settings {
	t.Helper()
	unit := faulty(t)
	maps.Copy(unit, settings{
		"code": settings{"path": testdata(t, "other")}, "timeout": int64(9), "tags": settings{"team": "orders"},
		"environment":      settings{"SALT": faultCanary, "MODE": "changed"},
		"secret_values_wo": settings{"DB_PASSWORD": faultCanary + "-2"}, "secret_values_wo_version": int64(2),
		"access": settings{"table": settings{"actions": []any{"dynamodb:GetItem"}, "resources": []any{"arn:aws:dynamodb:eu-central-1:111122223333:table/orders"}}},
		"logs":   settings{"retention_days": int64(90)}, "dead_letter": settings{"retention_days": int64(7)},
		"role_name": faultName + "-other", "release": settings{"alias": "stable"}, "recursion": "Allow",
		"async":       settings{"max_retries": int64(2)},
		"concurrency": settings{"reserved": int64(2)},
		"alarms":      settings{"errors": settings{"threshold": float64(5)}},
		"permissions": settings{"rule": settings{"principal": "events.amazonaws.com", "source_arn": "arn:aws:events:eu-central-1:111122223333:rule/other"}},
	})
	return unit
}

// faultKinds are what happens to a call. A run is interrupted or killed at the
// call, which is itself carried out.
var faultKinds = map[string]func(f sandbox.Fault) sandbox.Fault{
	"500": func(f sandbox.Fault) sandbox.Fault {
		return sandbox.InternalError.On(f.Service, f.Operation, f.From, 0)
	},
	"throttle": func(f sandbox.Fault) sandbox.Fault {
		return sandbox.ThrottledRequests.On(f.Service, f.Operation, f.From, 1)
	},
	"dropped before": func(f sandbox.Fault) sandbox.Fault { f.Harm = sandbox.DropBefore; return f },
	"dropped after":  func(f sandbox.Fault) sandbox.Fault { f.Harm, f.Times = sandbox.DropAfter, 1; return f },
	"access denied":  func(f sandbox.Fault) sandbox.Fault { return sandbox.AccessDenied.On(f.Service, f.Operation, f.From, 0) },
	"killed":         func(f sandbox.Fault) sandbox.Fault { f.Harm = sandbox.DropAfter; return f },
	"cancelled":      func(f sandbox.Fault) sandbox.Fault { f.Harm = sandbox.Delay; f.Times = 1; return f },
}

// faultCase is one cut: the nth call of an operation, within one phase.
type faultCase struct {
	phase, kind        string
	service, operation string
	nth                int
	// destroyed says that a destroy follows, without another apply.
	destroyed bool
}

func (c faultCase) String() string {
	then := "apply"
	if c.destroyed {
		then = "destroy"
	}
	return fmt.Sprintf("%s/%s.%s %d/%s/%s", c.phase, c.service, c.operation, c.nth, c.kind, then)
}

// faultCases are every call of the phases, as the recorder saw them, times
// every kind, times what follows.
func faultCases(t *testing.T) []faultCase {
	t.Helper()
	a := newTenant(t)
	m := newMachine(t, a, faulty(t))
	during := func(phase string, do func() bool) (cases []faultCase) {
		mark := box.Recorder().Mark()
		if do() {
			t.Fatalf("%s fails without a fault: %s", phase, describe(m.replies))
		}
		seen := map[string]int{}
		for _, c := range box.Recorder().Since(mark, sandbox.InAccount(a.id)) {
			if c.Service == "sts" || phase == "create" && c.Name() == "iam.TagRole" {
				continue // before any unit; a sign of life, which comes with time
			}
			seen[c.Name()]++
			if seen[c.Name()] > 3 && !c.Mutating() {
				continue // one more look while waiting
			}
			for _, kind := range slices.Sorted(maps.Keys(faultKinds)) {
				for _, destroyed := range []bool{false, true} {
					cases = append(cases, faultCase{phase, kind, c.Service, c.Operation, seen[c.Name()], destroyed})
				}
			}
		}
		return cases
	}
	cases := during("create", func() bool { return m.apply() })
	if !m.quiet() {
		t.Fatalf("the plan after a create is not empty: %s", describe(m.replies))
	}
	m.config = changed(t)
	cases = append(cases, during("update", func() bool { return m.apply() })...)
	if !m.quiet() {
		t.Fatal("the plan after an update is not empty")
	}
	cases = append(cases, during("destroy", func() bool { return m.destroy() })...)
	a.mustBeEmpty(t)
	return cases
}

// sample draws n of the cases, the same ones for the same seed: as many of each
// phase and kind as there are places.
func sample(cases []faultCase, n int, seed string) []faultCase {
	drawn := func(c faultCase) uint32 {
		hash := fnv.New32a()
		_, _ = hash.Write([]byte(seed + c.String()))
		return hash.Sum32()
	}
	sorted := slices.SortedFunc(slices.Values(cases), func(x, y faultCase) int { return cmp.Compare(drawn(x), drawn(y)) })
	taken := map[string]int{}
	turn := map[faultCase]int{}
	for _, c := range sorted {
		turn[c] = taken[c.phase+c.kind]
		taken[c.phase+c.kind]++
	}
	slices.SortStableFunc(sorted, func(x, y faultCase) int { return cmp.Compare(turn[x], turn[y]) })
	return sorted[:min(n, len(sorted))]
}

// TestFaults cuts applies at every call, in every way, and goes on. It speaks
// to the provider as Terraform does.
func TestFaults(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	cases := faultCases(t)
	if os.Getenv(faultVariable) == "" {
		cases = sample(cases, len(cases)/oneIn, os.Getenv(faultSeed))
	}
	newMatrix(cases).try(t, atOnce, func(t *testing.T) applied {
		t.Helper()
		return newMachineRun(t)
	})
}

// TestFaultsThroughTerraform does the same with the real binary, killed and
// interrupted for real, and looks for secrets in all that it leaves.
func TestFaultsThroughTerraform(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	cases := faultCases(t)
	n := throughTerraform
	if asked := os.Getenv(faultVariable); asked == "all" {
		n = len(cases)
	} else if asked != "" {
		_, err := fmt.Sscan(asked, &n)
		must(t, err)
	}
	provider := built(t, "secure", "./unpaced")
	newMatrix(sample(cases, n, os.Getenv(faultSeed))).try(t, 6, func(t *testing.T) applied {
		t.Helper()
		return newCoreRun(t, provider)
	})
}

// matrix is what became of the cases.
type matrix struct {
	mu              sync.Mutex
	cases           []faultCase
	tried, survived map[string]int
	idle            int // met no call
}

func newMatrix(cases []faultCase) *matrix {
	return &matrix{cases: cases, tried: map[string]int{}, survived: map[string]int{}}
}

// try tries all cases, so many at once, and prints what became of them.
func (m *matrix) try(t *testing.T, workers int, subject func(*testing.T) applied) {
	t.Helper()
	queue := make(chan faultCase)
	var running sync.WaitGroup
	for range workers {
		running.Go(func() {
			for c := range queue {
				t.Run(c.String(), func(t *testing.T) { m.count(c, c.try(t, subject(t)), t.Failed()) })
			}
		})
	}
	for _, c := range m.cases {
		queue <- c
	}
	close(queue)
	running.Wait()
	total, alive := 0, 0
	for _, name := range slices.Sorted(maps.Keys(m.tried)) {
		fmt.Printf("%s: %-24s %4d cases, %4d survived\n", t.Name(), name, m.tried[name], m.survived[name])
		total, alive = total+m.tried[name], alive+m.survived[name]
	}
	fmt.Printf("%s: %d of %d cases tried, %d of them met no call; %d survived, orphans = %d\n", t.Name(), total, len(m.cases), m.idle, alive, total-m.idle-alive)
}

func (m *matrix) count(c faultCase, met, failed bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tried[c.phase+" "+c.kind]++
	switch {
	case !met:
		m.idle++
	case !failed:
		m.survived[c.phase+" "+c.kind]++
	}
}

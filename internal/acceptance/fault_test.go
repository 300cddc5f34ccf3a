package acceptance

import (
	"context"
	"fmt"
	"hash/fnv"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud"
	"github.com/secure-lambda/terraform-provider-secure/internal/orphans"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// faultVariable asks for every case instead of a sample: make test-faults sets it.
const faultVariable = "SECURE_FAULTS"

// sampled is the part of the cases, one in so many, that make test tries.
const sampled = 8

// canary is in the environment of every unit of the matrix.
const faultCanary = "canary-3b1f88a0e7"

// faultName is the name of every unit of the matrix; each has an account of its
// own.
const faultName = "tfacc-fault"

// faulty is a unit with most of what one can have.
func faulty(t *testing.T) settings {
	t.Helper()
	return good(t, settings{
		"name": faultName, "runtime": "python3.12", "environment": settings{"DB_PASSWORD": faultCanary},
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
		"environment": settings{"DB_PASSWORD": faultCanary, "MODE": "changed"},
		"access":      settings{"table": settings{"actions": []any{"dynamodb:GetItem"}, "resources": []any{"arn:aws:dynamodb:eu-central-1:111122223333:table/orders"}}},
		"logs":        settings{"retention_days": int64(90)}, "dead_letter": settings{"retention_days": int64(7)},
		"role_name": faultName + "-other", "release": settings{"alias": "stable"}, "recursion": "Allow",
		"async":       settings{"max_retries": int64(2)},
		"concurrency": settings{"reserved": int64(2)},
		"alarms":      settings{"errors": settings{"threshold": float64(5)}},
		"permissions": settings{"rule": settings{"principal": "events.amazonaws.com", "source_arn": "arn:aws:events:eu-central-1:111122223333:rule/other"}},
	})
	return unit
}

// faultKinds are what happens to a call. The machine's context ends when a run
// is cancelled; a run that is killed is not heard of any more.
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

// TestFaults cuts applies at every call, in every way, and goes on.
func TestFaults(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	cases := faultCases(t)
	all := os.Getenv(faultVariable) != ""
	var mu sync.Mutex
	idle := 0 // met nothing
	survived, tried := map[string]int{}, map[string]int{}
	t.Run("cases", func(t *testing.T) {
		for _, c := range cases {
			hash := fnv.New32a()
			_, _ = hash.Write([]byte(c.String()))
			if !all && hash.Sum32()%sampled != 0 {
				continue
			}
			t.Run(c.String(), func(t *testing.T) {
				t.Parallel()
				mu.Lock()
				tried[c.phase+" "+c.kind]++
				mu.Unlock()
				if met := c.try(t); !met {
					mu.Lock()
					idle++
					mu.Unlock()
				} else if !t.Failed() {
					mu.Lock()
					survived[c.phase+" "+c.kind]++
					mu.Unlock()
				}
			})
		}
	})
	total, alive := 0, 0
	for _, name := range slices.Sorted(maps.Keys(tried)) {
		fmt.Printf("faults: %-24s %4d cases, %4d survived\n", name, tried[name], survived[name])
		total, alive = total+tried[name], alive+survived[name]
	}
	fmt.Printf("faults: %d of %d cases tried, %d of them met no call; %d survived, orphans = %d\n", total, len(cases), idle, alive, total-idle-alive)
}

// try reports whether a call met the fault.
func (c faultCase) try(t *testing.T) (met bool) {
	t.Helper()
	a := newTenant(t)
	m := newMachine(t, a, faulty(t))
	if c.phase != "create" && m.apply() {
		t.Fatalf("the create failed: %s", describe(m.replies))
	}
	if c.phase != "create" {
		m.config = changed(t)
	}
	// A unit that was updated has more to remove.
	if c.phase == "destroy" && m.apply() {
		t.Fatalf("the update failed: %s", describe(m.replies))
	}
	met = c.cut(t, m)
	lost := met && c.kind == "killed" && c.phase == "create" // Terraform holds no state
	if lost && c.operation == "UntagRole" {
		// The unit is complete, and nobody has it in a state: it is imported.
		if !m.apply() || !strings.Contains(describe(m.replies), "terraform import") {
			t.Errorf("a complete unit without a state is not offered for import:\n%s", describe(m.replies))
		}
		m.take()
	}
	if lost && !m.told() {
		t.Errorf("orphans does not find what was left")
	}
	if c.destroyed && !lost {
		c.settle(t, m, m.destroy)
	} else if c.phase != "destroy" || !c.destroyed {
		c.settle(t, m, m.apply)
		if !m.quiet() {
			t.Errorf("the plan is not empty:\n%s", describe(m.replies))
		}
		c.once(t, a)
		c.settle(t, m, m.destroy)
	}
	if !m.state.IsNull() {
		t.Error("the state still holds the unit")
	}
	a.mustBeEmpty(t)
	if said := describe(m.replies); strings.Contains(said, faultCanary) {
		t.Errorf("a text shows a secret:\n%s", said)
	}
	return met
}

// cut runs the phase under the fault, and reports whether a call met it.
func (c faultCase) cut(t *testing.T, m *machine) (met bool) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	fault := faultKinds[c.kind](sandbox.Fault{Service: c.service, Operation: c.operation, From: c.nth})
	faults := []sandbox.Fault{fault}
	before, private := m.state, m.private
	m.within = func() context.Context { return ctx }
	defer func() { m.within = t.Context }()
	switch c.kind {
	case "cancelled":
		faults[0].Then = cancel
	case "killed":
		// The call is the last that anybody hears of the run.
		faults[0].Times = 1
		faults[0].Then = func() {
			go box.SetFaults(m.a.id, sandbox.Fault{Harm: sandbox.DropBefore})
			cancel()
		}
	}
	plan := m.a.faults(faults...)
	if c.phase == "destroy" {
		m.destroy()
	} else {
		m.apply()
	}
	box.SetFaults(m.a.id)
	met = len(plan.Unused()) == 0
	// How often a run looks while it waits is not the same each time.
	if !met && c.nth == 1 {
		t.Errorf("nothing met the fault")
	}
	if c.kind == "killed" && met {
		m.state, m.private, m.tainted = before, private, false
	}
	return met
}

// settle runs what follows until it goes through.
func (c faultCase) settle(t *testing.T, m *machine, do func() bool) {
	t.Helper()
	said := len(m.replies)
	if do() {
		t.Fatalf("it fails without a fault:\n%s\nafter\n%s", describe(m.replies[said:]), describe(m.replies[:said]))
	}
}

// once checks that no object is there twice.
func (c faultCase) once(t *testing.T, a *tenant) {
	t.Helper()
	keys, err := a.kms.ListKeys(t.Context(), &kms.ListKeysInput{})
	must(t, err)
	if n := len(keys.Keys); n != 1 && c.phase != "destroy" {
		t.Errorf("there are %d keys", n)
	}
}

// told reports whether the command line lists what is left of a unit that no
// state holds.
func (m *machine) told() bool {
	m.t.Helper()
	if !m.state.IsNull() {
		return true // imported
	}
	roles, err := m.a.iam.ListRoles(m.t.Context(), &iam.ListRolesInput{})
	must(m.t, err)
	client := cloud.New(m.a.config(m.t), bp.Place{Partition: "aws", Account: m.a.id, Region: region}, cloud.Options{Share: unpaced})
	found, err := orphans.New(m.a.config(m.t), client).Find(m.t.Context(), orphans.Options{})
	must(m.t, err)
	return len(roles.Roles) == 0 && len(found) == 0 || len(found) == 1 && found[0].Unit == faultName
}

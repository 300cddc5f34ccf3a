package acceptance

import (
	"fmt"
	"slices"
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox"
)

// What one reference unit may cost in calls; tally says what counts.
const (
	maxCreateCalls  = 27
	maxRefreshCalls = 19
	maxRefreshShare = 3 // of the refresh, from the bucket that Lambda's operations share
	maxDeleteCalls  = 16

	// anchorCalls is what a create takes over its budget: the call that says at
	// last that the unit is complete.
	anchorCalls = 1

	sharedBucket = "lambda.*"
)

// operations are the calls of a unit's life, one operation after the other.
type operations struct{ create, refresh, noop, update, remove tally }

// measureOperations applies, refreshes, updates and destroys a reference unit
// with the provider as it is released. Creates, updates and deletes are applies
// of saved plans, so that the refresh of a plan is not among their calls.
func measureOperations(t *testing.T, a *tenant, name string) operations {
	t.Helper()
	configuration := func(attributes map[string]string) string {
		return a.there(t, "provider \"secure\" {\n  quota_share = 1\n}\n"+referenceUnit(t, name, attributes))
	}
	c := newCore(t, a, configuration(nil))
	during := func(run func()) tally {
		mark := box.Recorder().Mark()
		run()
		return tallyOf(box.Recorder().Since(mark, sandbox.InAccount(a.id)))
	}
	var o operations
	c.must("plan", "-out=create")
	o.create = during(func() { c.must("apply", "create") })
	o.refresh = during(c.empty)
	o.noop = during(func() { c.must("apply", "-auto-approve") })
	c.write(configuration(map[string]string{"code": fmt.Sprintf("{ path = %q }", testdata(t, "other"))}))
	c.must("plan", "-out=update")
	o.update = during(func() { c.must("apply", "update") })
	c.empty()
	c.must("plan", "-destroy", "-out=remove")
	o.remove = during(func() { c.must("apply", "remove") })
	return o
}

// writes lists the changes among calls, refused ones too.
func (t tally) writes() []sandbox.Call {
	var writes []sandbox.Call
	for _, c := range slices.Concat(t.retries, t.counted) {
		if c.Mutating() {
			writes = append(writes, c)
		}
	}
	return writes
}

// TestAccLambda_CallBudget counts what a unit asks of AWS.
func TestAccLambda_CallBudget(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	o := measureOperations(t, newTenant(t), "tfacc-budget")
	if err := wholeReference(o.create.counted); err != nil {
		t.Fatalf("the create is not one of a reference unit: %v\n%v", err, o.create)
	}
	for _, budget := range []struct {
		what string
		tally
		most int // 0 is no budget
	}{
		{"create", o.create, maxCreateCalls + anchorCalls},
		{"refresh", o.refresh, maxRefreshCalls},
		{"no-op", o.noop, maxRefreshCalls},
		{"update", o.update, 0},
		{"delete", o.remove, maxDeleteCalls},
	} {
		t.Logf("%s: %v", budget.what, budget.tally)
		if n := len(budget.counted); budget.most > 0 && n > budget.most {
			t.Errorf("%s takes %d calls, at most %d are in the budget", budget.what, n, budget.most)
		}
	}
	if n := inBucket(o.refresh.counted, sharedBucket); n > maxRefreshShare {
		t.Errorf("a refresh takes %d calls from the bucket that Lambda's operations share, at most %d are in the budget", n, maxRefreshShare)
	}
	for what, idle := range map[string]tally{"refresh": o.refresh, "no-op": o.noop} {
		if writes := idle.writes(); len(writes) > 0 {
			t.Errorf("%s changes something: %s", what, named(writes))
		}
	}
}

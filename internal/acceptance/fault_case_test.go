package acceptance

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud"
	"github.com/secure-lambda/terraform-provider-secure/internal/orphans"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// applied is one unit and what applies it.
type applied interface {
	account() *tenant
	declare(unit settings)
	apply() (failed bool)
	destroy() (failed bool)
	// quiet reports whether a plan has nothing to do.
	quiet() bool
	// begin comes before a run that is going to be cut, end after it.
	begin()
	end(killed bool)
	// interrupt and kill cut the run that is under way.
	interrupt()
	kill()
	// dead returns when nothing more comes of a kill.
	dead()
	// holds reports whether a state holds the unit.
	holds() bool
	// take imports the unit.
	take()
	// said is everything that was said from the nth run on.
	said(from int) string
	runs() int
	// shown are the places where a secret shows.
	shown() []string
}

// try cuts a phase and does what follows. It reports whether a call met the
// fault.
func (c faultCase) try(t *testing.T, m applied) (met bool) {
	t.Helper()
	if c.phase != "create" && m.apply() {
		t.Fatalf("the create failed: %s", m.said(0))
	}
	if c.phase != "create" {
		m.declare(changed(t))
	}
	// A unit that was updated has more to remove.
	if c.phase == "destroy" && m.apply() {
		t.Fatalf("the update failed: %s", m.said(0))
	}
	met = c.cut(t, m)
	lost := met && c.kind == "killed" && c.phase == "create" // Terraform holds no state
	if last := []string{"AddPermission", "PutFunctionEventInvokeConfig", "UntagRole"}; lost && slices.Contains(last, c.operation) {
		// With its last call made the unit is complete, and nobody has it in a state: it
		// is imported.
		failed := m.apply()
		if c.operation == "UntagRole" && !failed || failed && !strings.Contains(m.said(0), "terraform import") {
			t.Errorf("a complete unit without a state is not offered for import:\n%s", m.said(0))
		}
		if failed {
			m.take()
		}
	}
	if lost && !m.holds() && !m.account().told(t) {
		t.Errorf("orphans does not find what was left")
	}
	if c.destroyed && !lost {
		settle(t, m, m.destroy)
	} else if c.phase != "destroy" || !c.destroyed {
		settle(t, m, m.apply)
		if !m.quiet() {
			t.Errorf("the plan is not empty:\n%s", m.said(0))
		}
		c.once(t, m.account())
		settle(t, m, m.destroy)
	}
	if m.holds() {
		t.Error("the state still holds the unit")
	}
	m.account().mustBeEmpty(t)
	for _, place := range m.shown() {
		t.Errorf("a secret shows in %s", place)
	}
	return met
}

// cut runs the phase under the fault, and reports whether a call met it.
func (c faultCase) cut(t *testing.T, m applied) (met bool) {
	t.Helper()
	fault := faultKinds[c.kind](sandbox.Fault{Service: c.service, Operation: c.operation, From: c.nth})
	m.begin()
	switch c.kind {
	case "cancelled":
		fault.Then = m.interrupt
	case "killed":
		// The call is the last that anybody hears of the run.
		fault.Times, fault.Then = 1, m.kill
	}
	plan := m.account().faults(fault)
	if c.phase == "destroy" {
		m.destroy()
	} else {
		m.apply()
	}
	m.dead()
	box.SetFaults(m.account().id)
	met = len(plan.Unused()) == 0
	// How often a run looks while it waits is not the same each time.
	if !met && c.nth == 1 {
		t.Errorf("nothing met the fault")
	}
	m.end(c.kind == "killed" && met)
	return met
}

// settle runs what has to go through.
func settle(t *testing.T, m applied, do func() bool) {
	t.Helper()
	before := m.runs()
	if do() {
		t.Fatalf("it fails without a fault:\n%s\nafter\n%s", m.said(before), m.said(0))
	}
}

// once checks that no object is listed twice.
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
func (a *tenant) told(t *testing.T) bool {
	t.Helper()
	roles, err := a.iam.ListRoles(t.Context(), &iam.ListRolesInput{})
	must(t, err)
	client := cloud.New(a.config(t), bp.Place{Partition: "aws", Account: a.id, Region: region}, cloud.Options{Share: unpaced})
	found, err := orphans.New(client).Find(t.Context(), orphans.Options{})
	must(t, err)
	return len(roles.Roles) == 0 && len(found) == 0 || len(found) == 1 && found[0].Unit == faultName
}

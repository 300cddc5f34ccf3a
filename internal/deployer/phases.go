package deployer

import (
	_ "embed"
	"encoding/json"
	"slices"
	"sync"
)

// Phase is what Terraform is asked to do.
type Phase string

// The phases. An apply and a destroy begin with a plan, so their policies hold
// what a plan needs too.
const (
	// Plan reads: terraform plan, refresh and import blocks.
	Plan Phase = "plan"
	// Apply makes and changes units.
	Apply Phase = "apply"
	// Destroy deletes units. An apply that replaces a unit needs it as well.
	Destroy Phase = "destroy"
	// Audit is no phase of Terraform's: it is what the command audit reads, of
	// any function.
	Audit Phase = "audit"
)

// Phases lists Terraform's phases in the order of their use.
func Phases() []Phase { return []Phase{Plan, Apply, Destroy} }

// isPhase reports whether the calls of a phase are known.
func isPhase(phase Phase) bool { return phase == Audit || slices.Contains(Phases(), phase) }

// callsJSON holds the calls of each phase as service.operation, those of the
// plan it begins with left out. A service goes by the name its requests are
// signed for, an operation by its name on the wire, as the local AWS records
// them.
//
//go:embed calls.json
var callsJSON []byte

var callsByPhase = sync.OnceValue(func() map[Phase][]string {
	calls := map[Phase][]string{}
	// Embedded, and read by every test: it always parses.
	_ = json.Unmarshal(callsJSON, &calls)
	return calls
})

// callsOf lists the calls of a phase and of the plan that it begins with.
func callsOf(phase Phase) []string {
	if !isPhase(phase) {
		return nil
	}
	if phase == Audit {
		return callsByPhase()[Audit]
	}
	calls := slices.Clone(callsByPhase()[Plan])
	if phase != Plan {
		calls = append(calls, callsByPhase()[phase]...)
	}
	slices.Sort(calls)
	return slices.Compact(calls)
}

// Covered reports whether the policies of a phase allow for a call: service is
// the name that its request is signed for (lambda, monitoring, tagging),
// operation the one on the wire.
func Covered(phase Phase, service, operation string) bool {
	call := service + "." + operation
	_, mapped := needsOf(call)
	return mapped && slices.Contains(callsOf(phase), call)
}

package deployer

import "slices"

// need is what a call needs: actions on a kind of object, under a guard.
type need struct {
	on      kind
	under   guard
	actions []string
	// when leaves out what the units have no use for. Nil is always.
	when func(Options) bool
}

// where makes a need depend on the options.
func (n need) where(holds func(Options) bool) need {
	n.when = holds
	return n
}

// needsByService says for every call what it needs, by service.operation. A
// call and the actions it needs seldom have the same name, and AWS checks more
// than the call's own action where a call makes others work on the caller's
// behalf.
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
var needsByService = []map[string][]need{
	needsOfIAM, needsOfKMS, needsOfLambda, needsOfLogs, needsOfQueue, needsOfSecrets, needsOfAlarms, needsOfPackages, needsOfOthers,
}

func needsOf(call string) ([]need, bool) {
	for _, needs := range needsByService {
		if found, ok := needs[call]; ok {
			return found, true
		}
	}
	return nil, false
}

// read is a look at an object, which may be absent or have lost its tags: both
// must show as such, not as a denial.
func read(on kind, actions ...string) need { return need{on: on, under: free, actions: actions} }

// create makes an object with the unit's tags.
func create(on kind, actions ...string) need { return need{on: on, under: made, actions: actions} }

// change is a change of an object that has the unit's tag.
func change(on kind, actions ...string) need { return need{on: on, under: owned, actions: actions} }

// tagNew and retag are the two ways of setting tags: on what carries none of a
// unit yet, and on what is the unit's. untag never takes the unit's own tag.
func tagNew(on kind, actions ...string) need { return need{on: on, under: made, actions: actions} }
func retag(on kind, actions ...string) need  { return need{on: on, under: retagged, actions: actions} }
func untag(on kind, actions ...string) need  { return need{on: on, under: untagged, actions: actions} }

// under is any other need.
func under(g guard, on kind, actions ...string) need { return need{on: on, under: g, actions: actions} }

func all(needs ...[]need) []need { return slices.Concat(needs...) }

package posture

import (
	"fmt"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Outcome is what a control says of a unit.
type Outcome string

// The outcomes.
const (
	Pass Outcome = "pass"
	Fail Outcome = "fail"
	// NeedsInput is a control that is not met and that only the user can meet.
	NeedsInput Outcome = "needs_input"
	// Unknown depends on what is not known yet.
	Unknown Outcome = "unknown"
	// NotApplicable is a control on an object that the unit does not have.
	NotApplicable Outcome = "not_applicable"
)

// Facts are what a blueprint does not carry.
type Facts struct {
	// Secrets are the attributes whose values look like secrets, never the values.
	Secrets []string
	// SecretsOpen says that an attribute which may hold one is not known yet.
	SecretsOpen bool
	// SecretsUnseen are variables of the function whose values are not known here.
	SecretsUnseen []string
	// CodeSecrets are the places in the code package that look like secrets, and
	// CodeRead says that it was looked at: for checks only, like Zones.
	CodeSecrets []string
	CodeRead    bool
	// Zones is how many availability zones the subnets are in. It comes from the
	// account, so it is for checks only and null in what a state shows.
	Zones bp.Value[int64]
	// Account is the unit's own.
	Account string
	// Reasons are why statements of the user's are wider than they could be, by Sid.
	// Evidence repeats them. ReasonsOpen says that some are not known yet.
	Reasons     map[string]string
	ReasonsOpen bool
	// Around is what the unit uses and others own. It comes from the account; nil
	// while nobody looked, and what depends on it is not known then.
	Around *bp.Around
}

// Judgement is what a control says of one unit, and why.
type Judgement struct {
	Control

	Outcome  Outcome
	Evidence string
	// Later says of an unknown outcome that an apply will tell, Unread that what
	// others own could not be read.
	Later, Unread bool
}

// answer is a judgement before anybody asks whose turn it is.
type answer struct {
	outcome  Outcome
	evidence string
	// later says that an apply will tell, unread that something could not be read.
	later, unread bool
}

func pass(format string, arguments ...any) answer {
	return answer{outcome: Pass, evidence: fmt.Sprintf(format, arguments...)}
}

func fail(format string, arguments ...any) answer {
	return answer{outcome: Fail, evidence: fmt.Sprintf(format, arguments...)}
}

// unsure waits for a value that an apply will tell.
func unsure(path string) answer {
	return answer{outcome: Unknown, evidence: path + " is not known yet", later: true}
}

// unread lacks what could not be asked for.
func unread(what string) answer {
	return answer{outcome: Unknown, evidence: what + " could not be read"}
}

func none(what string) answer {
	return answer{outcome: NotApplicable, evidence: "the unit has no " + what}
}

// subject is a unit under judgement.
type subject struct {
	bp.Blueprint

	facts    Facts
	function bp.Function
	policy   grants // what the function's role may do
}

// Judge judges a unit by every control of the catalogue, in its order.
func Judge(b bp.Blueprint, f Facts) []Judgement {
	s := &subject{Blueprint: b, facts: f, policy: policyGrants(b, f)}
	s.function, _ = b.Function.Get()
	out := make([]Judgement, len(catalogue))
	for i, c := range catalogue {
		a := none("function")
		if !c.OfFunction || !b.Function.IsNull() {
			a = c.judge(s)
		}
		if a.outcome == Fail && c.Input {
			a.outcome = NeedsInput
		}
		out[i] = Judgement{c, a.outcome, printable(a.evidence), a.later, a.unread}
		if a.outcome == Fail || a.outcome == NeedsInput {
			out[i].Remedy = c.remedyFor(out[i].Evidence)
		}
	}
	return out
}

// Open reports whether any judgement waits for what an apply will tell.
func Open(judgements []Judgement) bool {
	for _, j := range judgements {
		if j.Later {
			return true
		}
	}
	return false
}

// Score is how many of a hundred points a unit has: each control that applies
// and is not waived weighs 1, 3, 6 or 10 by its severity.
func Score(judgements []Judgement, waived func(id string) bool) int64 {
	met, all := 0, 0
	for _, j := range judgements {
		if j.Outcome == NotApplicable || j.Outcome == Unknown || j.Outcome != Pass && waived(j.ID) {
			continue
		}
		all += j.Severity.weight()
		if j.Outcome == Pass {
			met += j.Severity.weight()
		}
	}
	if all == 0 {
		return 0
	}
	return int64(100 * met / all)
}

// component judges an object of the unit that may not be there.
func component[T any](what string, v bp.Value[T], judge func(T) answer) answer {
	object, exists := v.Get()
	switch {
	case v.IsUnknown():
		return unsure("whether the unit has a " + what)
	case !exists:
		return none(what)
	default:
		return judge(object)
	}
}

// equals wants a setting to be one of several.
func equals(path string, v bp.String, want ...string) answer {
	if v.IsUnknown() {
		return unsure(path)
	}
	for _, w := range want {
		if v.Or("") == w {
			return pass("%s is %q", path, w)
		}
	}
	if v.IsNull() {
		return fail("%s is not set", path)
	}
	return fail("%s is %q", path, v.Or(""))
}

// isTrue wants a switch on.
func isTrue(path string, v bp.Value[bool]) answer {
	switch on, known := v.Get(); {
	case v.IsUnknown():
		return unsure(path)
	case known && on:
		return pass("%s is true", path)
	default:
		return fail("%s is %v", path, on)
	}
}

// given wants something to be set at all.
func given[T any](path string, v bp.Value[T]) answer {
	switch {
	case v.IsUnknown():
		return unsure(path)
	case v.IsKnown():
		return pass("%s is set", path)
	default:
		return fail("%s is not set", path)
	}
}

// encrypted wants a customer-managed key. That of the unit's own has no ARN
// until it is made, and is one all the same.
func (s *subject) encrypted(path string, v bp.String) answer {
	if v.IsUnknown() && s.Key.IsKnown() {
		return pass("%s is the unit's own key", path)
	}
	return given(path, v)
}

// worst joins answers about several objects: one that fails decides, then one
// that is unknown.
func worst(answers ...answer) answer {
	out := answer{outcome: NotApplicable}
	rank := map[Outcome]int{NotApplicable: 0, Pass: 1, Fail: 2, Unknown: 3}
	for _, a := range answers {
		if rank[a.outcome] > rank[out.outcome] || out.evidence == "" {
			out = a
		}
	}
	return out
}

package sandbox

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/secure-lambda/terraform-provider-secure/internal/awsmodel"
)

// Violation is a request that AWS would refuse.
type Violation struct {
	// Seq is the call's, see Call.
	Seq                int64
	Account            string
	Service, Operation string
	// Member is the path to what is wrong: Tags[3].Key.
	Member string
	// Rule says what AWS wants and what came.
	Rule      string
	UserAgent string
	// Soft violations are values that the dated enumerations do not have, which
	// AWS may know by now.
	Soft bool
}

// String is the violation on one line.
func (v Violation) String() string {
	return fmt.Sprintf("%s.%s %s: %s", v.Service, v.Operation, cmp.Or(v.Member, "request"), v.Rule)
}

// judge holds every request against AWS's own models and against the rules
// that no model carries. It refuses nothing: the call goes on, and the
// violation is kept.
type judge struct {
	emulator *emulator

	mu    sync.Mutex
	found []Violation
	idle  []Violation // members that only say what AWS does anyway
}

func newJudge(e *emulator) *judge { return &judge{emulator: e} }

// judged is a request whose members are known, whatever its protocol.
type judged struct {
	x        *exchange
	emulator *emulator
	input    map[string]any
	problems []awsmodel.Problem
}

func (j *judged) broken(member, format string, args ...any) {
	j.problems = append(j.problems, awsmodel.Problem{Member: member, Rule: fmt.Sprintf(format, args...)})
}

// text is a member that is a string, else empty.
func (j *judged) text(member string) string {
	text, _ := awsmodel.AsText(j.input[member])
	return text
}

// hold is the step that judges calls.
func (k *judge) hold(next handler) handler {
	return func(w http.ResponseWriter, x *exchange) {
		x.violated = func(member, rule string) { k.keep(x, awsmodel.Problem{Member: member, Rule: rule}) }
		k.examine(x)
		next(w, x)
	}
}

func (k *judge) examine(x *exchange) {
	if x.call.Service == "" || x.call.Operation == "" || x.call.Service == "http" {
		return // refused as unnamed, or no API
	}
	model, err := awsmodel.Load()
	if err != nil {
		k.keep(x, awsmodel.Problem{Rule: err.Error()})
		return
	}
	request, known := model.Request(x.call.Service, x.call.Operation)
	if !known {
		k.keep(x, awsmodel.Problem{Rule: "the models do not have this operation: add it to calls.json or to the list of the generator, and run go generate ./internal/awsmodel"})
		return
	}
	input, problems, err := x.members(request)
	if errors.Is(err, errCut) {
		return // AWS never had it
	}
	if err != nil {
		k.keep(x, awsmodel.Problem{Rule: "cannot be read: " + err.Error()})
		return
	}
	j := &judged{x: x, emulator: k.emulator, input: input, problems: append(problems, request.Check(input)...)}
	for _, r := range rulesOf()[x.call.Name()] {
		r(j)
	}
	k.keep(x, j.problems...)
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, p := range sayNothing(x.call.Name(), input) {
		k.idle = append(k.idle, x.violation(p))
	}
}

func (x *exchange) violation(p awsmodel.Problem) Violation {
	return Violation{
		Seq: x.call.Seq, Account: x.call.Account, Service: x.call.Service, Operation: x.call.Operation,
		Member: p.Member, Rule: p.Rule, UserAgent: x.request.UserAgent(), Soft: p.Soft,
	}
}

func (k *judge) keep(x *exchange, problems ...awsmodel.Problem) {
	if len(problems) == 0 {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, p := range problems {
		k.found = append(k.found, x.violation(p))
	}
}

// violations lists the requests of an account that AWS would refuse, in the
// order of their arrival: those of clients whose user agent contains one of the
// names, or of all.
func (k *judge) violations(account string, agents []string) []Violation {
	k.mu.Lock()
	defer k.mu.Unlock()
	return ofAccount(k.found, account, false, agents)
}

// doubts lists an account's soft violations.
func (k *judge) doubts(account string, agents []string) []Violation {
	k.mu.Lock()
	defer k.mu.Unlock()
	return ofAccount(k.found, account, true, agents)
}

// idleMembers lists the members of an account's requests that only say what AWS
// does anyway.
func (k *judge) idleMembers(account string, agents []string) []Violation {
	k.mu.Lock()
	defer k.mu.Unlock()
	return ofAccount(k.idle, account, false, agents)
}

func ofAccount(all []Violation, account string, soft bool, agents []string) []Violation {
	var found []Violation
	for _, v := range all {
		by := len(agents) == 0 || slices.ContainsFunc(agents, func(agent string) bool { return strings.Contains(v.UserAgent, agent) })
		if v.Account == account && v.Soft == soft && by {
			found = append(found, v)
		}
	}
	slices.SortStableFunc(found, func(a, b Violation) int { return cmp.Compare(a.Seq, b.Seq) })
	return found
}

// Violations lists the requests of an account that AWS would refuse, in the
// order of their arrival: those of clients whose user agent contains one of the
// names, or of all.
func (s *Sandbox) Violations(account string, agents ...string) []Violation {
	return s.proxy.judge.violations(account, agents)
}

// Doubts lists an account's values that the models' enumerations do not have.
// AWS adds to these between releases, so a doubt is no violation.
func (s *Sandbox) Doubts(account string, agents ...string) []Violation {
	return s.proxy.judge.doubts(account, agents)
}

// Idle lists the members of an account's requests that only say what AWS does
// anyway.
func (s *Sandbox) Idle(account string, agents ...string) []Violation {
	return s.proxy.judge.idleMembers(account, agents)
}

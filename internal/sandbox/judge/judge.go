// Package judge holds every request against AWS's own models and against the
// rules that these do not carry.
package judge

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/secure-lambda/terraform-provider-secure/internal/awsmodel"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/emulator"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
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

// Judge holds every request against AWS's own models and against the rules
// that no model carries. It refuses nothing: the call goes on, and the
// violation is kept.
type Judge struct {
	emulator *emulator.Client

	mu    sync.Mutex
	found []Violation
	idle  []Violation // members that only say what AWS does anyway
}

// New asks the emulator for what rules have to know.
func New(e *emulator.Client) *Judge { return &Judge{emulator: e} }

// judged is a request whose members are known, whatever its protocol.
type judged struct {
	x        *wire.Exchange
	emulator *emulator.Client
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

// Hold is the step that judges calls.
func (k *Judge) Hold(next wire.Handler) wire.Handler {
	return func(w http.ResponseWriter, x *wire.Exchange) {
		x.Violated = func(member, rule string) { k.keep(x, awsmodel.Problem{Member: member, Rule: rule}) }
		k.examine(x)
		next(w, x)
	}
}

func (k *Judge) examine(x *wire.Exchange) {
	if x.Call.Service == "" || x.Call.Operation == "" || x.Call.Service == "http" {
		return // refused as unnamed, or no API
	}
	model, err := awsmodel.Load()
	if err != nil {
		k.keep(x, awsmodel.Problem{Rule: err.Error()})
		return
	}
	request, known := model.Request(x.Call.Service, x.Call.Operation)
	if !known {
		k.keep(x, awsmodel.Problem{Rule: "the models do not have this operation: add it to calls.json or to the list of the generator, and run go generate ./internal/awsmodel"})
		return
	}
	input, problems, err := members(x, request)
	if errors.Is(err, wire.ErrCut) {
		return // AWS never had it
	}
	if err != nil {
		k.keep(x, awsmodel.Problem{Rule: "cannot be read: " + err.Error()})
		return
	}
	j := &judged{x: x, emulator: k.emulator, input: input, problems: append(problems, request.Check(input)...)}
	for _, r := range rulesOf()[x.Call.Name()] {
		r(j)
	}
	k.keep(x, j.problems...)
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, p := range sayNothing(x.Call.Name(), input) {
		k.idle = append(k.idle, violation(x, p))
	}
}

func violation(x *wire.Exchange, p awsmodel.Problem) Violation {
	return Violation{
		Seq: x.Call.Seq, Account: x.Call.Account, Service: x.Call.Service, Operation: x.Call.Operation,
		Member: p.Member, Rule: p.Rule, UserAgent: x.Request.UserAgent(), Soft: p.Soft,
	}
}

func (k *Judge) keep(x *wire.Exchange, problems ...awsmodel.Problem) {
	if len(problems) == 0 {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, p := range problems {
		k.found = append(k.found, violation(x, p))
	}
}

// Violations lists the requests of an account that AWS would refuse, in the
// order of their arrival: those of clients whose user agent contains one of the
// names, or of all.
func (k *Judge) Violations(account string, agents []string) []Violation {
	k.mu.Lock()
	defer k.mu.Unlock()
	return ofAccount(k.found, account, false, agents)
}

// Doubts lists an account's soft violations.
func (k *Judge) Doubts(account string, agents []string) []Violation {
	k.mu.Lock()
	defer k.mu.Unlock()
	return ofAccount(k.found, account, true, agents)
}

// Idle lists the members of an account's requests that only say what AWS
// does anyway.
func (k *Judge) Idle(account string, agents []string) []Violation {
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

// Package faults harms calls as a plan says: refuses, delays, drops and cuts them,
// or answers them with what was true before.
package faults

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// Harm is what a fault does to a call.
type Harm int

// The harms. Those called after have their effect: only the answer suffers.
const (
	// Refuse answers with the fault's status, code and message instead.
	Refuse Harm = iota
	// Delay adds the fault's latency and then lets the call pass.
	Delay
	// DropBefore closes the connection before anybody sees the call.
	DropBefore
	// DropAfter carries the call out and closes the connection.
	DropAfter
	// Truncate carries the call out and closes the connection in the middle of
	// the answer.
	Truncate
	// Stale answers with what the same question was answered last time.
	Stale
)

// Fault is one rule of a fault plan.
type Fault struct {
	// Service and Operation select calls; an empty one selects all.
	Service, Operation string
	// From is the first of the selected calls that is harmed, counted from 1;
	// 0 is the first. Times is how many are from there on, 0 for all.
	From, Times int
	// For harms the calls until so long after the plan began, instead of Times.
	For time.Duration
	// Probability harms only some of the calls, drawn with Seed; 0 is all.
	Probability float64
	Seed        uint64

	Harm    Harm
	Status  int
	Code    string
	Message string
	// RetryAfter is sent with a refusal.
	RetryAfter time.Duration
	Latency    time.Duration
	// Then is run when a call is about to be harmed: a process is killed, say.
	Then func()
}

// Refusals that every service knows.
var (
	InternalError     = Fault{Status: http.StatusInternalServerError, Code: "InternalFailure", Message: "fault plan"}
	AccessDenied      = Fault{Status: http.StatusForbidden, Code: "AccessDeniedException", Message: "not authorized, by the fault plan"}
	ExpiredToken      = Fault{Status: http.StatusForbidden, Code: "ExpiredTokenException", Message: "The security token included in the request is expired"}
	ThrottledRequests = Fault{Status: http.StatusTooManyRequests, Code: "ThrottlingException", Message: "Rate exceeded", RetryAfter: time.Second}
)

// NotOffered are faults for operations, as Call.Name, that the account's region
// does not have. Lambda, which finds operations by their path, then cannot even
// say what is to be authorized; services that get a name say that they do not
// know it.
// https://github.com/aws-controllers-k8s/community/issues/2971
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html
func NotOffered(operations ...string) []Fault {
	var faults []Fault
	for _, name := range operations {
		service, operation, _ := strings.Cut(name, ".")
		f := Fault{Status: http.StatusBadRequest, Code: "UnknownOperationException", Message: "The requested operation is not recognized by the service."}
		switch service {
		case "lambda":
			f = Fault{Status: http.StatusForbidden, Code: "AccessDeniedException", Message: "Unable to determine service/operation name to be authorized"}
		case "iam", "sts", "sns":
			f = Fault{Status: http.StatusBadRequest, Code: "InvalidAction", Message: "Could not find operation " + operation}
		}
		faults = append(faults, f.On(service, operation, 0, 0))
	}
	return faults
}

// Unimplemented are faults for operations, as Call.Name, that are answered as
// the sandbox answers what nobody knows: 501.
func Unimplemented(operations ...string) []Fault {
	var faults []Fault
	for _, name := range operations {
		service, operation, _ := strings.Cut(name, ".")
		f := Fault{Status: http.StatusNotImplemented, Code: wire.Unsupported, Message: name + " does not exist here"}
		faults = append(faults, f.On(service, operation, 0, 0))
	}
	return faults
}

// On is the fault for one operation, from its nth call on.
func (f Fault) On(service, operation string, from, times int) Fault {
	f.Service, f.Operation, f.From, f.Times = service, operation, from, times
	return f
}

// Plan is the faults of one account.
type Plan struct {
	mu    sync.Mutex
	begin time.Time
	rules []*rule
	last  map[string]stored // answers to questions
}

type rule struct {
	Fault
	seen, harmed int
	random       *rand.Rand
}

// stored is an answer as it was sent.
type stored struct {
	status int
	header http.Header
	body   []byte
}

// Unused lists the faults that no call met: a plan that does nothing tests
// nothing.
func (p *Plan) Unused() []Fault {
	if p == nil {
		return nil // without faults there is no plan
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	var unused []Fault
	for _, r := range p.rules {
		if r.harmed == 0 {
			unused = append(unused, r.Fault)
		}
	}
	return unused
}

// pick returns the fault that a call meets.
func (p *Plan) pick(c wire.Call) (Fault, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range p.rules {
		if r.Service != "" && r.Service != c.Service || r.Operation != "" && r.Operation != c.Operation {
			continue
		}
		r.seen++
		if r.seen < r.From || r.Times > 0 && r.harmed >= r.Times || r.Probability > 0 && r.random.Float64() >= r.Probability {
			continue
		}
		if r.For > 0 && time.Since(p.begin) >= r.For {
			continue
		}
		r.harmed++
		return r.Fault, true
	}
	return Fault{}, false
}

// Store holds the fault plans of all accounts.
type Store struct {
	mu    sync.RWMutex
	plans map[string]*Plan
}

// NewStore has no plans.
func NewStore() *Store { return &Store{plans: map[string]*Plan{}} }

func (s *Store) of(account string) *Plan {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.plans[account]
}

// Set replaces the plan of one account, from its next call on. No faults end it.
func (s *Store) Set(account string, faults []Fault) *Plan {
	plan := &Plan{begin: time.Now(), last: map[string]stored{}}
	for _, f := range faults {
		plan.rules = append(plan.rules, &rule{Fault: f, random: rand.New(rand.NewPCG(f.Seed, 0))})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(faults) == 0 {
		plan = nil
	}
	s.plans[account] = plan
	return plan
}

// Inject is the step that harms calls.
func (s *Store) Inject(next wire.Handler) wire.Handler {
	return func(w http.ResponseWriter, x *wire.Exchange) {
		plan := s.of(x.Call.Account)
		if plan == nil {
			next(w, x)
			return
		}
		fault, harmed := plan.pick(x.Call)
		if !harmed {
			if x.Call.Kind == wire.Read {
				plan.remember(w, x, next)
				return
			}
			next(w, x)
			return
		}
		if fault.Then != nil {
			fault.Then()
		}
		fault.harm(plan, w, x, next)
	}
}

// dropped is the code of calls whose connection was closed.
const dropped = "Dropped"

func (f Fault) harm(plan *Plan, w http.ResponseWriter, x *wire.Exchange, next wire.Handler) {
	switch f.Harm {
	case Refuse:
		if f.RetryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(f.RetryAfter.Seconds())))
		}
		wire.Refuse(w, x, wire.Refusal{Status: f.Status, Code: f.Code, Message: f.Message})
	case Delay:
		if wire.Pause(x.Request.Context(), f.Latency) == nil {
			next(w, x)
		}
	case DropBefore:
		x.Call.ErrorCode = dropped
		panic(http.ErrAbortHandler)
	case DropAfter:
		next(&sink{header: http.Header{}}, x)
		x.Call.ErrorCode = dropped
		panic(http.ErrAbortHandler)
	case Truncate:
		s := &sink{header: http.Header{}}
		next(s, x)
		if s.status == 0 {
			panic(http.ErrAbortHandler)
		}
		maps.Copy(w.Header(), s.header)
		w.Header().Set("Content-Length", strconv.Itoa(s.body.Len()+1)) // one byte never comes
		x.Call.ErrorCode = dropped
		w.WriteHeader(s.status)
		_, _ = w.Write(s.body.Bytes()[:s.body.Len()/2])
		panic(http.ErrAbortHandler)
	case Stale:
		if old, ok := plan.recall(x); ok {
			old.send(w)
			return
		}
		next(w, x)
	}
}

// question is what tells one read from another.
func question(x *wire.Exchange) string {
	body, err := x.Body()
	if err != nil {
		return ""
	}
	return x.Call.Name() + " " + x.Request.URL.String() + " " + string(body)
}

func (p *Plan) remember(w http.ResponseWriter, x *wire.Exchange, next wire.Handler) {
	key, s := question(x), &sink{header: http.Header{}}
	next(s, x)
	answer := stored{s.status, s.header, s.body.Bytes()}
	p.mu.Lock()
	p.last[key] = answer
	p.mu.Unlock()
	answer.send(w)
}

func (p *Plan) recall(x *wire.Exchange) (stored, bool) {
	key := question(x)
	p.mu.Lock()
	defer p.mu.Unlock()
	answer, ok := p.last[key]
	return answer, ok
}

func (a stored) send(w http.ResponseWriter) {
	if a.status == 0 {
		panic(http.ErrAbortHandler) // nobody answered
	}
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // fails only when the client is gone
}

// sink keeps an answer from its client.
type sink struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (s *sink) Header() http.Header { return s.header }

// WriteHeader implements http.ResponseWriter.
func (s *sink) WriteHeader(status int) {
	if s.status == 0 && status >= http.StatusOK {
		s.status = status
	}
}

// Write implements http.ResponseWriter.
func (s *sink) Write(b []byte) (int, error) {
	s.WriteHeader(http.StatusOK)
	return s.body.Write(b)
}

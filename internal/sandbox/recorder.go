package sandbox

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// Kind says what a call does to the account's configuration.
type Kind string

// The kinds of calls.
const (
	// Read changes nothing.
	Read Kind = "read"
	// Write changes configuration: what a plan or a refresh must never do.
	Write Kind = "write"
	// Data moves data through resources without changing their configuration:
	// invocations, messages, items, log events, cryptographic operations.
	Data Kind = "data"
)

// Call is one AWS call that passed the proxy.
type Call struct {
	// Seq grows with the order of arrival.
	Seq int64     `json:"seq"`
	At  time.Time `json:"at"`
	// Account and Region come from the signature.
	Account string `json:"account"`
	Region  string `json:"region"`
	// Service is the signing name: lambda, iam, logs, monitoring (CloudWatch),
	// tagging, events.
	Service   string `json:"service"`
	Operation string `json:"operation"`
	Kind      Kind   `json:"kind"`
	// Resource is the name, id or ARN the call is about, as far as the request
	// shows it: a function, role, log group, key, queue, alarm.
	Resource string `json:"resource,omitempty"`
	Status   int    `json:"status"`
	// ErrorCode is empty for calls that succeeded.
	ErrorCode string `json:"error_code,omitempty"`
	// Throttled calls were refused for their rate, see Conditions.
	Throttled bool `json:"throttled,omitempty"`
	// Unsupported calls were answered with 501: nobody here knows them.
	Unsupported bool          `json:"unsupported,omitempty"`
	UserAgent   string        `json:"user_agent,omitempty"`
	Duration    time.Duration `json:"duration_ns"`
}

// Mutating reports whether the call is one that changes configuration,
// whether or not it succeeded.
func (c Call) Mutating() bool { return c.Kind == Write }

// Name is service and operation, "lambda.GetFunction".
func (c Call) Name() string { return c.Service + "." + c.Operation }

// Mark is a moment in the order of calls.
type Mark int64

// Filter selects calls. Nil selects all.
type Filter func(Call) bool

// InAccount selects the calls of one account.
func InAccount(account string) Filter {
	return func(c Call) bool { return c.Account == account }
}

// Recorder keeps every call that passed, complete once it is answered. Safe
// for concurrent use.
type Recorder struct {
	mu    sync.Mutex
	last  int64
	calls []Call // in the order of completion
}

func newRecorder() *Recorder { return &Recorder{} }

// Mark is the moment now: calls that arrive later are Since it.
func (r *Recorder) Mark() Mark {
	r.mu.Lock()
	defer r.mu.Unlock()
	return Mark(r.last)
}

// Since lists the answered calls that arrived after the mark and pass every
// filter, in the order of their arrival. The zero Mark is the beginning.
func (r *Recorder) Since(mark Mark, filters ...Filter) []Call {
	r.mu.Lock()
	defer r.mu.Unlock()
	var found []Call
	for _, call := range r.calls {
		if call.Seq > int64(mark) && matches(call, filters) {
			found = append(found, call)
		}
	}
	slices.SortFunc(found, func(a, b Call) int { return cmp.Compare(a.Seq, b.Seq) })
	return found
}

// Writes lists the calls since the mark that change configuration.
func (r *Recorder) Writes(mark Mark, filters ...Filter) []Call {
	return r.Since(mark, append(slices.Clip(filters), Call.Mutating)...)
}

// Counts says how often each operation was called since the mark, keyed by
// Call.Name.
func (r *Recorder) Counts(mark Mark, filters ...Filter) map[string]int {
	counts := map[string]int{}
	for _, call := range r.Since(mark, filters...) {
		counts[call.Name()]++
	}
	return counts
}

// Reset forgets the calls that pass every filter.
func (r *Recorder) Reset(filters ...Filter) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = slices.DeleteFunc(r.calls, func(c Call) bool { return matches(c, filters) })
}

// arrive numbers a call.
func (r *Recorder) arrive() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last++
	return r.last
}

func (r *Recorder) add(c Call) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = append(r.calls, c)
}

func matches(c Call, filters []Filter) bool {
	for _, accept := range filters {
		if accept != nil && !accept(c) {
			return false
		}
	}
	return true
}

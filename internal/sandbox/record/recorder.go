// Package record keeps every call that passed, and serves the list to other
// processes.
package record

import (
	"cmp"
	"slices"
	"sync"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// Mark is a moment in the order of calls.
type Mark int64

// Filter selects calls. Nil selects all.
type Filter func(wire.Call) bool

// InAccount selects the calls of one account.
func InAccount(account string) Filter {
	return func(c wire.Call) bool { return c.Account == account }
}

// Recorder keeps every call that passed, complete once it is answered. Safe
// for concurrent use.
type Recorder struct {
	mu    sync.Mutex
	last  int64
	calls []wire.Call // in the order of completion
}

// NewRecorder has seen nothing yet.
func NewRecorder() *Recorder { return &Recorder{} }

// Mark is the moment now: calls that arrive later are Since it.
func (r *Recorder) Mark() Mark {
	r.mu.Lock()
	defer r.mu.Unlock()
	return Mark(r.last)
}

// Since lists the answered calls that arrived after the mark and pass every
// filter, in the order of their arrival. The zero Mark is the beginning.
func (r *Recorder) Since(mark Mark, filters ...Filter) []wire.Call {
	r.mu.Lock()
	defer r.mu.Unlock()
	var found []wire.Call
	for _, call := range r.calls {
		if call.Seq > int64(mark) && matches(call, filters) {
			found = append(found, call)
		}
	}
	slices.SortFunc(found, func(a, b wire.Call) int { return cmp.Compare(a.Seq, b.Seq) })
	return found
}

// Writes lists the calls since the mark that change configuration.
func (r *Recorder) Writes(mark Mark, filters ...Filter) []wire.Call {
	return r.Since(mark, append(slices.Clip(filters), wire.Call.Mutating)...)
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
	r.calls = slices.DeleteFunc(r.calls, func(c wire.Call) bool { return matches(c, filters) })
}

// arrive numbers a call.
func (r *Recorder) arrive() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last++
	return r.last
}

func (r *Recorder) add(c wire.Call) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = append(r.calls, c)
}

func matches(c wire.Call, filters []Filter) bool {
	for _, accept := range filters {
		if accept != nil && !accept(c) {
			return false
		}
	}
	return true
}

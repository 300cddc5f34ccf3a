package engine

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Outcome is how a task ended.
type Outcome string

// Outcomes of a task.
const (
	Done      Outcome = "done"
	Failed    Outcome = "failed"
	Skipped   Outcome = "skipped"   // something it depends on failed
	Cancelled Outcome = "cancelled" // the run was cancelled before its turn
)

// Entry is one task's line in the ledger.
type Entry struct {
	ID      string
	Outcome Outcome
	Err     error
	Took    time.Duration
}

// Ledger lists what became of every task, in the order of the graph.
type Ledger []Entry

// Err joins the errors of all failed tasks in the order of the graph.
func (l Ledger) Err() error {
	var all []error
	for _, e := range l {
		if e.Err != nil {
			all = append(all, fmt.Errorf("%s: %w", e.ID, e.Err))
		}
	}
	return errors.Join(all...)
}

// Count returns how many tasks ended in an outcome.
func (l Ledger) Count(o Outcome) int {
	n := 0
	for _, e := range l {
		if e.Outcome == o {
			n++
		}
	}
	return n
}

// Of returns the outcome of one task, and whether the ledger has it.
func (l Ledger) Of(id string) (Outcome, bool) {
	for _, e := range l {
		if e.ID == id {
			return e.Outcome, true
		}
	}
	return "", false
}

type result struct {
	index int
	err   error
	took  time.Duration
}

// run is the state of one execution. Only the goroutine of Run touches it.
type run struct {
	tasks      []Task
	waiting    []int   // how many dependencies are not done yet
	dependents [][]int // who waits for a task
	ready      []int
	ledger     Ledger
}

// Run executes every task once, as soon as its dependencies are done, at most
// parallel at a time. A failure skips what depends on it and nothing else. When
// ctx is cancelled no further task is started and those under way are awaited.
// The returned error concerns the graph only; what the tasks did is in the
// ledger.
func Run(ctx context.Context, tasks []Task, parallel int) (Ledger, error) {
	if err := check(tasks); err != nil {
		return nil, err
	}
	r := newRun(tasks)
	results := make(chan result)
	running := 0
	for {
		for len(r.ready) > 0 && running < max(parallel, 1) && ctx.Err() == nil {
			index := r.ready[0]
			r.ready = r.ready[1:]
			running++
			go func() {
				started := time.Now()
				err := tasks[index].Run(ctx)
				results <- result{index: index, err: err, took: time.Since(started)}
			}()
		}
		if running == 0 {
			break
		}
		r.settle(<-results)
		running--
	}
	r.close()
	return r.ledger, nil
}

func newRun(tasks []Task) *run {
	r := &run{
		tasks: tasks, waiting: make([]int, len(tasks)),
		dependents: make([][]int, len(tasks)), ledger: make(Ledger, len(tasks)),
	}
	index := map[string]int{}
	for i, t := range tasks {
		index[t.ID] = i
		r.ledger[i].ID = t.ID
	}
	for i, t := range tasks {
		r.waiting[i] = len(t.After)
		for _, dependency := range t.After {
			r.dependents[index[dependency]] = append(r.dependents[index[dependency]], i)
		}
		if len(t.After) == 0 {
			r.ready = append(r.ready, i)
		}
	}
	return r
}

// settle writes the ledger first and releases dependents after.
func (r *run) settle(res result) {
	entry := &r.ledger[res.index]
	entry.Took = res.took
	if res.err != nil {
		entry.Outcome, entry.Err = Failed, res.err
		r.skip(res.index)
		return
	}
	entry.Outcome = Done
	for _, d := range r.dependents[res.index] {
		if r.waiting[d]--; r.waiting[d] == 0 && r.ledger[d].Outcome == "" {
			r.ready = append(r.ready, d)
		}
	}
}

func (r *run) skip(index int) {
	for _, d := range r.dependents[index] {
		if r.ledger[d].Outcome == "" {
			r.ledger[d].Outcome = Skipped
			r.skip(d)
		}
	}
}

// close marks what never had its turn. Only a cancellation leaves such tasks.
func (r *run) close() {
	for i := range r.ledger {
		if r.ledger[i].Outcome == "" {
			r.ledger[i].Outcome = Cancelled
		}
	}
}

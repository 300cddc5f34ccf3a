package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// graph is a random graph without cycles, with the tasks in any order.
type graph struct {
	tasks []Task
	fails map[string]error
}

func randomGraph(t *rapid.T) graph {
	n := rapid.IntRange(0, 10).Draw(t, "tasks")
	g := graph{fails: map[string]error{}}
	for i := range n {
		task := Task{ID: fmt.Sprintf("t%d", i)}
		for j := range i {
			if rapid.IntRange(0, 3).Draw(t, "after") == 0 {
				task.After = append(task.After, fmt.Sprintf("t%d", j))
			}
		}
		if rapid.IntRange(0, 4).Draw(t, "fails") == 0 {
			g.fails[task.ID] = errors.New("no " + task.ID)
		}
		g.tasks = append(g.tasks, task)
	}
	if n > 0 {
		g.tasks = rapid.Permutation(g.tasks).Draw(t, "order")
	}
	return g
}

func (g graph) after(id string) []string {
	for _, task := range g.tasks {
		if task.ID == id {
			return task.After
		}
	}
	return nil
}

// doomed reports whether something the task depends on fails.
func (g graph) doomed(id string) bool {
	for _, d := range g.after(id) {
		if g.fails[d] != nil || g.doomed(d) {
			return true
		}
	}
	return false
}

// journal notes starts and ends in the order in which they happen.
type journal struct {
	mu     sync.Mutex
	events []string
}

func (j *journal) note(event string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.events = append(j.events, event)
}

func (j *journal) index(event string) int { return slices.Index(j.events, event) }

func (j *journal) count(event string) int {
	n := 0
	for _, e := range j.events {
		if e == event {
			n++
		}
	}
	return n
}

func (g graph) recorded(j *journal) []Task {
	tasks := slices.Clone(g.tasks)
	for i, task := range tasks {
		tasks[i].Run = func(context.Context) error {
			j.note("start " + task.ID)
			defer j.note("end " + task.ID)
			return g.fails[task.ID]
		}
	}
	return tasks
}

func TestRun_ObeysTheGraph(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T) {
		g := randomGraph(t)
		var j journal
		ledger, err := Run(t.Context(), g.recorded(&j), rapid.IntRange(0, 4).Draw(t, "parallel"))
		if err != nil {
			t.Fatal(err)
		}
		same(t, "entries", len(ledger), len(g.tasks))
		for i, task := range g.tasks {
			id, entry := task.ID, ledger[i]
			same(t, "order of the ledger", entry.ID, id)
			want, starts := Done, 1
			switch {
			case g.doomed(id):
				want, starts = Skipped, 0
			case g.fails[id] != nil:
				want = Failed
			}
			same(t, id, entry.Outcome, want)
			same(t, "runs of "+id, j.count("start "+id), starts)
			same(t, "error of "+id, entry.Err != nil, want == Failed)
			for _, d := range task.After {
				if starts == 1 && j.index("start "+id) < j.index("end "+d) {
					t.Errorf("%s started before %s ended: %v", id, d, j.events)
				}
			}
		}
	})
}

func TestRun_JoinsErrorsInTheOrderOfTheGraph(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T) {
		g := randomGraph(t)
		ledger, err := Run(t.Context(), g.recorded(&journal{}), 4)
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, task := range g.tasks {
			if g.fails[task.ID] != nil && !g.doomed(task.ID) {
				want = append(want, task.ID+": no "+task.ID)
				if !errors.Is(ledger.Err(), g.fails[task.ID]) {
					t.Errorf("%v does not wrap %v", ledger.Err(), g.fails[task.ID])
				}
			}
		}
		if len(want) == 0 {
			same(t, "error", ledger.Err(), nil)
			return
		}
		same(t, "text", ledger.Err().Error(), strings.Join(want, "\n"))
		same(t, "failed", ledger.Count(Failed), len(want))
	})
}

// The ledger must know a task as done before anything that needs it may start.
func TestRun_LedgerKnowsEveryDependencyOfWhatIsReady(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T) {
		g := randomGraph(t)
		r := newRun(g.tasks)
		for len(r.ready) > 0 {
			for _, i := range r.ready {
				for _, d := range g.tasks[i].After {
					outcome, _ := r.ledger.Of(d)
					same(t, d+" before "+g.tasks[i].ID, outcome, Done)
				}
			}
			next := rapid.IntRange(0, len(r.ready)-1).Draw(t, "next")
			index := r.ready[next]
			r.ready = slices.Delete(r.ready, next, next+1)
			r.settle(result{index: index, err: g.fails[g.tasks[index].ID]})
		}
		for _, entry := range r.ledger {
			if entry.Outcome == "" {
				t.Errorf("%s never had its turn", entry.ID)
			}
		}
	})
}

func TestRun_NeverExceedsItsParallelism(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{-1, 0, 1, 3} {
		var running, most atomic.Int64
		tasks := make([]Task, 12)
		for i := range tasks {
			tasks[i] = Task{ID: fmt.Sprint(i), Run: func(context.Context) error {
				now := running.Add(1)
				for seen := most.Load(); now > seen && !most.CompareAndSwap(seen, now); seen = most.Load() {
				}
				time.Sleep(time.Millisecond)
				running.Add(-1)
				return nil
			}}
		}
		ledger, err := Run(t.Context(), tasks, limit)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "done", ledger.Count(Done), len(tasks))
		if got := most.Load(); got > int64(max(limit, 1)) {
			t.Errorf("%d at a time, allowed %d", got, limit)
		}
	}
}

// Two tasks that wait for each other can only end if they run side by side.
func TestRun_UsesTheParallelismItHas(t *testing.T) {
	t.Parallel()
	a, b := make(chan struct{}), make(chan struct{})
	meet := func(mine, other chan struct{}) func(context.Context) error {
		return func(ctx context.Context) error {
			close(mine)
			select {
			case <-other:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	ledger, err := Run(ctx, []Task{{ID: "a", Run: meet(a, b)}, {ID: "b", Run: meet(b, a)}}, 2)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "error", ledger.Err(), nil)
}

// A slow task must not hold back what does not depend on it.
func TestRun_HasNoBarrier(t *testing.T) {
	t.Parallel()
	last := make(chan struct{})
	quick := func(context.Context) error { return nil }
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	ledger, err := Run(ctx, []Task{
		{ID: "slow", Run: func(ctx context.Context) error {
			select {
			case <-last:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}},
		{ID: "first", Run: quick},
		{ID: "second", After: []string{"first"}, Run: quick},
		{ID: "last", After: []string{"second"}, Run: func(context.Context) error { close(last); return nil }},
	}, 2)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "error", ledger.Err(), nil)
}

func TestRun_CancellationReleasesNothingNewAndAwaitsWhatRuns(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T) {
		g := randomGraph(t)
		var j journal
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		tasks := g.recorded(&j)
		stopAt := rapid.IntRange(0, len(tasks)).Draw(t, "cancel in task")
		for i := range tasks {
			run := tasks[i].Run
			tasks[i].Run = func(ctx context.Context) error {
				if i == stopAt {
					cancel()
					j.note("cancel")
				}
				return run(ctx)
			}
		}
		const parallel = 2
		ledger, err := Run(ctx, tasks, parallel)
		if err != nil {
			t.Fatal(err)
		}
		cancelled, after := j.index("cancel"), 0
		for i, task := range g.tasks {
			ran := j.count("start " + task.ID)
			same(t, "awaited "+task.ID, j.count("end "+task.ID), ran)
			entry := ledger[i]
			same(t, task.ID+" ran", ran == 1, entry.Outcome == Done || entry.Outcome == Failed)
			if entry.Outcome == Cancelled && (cancelled < 0 || g.doomedIn(task.ID, ledger)) {
				t.Errorf("%s is cancelled without reason: %v", task.ID, ledger)
			}
			if cancelled >= 0 && j.index("start "+task.ID) > cancelled {
				after++
			}
		}
		// The canceller itself and what was started beside it.
		if after > parallel {
			t.Errorf("%d started after the cancellation: %v", after, j.events)
		}
	})
}

// doomedIn reports whether something the task depends on failed in a run.
func (g graph) doomedIn(id string, l Ledger) bool {
	for _, d := range g.after(id) {
		if outcome, _ := l.Of(d); outcome == Failed || g.doomedIn(d, l) {
			return true
		}
	}
	return false
}

func TestRun_CancelledBeforehandStartsNothing(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	ledger, err := Run(ctx, []Task{{ID: "a", Run: func(context.Context) error { t.Error("started"); return nil }}}, 1)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "ledger", ledger, Ledger{{ID: "a", Outcome: Cancelled}})
}

func TestRun_TaskUnderWayKeepsItsResultAfterCancellation(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	ledger, err := Run(ctx, []Task{
		{ID: "a", Run: func(context.Context) error { cancel(); time.Sleep(5 * time.Millisecond); return nil }},
		{ID: "b", After: []string{"a"}, Run: func(context.Context) error { t.Error("started"); return nil }},
	}, 1)
	if err != nil {
		t.Fatal(err)
	}
	a, _ := ledger.Of("a")
	b, _ := ledger.Of("b")
	same(t, "outcomes", []Outcome{a, b}, []Outcome{Done, Cancelled})
	if ledger[0].Took < 5*time.Millisecond {
		t.Errorf("took %s", ledger[0].Took)
	}
}

func TestRun_RefusesAWrongGraphBeforeAnythingRuns(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		tasks []Task
		text  string
	}{
		"duplicate":        {[]Task{{ID: "a"}, {ID: "b"}, {ID: "a"}}, `task "a" is listed twice`},
		"unknown":          {[]Task{{ID: "a", After: []string{"ghost"}}}, `task "ghost" does not exist`},
		"itself":           {[]Task{{ID: "a", After: []string{"a"}}}, `task "a" depends on itself`},
		"cycle":            {[]Task{{ID: "x"}, {ID: "a", After: []string{"b"}}, {ID: "b", After: []string{"c"}}, {ID: "c", After: []string{"a"}}}, `depends on itself`},
		"cycle off a path": {[]Task{{ID: "x", After: []string{"a"}}, {ID: "a", After: []string{"b"}}, {ID: "b", After: []string{"a"}}}, `depends on itself`},
	} {
		for i := range c.tasks {
			c.tasks[i].Run = func(context.Context) error { t.Errorf("%s: started", name); return nil }
		}
		ledger, err := Run(t.Context(), c.tasks, 2)
		if !errors.Is(err, ErrGraph) || !strings.Contains(err.Error(), c.text) || ledger != nil {
			t.Errorf("%s: %v, %v", name, ledger, err)
		}
	}
}

func TestRun_DiamondAndRepeatedDependencyAreNoCycle(t *testing.T) {
	t.Parallel()
	run := func(context.Context) error { return nil }
	ledger, err := Run(t.Context(), []Task{
		{ID: "d", After: []string{"b", "c", "b"}, Run: run}, {ID: "b", After: []string{"a"}, Run: run},
		{ID: "c", After: []string{"a"}, Run: run}, {ID: "a", Run: run},
	}, 2)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "done", ledger.Count(Done), 4)
}

func TestLedger_KnowsOnlyItsTasks(t *testing.T) {
	t.Parallel()
	_, ok := Ledger{{ID: "a", Outcome: Done}}.Of("b")
	same(t, "found", ok, false)
}

package unit

import (
	"context"
	"slices"
	"sync"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"
	"github.com/secure-lambda/terraform-provider-secure/internal/engine"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Result is what an apply achieved, whether or not it went through.
type Result struct {
	kinds.Learned
	// Managed is what now exists, component by component: what was wanted
	// where the work was done, what was observed before where it was not.
	Managed bp.Blueprint
	Ledger  engine.Ledger
}

// Shifted reports whether the alias points at what was wanted.
func (r Result) Shifted() bool {
	outcome, _ := r.Ledger.Of(kinds.TaskAlias)
	return outcome == engine.Done
}

// apply is one apply as a whole.
type apply struct {
	*kinds.Unit

	units *Units
	// rest ends the signs of life of a create.
	rest func()
}

// Apply makes AWS what the job wants. Objects that versions share are widened
// before the alias moves and narrowed after it, so that neither the version in
// service nor the next one ever lacks a permission.
func (c *Units) Apply(ctx context.Context, job kinds.Job) (Result, error) {
	u := &apply{Unit: kinds.Begin(c.Client, c.Kinds, job), units: c}
	u.rest = sync.OnceFunc(u.hold(ctx))
	ledger, err := engine.Run(ctx, u.tasks(), api.Parallel)
	u.rest()
	if err != nil {
		return Result{Learned: u.SoFar(), Managed: job.Observed}, err
	}
	result := Result{Learned: u.SoFar(), Managed: u.achieved(ledger), Ledger: ledger}
	err = ledger.Err()
	if err == nil && ledger.Count(engine.Cancelled) > 0 {
		err = context.Cause(ctx)
	}
	if err != nil {
		u.withdraw(ctx, &result)
		u.giveUp(ctx)
	}
	return result, api.Redact(err, job.Secrets)
}

// tasks are the steps of all kinds, and those that are about none: what was replaced
// or given up goes once all is in its place that comes with the alias.
func (u *apply) tasks() []engine.Task {
	var tasks []engine.Task
	for _, k := range u.Kinds {
		if k.Steps == nil {
			continue
		}
		for _, s := range k.Steps() {
			tasks = append(tasks, engine.Task{ID: s.ID, After: s.After, Run: func(ctx context.Context) error { return s.Run(ctx, u.Unit) }})
		}
	}
	served, others := lastOf(tasks, kinds.TaskAlias)
	return append(
		tasks,
		engine.Task{ID: kinds.TaskDrain, After: served, Run: u.drain},
		engine.Task{ID: kinds.TaskNarrow, After: []string{kinds.TaskDrain}, Run: u.narrow},
		engine.Task{ID: kinds.TaskSuperseded, After: []string{kinds.TaskNarrow}, Run: u.removeSuperseded},
		engine.Task{ID: kinds.TaskFinish, After: append([]string{kinds.TaskSuperseded}, others...), Run: u.finish},
	)
}

// lastOf are the tasks that none comes after: those that come after one, and the
// others.
func lastOf(tasks []engine.Task, one string) (after, others []string) {
	downstream := map[string]bool{one: true}
	followed := map[string]bool{}
	for range tasks {
		for _, t := range tasks {
			for _, before := range t.After {
				followed[before] = true
				downstream[t.ID] = downstream[t.ID] || downstream[before]
			}
		}
	}
	for _, t := range tasks {
		switch {
		case followed[t.ID]:
		case downstream[t.ID]:
			after = append(after, t.ID)
		default:
			others = append(others, t.ID)
		}
	}
	return after, others
}

// achieved puts together what now exists from the ledger.
func (u *apply) achieved(ledger engine.Ledger) bp.Blueprint {
	want, out := u.Want(), u.Job.Observed
	for _, k := range u.Kinds {
		settled := k.Settled
		if settled == nil && k.Steps != nil {
			for _, s := range k.Steps() {
				settled = append(settled, s.ID)
			}
		}
		if !slices.ContainsFunc(settled, func(id string) bool {
			outcome, _ := ledger.Of(id)
			return outcome != engine.Done
		}) {
			k.Copy(&out, want)
		}
	}
	out.Tags = want.Tags
	return out
}

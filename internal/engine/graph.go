package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// Task is one step. It runs once all tasks named in After are done.
type Task struct {
	ID    string
	After []string
	Run   func(context.Context) error
}

// ErrGraph is wrapped by every error about the graph itself.
var ErrGraph = errors.New("invalid task graph")

// check reports a duplicate, an unknown dependency or a cycle.
func check(tasks []Task) error {
	byID := make(map[string]Task, len(tasks))
	for _, t := range tasks {
		if _, twice := byID[t.ID]; twice {
			return fmt.Errorf("%w: task %q is there twice", ErrGraph, t.ID)
		}
		byID[t.ID] = t
	}
	const visiting, visited = 1, 2
	marks := map[string]int{}
	var visit func(id string) error
	visit = func(id string) error {
		t, ok := byID[id]
		switch {
		case !ok:
			return fmt.Errorf("%w: task %q does not exist", ErrGraph, id)
		case marks[id] == visiting:
			return fmt.Errorf("%w: task %q depends on itself", ErrGraph, id)
		case marks[id] == visited:
			return nil
		}
		marks[id] = visiting
		for _, dependency := range t.After {
			if err := visit(dependency); err != nil {
				return err
			}
		}
		marks[id] = visited
		return nil
	}
	for _, t := range tasks {
		if err := visit(t.ID); err != nil {
			return err
		}
	}
	return nil
}

// Only returns the tasks that keep reports true for. A dependency on a task
// left out is replaced by that task's own dependencies, so order is kept.
func Only(tasks []Task, keep func(id string) bool) []Task {
	after := map[string][]string{}
	for _, t := range tasks {
		after[t.ID] = t.After
	}
	var resolve func(ids []string) []string
	resolve = func(ids []string) []string {
		var out []string
		for _, id := range ids {
			if keep(id) {
				out = append(out, id)
			} else {
				out = append(out, resolve(after[id])...)
			}
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	var out []Task
	for _, t := range tasks {
		if keep(t.ID) {
			t.After = resolve(t.After)
			out = append(out, t)
		}
	}
	return out
}

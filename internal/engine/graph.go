package engine

import (
	"context"
	"errors"
	"fmt"
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
			return fmt.Errorf("%w: task %q is listed twice", ErrGraph, t.ID)
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

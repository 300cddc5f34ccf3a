package engine

import (
	"context"
	"reflect"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// tester is what testing.T and rapid.T have in common.
type tester interface {
	Helper()
	Errorf(format string, args ...any)
}

func same(t tester, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n got %v\nwant %v", what, got, want)
	}
}

// property runs a property beside the other tests.
func property(t *testing.T, check func(*rapid.T)) {
	t.Helper()
	rapid.Check(t, check)
}

// fakeClock stands still except for sleeps, which end at once.
type fakeClock struct {
	mu    sync.Mutex
	now   time.Time
	slept []time.Duration
	// cause ends a sleep early, halfway.
	cause error
}

func (c *fakeClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *fakeClock) Sleep(_ context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cause != nil {
		c.now = c.now.Add(d / 2)
		return c.cause
	}
	c.slept = append(c.slept, d)
	c.now = c.now.Add(d)
	return nil
}

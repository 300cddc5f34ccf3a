package engine

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Clock lets tests run waits on a scaled clock.
type Clock interface {
	Now() time.Time
	// Sleep waits for d or until ctx ends, and returns the cause then.
	Sleep(ctx context.Context, d time.Duration) error
}

// Real is the wall clock.
type Real struct{}

// Now implements Clock.
func (Real) Now() time.Time { return time.Now() }

// Sleep implements Clock.
func (Real) Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// Class is one kind of error that goes away by itself.
type Class struct {
	// Waiting names what is being waited for, in the user's words.
	Waiting string
	Match   func(error) bool
	// Budget bounds the waiting for this class alone.
	Budget time.Duration
	// First and Most bound the pause between two tries, which is a tenth of what
	// has been waited: so little is lost once the condition holds, and a long
	// wait takes few calls.
	First, Most time.Duration
	// Hint is added to the error when the budget is used up.
	Hint string
}

// Exhausted says that a condition did not come true in time.
type Exhausted struct {
	Class  Class
	Waited time.Duration
	Tries  int
	Err    error
}

func (e *Exhausted) Error() string {
	text := fmt.Sprintf("waited %s for %s: %v", e.Waited.Round(time.Second), e.Class.Waiting, e.Err)
	if errors.Is(e.Err, context.Canceled) {
		return text
	}
	if e.Class.Hint != "" {
		text += ". " + e.Class.Hint
	}
	return text
}

func (e *Exhausted) Unwrap() error { return e.Err }

// Retry calls op until it succeeds, fails with an error of no class, or the
// class's budget or ctx ends. Waits are reported through onWait, which may be nil.
func Retry(ctx context.Context, clock Clock, classes []Class, onWait func(Class, time.Duration), op func() error) error {
	waited := map[string]time.Duration{}
	var last struct {
		class Class
		err   error
		at    time.Time
	}
	for tries := 1; ; tries++ {
		err := op()
		if err == nil {
			return nil
		}
		class, ok := classify(classes, err)
		if !ok && last.err != nil && ctx.Err() != nil {
			// The try was cut off: what the one before was answered says more.
			return &Exhausted{Class: last.class, Waited: waited[last.class.Waiting] + clock.Now().Sub(last.at), Tries: tries, Err: errors.Join(last.err, err)}
		}
		if !ok {
			return err
		}
		now, name := clock.Now(), class.Waiting
		if last.err != nil {
			waited[last.class.Waiting] += now.Sub(last.at)
		}
		last.class, last.err, last.at = class, err, now
		pause := min(max(waited[name]/10, class.First), class.Most)
		if waited[name]+pause > class.Budget {
			return &Exhausted{Class: class, Waited: waited[name], Tries: tries, Err: err}
		}
		if onWait != nil {
			onWait(class, waited[name])
		}
		if cause := clock.Sleep(ctx, pause); cause != nil {
			return &Exhausted{Class: class, Waited: waited[name] + clock.Now().Sub(now), Tries: tries, Err: errors.Join(err, cause)}
		}
	}
}

func classify(classes []Class, err error) (Class, bool) {
	for _, c := range classes {
		if c.Match(err) {
			return c, true
		}
	}
	return Class{}, false
}

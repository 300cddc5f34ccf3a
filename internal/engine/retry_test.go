package engine

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var (
	errRole  = errors.New("role cannot be assumed")
	errBusy  = errors.New("update in progress")
	errFinal = errors.New("access denied")
)

func class(waiting string, matches error, budget time.Duration) Class {
	return Class{
		Waiting: waiting, Match: func(err error) bool { return errors.Is(err, matches) },
		Budget: budget, First: time.Second, Most: 4 * time.Second,
	}
}

func classes() []Class {
	return []Class{class("the role", errRole, 20*time.Second), class("the update", errBusy, 10*time.Second)}
}

// failing fails with each of the errors in turn, then succeeds.
func failing(tries *int, all ...error) func() error {
	return func() error {
		*tries++
		if *tries <= len(all) {
			return all[*tries-1]
		}
		return nil
	}
}

func exhausted(t *testing.T, err error) *Exhausted {
	t.Helper()
	var out *Exhausted
	if !errors.As(err, &out) {
		t.Fatalf("got %v", err)
	}
	return out
}

func TestRetry_SuccessIsNotRepeated(t *testing.T) {
	t.Parallel()
	clock, tries := &fakeClock{}, 0
	same(t, "error", Retry(t.Context(), clock, classes(), nil, failing(&tries)), nil)
	same(t, "tries", tries, 1)
	same(t, "pauses", clock.slept, []time.Duration(nil))
}

func TestRetry_PauseGrowsWithTheWait(t *testing.T) {
	t.Parallel()
	clock, tries := &fakeClock{}, 0
	c := class("the role", errRole, time.Hour)
	var waits []time.Duration
	err := Retry(t.Context(), clock, []Class{c}, func(_ Class, waited time.Duration) { waits = append(waits, waited) }, failing(&tries, slices.Repeat([]error{errRole}, 60)...))
	same(t, "error", err, nil)
	same(t, "tries", tries, 61)
	for i, pause := range clock.slept {
		want := min(max(waits[i]/10, c.First), c.Most)
		same(t, "pause after "+waits[i].String(), pause, want)
	}
	same(t, "first", clock.slept[0], c.First)
	same(t, "last", clock.slept[59], c.Most)
}

func TestRetry_ErrorWithoutAClassIsFinal(t *testing.T) {
	t.Parallel()
	clock, tries := &fakeClock{}, 0
	err := Retry(t.Context(), clock, classes(), nil, failing(&tries, errRole, errFinal, errRole))
	same(t, "error", err, errFinal)
	same(t, "tries", tries, 2)
}

func TestRetry_GivesUpWithinTheBudget(t *testing.T) {
	t.Parallel()
	clock, tries := &fakeClock{}, 0
	err := Retry(t.Context(), clock, classes(), nil, func() error { tries++; return errBusy })
	e := exhausted(t, err)
	// Ten times a second; another would exceed the ten.
	same(t, "waited", e.Waited, 10*time.Second)
	same(t, "tries", e.Tries, 11)
	same(t, "calls", tries, 11)
	same(t, "class", e.Class.Waiting, "the update")
	same(t, "wraps the error", errors.Is(err, errBusy), true)
}

func TestRetry_NeverWaitsLongerThanTheBudget(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T) {
		c := class("x", errBusy, time.Duration(rapid.Int64Range(0, 1e12).Draw(t, "budget")))
		c.First = time.Duration(rapid.Int64Range(1e9, 1e11).Draw(t, "first"))
		c.Most = c.First * time.Duration(rapid.Int64Range(1, 8).Draw(t, "most"))
		clock := &fakeClock{}
		err := Retry(t.Context(), clock, []Class{c}, nil, func() error { return errBusy })
		var total time.Duration
		for i, d := range clock.slept {
			if d != min(max(total/10, c.First), c.Most) {
				t.Errorf("pause %d of %v, between %s and %s", i, clock.slept, c.First, c.Most)
			}
			total += d
		}
		if total > c.Budget || total+c.Most < c.Budget && total+c.First < c.Budget {
			t.Errorf("waited %s of %s", total, c.Budget)
		}
		var e *Exhausted
		if !errors.As(err, &e) || e.Waited != total {
			t.Errorf("got %v after %s", err, total)
		}
	})
}

func TestRetry_ClassesHaveSeparateBudgetsAndPauses(t *testing.T) {
	t.Parallel()
	clock, tries := &fakeClock{}, 0
	// The role takes 7 of its 20 seconds between waits for the update, which
	// may take 10: together more than the update's budget.
	var waits []string
	err := Retry(t.Context(), clock, classes(), func(c Class, waited time.Duration) {
		waits = append(waits, c.Waiting+" "+waited.String())
	}, failing(&tries, slices.Concat(slices.Repeat([]error{errBusy}, 6), slices.Repeat([]error{errRole}, 7), []error{errBusy, errRole})...))
	same(t, "error", err, nil)
	same(t, "pauses", clock.slept, slices.Repeat([]time.Duration{time.Second}, 15))
	same(t, "reported", waits[12:], []string{"the role 6s", "the update 6s", "the role 7s"})
}

func TestRetry_TimeOfTheTryCountsForWhatItWaitsFor(t *testing.T) {
	t.Parallel()
	clock := &fakeClock{}
	err := Retry(t.Context(), clock, classes(), nil, func() error {
		clock.now = clock.now.Add(3 * time.Second)
		return errBusy
	})
	// 1 + 3 each time: after twelve of ten seconds no pause fits.
	e := exhausted(t, err)
	same(t, "waited", e.Waited, 12*time.Second)
	same(t, "tries", e.Tries, 4)
}

func TestRetry_FirstClassThatMatchesDecides(t *testing.T) {
	t.Parallel()
	both := []Class{class("first", errBusy, 0), class("second", errBusy, time.Hour)}
	e := exhausted(t, Retry(t.Context(), &fakeClock{}, both, nil, func() error { return errBusy }))
	same(t, "class", e.Class.Waiting, "first")
}

func TestRetry_EndsWithItsContext(t *testing.T) {
	t.Parallel()
	cause := errors.New("interrupted")
	clock, tries := &fakeClock{cause: cause}, 0
	e := exhausted(t, Retry(t.Context(), clock, classes(), nil, failing(&tries, errRole)))
	same(t, "tries", tries, 1)
	same(t, "waited", e.Waited, 500*time.Millisecond)
	same(t, "wraps both", []bool{errors.Is(e, errRole), errors.Is(e, cause)}, []bool{true, true})
}

func TestExhausted_SaysHowLongForWhatAndWhatToDo(t *testing.T) {
	t.Parallel()
	e := &Exhausted{Class: Class{Waiting: "the role"}, Waited: 90*time.Second + 300*time.Millisecond, Err: errRole}
	same(t, "without hint", e.Error(), "waited 1m30s for the role: role cannot be assumed")
	e.Class.Hint = "Look at the trust policy"
	same(t, "with hint", e.Error(), "waited 1m30s for the role: role cannot be assumed. Look at the trust policy")
}

func TestReal_SleepEndsWithTheCauseOfItsContext(t *testing.T) {
	t.Parallel()
	cause := errors.New("interrupted")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	same(t, "cause", Real{}.Sleep(ctx, time.Hour), cause)
	started := Real{}.Now()
	same(t, "whole sleep", Real{}.Sleep(t.Context(), 2*time.Millisecond), nil)
	if took := (Real{}).Now().Sub(started); took < 2*time.Millisecond {
		t.Errorf("slept %s", took)
	}
}

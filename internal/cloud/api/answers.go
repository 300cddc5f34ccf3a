package api

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
)

const (
	// lookLimit bounds a read of a refresh or a plan with all its attempts, but
	// for the time that it waits for a quota: somebody sits before it, and
	// nothing is lost by reading again.
	lookLimit = time.Minute
	// announcedFrom is the attempt from which on a failure is worth a line to
	// somebody who waits.
	announcedFrom = 3
)

// Unanswered says that a call was given up: what AWS answered last, to how many
// attempts over how long, and why there are no more.
type Unanswered struct {
	Attempts  int
	Throttled int // how many of them AWS throttled
	Over      time.Duration
	Last      error // what the last attempt that ended came to, nil if none did
	Cause     error // what ended the attempts, nil when all were used up
	Err       error
}

func (e *Unanswered) Error() string {
	text := "tried " + times(e.Attempts)
	if e.Over >= time.Second {
		text += fmt.Sprintf(" over %s", e.Over.Round(time.Second))
	}
	if e.Throttled > 0 {
		text += fmt.Sprintf(", of which AWS throttled %d", e.Throttled)
	}
	if e.Last == nil {
		text += " without any answer"
	} else {
		text += ". The last answer: " + answerOf(e.Last)
	}
	if e.Cause != nil {
		text += ". It was given up because " + e.Cause.Error()
	}
	return text
}

func (e *Unanswered) Unwrap() error { return e.Err }

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// answerOf is one line about what an attempt came to: "HTTP 500,
// InternalFailure: try again (request 1234)".
func answerOf(err error) string {
	var parts []string
	if answer, ok := errors.AsType[*awshttp.ResponseError](err); ok && answer.HTTPStatusCode() != 0 {
		parts = append(parts, fmt.Sprintf("HTTP %d", answer.HTTPStatusCode()))
	}
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		parts = append(parts, strings.TrimSuffix(api.ErrorCode()+": "+api.ErrorMessage(), ": "))
	}
	if len(parts) == 0 {
		return fmt.Sprintf("none (%v)", innermost(err))
	}
	text := strings.Join(parts, ", ")
	if answer, ok := errors.AsType[*awshttp.ResponseError](err); ok && answer.RequestID != "" {
		text += fmt.Sprintf(" (request %s)", answer.RequestID)
	}
	return text
}

// innermost leaves out what the layers of the SDK say around a broken
// connection.
func innermost(err error) error {
	if sent, ok := errors.AsType[*url.Error](err); ok {
		return sent.Err
	}
	return err
}

// looking marks the context of a refresh or a plan.
type looking struct{}

// Looking bounds every read that is made in the context.
func Looking(ctx context.Context) context.Context {
	return context.WithValue(ctx, looking{}, true)
}

// attempts notes what becomes of each attempt at one call.
type attempts struct {
	// inform writes a line in the context of the call.
	inform func(fields map[string]any)

	mu        sync.Mutex
	count     int
	throttled int
	last      error
	limit     *stopwatch
}

type attemptsKey struct{}

// stopwatch ends a context after a time, which can be halted.
type stopwatch struct {
	timer *time.Timer
	since time.Time
	left  time.Duration
}

func newStopwatch(d time.Duration, end func()) *stopwatch {
	return &stopwatch{timer: time.AfterFunc(d, end), since: time.Now(), left: d}
}

func (w *stopwatch) halt() {
	if w != nil && w.timer.Stop() {
		w.left -= time.Since(w.since)
	}
}

func (w *stopwatch) resume() {
	if w != nil {
		w.since = time.Now()
		w.timer.Reset(w.left)
	}
}

// outsideLimit runs a pause that does not count against the limit of the call.
func outsideLimit(ctx context.Context, pause func() error) error {
	if tries, ok := ctx.Value(attemptsKey{}).(*attempts); ok {
		tries.limit.halt()
		defer tries.limit.resume()
	}
	return pause()
}

// answers remembers what AWS answers to the attempts at a call, and says so
// when there are no more.
type answers struct {
	log Logger
	// limit bounds calls whatever their context, 0 for none.
	limit time.Duration
}

// over returns a configuration whose clients do so.
func (a answers) over(config aws.Config) aws.Config {
	config = config.Copy()
	if retryer := config.Retryer; retryer != nil {
		config.Retryer = func() aws.Retryer { return newTelling(retryer()) }
	}
	config.APIOptions = append(config.APIOptions, a.middlewares)
	return config
}

func (a answers) middlewares(stack *middleware.Stack) error {
	if err := stack.Initialize.Add(middleware.InitializeMiddlewareFunc("SecureAnswers", a.whole), middleware.Before); err != nil {
		return err
	}
	return stack.Finalize.Insert(middleware.FinalizeMiddlewareFunc("SecureAttempt", attempted), "Retry", middleware.After)
}

// whole wraps all the attempts at a call.
func (a answers) whole(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
	operation := middleware.GetOperationName(ctx)
	limit := a.limit
	if looksOnly(operation) && ctx.Value(looking{}) != nil {
		limit = lookLimit
	}
	outer, called := ctx, middleware.GetServiceID(ctx)+" "+operation
	tries := &attempts{inform: func(fields map[string]any) {
		if a.log != nil { // the command line has no log
			fields["operation"] = called
			a.log(outer, "AWS has not answered well yet", fields)
		}
	}}
	ctx = context.WithValue(ctx, attemptsKey{}, tries)
	if limit > 0 {
		var cancel context.CancelCauseFunc
		ctx, cancel = context.WithCancelCause(ctx)
		defer cancel(nil)
		tries.limit = newStopwatch(limit, func() { cancel(fmt.Errorf("it may take %s", limit)) })
		defer tries.limit.timer.Stop()
	}
	started := time.Now()
	out, metadata, err := next.HandleInitialize(ctx, in)
	if err != nil {
		err = tries.explain(ctx, time.Since(started), err)
	}
	return out, metadata, err
}

// attempted wraps one attempt.
func attempted(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
	tries, ok := ctx.Value(attemptsKey{}).(*attempts)
	if !ok {
		return next.HandleFinalize(ctx, in)
	}
	tries.begin()
	out, metadata, err := next.HandleFinalize(ctx, in)
	if err != nil && ctx.Err() == nil {
		err = &attemptError{error: err, tries: tries}
		tries.note(err)
	}
	return out, metadata, err
}

// attemptError leads from the error of an attempt to the call that it is of.
type attemptError struct {
	error

	tries *attempts
}

func (e *attemptError) Unwrap() error { return e.error }

func (a *attempts) begin() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.count++
}

func (a *attempts) note(err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.last = err
	if throttled.IsErrorRetryable(err) == aws.TrueTernary {
		a.throttled++
	}
}

// waits tells of the pause before the next attempt. The message stays out of the
// log: AWS repeats in some what it was sent.
func (a *attempts) waits(err error, pause time.Duration) {
	a.mu.Lock()
	count := a.count
	a.mu.Unlock()
	if count < announcedFrom {
		return
	}
	fields := map[string]any{"attempts": count, "next_in": pause.Round(time.Millisecond).String()}
	if answer, ok := errors.AsType[*awshttp.ResponseError](err); ok && answer.Response != nil {
		fields["status"] = answer.HTTPStatusCode()
	}
	if code := ErrorCode(err); code != "" {
		fields["error_code"] = code
	}
	a.inform(fields)
}

// explain turns the error of a call that was tried more than once, or cut off,
// into one that says what AWS answered.
func (a *attempts) explain(ctx context.Context, over time.Duration, err error) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	ended := ctx.Err() != nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
	if a.count == 0 || a.count == 1 && !ended {
		return err
	}
	out := &Unanswered{Attempts: a.count, Throttled: a.throttled, Over: over, Last: a.last, Err: err}
	if ended {
		out.Cause = reasonOf(ctx)
	}
	return out
}

// reasonOf is why a context ended, in words.
func reasonOf(ctx context.Context) error {
	cause := context.Cause(ctx)
	switch {
	case cause == nil:
		return errors.New("a change that was under way when the run ended took too long")
	case errors.Is(cause, context.Canceled):
		return errors.New("the run was stopped")
	}
	return cause
}

// telling is a retryer that tells of its pauses.
type telling struct{ aws.RetryerV2 }

// newTelling keeps to what a retryer says.
func newTelling(r aws.Retryer) aws.Retryer {
	v2, ok := retry.AddWithMaxAttempts(r, r.MaxAttempts()).(aws.RetryerV2)
	if !ok {
		return r
	}
	return telling{v2}
}

// RetryDelay implements aws.Retryer.
func (t telling) RetryDelay(attempt int, err error) (time.Duration, error) {
	pause, problem := t.RetryerV2.RetryDelay(attempt, err)
	if of, ok := errors.AsType[*attemptError](err); ok && problem == nil {
		of.tries.waits(err, pause)
	}
	return pause, problem
}

// Package async is Lambda's queue: it handles events after their invocation was
// answered, retries them, and delivers what became of them.
package async

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"time"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct/lambda/function"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/emulator"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// Queue handles events after Lambda has accepted them, while nobody waits.
type Queue struct {
	emulator *emulator.Client
	running  *function.Executions
	Settings
}

// New is a queue whose events count among the functions' executions.
func New(e *emulator.Client, running *function.Executions, s Settings) *Queue {
	return &Queue{emulator: e, running: running, Settings: s}
}

// Settings are what events need besides the emulator.
type Settings struct {
	Delay time.Duration // before the first retry
	Log   io.Writer     // nil: nobody reads it
	// Background runs what outlives a call, until the sandbox stops.
	Background func(work func(context.Context))
}

// event is an accepted asynchronous invocation.
type event struct {
	x               *wire.Exchange // account and region
	name, qualifier string
	requestID       string
	header          http.Header
	payload         []byte
}

// result is what the last attempt at an event came to.
type result struct {
	status   int
	problem  string // Handled, Unhandled or empty
	version  string
	payload  []byte
	attempts int
	// condition says why an event was given up, in the words of its record.
	condition string
}

// scaled is how long a time in Lambda's queue takes here: the first retry
// comes after a minute there.
func (q *Queue) scaled(d time.Duration) time.Duration {
	return time.Duration(d.Minutes() * float64(q.Delay))
}

// handle runs an event to its end: a failed one again after a minute and after
// two more, a throttled one until it is too old, then the dead-letter queue
// and the destination for failures get it, or that for successes.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
func (q *Queue) handle(ctx context.Context, ev *event) error {
	config, err := eventConfigOf(ctx, q.emulator, ev.x, ev.name, ev.qualifier)
	if err != nil {
		return err
	}
	expires := time.Now().Add(q.scaled(time.Duration(config.age) * time.Second))
	var last result
	for wait := time.Duration(0); ; {
		if time.Now().Add(wait).After(expires) {
			last.condition = "EventAgeExceeded"
			break
		}
		if err := wire.Pause(ctx, wait); err != nil {
			return err
		}
		attempts := last.attempts
		if last, err = q.attempt(ctx, ev); err != nil {
			return err
		}
		last.attempts = attempts
		if last.status == http.StatusTooManyRequests {
			closed, err := q.reservedNone(ctx, ev)
			if err != nil {
				return err
			}
			if closed {
				last.condition = "RetriesExhausted"
				break
			}
			wait = q.scaled(time.Minute)
			continue
		}
		last.attempts++
		if last.status != http.StatusOK {
			return fmt.Errorf("invoking %s: status %d: %s", ev.name, last.status, last.payload)
		}
		if last.problem == "" {
			last.condition = "Success"
			return q.deliverRecord(ctx, ev, last, config.onSuccess)
		}
		if int64(last.attempts) > config.retries {
			last.condition = "RetriesExhausted"
			break
		}
		wait = q.scaled(time.Duration(last.attempts) * time.Minute)
	}
	if err := q.deliverDeadLetter(ctx, ev, last); err != nil {
		return err
	}
	return q.deliverRecord(ctx, ev, last, config.onFailure)
}

// attempt invokes the function synchronously.
func (q *Queue) attempt(ctx context.Context, ev *event) (result, error) {
	header := maps.Clone(ev.header)
	for _, key := range []string{"X-Amz-Invocation-Type", "X-Amz-Log-Type", "Content-Length"} {
		header.Del(key)
	}
	release, r := q.running.Enter(ev.x, ev.name)
	if r != nil {
		return result{status: r.Status, payload: []byte(r.Message)}, nil
	}
	defer release()
	a, err := q.emulator.Send(ctx, ev.x, "lambda", http.MethodPost,
		"/2015-03-31/functions/"+url.PathEscape(ev.name)+"/invocations?Qualifier="+url.QueryEscape(ev.qualifier), header, ev.payload)
	if err != nil {
		return result{}, err
	}
	return result{
		status: a.Status, problem: a.Header().Get("X-Amz-Function-Error"), version: a.Header().Get("X-Amz-Executed-Version"), payload: a.Body,
	}, nil
}

// reservedNone reports a function that is closed for invocations: its events
// go to the dead-letter queue without a retry.
func (q *Queue) reservedNone(ctx context.Context, ev *event) (bool, error) {
	status, body, err := q.emulator.Ask(ctx, ev.x, "lambda", http.MethodGet, "/2019-09-30/functions/"+url.PathEscape(ev.name)+"/concurrency", nil, nil)
	if err != nil || status != http.StatusOK {
		return false, err
	}
	members, err := wire.ParseObject(body)
	return members["ReservedConcurrentExecutions"] == json.Number("0"), err
}

// deliverDeadLetter sends the event itself, with what went wrong in
// attributes.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
func (q *Queue) deliverDeadLetter(ctx context.Context, ev *event, last result) error {
	config, err := function.Config(ctx, q.emulator, ev.x, ev.name, ev.qualifier)
	if err != nil {
		return err
	}
	target := config.Object("DeadLetterConfig").Text("TargetArn")
	if target == "" {
		return nil
	}
	var reported struct {
		Message string `json:"errorMessage"`
	}
	text := string(last.payload)
	if json.Unmarshal(last.payload, &reported) == nil && reported.Message != "" {
		text = reported.Message
	}
	return q.deliver(ctx, ev, delivery{
		target: target, role: config.Text("Role"), body: ev.payload, metric: "DeadLetterErrors",
		attributes: []messageAttribute{
			{"RequestID", "String", ev.requestID},
			{"ErrorCode", "Number", fmt.Sprint(last.status)},
			{"ErrorMessage", "String", text[:min(len(text), 1024)]},
		},
	})
}

// deliverRecord sends the record of an invocation to a destination.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
func (q *Queue) deliverRecord(ctx context.Context, ev *event, last result, target string) error {
	if target == "" {
		return nil
	}
	config, err := function.Config(ctx, q.emulator, ev.x, ev.name, ev.qualifier)
	if err != nil {
		return err
	}
	response := wire.Object{"statusCode": last.status, "executedVersion": last.version}
	if last.problem != "" {
		response["functionError"] = last.problem
	}
	record, err := json.Marshal(wire.Object{
		"version": "1.0", "timestamp": time.Now().UTC().Format("2006-01-02T15:04:05.000Z"),
		"requestContext": wire.Object{
			"requestId": ev.requestID, "functionArn": ev.x.FunctionARN(ev.name) + ":" + ev.qualifier,
			"condition": last.condition, "approximateInvokeCount": last.attempts,
		},
		"requestPayload": asJSON(ev.payload), "responseContext": response, "responsePayload": asJSON(last.payload),
	})
	if err != nil {
		return fmt.Errorf("encoding a record: %w", err)
	}
	return q.deliver(ctx, ev, delivery{
		target: target, role: config.Text("Role"), body: record, metric: "DestinationDeliveryFailures", succeeded: last.condition == "Success",
	})
}

// asJSON is a payload as it stands in a record.
func asJSON(payload []byte) any {
	if !json.Valid(payload) {
		return nil
	}
	return json.RawMessage(payload)
}

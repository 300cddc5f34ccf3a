package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// asyncInvocations: Lambda takes an event, answers, and handles it by the
// configuration of the alias or version that it was sent to. The emulator
// looks at the configuration of the function only, sends a failure to one
// target of two and in one format, and needs no permission for it.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
func asyncInvocations(q *eventQueue) correction {
	return correction{
		operations: []string{"lambda.Invoke"},
		wrap: func(next handler) handler {
			return func(w http.ResponseWriter, x *exchange) {
				if x.request.Header.Get("X-Amz-Invocation-Type") != "Event" {
					next(w, x)
					return
				}
				name, qualifier := functionRef(x)
				config, err := q.emulator.functionConfig(x.request.Context(), x, name, qualifier)
				if err != nil {
					refuse(w, x, failure(err))
					return
				}
				if durable, _ := config.object("DurableConfig")["Enabled"].(bool); durable || config == nil {
					next(w, x) // which says that there is no such function
					return
				}
				if qualifier == "" {
					qualifier = latest
				}
				payload, err := x.body()
				if err != nil {
					refuse(w, x, failure(err))
					return
				}
				if len(payload) > 0 && !json.Valid(payload) {
					refuse(w, x, refusal{http.StatusBadRequest, "InvalidRequestContentException", "Could not parse request body into json"})
					return
				}
				ev := &event{
					x: x.asCaller(), name: name, qualifier: qualifier, requestID: newID(), header: x.request.Header.Clone(), payload: payload,
				}
				q.background(func(life context.Context) { q.run(life, ev) })
				w.Header().Set("X-Amzn-Requestid", ev.requestID)
				w.WriteHeader(http.StatusAccepted)
			}
		},
	}
}

// run notes what went wrong with an event, because nobody waits for it.
func (q *eventQueue) run(ctx context.Context, ev *event) {
	err := q.handle(ctx, ev)
	if err != nil && ctx.Err() == nil && q.log != nil {
		_, _ = fmt.Fprintf(q.log, "sandbox: event %s of %s: %v\n", ev.requestID, ev.name, err)
	}
}

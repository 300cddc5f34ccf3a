package async

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct/lambda/function"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// Invocations is the correction of asynchronous ones: Lambda takes an event,
// answers, and handles it by the configuration of the alias or version that it
// was sent to. The emulator looks at the configuration of the function only,
// sends a failure to one target of two and in one format, and needs no
// permission for it.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
func Invocations(q *Queue) correct.Correction {
	return correct.Correction{
		Operations: []string{"lambda.Invoke"},
		Wrap: func(next wire.Handler) wire.Handler {
			return func(w http.ResponseWriter, x *wire.Exchange) {
				if x.Request.Header.Get("X-Amz-Invocation-Type") != "Event" {
					next(w, x)
					return
				}
				name, qualifier := function.Ref(x)
				config, err := function.Config(x.Request.Context(), q.emulator, x, name, qualifier)
				if err != nil {
					wire.Refuse(w, x, wire.Failure(err))
					return
				}
				if durable, _ := config.Object("DurableConfig")["Enabled"].(bool); durable || config == nil {
					next(w, x) // which says that there is no such function
					return
				}
				if qualifier == "" {
					qualifier = function.Latest
				}
				payload, err := x.Body()
				if err != nil {
					wire.Refuse(w, x, wire.Failure(err))
					return
				}
				if len(payload) > 0 && !json.Valid(payload) {
					wire.Refuse(w, x, wire.Refusal{Status: http.StatusBadRequest, Code: "InvalidRequestContentException", Message: "Could not parse request body into json"})
					return
				}
				ev := &event{
					x: x.AsCaller(), name: name, qualifier: qualifier, requestID: function.NewID(), header: x.Request.Header.Clone(), payload: payload,
				}
				q.Background(func(life context.Context) { q.run(life, ev) })
				w.Header().Set("X-Amzn-Requestid", ev.requestID)
				w.WriteHeader(http.StatusAccepted)
			}
		},
	}
}

// run notes what went wrong with an event, because nobody waits for it.
func (q *Queue) run(ctx context.Context, ev *event) {
	err := q.handle(ctx, ev)
	if err != nil && ctx.Err() == nil && q.Log != nil {
		_, _ = fmt.Fprintf(q.Log, "sandbox: event %s of %s: %v\n", ev.requestID, ev.name, err)
	}
}

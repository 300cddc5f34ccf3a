package record

import (
	"net/http"
	"sync"
	"time"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// Keep is the step that records what became of a call, whoever answered it.
func (r *Recorder) Keep(next wire.Handler) wire.Handler {
	return func(w http.ResponseWriter, x *wire.Exchange) {
		x.Call.Seq = r.arrive()
		x.Call.At = time.Now()
		x.Call.UserAgent = x.Request.UserAgent()
		done := sync.OnceFunc(func() {
			x.Call.Duration = time.Since(x.Call.At)
			r.add(x.Call)
		})
		// Deferred as well: the reverse proxy panics when a client goes away,
		// and that call happened too.
		defer done()
		next(&watched{ResponseWriter: w, x: x, done: done}, x)
	}
}

// watched completes the record when the status is known and before the client
// gets it: who has an answer finds the call in the recorder.
type watched struct {
	http.ResponseWriter
	x    *wire.Exchange
	done func()
}

// WriteHeader records the final status; informational ones pass.
func (w *watched) WriteHeader(code int) {
	if code >= http.StatusOK {
		w.x.Call.Status = code
		w.done()
	}
	w.ResponseWriter.WriteHeader(code)
}

// Unwrap lets http.ResponseController flush through.
func (w *watched) Unwrap() http.ResponseWriter { return w.ResponseWriter }

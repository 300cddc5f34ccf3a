package sandbox

import (
	"net/http"
	"sync"
	"time"
)

// keep is the step that records what became of a call, whoever answered it.
func (r *Recorder) keep(next handler) handler {
	return func(w http.ResponseWriter, x *exchange) {
		x.call.Seq = r.arrive()
		x.call.At = time.Now()
		x.call.UserAgent = x.request.UserAgent()
		done := sync.OnceFunc(func() {
			x.call.Duration = time.Since(x.call.At)
			r.add(x.call)
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
	x    *exchange
	done func()
}

// WriteHeader records the final status; informational ones pass.
func (w *watched) WriteHeader(code int) {
	if code >= http.StatusOK {
		w.x.call.Status = code
		w.done()
	}
	w.ResponseWriter.WriteHeader(code)
}

// Unwrap lets http.ResponseController flush through.
func (w *watched) Unwrap() http.ResponseWriter { return w.ResponseWriter }

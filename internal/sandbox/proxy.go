package sandbox

import (
	"context"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"time"
)

// emulatorPrefix is the emulator's own interface: health, code downloads.
const emulatorPrefix = "/_ministack/"

type proxy struct {
	recorder *Recorder
	forward  *httputil.ReverseProxy
	keys     *keyring
	emulator *emulator
	judge    *judge
	denials  *denials
	entry    handler
}

func newProxy(o Options, address string, recorder *Recorder, conditions *conditionStore, faults *faultStore, tapes *tapeStore) *proxy {
	transport := &http.Transport{
		MaxIdleConnsPerHost: 256,
		IdleConnTimeout:     time.Minute,
		// Bodies pass as they are.
		DisableCompression: true,
	}
	target := &url.URL{Scheme: "http", Host: address}
	p := &proxy{
		recorder: recorder,
		keys:     newKeyring(),
		denials:  newDenials(),
		emulator: &emulator{
			base: target.String(), client: &http.Client{Transport: transport}, asyncDelay: o.AsyncRetryDelay, log: o.Log,
		},
	}
	p.judge = &judge{emulator: p.emulator}
	p.forward = &httputil.ReverseProxy{
		// No FlushInterval: it sends the head of an answer before the body. The
		// Go SDK closes the request when the head arrives, and now and then its
		// transport takes that for a failed write and drops the connection with
		// the body still to come. Streams are flushed all the same.
		Transport: transport,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host // signed, and the name of a bucket or function URL
		},
		ModifyResponse: finish,
		ErrorHandler:   unreachable,
	}
	p.entry = chain(p.forwardCall,
		p.record,
		p.judge.hold,
		refuseUnnamed,
		faults.inject,
		conditions.limit,
		tapes.play,
		newLagStore().lag,
		p.denials.count,
		p.correct(corrections(o, p.emulator, p.keys, p.denials)),
	)
	return p
}

// ServeHTTP separates AWS calls from the sandbox's own pages.
func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == callsPath:
		p.recorder.ServeHTTP(w, r)
	case strings.HasPrefix(r.URL.Path, emulatorPrefix):
		p.forward.ServeHTTP(w, r)
	default:
		x := &exchange{request: r}
		identify(x, p.keys)
		p.entry(w, x)
	}
}

// exchangeKey carries the exchange to the reverse proxy's callbacks.
type exchangeKey struct{}

func (p *proxy) forwardCall(w http.ResponseWriter, x *exchange) {
	ctx := context.WithValue(x.request.Context(), exchangeKey{}, x)
	p.forward.ServeHTTP(w, x.request.WithContext(ctx))
}

func exchangeOf(ctx context.Context) *exchange {
	x, _ := ctx.Value(exchangeKey{}).(*exchange)
	return x
}

// unreachable answers when the emulator does not, in place of the reverse
// proxy's line on standard error.
func unreachable(w http.ResponseWriter, r *http.Request, err error) {
	x := exchangeOf(r.Context())
	if x == nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	refuse(w, x, refusal{http.StatusBadGateway, "SandboxUnreachable", "the emulator did not answer: " + err.Error()})
}

// record keeps what became of a call, whoever answered it.
func (p *proxy) record(next handler) handler {
	return func(w http.ResponseWriter, x *exchange) {
		x.call.Seq = p.recorder.arrive()
		x.call.At = time.Now()
		x.call.UserAgent = x.request.UserAgent()
		done := sync.OnceFunc(func() {
			x.call.Duration = time.Since(x.call.At)
			p.recorder.add(x.call)
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

package sandbox

import (
	"context"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"time"
)

// emulatorPrefix is the emulator's own interface: health, code downloads.
const emulatorPrefix = "/_ministack/"

// settings are what the proxy has to know.
type settings struct {
	address    string // of the emulator
	conditions Conditions
	// See Options for these.
	rolePropagation, asyncDelay, queueRest time.Duration
	log                                    io.Writer
	// background runs what outlives a call, until the sandbox stops.
	background func(work func(context.Context))
}

// proxy passes AWS calls through its stages, which keep what others ask for.
type proxy struct {
	recorder   *Recorder
	judge      *judge
	faults     *faultStore
	conditions *conditionStore
	tapes      *tapeStore
	denials    *denials

	forward *httputil.ReverseProxy
	keys    *keyring
	entry   handler
}

func newProxy(s settings) *proxy {
	transport := &http.Transport{
		MaxIdleConnsPerHost: 256,
		IdleConnTimeout:     time.Minute,
		// Bodies pass as they are.
		DisableCompression: true,
	}
	target := &url.URL{Scheme: "http", Host: s.address}
	asked := newEmulator(target.String(), transport)
	p := &proxy{
		recorder:   newRecorder(),
		judge:      newJudge(asked),
		faults:     newFaultStore(),
		conditions: newConditionStore(s.conditions),
		tapes:      newTapeStore(),
		denials:    newDenials(),
		keys:       newKeyring(),
	}
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
		p.recorder.keep,
		p.judge.hold,
		refuseUnnamed,
		p.faults.inject,
		p.conditions.limit,
		p.tapes.play,
		p.conditions.lag,
		p.denials.count,
		correct(corrections(s, asked, p.keys, p.denials, p.conditions)),
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

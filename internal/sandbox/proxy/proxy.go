// Package proxy stands in front of the emulator and takes each AWS call through
// the stages that the other rooms are.
package proxy

import (
	"context"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/conditions"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/emulator"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/faults"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/judge"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/record"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/replay"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/roles"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// emulatorPrefix is the emulator's own interface: health, code downloads.
const emulatorPrefix = "/_ministack/"

// Settings are what the proxy has to know.
type Settings struct {
	Address    string // of the emulator
	Conditions conditions.Conditions
	// RolePropagation, AsyncDelay and QueueRest are those of sandbox.Options.
	RolePropagation, AsyncDelay, QueueRest time.Duration
	Log                                    io.Writer
	// Background runs what outlives a call, until the sandbox stops.
	Background func(work func(context.Context))
}

// Proxy passes AWS calls through its stages, which keep what others ask for.
type Proxy struct {
	Recorder   *record.Recorder
	Judge      *judge.Judge
	Faults     *faults.Store
	Conditions *conditions.Store
	Tapes      *replay.Tapes
	Denials    *roles.Denials

	forward *httputil.ReverseProxy
	keys    *wire.Keyring
	entry   wire.Handler
}

// New builds the stages around an emulator.
func New(s Settings) *Proxy {
	transport := &http.Transport{
		MaxIdleConnsPerHost: 256,
		IdleConnTimeout:     time.Minute,
		// Bodies pass as they are.
		DisableCompression: true,
	}
	target := &url.URL{Scheme: "http", Host: s.Address}
	asked := emulator.NewClient(target.String(), transport)
	p := &Proxy{
		Recorder:   record.NewRecorder(),
		Judge:      judge.New(asked),
		Faults:     faults.NewStore(),
		Conditions: conditions.NewStore(s.Conditions),
		Tapes:      replay.NewTapes(),
		Denials:    roles.NewDenials(),
		keys:       wire.NewKeyring(),
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
		p.Recorder.Keep,
		p.Judge.Hold,
		refuseUnnamed,
		p.Faults.Inject,
		p.Conditions.Limit,
		p.Tapes.Play,
		p.Conditions.Lag,
		p.Denials.Count,
		correct.Step(corrections(s, asked, p.keys, p.Denials, p.Conditions)),
	)
	return p
}

// ServeHTTP separates AWS calls from the sandbox's own pages.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == record.CallsPath:
		p.Recorder.ServeHTTP(w, r)
	case strings.HasPrefix(r.URL.Path, emulatorPrefix):
		p.forward.ServeHTTP(w, r)
	default:
		x := &wire.Exchange{Request: r}
		wire.Identify(x, p.keys)
		p.entry(w, x)
	}
}

// exchangeKey carries the exchange to the reverse proxy's callbacks.
type exchangeKey struct{}

func (p *Proxy) forwardCall(w http.ResponseWriter, x *wire.Exchange) {
	ctx := context.WithValue(x.Request.Context(), exchangeKey{}, x)
	p.forward.ServeHTTP(w, x.Request.WithContext(ctx))
}

func exchangeOf(ctx context.Context) *wire.Exchange {
	x, _ := ctx.Value(exchangeKey{}).(*wire.Exchange)
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
	wire.Refuse(w, x, wire.Refusal{Status: http.StatusBadGateway, Code: "SandboxUnreachable", Message: "the emulator did not answer: " + err.Error()})
}

func chain(last wire.Handler, steps ...wire.Step) wire.Handler {
	for _, s := range slices.Backward(steps) {
		last = s(last)
	}
	return last
}

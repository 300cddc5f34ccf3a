package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/emulator"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/proxy"
)

// Sandbox is a running local AWS. Every 12-digit number is an account of its
// own: tests that use one account each need no reset and can run in parallel.
type Sandbox struct {
	options  Options
	runDir   string
	endpoint string
	proxy    *proxy.Proxy
	server   *http.Server
	child    *emulator.Process
	endLife  context.CancelFunc // of what the proxy does on its own
	stop     func() error
}

// Start installs the emulator if it is missing, starts it and returns when it
// answers. The context bounds the start only; Stop ends the sandbox, and so
// does the death of the calling process, even by SIGKILL.
func Start(ctx context.Context, o Options) (*Sandbox, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	python, err := emulator.Install(ctx, o.Python, o.CacheDir)
	if err != nil {
		return nil, err
	}
	runDir, err := emulator.MakeRunDir(o.CacheDir)
	if err != nil {
		return nil, err
	}
	s := &Sandbox{options: o, runDir: runDir}
	s.stop = sync.OnceValue(s.stopOnce)
	if err := s.start(ctx, python); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

func (s *Sandbox) start(ctx context.Context, python string) error {
	var listen net.ListenConfig
	front, err := listen.Listen(ctx, "tcp", s.options.Addr)
	if err != nil {
		return fmt.Errorf("sandbox: cannot listen: %w", err)
	}
	s.endpoint = "http://" + front.Addr().String()
	o := s.options
	s.child, err = emulator.Start(ctx, python, s.runDir, front.Addr(), emulator.Settings{
		Region: o.Region, StateDelay: o.StateDelay, AsyncRetryDelay: o.AsyncRetryDelay, Log: o.Log,
	})
	if err != nil {
		return errors.Join(err, front.Close())
	}
	life, endLife := context.WithCancel(context.WithoutCancel(ctx))
	s.endLife = endLife
	s.proxy = proxy.New(proxy.Settings{ //nolint:contextcheck // every call brings its own
		Address: s.child.Address, Conditions: o.Conditions,
		RolePropagation: o.RolePropagation, AsyncDelay: o.AsyncRetryDelay, QueueRest: o.QueueRest, Log: o.Log,
		Background: func(work func(context.Context)) { go work(life) },
	})
	s.server = &http.Server{Handler: s.proxy, ReadHeaderTimeout: time.Minute}
	go func() { _ = s.server.Serve(front) }() // ends with ErrServerClosed in Stop
	return s.child.WaitHealthy(ctx)
}

// Stop ends the emulator and every process it started. It may be called more
// than once.
func (s *Sandbox) Stop() error { return s.stop() }

func (s *Sandbox) stopOnce() error {
	var err error
	if s.server != nil {
		s.endLife()
		err = s.server.Close()
	}
	if s.child != nil {
		err = errors.Join(err, s.child.Kill())
	}
	return errors.Join(err, os.RemoveAll(s.runDir))
}

// Endpoint is the base URL of every service.
func (s *Sandbox) Endpoint() string { return s.endpoint }

// Recorder lists the calls that passed.
func (s *Sandbox) Recorder() *Recorder { return s.proxy.Recorder }

// Env returns KEY=VALUE pairs that point Terraform, the AWS CLI and every SDK
// at one account of the sandbox. Appended to os.Environ() they win over a
// profile, session or endpoint of the developer.
func (s *Sandbox) Env(account string) []string {
	config := filepath.Join(s.runDir, emulator.ConfigFile)
	env := []string{
		"AWS_ENDPOINT_URL=" + s.endpoint,
		"AWS_ACCESS_KEY_ID=" + account,
		"AWS_SECRET_ACCESS_KEY=sandbox",
		"AWS_SESSION_TOKEN=",
		"AWS_REGION=" + s.options.Region,
		"AWS_DEFAULT_REGION=" + s.options.Region,
		"AWS_EC2_METADATA_DISABLED=true",
		"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=false",
		"AWS_USE_FIPS_ENDPOINT=false",
		"AWS_USE_DUALSTACK_ENDPOINT=false",
		"AWS_CONFIG_FILE=" + config,
		"AWS_SHARED_CREDENTIALS_FILE=" + config,
		"AWS_PROFILE=default",
		"AWS_PAGER=",
		// Version 1 of the AWS CLI calls a queue's legacy host name without it.
		"BOTO_DISABLE_COMMONNAME=true",
	}
	for _, key := range []string{"NO_PROXY", "no_proxy"} {
		env = append(env, key+"="+strings.TrimPrefix(os.Getenv(key)+",127.0.0.1,localhost", ","))
	}
	for _, pair := range os.Environ() {
		if key, _, _ := strings.Cut(pair, "="); strings.HasPrefix(key, "AWS_ENDPOINT_URL_") {
			env = append(env, key+"="+s.endpoint)
		}
	}
	return env
}

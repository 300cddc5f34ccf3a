// Command serve runs the local AWS in the foreground until it is interrupted
// or the process that started it ends.
//
// Standard output carries only lines for a shell to evaluate:
//
//	go run ./internal/sandbox/serve -env-file sandbox.env
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox"
)

type settings struct {
	addr, account, region, envFile string
	verbose, quotas                bool
	latency                        time.Duration
}

func main() {
	var s settings
	flag.StringVar(&s.addr, "addr", "127.0.0.1:0", "`address` to listen on; port 0 takes a free one")
	flag.StringVar(&s.account, "account", "123456789012", "12-digit account `id` of the printed credentials")
	flag.StringVar(&s.region, "region", "eu-central-1", "default `region`")
	flag.StringVar(&s.envFile, "env-file", "", "also write the exports to this `file` once ready")
	flag.BoolVar(&s.verbose, "verbose", false, "show the emulator's log on standard error")
	flag.BoolVar(&s.quotas, "quotas", false, "refuse calls beyond the rates that AWS publishes")
	flag.DurationVar(&s.latency, "latency", 0, "`delay` of every call")
	flag.Parse()
	if err := run(s); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(s settings) (err error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	options := sandbox.Options{Addr: s.addr, Region: s.region, Conditions: sandbox.Conditions{Latency: s.latency}}
	if s.quotas {
		options.Conditions.Quotas = sandbox.PublishedQuotas()
	}
	if s.verbose {
		options.Log = os.Stderr
	}
	began := time.Now()
	fmt.Fprintln(os.Stderr, "starting the local AWS (the first start installs it) ...")
	box, err := sandbox.Start(ctx, options)
	if err != nil {
		return fmt.Errorf("cannot start: %w", err)
	}
	defer func() { err = errors.Join(err, box.Stop()) }()

	exports := exportLines(box.Env(s.account))
	if _, err := io.WriteString(os.Stdout, exports); err != nil {
		return fmt.Errorf("cannot print the environment: %w", err)
	}
	if s.envFile != "" {
		if err := writeAside(s.envFile, exports); err != nil {
			return err
		}
	}
	fmt.Fprintf(os.Stderr, "ready after %.1f s: %s\ncalls: %s/_sandbox/calls   stop: Ctrl-C   emulator log: -verbose\n",
		time.Since(began).Seconds(), box.Endpoint(), box.Endpoint())
	waitForEnd(ctx)
	return nil
}

// waitForEnd returns on a signal, or when the parent is gone: a script that
// died leaves its background jobs to process 1 or to a subreaper.
func waitForEnd(ctx context.Context) {
	parent := os.Getppid()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if os.Getppid() != parent {
				return
			}
		}
	}
}

func exportLines(env []string) string {
	var out strings.Builder
	for _, pair := range env {
		key, value, _ := strings.Cut(pair, "=")
		fmt.Fprintf(&out, "export %s='%s'\n", key, strings.ReplaceAll(value, "'", `'\''`))
	}
	return out.String()
}

// writeAside lets whoever waits for the file find all of it.
func writeAside(path, text string) error {
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", path, err)
	}
	_, err = file.WriteString(text)
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", path, errors.Join(err, os.Remove(file.Name())))
	}
	return nil
}

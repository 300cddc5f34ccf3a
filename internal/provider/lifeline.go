package provider

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

const (
	// mostAfterStop bounds how long a provider that was told to stop stays: a
	// change that is under way takes at most half a minute then, and Terraform
	// may wait for other providers before it closes the connection.
	mostAfterStop = 10 * time.Minute
	// parentLooked is how often the provider looks whether Terraform is there.
	parentLooked = time.Second
)

// lifeline decides how long the process serves. Runners stop a job by a signal
// to every process of it at once. Terraform then ends in good order, and needs
// the provider to say what was made; so the provider outlives the signal, begins
// nothing more, and leaves when Terraform closes the connection or is gone.
type lifeline struct {
	mu      sync.Mutex
	working int
	cause   error         // why it stops
	stopped chan struct{} // closed when it does
	idle    chan struct{} // gets a word whenever the last work has ended
}

func newLifeline() *lifeline {
	return &lifeline{stopped: make(chan struct{}), idle: make(chan struct{}, 1)}
}

// begin starts a piece of work, unless nothing is to begin any more. The work
// is cancelled when the provider is told to stop.
func (l *lifeline) begin(ctx context.Context) (context.Context, func(), error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cause != nil {
		return nil, nil, l.cause
	}
	l.working++
	ctx, cancel := context.WithCancelCause(ctx)
	end := make(chan struct{})
	go func() {
		select {
		case <-l.stopped:
			cancel(l.cause)
		case <-end:
		}
	}()
	return ctx, func() {
		close(end)
		cancel(nil)
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.working--; l.working == 0 {
			select {
			case l.idle <- struct{}{}:
			default:
			}
		}
	}, nil
}

// stop cancels what is under way and lets nothing begin. The first cause stays.
func (l *lifeline) stop(cause error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cause == nil {
		l.cause = cause
		close(l.stopped)
	}
}

func (l *lifeline) busy() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.working > 0
}

// guard watches for signals and for the end of the parent process, and calls
// leave once nothing holds the process any more.
func (l *lifeline) guard(leave func()) {
	told := make(chan os.Signal, 1)
	// A log line to a Terraform that is gone must not end a change under way.
	signal.Ignore(syscall.SIGPIPE)
	for _, s := range []os.Signal{syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(s) { // as under nohup
			signal.Notify(told, s)
		}
	}
	go l.watch(told, os.Getppid, leave)
}

func (l *lifeline) watch(told <-chan os.Signal, parent func() int, leave func()) {
	began := parent()
	look := time.NewTicker(parentLooked)
	defer look.Stop()
	var bound <-chan time.Time
	end := func(cause error) {
		l.stop(cause)
		if bound == nil {
			bound = time.After(mostAfterStop)
		}
	}
	for alone := false; !alone || l.busy(); {
		select {
		case s := <-told:
			end(fmt.Errorf("the provider was told to stop (%s)", s))
		case <-look.C:
			if alone = parent() != began; alone {
				end(errors.New("the process that started the provider is gone"))
			}
		case <-l.idle:
		case <-bound:
			leave()
			return
		}
	}
	leave()
}

// refusedStop is the answer to what would begin after the provider was told to
// stop.
func refusedStop(cause error) []*tfprotov6.Diagnostic {
	return []*tfprotov6.Diagnostic{{
		Severity: tfprotov6.DiagnosticSeverityError, Summary: "The run was stopped",
		Detail: fmt.Sprintf("Nothing of this was begun: %v. Run Terraform again to go on.", cause),
	}}
}

// Package emulator installs and starts the emulator, MiniStack, which is written
// in Python, and asks it questions.
package emulator

import (
	"bytes"
	"context"
	_ "embed" // launcher.py
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

//go:embed launcher.py
var launcher string

const (
	// startTimeout covers a cold file cache on a busy machine; 1 to 2 s is usual.
	startTimeout = 90 * time.Second
	healthPath   = "/_ministack/health"
	healthEvery  = 50 * time.Millisecond
	logTail      = 2000 // bytes of emulator output in a start error
)

// Process is the emulator. It leads a process group of its own, so that the
// function workers it starts die with it.
type Process struct {
	cmd     *exec.Cmd
	stdin   io.WriteCloser // never written: its end tells the launcher that we are gone
	Address string
	logFile string
	exited  chan struct{}
	waitErr error // valid after exited is closed
}

// Settings are what the emulator is started with.
type Settings struct {
	Region                      string
	StateDelay, AsyncRetryDelay time.Duration
	Log                         io.Writer // nil: a file in the run's directory
}

// Start starts the emulator with a socket that listens already: there is no
// moment at which another process could take the port.
func Start(ctx context.Context, python, runDir string, front net.Addr, s Settings) (*Process, error) {
	var listen net.ListenConfig
	listener, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("sandbox: no free port: %w", err)
	}
	defer func() { _ = listener.Close() }() // the child has its own copy
	socket, err := listener.(*net.TCPListener).File()
	if err != nil {
		return nil, fmt.Errorf("sandbox: cannot share the socket: %w", err)
	}
	defer func() { _ = socket.Close() }()

	c := &Process{Address: listener.Addr().String(), logFile: filepath.Join(runDir, "emulator.log"), exited: make(chan struct{})}
	// Not CommandContext: the context bounds the start, not the life.
	c.cmd = exec.Command(python, "-c", launcher) //nolint:noctx // see above
	c.cmd.Dir = runDir
	c.cmd.Env = childEnv(s, runDir, front)
	c.cmd.ExtraFiles = []*os.File{socket}
	leadProcessGroup(c.cmd)
	if c.stdin, err = c.cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("sandbox: cannot start the emulator: %w", err)
	}
	log := s.Log
	if log == nil {
		file, err := os.Create(c.logFile)
		if err != nil {
			return nil, fmt.Errorf("sandbox: cannot create the emulator's log: %w", err)
		}
		defer func() { _ = file.Close() }() // the child has its own copy
		log = file
	}
	c.cmd.Stdout, c.cmd.Stderr = log, log
	// Workers hold a copy of the output; without this Wait would wait for them.
	c.cmd.WaitDelay = time.Second
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("sandbox: cannot start the emulator: %w", err)
	}
	go func() {
		c.waitErr = c.cmd.Wait()
		close(c.exited)
	}()
	return c, nil
}

// childEnv is the whole environment of the emulator and of the functions it
// runs. Nothing of the developer's AWS settings, proxies or Docker gets in.
func childEnv(s Settings, runDir string, front net.Addr) []string {
	_, port, _ := net.SplitHostPort(front.String())
	return []string{
		"PATH=" + os.Getenv("PATH"),
		"LANG=C.UTF-8",
		"HOME=" + runDir,
		"TMPDIR=" + runDir,
		"PYTHONUNBUFFERED=1",
		"LOG_LEVEL=WARNING",
		// The proxy's port: URLs the emulator hands out and calls that
		// functions make then pass the proxy too.
		"GATEWAY_PORT=" + port,
		"BIND_HOST=127.0.0.1",
		"MINISTACK_REGION=" + s.Region,
		"LAMBDA_EXECUTOR=local",
		// AWS's default; the emulator's depends on the machine's memory.
		"LAMBDA_ACCOUNT_CONCURRENCY=1000",
		"LAMBDA_STATE_TRANSITION_SECONDS=" + seconds(s.StateDelay),
		"LAMBDA_ASYNC_RETRY_BASE_SECONDS=" + seconds(s.AsyncRetryDelay),
		"SFTP_ENABLED=0",
		// The emulator stops containers it believes to be leftovers of its own.
		"DOCKER_HOST=unix://" + filepath.Join(runDir, "no-docker.sock"),
	}
}

func seconds(d time.Duration) string {
	return strconv.FormatFloat(d.Seconds(), 'f', 3, 64)
}

// WaitHealthy returns when the emulator answers.
func (c *Process) WaitHealthy(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	tick := time.NewTicker(healthEvery)
	defer tick.Stop()
	for {
		if c.healthy(ctx) {
			return nil
		}
		select {
		case <-tick.C:
		case <-c.exited:
			return fmt.Errorf("sandbox: the emulator ended while starting (%w)%s", c.exitError(), c.tail())
		case <-ctx.Done():
			return fmt.Errorf("sandbox: the emulator did not answer: %w%s", ctx.Err(), c.tail())
		}
	}
}

func (c *Process) healthy(ctx context.Context) bool {
	// The socket listens before anybody serves it, so a request waits in its
	// queue; a short limit keeps an exit noticed.
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+c.Address+healthPath, http.NoBody)
	if err != nil {
		return false
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return false
	}
	defer func() { _ = resp.Body.Close() }()
	return resp.StatusCode == http.StatusOK
}

func (c *Process) exitError() error {
	if c.waitErr == nil {
		return errors.New("exit status 0")
	}
	return c.waitErr
}

func (c *Process) tail() string {
	output, err := os.ReadFile(c.logFile)
	if err != nil || len(output) == 0 {
		return ""
	}
	output = bytes.TrimSpace(output)
	if len(output) > logTail {
		output = output[len(output)-logTail:]
	}
	return "; its last output:\n" + strings.ToValidUTF8(string(output), "")
}

// PID leads the process group.
func (c *Process) PID() int { return c.cmd.Process.Pid }

// Kill ends the whole process group and returns when the emulator is reaped.
func (c *Process) Kill() error {
	err := killProcessGroup(c.PID())
	_ = c.stdin.Close()
	<-c.exited
	return err
}

package sandbox

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// CacheDirVariable names the environment variable that moves the cache
// directory, for example to a volume that outlives a CI job.
const CacheDirVariable = "SECURE_SANDBOX_DIR"

// Options of Start. The zero value is what tests use.
type Options struct {
	// CacheDir holds the emulator's virtual environment between runs. Default:
	// $SECURE_SANDBOX_DIR, else .sandbox beside the nearest go.mod.
	CacheDir string
	// Python is the interpreter that creates the environment, a name on the
	// PATH or a path. Default: python3.
	Python string
	// Log receives the emulator's output. When nil it goes to a file whose
	// tail is part of the error of a failed start.
	Log io.Writer
	// Addr is where the proxy listens. Default: a free port of 127.0.0.1.
	Addr string
	// Region is the default region of Env. Default: eu-central-1. Every region
	// is served; the signature of a call says which one it is for.
	Region string
	// StateDelay is how long a created function stays Pending and an updated
	// one InProgress. Default: 200 ms.
	StateDelay time.Duration
	// RolePropagation is how long Lambda cannot assume a role after its
	// creation. Default: 500 ms. Negative: not at all.
	RolePropagation time.Duration
	// AsyncRetryDelay is the wait before the first retry of a failed
	// asynchronous invocation; AWS waits a minute. Default: 200 ms.
	AsyncRetryDelay time.Duration
	// QueueRest is how long the name of a deleted queue cannot be used again;
	// AWS says 60 s. Default: 500 ms. Negative: not at all.
	QueueRest time.Duration
	// Conditions are those of accounts for which SetConditions says nothing
	// else. Default: none.
	Conditions Conditions
}

const (
	defaultRegion          = "eu-central-1"
	defaultPython          = "python3"
	defaultStateDelay      = 200 * time.Millisecond
	defaultRolePropagation = 500 * time.Millisecond
	defaultAsyncRetryDelay = 200 * time.Millisecond
	defaultQueueRest       = 500 * time.Millisecond
)

func (o Options) withDefaults() (Options, error) {
	if o.CacheDir == "" {
		dir, err := defaultCacheDir()
		if err != nil {
			return o, err
		}
		o.CacheDir = dir
	}
	dir, err := filepath.Abs(o.CacheDir)
	if err != nil {
		return o, fmt.Errorf("cache directory: %w", err)
	}
	o.CacheDir = dir
	if o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	if o.Python == "" {
		o.Python = defaultPython
	}
	if o.Region == "" {
		o.Region = defaultRegion
	}
	if o.StateDelay == 0 {
		o.StateDelay = defaultStateDelay
	}
	if o.RolePropagation == 0 {
		o.RolePropagation = defaultRolePropagation
	}
	if o.AsyncRetryDelay == 0 {
		o.AsyncRetryDelay = defaultAsyncRetryDelay
	}
	if o.QueueRest == 0 {
		o.QueueRest = defaultQueueRest
	}
	return o, nil
}

// defaultCacheDir is shared by all packages of the module, so that the
// emulator is installed once and not once per package under test.
func defaultCacheDir() (string, error) {
	if dir := os.Getenv(CacheDirVariable); dir != "" {
		return dir, nil
	}
	here, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("cache directory: %w", err)
	}
	for dir := here; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, ".sandbox"), nil
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no go.mod above %s and %s is not set: %w", here, CacheDirVariable, err)
	}
	return filepath.Join(cache, "terraform-provider-secure"), nil
}

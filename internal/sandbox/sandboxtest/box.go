// Package sandboxtest gives the tests of the sandbox's rooms a running sandbox,
// accounts of it and what many of them make in an account.
package sandboxtest

import (
	"context"
	"flag"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox"
)

// Region is where the tests are.
const Region = "eu-central-1"

// Box is shared by the tests of a package: each has an account of its own.
var Box *sandbox.Sandbox

// What Box was started with.
const (
	StateDelay      = 400 * time.Millisecond
	RolePropagation = 300 * time.Millisecond
	QueueRest       = 500 * time.Millisecond
)

// Main is TestMain of a package whose tests need Box.
func Main(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	if err := runParallel(); err != nil {
		return 1, err
	}
	Box, err = sandbox.Start(context.Background(), sandbox.Options{StateDelay: StateDelay, RolePropagation: RolePropagation, QueueRest: QueueRest})
	if err != nil {
		return 1, err
	}
	code = m.Run()
	return code, Box.Stop()
}

// testParallel is more than there are processors: tests wait most of the time.
const testParallel = 6

// runParallel replaces the default of -parallel, the number of processors.
func runParallel() error {
	flag.Parse()
	asked := false
	flag.Visit(func(f *flag.Flag) { asked = asked || f.Name == "test.parallel" })
	if asked {
		return nil
	}
	return flag.Set("test.parallel", strconv.Itoa(max(testParallel, runtime.GOMAXPROCS(0))))
}

// Command unpaced is the provider as it is released, but for the pace of its
// calls: the benchmark measures with it what the provider costs by itself, on a
// local AWS without quotas. With SECURE_TEST_HASTE its clock runs so many times
// as fast, for waits that AWS needs and the sandbox does not.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/secure-lambda/terraform-provider-secure/internal/engine"
	"github.com/secure-lambda/terraform-provider-secure/internal/provider"
)

// hasty is a clock whose sleeps are shorter.
type hasty struct {
	engine.Real

	by time.Duration
}

func (h hasty) Sleep(ctx context.Context, d time.Duration) error { return h.Real.Sleep(ctx, d/h.by) }

// pace is far above what any machine can ask.
const pace = 1e6

func main() {
	debug := flag.Bool("debug", false, "print how to attach and wait")
	flag.Parse()
	tuning := provider.Tuning{Pace: pace}
	if by, err := strconv.Atoi(os.Getenv("SECURE_TEST_HASTE")); err == nil && by > 0 {
		tuning.Clock = hasty{by: time.Duration(by)}
	}
	if err := provider.Serve("bench", tuning, *debug); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

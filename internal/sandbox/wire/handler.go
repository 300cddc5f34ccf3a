package wire

import (
	"context"
	"net/http"
	"time"
)

// Handler answers a call.
type Handler func(w http.ResponseWriter, x *Exchange)

// Step is one stage of the proxy.
type Step func(next Handler) Handler

// Pause waits unless the context ends first: the client is gone, or the sandbox
// ends.
func Pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

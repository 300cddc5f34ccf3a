package api

import (
	"context"
	"strings"
	"time"

	"github.com/aws/smithy-go/middleware"
)

// grace is how long a change that is under way may still take once the
// operation is cancelled or out of time.
const grace = 30 * time.Second

// patient lets changes that are under way end when an operation is cancelled:
// a request that AWS carries out and nobody hears of leaves an object that is
// not in the state. What has not begun does not begin.
func patient(stack *middleware.Stack) error {
	return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("Patient",
		func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
			if ctx.Err() != nil {
				return middleware.InitializeOutput{}, middleware.Metadata{}, context.Cause(ctx)
			}
			if looksOnly(middleware.GetOperationName(ctx)) {
				return next.HandleInitialize(ctx, in)
			}
			patient, end := context.WithCancel(context.WithoutCancel(ctx))
			defer end()
			stop := context.AfterFunc(ctx, func() { time.AfterFunc(grace, end) })
			defer stop()
			return next.HandleInitialize(patient, in)
		}), middleware.Before)
}

// looksOnly reports whether an operation changes nothing.
func looksOnly(operation string) bool {
	for _, verb := range []string{"Get", "List", "Describe", "Head", "BatchGet"} {
		if strings.HasPrefix(operation, verb) {
			return true
		}
	}
	return false
}

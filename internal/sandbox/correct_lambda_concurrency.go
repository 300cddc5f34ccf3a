package sandbox

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"sync"
)

// unreservedMinimum must be left for functions that reserve nothing.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
const unreservedMinimum = 100

// executions count the invocations of functions that reserve some.
type executions struct {
	mu       sync.Mutex
	reserved map[string]int64
	running  map[string]int64
}

// reserve notes a reservation; negative takes it back.
func (c *executions) reserve(key string, count int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.reserved == nil {
		c.reserved, c.running = map[string]int64{}, map[string]int64{}
	}
	if count < 0 {
		delete(c.reserved, key)
		return
	}
	c.reserved[key] = count
}

// enter refuses an invocation beyond the reservation. Without a refusal
// release ends it.
func (c *executions) enter(x *exchange, name string) (release func(), r *refusal) {
	key := x.scoped(name)
	c.mu.Lock()
	defer c.mu.Unlock()
	limit, limited := c.reserved[key]
	if !limited {
		return func() {}, nil
	}
	if c.running[key] >= limit {
		return nil, &refusal{http.StatusTooManyRequests, "TooManyRequestsException", "Rate Exceeded."}
	}
	c.running[key]++
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.running[key]--
	}, nil
}

// concurrencyIsReserved: a reservation leaves the account its minimum, and
// holds for all versions and aliases of a function together. The emulator
// reserves any number, and holds only $LATEST to it.
// https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionConcurrency.html
func concurrencyIsReserved(e *emulator, running *executions, accounts *keyedLocks) []correction {
	return []correction{
		{operations: []string{"lambda.PutFunctionConcurrency"}, wrap: func(next handler) handler {
			checked := before(func(ctx context.Context, x *exchange) (*refusal, error) { return e.limitReservation(ctx, x) })(next)
			return func(w http.ResponseWriter, x *exchange) {
				defer accounts.lock(x.scoped())()
				checked(w, x)
			}
		}},
		{operations: []string{"lambda.PutFunctionConcurrency"}, wrap: after(func(x *exchange, _ *answer) error {
			count, err := x.reservation()
			if name, _ := functionRef(x); err == nil {
				running.reserve(x.scoped(name), count)
			}
			return err
		})},
		{operations: []string{"lambda.DeleteFunctionConcurrency", "lambda.DeleteFunction"}, wrap: after(func(x *exchange, _ *answer) error {
			if name, qualifier := functionRef(x); qualifier == "" {
				running.reserve(x.scoped(name), -1)
			}
			return nil
		})},
		{operations: []string{"lambda.Invoke", "lambda.InvokeWithResponseStream"}, wrap: func(next handler) handler {
			return func(w http.ResponseWriter, x *exchange) {
				name, _ := functionRef(x)
				release, r := running.enter(x, name)
				if r != nil {
					refuseFor(w, x, *r, "ReservedFunctionConcurrentInvocationLimitExceeded")
					return
				}
				defer release()
				next(w, x)
			}
		}},
	}
}

// reservation is what a request wants to reserve.
func (x *exchange) reservation() (int64, error) {
	request, err := x.json()
	if err != nil {
		return 0, err
	}
	number, given := request["ReservedConcurrentExecutions"].(json.Number)
	if !given {
		return -1, nil
	}
	return number.Int64()
}

func (e *emulator) limitReservation(ctx context.Context, x *exchange) (*refusal, error) {
	wanted, err := x.reservation()
	if err != nil {
		return nil, err
	}
	if wanted < 0 {
		return invalidMember("null", "reservedConcurrentExecutions", "have value greater than or equal to 0"), nil
	}
	_, body, err := e.ask(ctx, x, "lambda", http.MethodGet, "/2016-08-19/account-settings", nil, nil)
	if err != nil {
		return nil, err
	}
	var settings struct {
		AccountLimit struct{ UnreservedConcurrentExecutions int64 }
	}
	if err := json.Unmarshal(body, &settings); err != nil {
		return nil, err
	}
	name, _ := functionRef(x)
	_, body, err = e.ask(ctx, x, "lambda", http.MethodGet, "/2019-09-30/functions/"+url.PathEscape(name)+"/concurrency", nil, nil)
	if err != nil {
		return nil, err
	}
	var held struct{ ReservedConcurrentExecutions int64 }
	if err := json.Unmarshal(body, &held); err != nil {
		return nil, err
	}
	if settings.AccountLimit.UnreservedConcurrentExecutions+held.ReservedConcurrentExecutions-wanted >= unreservedMinimum {
		return nil, nil
	}
	return &refusal{
		http.StatusBadRequest, "InvalidParameterValueException",
		"Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
	}, nil
}

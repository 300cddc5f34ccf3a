package function

import (
	"net/http"
	"sync"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// Executions count the invocations of functions that reserve some.
type Executions struct {
	mu       sync.Mutex
	reserved map[string]int64
	running  map[string]int64
}

// Reserve notes a reservation; negative takes it back.
func (c *Executions) Reserve(key string, count int64) {
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

// Enter refuses an invocation beyond the reservation. Without a refusal
// release ends it.
func (c *Executions) Enter(x *wire.Exchange, name string) (release func(), r *wire.Refusal) {
	key := x.Scoped(name)
	c.mu.Lock()
	defer c.mu.Unlock()
	limit, limited := c.reserved[key]
	if !limited {
		return func() {}, nil
	}
	if c.running[key] >= limit {
		return nil, &wire.Refusal{Status: http.StatusTooManyRequests, Code: "TooManyRequestsException", Message: "Rate Exceeded."}
	}
	c.running[key]++
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.running[key]--
	}, nil
}

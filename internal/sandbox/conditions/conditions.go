// Package conditions is what the calls of an account meet before anybody answers
// them: rates, delays, and reads that do not show a write yet.
package conditions

import (
	"net/http"
	"sync"
	"time"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// Conditions are what the calls of an account meet before anybody answers
// them. The zero value is none: no limit and no delay.
type Conditions struct {
	// Quotas refuse calls that come too fast, as each service refuses them.
	Quotas Quotas
	// Latency is added to every call, also to refused ones.
	Latency time.Duration
	// ServiceLatency is added instead of Latency, by signing name.
	ServiceLatency map[string]time.Duration
	// RolePropagation is used instead of the one in Options, unless it is zero.
	RolePropagation time.Duration
	// Consistency is how long reads show what was before a write.
	Consistency Consistency
}

func (c Conditions) latency(service string) time.Duration {
	if d, found := c.ServiceLatency[service]; found {
		return d
	}
	return c.Latency
}

// Store holds the conditions of all accounts, and what their reads do
// not show yet.
type Store struct {
	mu       sync.RWMutex
	usual    Conditions
	accounts map[string]*accountConditions
	pasts    pastStore
}

// accountConditions are those of one account and the state of its quotas.
type accountConditions struct {
	Conditions
	buckets buckets
}

// NewStore gives all accounts the usual conditions.
func NewStore(usual Conditions) *Store {
	return &Store{usual: usual, accounts: map[string]*accountConditions{}}
}

// Set replaces the conditions of one account. Its buckets are full then.
func (c *Store) Set(account string, conditions Conditions) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.accounts[account] = &accountConditions{Conditions: conditions}
}

func (c *Store) of(account string) *accountConditions {
	c.mu.RLock()
	found, known := c.accounts[account]
	c.mu.RUnlock()
	if known {
		return found
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if found, known = c.accounts[account]; !known {
		found = &accountConditions{Conditions: c.usual}
		c.accounts[account] = found
	}
	return found
}

// Limit is the step that delays and refuses calls.
func (c *Store) Limit(next wire.Handler) wire.Handler {
	return func(w http.ResponseWriter, x *wire.Exchange) {
		conditions := c.of(x.Call.Account)
		if wire.Pause(x.Request.Context(), conditions.latency(x.Call.Service)) != nil {
			return // the client is gone
		}
		if conditions.buckets.take(conditions.Quotas, x.Call, time.Now()) {
			next(w, x)
			return
		}
		x.Call.Throttled = true
		r := throttling(x)
		if x.Call.Service == "lambda" {
			wire.RefuseFor(w, x, r, "CallerRateLimitExceeded")
			return
		}
		wire.Refuse(w, x, r)
	}
}

// throttling is the refusal of a call beyond its rate, in the words of its
// service. SDKs tell it from other errors by these codes.
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
func throttling(x *wire.Exchange) wire.Refusal {
	const exceeded = "Rate exceeded"
	switch x.Call.Service {
	case "lambda":
		return wire.Refusal{Status: http.StatusTooManyRequests, Code: "TooManyRequestsException", Message: exceeded}
	case "kms":
		return wire.Refusal{Status: http.StatusBadRequest, Code: "ThrottlingException", Message: "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls."}
	case "sqs":
		return wire.Refusal{Status: http.StatusBadRequest, Code: "RequestThrottled", Message: "The request was denied due to request throttling."}
	case "tagging":
		return wire.Refusal{Status: http.StatusBadRequest, Code: "ThrottledException", Message: exceeded}
	case "ec2":
		return wire.Refusal{Status: http.StatusServiceUnavailable, Code: "RequestLimitExceeded", Message: "Request limit exceeded."}
	case "s3":
		return wire.Refusal{Status: http.StatusServiceUnavailable, Code: "SlowDown", Message: "Please reduce your request rate."}
	}
	switch x.Protocol {
	case wire.QueryProtocol:
		return wire.Refusal{Status: http.StatusBadRequest, Code: "Throttling", Message: exceeded}
	case wire.RESTJSON, wire.RESTXML:
		return wire.Refusal{Status: http.StatusTooManyRequests, Code: "ThrottlingException", Message: exceeded}
	default:
		return wire.Refusal{Status: http.StatusBadRequest, Code: "ThrottlingException", Message: exceeded}
	}
}

// RolePropagation is that of an account; zero for one without its own.
func (c *Store) RolePropagation(account string) time.Duration {
	return c.of(account).RolePropagation
}

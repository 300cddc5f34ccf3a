package sandbox

import (
	"net/http"
	"sync"
	"time"
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

// conditionStore holds the conditions of all accounts, and what their reads do
// not show yet.
type conditionStore struct {
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

func newConditionStore(usual Conditions) *conditionStore {
	return &conditionStore{usual: usual, accounts: map[string]*accountConditions{}}
}

func (c *conditionStore) set(account string, conditions Conditions) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.accounts[account] = &accountConditions{Conditions: conditions}
}

func (c *conditionStore) of(account string) *accountConditions {
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

// limit is the step that delays and refuses calls.
func (c *conditionStore) limit(next handler) handler {
	return func(w http.ResponseWriter, x *exchange) {
		conditions := c.of(x.call.Account)
		if pause(x.request.Context(), conditions.latency(x.call.Service)) != nil {
			return // the client is gone
		}
		if conditions.buckets.take(conditions.Quotas, x.call, time.Now()) {
			next(w, x)
			return
		}
		x.call.Throttled = true
		r := throttling(x)
		if x.call.Service == "lambda" {
			refuseFor(w, x, r, "CallerRateLimitExceeded")
			return
		}
		refuse(w, x, r)
	}
}

// throttling is the refusal of a call beyond its rate, in the words of its
// service. SDKs tell it from other errors by these codes.
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
func throttling(x *exchange) refusal {
	const exceeded = "Rate exceeded"
	switch x.call.Service {
	case "lambda":
		return refusal{http.StatusTooManyRequests, "TooManyRequestsException", exceeded}
	case "kms":
		return refusal{http.StatusBadRequest, "ThrottlingException", "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls."}
	case "sqs":
		return refusal{http.StatusBadRequest, "RequestThrottled", "The request was denied due to request throttling."}
	case "tagging":
		return refusal{http.StatusBadRequest, "ThrottledException", exceeded}
	case "ec2":
		return refusal{http.StatusServiceUnavailable, "RequestLimitExceeded", "Request limit exceeded."}
	case "s3":
		return refusal{http.StatusServiceUnavailable, "SlowDown", "Please reduce your request rate."}
	}
	switch x.protocol {
	case queryProtocol:
		return refusal{http.StatusBadRequest, "Throttling", exceeded}
	case restJSON, restXML:
		return refusal{http.StatusTooManyRequests, "ThrottlingException", exceeded}
	default:
		return refusal{http.StatusBadRequest, "ThrottlingException", exceeded}
	}
}

// rolePropagation is that of an account; zero for one without its own.
func (c *conditionStore) rolePropagation(account string) time.Duration {
	return c.of(account).RolePropagation
}

// SetConditions replaces the conditions of one account, from its next call on.
// Its buckets are full then.
func (s *Sandbox) SetConditions(account string, c Conditions) { s.proxy.conditions.set(account, c) }

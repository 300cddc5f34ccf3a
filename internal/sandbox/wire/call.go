package wire

import "time"

// Kind says what a call does to the account's configuration.
type Kind string

// The kinds of calls.
const (
	// Read changes nothing.
	Read Kind = "read"
	// Write changes configuration: what a plan or a refresh must never do.
	Write Kind = "write"
	// Data moves data through resources without changing their configuration:
	// invocations, messages, items, log events, cryptographic operations.
	Data Kind = "data"
)

// Call is one AWS call that passed the proxy.
type Call struct {
	// Seq grows with the order of arrival.
	Seq int64     `json:"seq"`
	At  time.Time `json:"at"`
	// Account and Region come from the signature.
	Account string `json:"account"`
	Region  string `json:"region"`
	// Service is the signing name: lambda, iam, logs, monitoring (CloudWatch),
	// tagging, events.
	Service   string `json:"service"`
	Operation string `json:"operation"`
	Kind      Kind   `json:"kind"`
	// Resource is the name, id or ARN the call is about, as far as the request
	// shows it: a function, role, log group, key, queue, alarm.
	Resource string `json:"resource,omitempty"`
	Status   int    `json:"status"`
	// ErrorCode is empty for calls that succeeded.
	ErrorCode string `json:"error_code,omitempty"`
	// Throttled calls were refused for their rate, see package conditions.
	Throttled bool `json:"throttled,omitempty"`
	// Unsupported calls were answered with 501: nobody here knows them.
	Unsupported bool          `json:"unsupported,omitempty"`
	UserAgent   string        `json:"user_agent,omitempty"`
	Duration    time.Duration `json:"duration_ns"`
}

// Mutating reports whether the call is one that changes configuration,
// whether or not it succeeded.
func (c Call) Mutating() bool { return c.Kind == Write }

// Name is service and operation, "lambda.GetFunction".
func (c Call) Name() string { return c.Service + "." + c.Operation }

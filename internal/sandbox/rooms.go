package sandbox

import (
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/conditions"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct/lambda"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/faults"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/judge"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/record"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/replay"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/roles"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

type (
	// Call is one AWS call that passed the proxy.
	Call = wire.Call
	// Kind says what a call does to the account's configuration.
	Kind = wire.Kind
	// Recorder keeps every call that passed.
	Recorder = record.Recorder
	// Mark is a moment in the order of calls.
	Mark = record.Mark
	// Filter selects calls. Nil selects all.
	Filter = record.Filter

	// Violation is a request that AWS would refuse.
	Violation = judge.Violation
	// Denial is a call that Lambda makes in a role's name and that the role may
	// not make.
	Denial = roles.Denial

	// Fault is one rule of a fault plan.
	Fault = faults.Fault
	// FaultPlan is the faults of one account.
	FaultPlan = faults.Plan
	// Harm is what a fault does to a call.
	Harm = faults.Harm

	// Conditions are what the calls of an account meet before anybody answers
	// them.
	Conditions = conditions.Conditions
	// Quotas are the rates, in calls a second, that an account has in each region.
	Quotas = conditions.Quotas
	// Consistency is how long reads go on answering what they would have answered
	// before a write.
	Consistency = conditions.Consistency

	// Tape holds what the reads of an account were answered.
	Tape = replay.Tape
	// Twin is a unit that exists on no account.
	Twin = replay.Twin
)

// The kinds of calls.
const (
	Read  = wire.Read
	Write = wire.Write
	Data  = wire.Data
)

// The harms.
const (
	Refuse     = faults.Refuse
	Delay      = faults.Delay
	DropBefore = faults.DropBefore
	DropAfter  = faults.DropAfter
	Truncate   = faults.Truncate
	Stale      = faults.Stale
)

// Refusals that every service knows.
var (
	InternalError     = faults.InternalError
	AccessDenied      = faults.AccessDenied
	ExpiredToken      = faults.ExpiredToken
	ThrottledRequests = faults.ThrottledRequests
)

// NotOffered are faults for operations, as Call.Name, that the account's region
// does not have.
func NotOffered(operations ...string) []Fault { return faults.NotOffered(operations...) }

// Unimplemented are faults for operations, as Call.Name, that are answered as
// the sandbox answers what nobody knows: 501.
func Unimplemented(operations ...string) []Fault { return faults.Unimplemented(operations...) }

// InAccount selects the calls of one account.
func InAccount(account string) Filter { return record.InAccount(account) }

// PublishedQuotas are the rates that AWS publishes.
func PublishedQuotas() Quotas { return conditions.PublishedQuotas() }

// AsAWS is the consistency that AWS documents or is known for, divided by a
// scale for tests whose clock runs faster.
func AsAWS(scale float64) Consistency { return conditions.AsAWS(scale) }

// Sign returns the archive with the sandbox's signature of a signing profile
// version in it, as signer.StartSigningJob leaves it.
func Sign(archive []byte, profileVersionARN string) ([]byte, error) {
	return lambda.Sign(archive, profileVersionARN)
}

// Package cloud is the door to AWS: what plans, applies and audits ask for. Behind it
// are rooms with one subject each. Imports run one way:
//
//	cloud -> unit, survey, inspect -> kinds/functions, roles, keys, ... -> kinds -> api
//
// api has the clients: pacing, batching, retries, errors, tags. kinds says what a kind of
// object is, and the rooms below it are one kind each. unit makes, looks at and removes
// units, and knows no kind by name. inspect looks at what a plan depends on and units do
// not own, and survey at all functions of an account.
package cloud

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/inspect"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds/functions"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds/loggroups"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds/queues"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/survey"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/unit"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Client makes the calls for all units of one provider.
type Client struct {
	*api.Client
	*unit.Units
	*inspect.Inspector
}

// New returns a client for one account and region.
func New(config aws.Config, place bp.Place, o Options) *Client {
	c := api.New(config, place, o)
	return &Client{c, unit.New(c, unit.Kinds()), inspect.New(c)}
}

// Survey reads the functions of the account and region whose name matches. A
// call that is refused leaves what it would have told unknown; only the list of
// functions itself has to be readable.
func (c *Client) Survey(ctx context.Context, match func(name string) bool) ([]Surveyed, []Refusal, error) {
	return survey.Survey(ctx, c.Inspector, match)
}

// Candidates lists the ARNs of what may belong to a unit: by tag, where AWS lists by
// tags, and roles and policies by what they are.
func (c *Client) Candidates(ctx context.Context) ([]string, error) {
	return survey.Candidates(ctx, c.Client)
}

// CountMessages reads how many messages a queue holds. A queue that is gone
// holds none. SQS counts approximately.
func (c *Client) CountMessages(ctx context.Context, arn string) (queues.Messages, error) {
	return queues.CountMessages(ctx, c.Client, arn)
}

// Beside lists what a function has beside what a unit manages, one clause each:
// a unit neither shows it nor keeps it in step, and it goes with the function.
func (c *Client) Beside(ctx context.Context, function, alias string) ([]string, error) {
	return functions.Beside(ctx, c.Client, function, alias)
}

// Anchored returns the generation that the unit's role carries now, nothing
// without one.
func (c *Client) Anchored(ctx context.Context, roleARN, unit string) (generation string, err error) {
	return kinds.Anchored(ctx, c.Client, roleARN, unit)
}

type (
	// Options shape a Client. Zero fields take their defaults.
	Options = api.Options

	// Job is one apply of a unit, Result what it achieved.
	Job = kinds.Job
	// Result is what an apply achieved, whether or not it went through.
	Result = unit.Result
	// Learned is what only AWS can tell about a unit while it is being made.
	Learned = kinds.Learned
	// Code hands over the deployment package when it is needed.
	Code = kinds.Code
	// Claim is the right to make a unit, which only one run at a time has.
	Claim = kinds.Claim
	// Handed is a unit that this process was told to replace and left in place.
	Handed = kinds.Handed

	// Target says where the objects of a unit are to be found.
	Target = kinds.Target
	// Ref says where one of them is.
	Ref = kinds.Ref
	// Reads are settings that are read on demand.
	Reads = kinds.Reads
	// Observation is what exists of a unit.
	Observation = kinds.Observation

	// Removal is the end of a unit.
	Removal = kinds.Removal
	// Owner is what the ownership tags of a unit's objects must not contradict.
	Owner = kinds.Owner

	// GivenKey is what a plan needs to know about a key that was handed in.
	GivenKey = inspect.GivenKey
	// Object is what a plan needs to know about a deployment package in S3.
	Object = inspect.Object
	// Refers are the ARNs of what a unit uses and others own.
	Refers = inspect.Refers
	// Running is a version that can be run and that is not what is in the making.
	Running = inspect.Running

	// Surveyed is one function of an account with what is around it.
	Surveyed = survey.Surveyed
	// Refusal is a call of a survey that AWS did not answer.
	Refusal = survey.Refusal
)

type (
	// Disputed says that an object carries the tags of a unit, and that what it is says
	// otherwise.
	Disputed = kinds.Disputed
	// HasMessages says that a queue still holds what nobody has looked at.
	HasMessages = queues.HasMessages
	// InProgress says that another run is making the unit at this moment.
	InProgress = unit.InProgress
	// ObjectError says why an object cannot be deployed and what to do about it.
	ObjectError = inspect.ObjectError
	// Protected says that AWS refuses to delete a log group.
	Protected = loggroups.Protected
	// Taken says that a name is used by an object that is not this unit's.
	Taken = kinds.Taken
)

// Names of the kinds of objects whose names a new unit may find taken.
const (
	KindFunction = kinds.KindFunction
	KindRole     = kinds.KindRole
	KindPolicy   = kinds.KindPolicy
	KindQueue    = kinds.KindQueue
	KindAlarm    = kinds.KindAlarm
	KindKeyAlias = kinds.KindKeyAlias
)

// Facts of the rooms that others name.
const (
	DefaultShare  = api.DefaultShare
	FirstAttempts = api.FirstAttempts
	InlinePolicy  = inspect.InlinePolicy
	ServiceSTS    = api.ServiceSTS
)

// CallerAccount asks STS once which account and partition the credentials
// belong to. The endpoint may be empty.
func CallerAccount(ctx context.Context, config aws.Config, endpoint string, log func(context.Context, string, map[string]any)) (account, partition string, err error) {
	return api.CallerAccount(ctx, config, endpoint, log)
}

// ErrorCode returns AWS's error code, or nothing when err is not AWS's.
func ErrorCode(err error) string { return api.ErrorCode(err) }

// Redact hides secrets in an error's text, in every form in which they may stand there.
func Redact(err error, secrets []string) error { return api.Redact(err, secrets) }

// Replaces reports whether the function has to be made anew: Lambda never turns
// one made from a zip package into one made from an image, or back.
func Replaces(observed, wanted bp.Blueprint) bool { return kinds.Replaces(observed, wanted) }

// UnfinishedSince reads the tag secure:state of a unit's role: whether the unit
// is not complete, and since when.
func UnfinishedSince(state string) (time.Time, bool) { return kinds.UnfinishedSince(state) }

// Looking is a context for reads, which are not waited for as long as writes are.
func Looking(ctx context.Context) context.Context { return api.Looking(ctx) }

package api

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"

	"github.com/secure-lambda/terraform-provider-secure/internal/engine"
)

// waits lists every error that goes away by itself. Nothing else is repeated
// here; throttling and lost connections are the SDK's business.
var waits = []engine.Class{
	{
		Waiting: "the role to become assumable by Lambda",
		Match:   HasCode("InvalidParameterValueException", "cannot be assumed by Lambda"),
		Budget:  10 * time.Minute, First: time.Second, Most: 10 * time.Second,
		Hint: "A new role is usable within a minute. After that suspect the trust policy: a condition that Lambda cannot meet, or a service control policy",
	},
	{
		Waiting: "the role's permissions to take effect",
		Match:   HasCode("InvalidParameterValueException", "execution role does not have permissions"),
		Budget:  5 * time.Minute, First: time.Second, Most: 10 * time.Second,
	},
	{
		Waiting: "the key to accept a grant for Lambda",
		Match:   HasCode("InvalidParameterValueException", "invalid for CreateGrant"),
		Budget:  5 * time.Minute, First: time.Second, Most: 10 * time.Second,
		Hint: "Check that the key's policy delegates to the account's IAM policies and that you may call kms:CreateGrant",
	},
	{
		Waiting: "the function's previous update to finish",
		Match: func(err error) bool {
			return HasCode("ResourceConflictException", "in progress", "state: Pending", "concurrent update operation")(err)
		},
		Budget: 15 * time.Minute, First: time.Second, Most: 5 * time.Second,
	},
	{
		Waiting: "the network interfaces' API to accept requests",
		Match:   HasCode("InvalidParameterValueException", "throttled by EC2"),
		Budget:  10 * time.Minute, First: 5 * time.Second, Most: 20 * time.Second,
	},
	{
		Waiting: "the key to be usable by CloudWatch Logs",
		Match:   says("KMS key does not exist or is not allowed", "InvalidParameterException", "AccessDeniedException"),
		Budget:  2 * time.Minute, First: time.Second, Most: 10 * time.Second,
		Hint: "The key's policy must let CloudWatch Logs use it for this log group",
	},
	{
		Waiting: "the key to be usable by the service",
		Match:   HasCode("AccessDeniedException", "Access to KMS is not allowed"),
		Budget:  2 * time.Minute, First: time.Second, Most: 10 * time.Second,
		Hint: "The identity that runs Terraform needs kms:GenerateDataKey, kms:Encrypt and kms:Decrypt on the key through the service, and the key has to be enabled",
	},
	{
		Waiting: "the destination to be known to Lambda",
		Match: func(err error) bool {
			return HasCode("InvalidParameterValueException", "destination")(err) && HasCode("InvalidParameterValueException", "is invalid")(err)
		},
		Budget: time.Minute, First: time.Second, Most: 10 * time.Second,
		Hint: "A new queue, topic or bus is usable within a minute. After that suspect the ARN, and whether the role may deliver to it",
	},
	{
		Waiting: "the rotation function to admit Secrets Manager",
		Match:   says("cannot invoke the specified Lambda function", "AccessDeniedException", "InvalidRequestException", "InvalidParameterException"),
		Budget:  time.Minute, First: time.Second, Most: 10 * time.Second,
		Hint: "The function's policy must let secretsmanager.amazonaws.com invoke it",
	},
	{
		Waiting: "another change of the log group to finish",
		Match:   HasCode("OperationAbortedException"),
		Budget:  2 * time.Minute, First: time.Second, Most: 10 * time.Second,
	},
	{
		Waiting: "the name of a deleted queue to become free",
		Match: func(err error) bool {
			code := ErrorCode(err)
			return code == "AWS.SimpleQueueService.QueueDeletedRecently" || code == "QueueDeletedRecently"
		},
		Budget: 65 * time.Second, First: 5 * time.Second, Most: 10 * time.Second,
	},
	{
		Waiting: "another change of the role to finish",
		Match: func(err error) bool {
			code := ErrorCode(err)
			return code == "ConcurrentModification" || code == "ConcurrentModificationException" || code == "EntityTemporarilyUnmodifiable"
		},
		Budget: 2 * time.Minute, First: time.Second, Most: 10 * time.Second,
	},
	{
		Waiting: "a principal named in the key's policy to appear",
		Match:   HasCode("MalformedPolicyDocumentException", "invalid principals"),
		Budget:  2 * time.Minute, First: time.Second, Most: 10 * time.Second,
	},
	{
		Waiting: "the key to leave its transitional state",
		Match:   HasCode("KMSInvalidStateException"),
		Budget:  2 * time.Minute, First: time.Second, Most: 10 * time.Second,
	},
}

// DetachWait applies to removals only: elsewhere a DeleteConflict is final.
var DetachWait = engine.Class{
	Waiting: "a detached policy to be released",
	Match:   HasCode("DeleteConflict"),
	Budget:  time.Minute, First: time.Second, Most: 10 * time.Second,
}

// Call runs one AWS call and repeats it for the listed errors.
func (c *Client) Call(ctx context.Context, op func() error, more ...engine.Class) error {
	return engine.Retry(ctx, c.Clock, append(more, waits...), func(class engine.Class, waited time.Duration) {
		c.Inform(ctx, "waiting for "+class.Waiting, map[string]any{"waited": waited.Round(time.Second).String()})
	}, op)
}

// OnlyThrottles is the retryer for calls that AWS gives no idempotency token:
// after a lost answer a repeat could make a second object, but a throttled
// request was surely not carried out. Attempts and pauses stay as configured.
type OnlyThrottles struct{ aws.Retryer }

var throttled = retry.RetryableErrorCode{Codes: retry.DefaultThrottleErrorCodes}

// IsErrorRetryable implements aws.Retryer.
func (OnlyThrottles) IsErrorRetryable(err error) bool {
	return throttled.IsErrorRetryable(err) == aws.TrueTernary
}

// FreshIAM applies to calls about a role or policy that this very apply made:
// IAM tells its regions one after the other.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
var FreshIAM = engine.Class{
	Waiting: "a new role or policy to be known everywhere",
	Match:   HasCode("NoSuchEntity"),
	Budget:  time.Minute, First: time.Second, Most: 5 * time.Second,
}

// Vanishing applies to the creation of an object whose name AWS calls taken: by
// one that was deleted a moment ago and that its service does not find any more.
func Vanishing(lookup func() error) engine.Class {
	taken := func(err error) bool {
		switch ErrorCode(err) {
		case "EntityAlreadyExists", "ResourceAlreadyExistsException", "AlreadyExistsException":
			return true
		}
		return false
	}
	return engine.Class{
		Waiting: "a deleted object of the same name to be gone",
		Match: func(err error) bool {
			if !taken(err) {
				return false
			}
			return Missing(lookup())
		},
		Budget: time.Minute, First: time.Second, Most: 5 * time.Second,
	}
}

// KeyWaits apply to changes of a key that was just made or enabled.
var KeyWaits = []engine.Class{
	{
		Waiting: "the new key to be known everywhere",
		Match:   HasCode("NotFoundException"),
		Budget:  time.Minute, First: time.Second, Most: 5 * time.Second,
	},
	{
		Waiting: "the key to be enabled everywhere",
		Match:   HasCode("DisabledException"),
		Budget:  time.Minute, First: time.Second, Most: 5 * time.Second,
	},
}

// repeats is how often a call without an idempotency token is made again after
// its answer was lost and nothing was found of its effect.
const repeats = 2

// OnceOnly makes a call whose repetition could make a second object. After a
// lost answer it looks for the effect before it calls again.
func (c *Client) OnceOnly(ctx context.Context, create func() error, effect func() (bool, error)) error {
	for try := 0; ; try++ {
		err := create()
		if err == nil || !Ambiguous(err) || ctx.Err() != nil {
			return err
		}
		if pause := c.Clock.Sleep(ctx, c.Poll); pause != nil {
			return err
		}
		there, lookup := effect()
		if there {
			return nil
		}
		if lookup != nil {
			return errors.Join(err, lookup)
		}
		if try == repeats {
			return err
		}
	}
}

// Ambiguous reports whether a call that failed may have been carried out: no
// answer came, or one that says that the service failed.
func Ambiguous(err error) bool {
	if errors.Is(err, context.Canceled) || throttled.IsErrorRetryable(err) == aws.TrueTernary {
		return false
	}
	answer, ok := errors.AsType[*awshttp.ResponseError](err)
	return !ok || answer.Response == nil || answer.HTTPStatusCode() >= 500 || ErrorCode(err) == ""
}

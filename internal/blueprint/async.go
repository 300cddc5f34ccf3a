package blueprint

// Queue is the dead-letter queue that belongs to the unit.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
type Queue struct {
	Name             String                   `attr:"name" doc:"Queue name."`
	ARN              String                   `attr:"arn" doc:"ARN of the queue."`
	RetentionSeconds Value[int64]             `attr:"retention_seconds" doc:"Seconds that messages are kept."`
	KMSKeyARN        String                   `attr:"kms_key_arn" doc:"Key that encrypts the messages."`
	Policy           Value[QueuePolicy]       `attr:"policy" doc:"Queue policy, statement by statement."`
	Tags             Value[map[string]String] `attr:"tags" doc:"Tags of the queue where they differ from the unit's; null while they are the same."`
}

// QueuePolicy is the resource policy of the dead-letter queue.
type QueuePolicy struct {
	TLS        Value[Statement]         `attr:"tls" doc:"Denies every call that is not encrypted in transit."`
	Unexpected Value[map[string]String] `attr:"unexpected" doc:"Statements that are not the unit's, by Sid, as JSON. Removed by the next apply."`
}

// Async is what becomes of asynchronous invocations of the alias. An alias
// without a configuration of its own has Lambda's defaults.
// https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html
type Async struct {
	MaxRetries  Value[int64] `attr:"max_retries" doc:"How often a failed event is tried again."`
	MaxEventAge Value[int64] `attr:"max_event_age" doc:"Seconds that an event may wait before it is given up."`
	OnSuccess   String       `attr:"on_success" doc:"ARN of the destination of successes."`
	OnFailure   String       `attr:"on_failure" doc:"ARN of the destination of failures."`
}

// Lambda's own defaults of asynchronous invocations.
const (
	LambdaMaxRetries  = 2
	LambdaMaxEventAge = 21600 // seconds
)

// Unconfigured reports whether an alias without a configuration behaves so.
func (a Async) Unconfigured() bool {
	return a == Async{MaxRetries: Known[int64](LambdaMaxRetries), MaxEventAge: Known[int64](LambdaMaxEventAge)}
}

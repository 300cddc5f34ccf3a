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

// IsQueueARN reports whether an ARN is that of an SQS queue.
func IsQueueARN(arn string) bool { return isARN(arn, "sqs", "") }

// QueueNameOf is the name in a queue's ARN.
func QueueNameOf(arn string) string { return resourceOf(arn, "") }

// ComponentQueue names the unit's own queue.
const ComponentQueue = "dead-letter queue"

// QueueComponent describes it.
func QueueComponent() Component {
	c := owned(ComponentQueue, func(b *Blueprint) *Value[Queue] { return &b.Queue }, func(q Queue) String { return q.ARN },
		func(i *Inventory) *Value[Identity] { return &i.Queue })
	c.Optional = true
	return c
}

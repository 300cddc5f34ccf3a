package render

func (t *template) queue() error {
	queue, exists := t.Queue.Get()
	if !exists {
		return nil
	}
	t.add("DeadLetterQueue", "AWS::SQS::Queue", object(
		"QueueName", text(queue.Name),
		"MessageRetentionPeriod", number("dead_letter_queue.retention_seconds", queue.RetentionSeconds),
		"KmsMasterKeyId", text(queue.KMSKeyARN),
		"Tags", t.tagList(),
	), "DeletionPolicy", remove, "UpdateReplacePolicy", retain)
	policy, restricted := queue.Policy.Get()
	if !restricted {
		return nil
	}
	written, err := document(policy.Statements(), policy.Unexpected)
	if err != nil {
		return err
	}
	t.add("DeadLetterQueuePolicy", "AWS::SQS::QueuePolicy", object(
		"Queues", []any{reference(objectQueue, attributeName)}, "PolicyDocument", written,
	))
	return nil
}

func (m *module) queue() error {
	queue, exists := m.Queue.Get()
	if !exists {
		return nil
	}
	m.add("aws_sqs_queue", "dead_letter",
		"name", text(queue.Name),
		"message_retention_seconds", number("dead_letter_queue.retention_seconds", queue.RetentionSeconds),
		"kms_master_key_id", text(queue.KMSKeyARN),
		"tags", m.tagMap())
	policy, restricted := queue.Policy.Get()
	if !restricted {
		return nil
	}
	written, err := document(policy.Statements(), policy.Unexpected)
	if err != nil {
		return err
	}
	m.add("aws_sqs_queue_policy", "dead_letter", "queue_url", reference(objectQueue, attributeName), "policy", encoded{written})
	return nil
}

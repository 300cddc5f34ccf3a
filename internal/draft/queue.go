package draft

import bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"

// ownsQueue says whether dead letters go to a queue of the unit's own.
// It is unknown while the spec is.
func (d *drafter) ownsQueue() bp.Value[bool] {
	return bp.Then(d.deadLetter.Enabled.Else(bp.Known(true)), func(on bool) bp.Value[bool] {
		if !on {
			return bp.Known(false)
		}
		if d.deadLetter.TargetARN.IsUnknown() {
			return bp.Unknown[bool]()
		}
		return bp.Known(d.deadLetter.TargetARN.IsNull())
	})
}

// deadLetterTarget is where the function's dead letters go, null for nowhere.
func (d *drafter) deadLetterTarget() bp.String {
	return bp.Then(d.deadLetter.Enabled.Else(bp.Known(true)), func(on bool) bp.String {
		if !on {
			return bp.Null[string]()
		}
		return d.deadLetter.TargetARN.Else(d.queueARN)
	})
}

// queue drafts the dead-letter queue of the unit's own.
func (d *drafter) queue() bp.Value[bp.Queue] {
	return bp.Then(d.ownsQueue(), func(own bool) bp.Value[bp.Queue] {
		if !own {
			return bp.Null[bp.Queue]()
		}
		days := d.deadLetter.RetentionDays.Else(bp.Known[int64](DefaultDeadLetterDays))
		return bp.Known(bp.Queue{
			Name:             d.queueName,
			ARN:              d.queueARN,
			RetentionSeconds: bp.Map(days, func(n int64) int64 { return n * secondsPerDay }),
			KMSKeyARN:        d.keyInUse,
			Policy:           bp.Known(bp.QueuePolicy{TLS: bp.Known(tlsOnly(d.queueARN))}),
		})
	})
}

// tlsOnly denies every call that is not encrypted in transit.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html
func tlsOnly(queue bp.String) bp.Statement {
	return bp.Statement{
		Effect:     bp.Known(deny),
		Principals: principal("*", "*"),
		Actions:    bp.Known(bp.SetOf("sqs:*")),
		Resources:  bp.Known(bp.Set{queue}),
		Conditions: bp.Known(bp.Conditions{boolean: condition("aws:SecureTransport", bp.Known("false"))}),
	}
}

// deadLetterStatement lets Lambda hand over dead letters. Lambda calls outside
// the function, so the statement is not bound to the function's own calls.
func (d *drafter) deadLetterStatement() bp.Value[bp.Statement] {
	return bp.Then(d.deadLetterTarget(), deliver)
}

// deadLetterKeyStatement lets Lambda encrypt them, for this queue or topic
// only. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
func (d *drafter) deadLetterKeyStatement() bp.Value[bp.Statement] {
	return bp.Then(d.ownsQueue(), func(own bool) bp.Value[bp.Statement] {
		if own {
			return d.encrypt(d.queueARN, d.keyInUse)
		}
		// Whether there is a key at all decides whether there is a statement.
		return bp.Then(d.deadLetterTarget(), func(arn string) bp.Value[bp.Statement] {
			return bp.Then(d.deadLetter.TargetKeyARN, func(key string) bp.Value[bp.Statement] {
				return d.encrypt(bp.Known(arn), bp.Known(key))
			})
		})
	})
}

// InferDeadLetter recognises the unit's own queue, a given target, and none.
func InferDeadLetter(observed bp.Blueprint) bp.Value[bp.DeadLetterSpec] {
	function, _ := observed.Function.Get()
	queue, own := observed.Queue.Get()
	spec := bp.DeadLetterSpec{}
	switch target := function.DeadLetterARN; {
	case own:
		days := bp.Map(queue.RetentionSeconds, func(s int64) int64 { return s / secondsPerDay })
		spec.RetentionDays = unlessDefault(days, bp.Known[int64](DefaultDeadLetterDays))
	case target.IsNull():
		spec.Enabled = bp.Known(false)
	default:
		spec.TargetARN = target
		policy, _ := observed.Policy.Get()
		statements, _ := policy.Statements.Get()
		grant, _ := statements.DeadLetterKey.Get()
		if keys := grant.Resources.Or(nil); len(keys) == 1 {
			spec.TargetKeyARN = keys[0]
		}
	}
	if spec == (bp.DeadLetterSpec{}) {
		return bp.Null[bp.DeadLetterSpec]()
	}
	return bp.Known(spec)
}

package draft

import (
	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

const (
	deny           = "Deny"
	boolean        = "Bool"
	secondsPerDay  = 24 * 60 * 60
	serviceSQS     = "sqs"
	serviceSNS     = "sns"
	serviceS3      = "s3"
	contextOfQueue = "kms:EncryptionContext:aws:sqs:arn"
)

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

func (d *drafter) encrypt(target, key bp.String) bp.Value[bp.Statement] {
	return bp.Map(target, func(arn string) bp.Statement {
		service := bp.ServiceOf(arn)
		via := map[string]bp.Value[bp.Set]{"kms:ViaService": bp.Known(bp.SetOf(d.facts.Place.ViaService(service)))}
		if service == serviceSQS {
			via[contextOfQueue] = bp.Known(bp.SetOf(arn))
		}
		return bp.Statement{
			Effect:     bp.Known(allow),
			Actions:    bp.Known(bp.SetOf("kms:Decrypt", "kms:GenerateDataKey")),
			Resources:  bp.Known(bp.Set{key}),
			Conditions: bp.Known(bp.Conditions{stringEquals: bp.Known(via)}),
		}
	})
}

// async drafts what becomes of asynchronous invocations.
func (d *drafter) async() bp.Async {
	return bp.Async{
		MaxRetries:  d.asyncSpec.MaxRetries.Else(bp.Known[int64](bp.LambdaMaxRetries)),
		MaxEventAge: d.asyncSpec.MaxEventAge.Else(bp.Known[int64](bp.LambdaMaxEventAge)),
		OnSuccess:   d.asyncSpec.OnSuccess,
		OnFailure:   d.asyncSpec.OnFailure,
	}
}

// destinationKeyStatement lets Lambda encrypt its reports with the keys of
// destinations, through their services only.
func (d *drafter) destinationKeyStatement() bp.Value[bp.Statement] {
	return bp.Then(d.asyncSpec.KMSKeyARNs, func(keys bp.Set) bp.Value[bp.Statement] {
		if len(keys) == 0 {
			return bp.Null[bp.Statement]()
		}
		place := d.facts.Place
		via := bp.SetOf(place.ViaService(serviceS3), place.ViaService(serviceSNS), place.ViaService(serviceSQS))
		return bp.Known(bp.Statement{
			Effect:     bp.Known(allow),
			Actions:    bp.Known(bp.SetOf("kms:Decrypt", "kms:GenerateDataKey")),
			Resources:  bp.Known(keys.Canonical()),
			Conditions: bp.Known(bp.Conditions{stringEquals: bp.Known(map[string]bp.Value[bp.Set]{"kms:ViaService": bp.Known(via)})}),
		})
	})
}

// deliver grants what Lambda needs to reach one destination or dead-letter
// target. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
func deliver(arn string) bp.Value[bp.Statement] {
	actions, resources := bp.Set{}, bp.SetOf(arn)
	switch bp.ServiceOf(arn) {
	case serviceSQS:
		actions = bp.SetOf("sqs:SendMessage")
	case serviceSNS:
		actions = bp.SetOf("sns:Publish")
	case "lambda":
		actions = bp.SetOf("lambda:InvokeFunction")
	case "events":
		actions = bp.SetOf("events:PutEvents")
	case serviceS3:
		actions, resources = bp.SetOf("s3:ListBucket", "s3:PutObject"), bp.SetOf(arn, arn+"/*")
	}
	return bp.Known(bp.Statement{Effect: bp.Known(allow), Actions: bp.Known(actions), Resources: bp.Known(resources)})
}

package draft

import bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"

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

func inferAsync(observed bp.Blueprint) bp.Value[bp.AsyncSpec] {
	async, ok := observed.Async.Get()
	if !ok {
		return bp.Null[bp.AsyncSpec]()
	}
	policy, _ := observed.Policy.Get()
	statements, _ := policy.Statements.Get()
	keys := bp.Field(statements.DestinationKeys, func(s bp.Statement) bp.Value[bp.Set] { return s.Resources })
	if async.Unconfigured() && keys.IsNull() {
		return bp.Null[bp.AsyncSpec]()
	}
	return bp.Known(bp.AsyncSpec{
		MaxRetries:  unlessDefault(async.MaxRetries, bp.Known[int64](bp.LambdaMaxRetries)),
		MaxEventAge: unlessDefault(async.MaxEventAge, bp.Known[int64](bp.LambdaMaxEventAge)),
		OnSuccess:   async.OnSuccess,
		OnFailure:   async.OnFailure,
		KMSKeyARNs:  keys,
	})
}

package draft

import bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"

func (d *drafter) policyARN() bp.String { return d.iamARN(d.policyName(), d.facts.Place.PolicyARN) }

func (d *drafter) policyName() bp.String { return d.iamName(bp.PolicyName) }

func (d *drafter) policy() bp.Policy {
	statements := bp.PolicyStatements{
		Logs:      bp.Known(d.logsStatement()),
		Tracing:   d.whenTracing(d.tracingStatement()),
		Telemetry: d.whenTracing(d.telemetryStatement()),
		Decrypt:   d.decryptStatement(),

		DeadLetter:      d.deadLetterStatement(),
		DeadLetterKey:   d.deadLetterKeyStatement(),
		OnSuccess:       bp.Then(d.asyncSpec.OnSuccess, deliver),
		OnFailure:       bp.Then(d.asyncSpec.OnFailure, deliver),
		DestinationKeys: d.destinationKeyStatement(),
		Network:         d.networkStatement(),
		NetworkDeny:     d.networkDenial(),
		FileSystem:      d.fileSystemStatement(),
		SecretValues:    d.ownSecretStatement(),
		SecretValuesKey: d.ownSecretKeyStatement(),
		Access:          d.accessStatements(),
		Secrets:         d.secretStatements(),
		SecretKeys:      d.secretKeyStatements(),
	}
	arn := d.policyARN()
	return bp.Policy{
		Name: d.policyName(), Path: d.rolePath, ARN: arn,
		Statements: bp.Known(statements), Overflow: overflow(arn, statements.Parts()),
	}
}

// overflow are the ARNs of the policies that a unit needs beside the first.
func overflow(arn bp.String, parts bp.Value[int]) bp.Value[bp.Set] {
	return bp.Then(parts, func(n int) bp.Value[bp.Set] {
		if n < 2 {
			return bp.Null[bp.Set]()
		}
		more := make(bp.Set, n-1)
		for i := range more {
			more[i] = bp.Map(arn, func(first string) string { return bp.PolicyPart(first, i+1) })
		}
		return bp.Known(more.Canonical())
	})
}

// bound limits a statement to calls made by this function's own code.
// https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
func (d *drafter) bound() bp.Value[bp.Conditions] {
	return bp.Known(bp.Conditions{arnEquals: condition(sourceFunction, d.functionARN)})
}

func (d *drafter) logsStatement() bp.Statement {
	return bp.Statement{
		Effect:     bp.Known(allow),
		Actions:    bp.Known(bp.SetOf("logs:CreateLogStream", "logs:PutLogEvents")),
		Resources:  bp.Known(bp.Set{bp.Format("%s:*", d.groupARN)}),
		Conditions: d.bound(),
	}
}

func (d *drafter) whenTracing(s bp.Statement) bp.Value[bp.Statement] {
	return bp.Then(d.tracing(), func(mode string) bp.Value[bp.Statement] {
		if mode != tracingActive {
			return bp.Null[bp.Statement]()
		}
		return bp.Known(s)
	})
}

// tracingStatement is not bound to the function's own calls. Lambda itself asks
// whether the role may write traces when a function is configured with active
// tracing, and no page says that it asks with the key lambda:SourceFunctionArn.
// https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
func (d *drafter) tracingStatement() bp.Statement {
	return bp.Statement{
		Effect:    bp.Known(allow),
		Actions:   bp.Known(bp.SetOf("xray:PutTraceSegments")),
		Resources: bp.Known(bp.SetOf("*")),
	}
}

func (d *drafter) telemetryStatement() bp.Statement {
	return bp.Statement{
		Effect:    bp.Known(allow),
		Actions:   bp.Known(bp.SetOf("xray:PutTelemetryRecords")),
		Resources: bp.Known(bp.SetOf("*")),
	}
}

// decryptStatement lets Lambda decrypt the environment on the role's behalf.
// That call is made outside the function, so it is narrowed by the encryption
// context, which Lambda sets to the function's ARN.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
func (d *drafter) decryptStatement() bp.Value[bp.Statement] {
	return bp.Map(d.environment, func(map[string]bp.Value[bp.Environment]) bp.Statement {
		return bp.Statement{
			Effect:    bp.Known(allow),
			Actions:   bp.Known(bp.SetOf("kms:Decrypt")),
			Resources: bp.Known(d.facts.RetiredKeys.Union(bp.Set{d.keyInUse})),
			Conditions: bp.Known(bp.Conditions{
				stringEquals: condition("kms:EncryptionContext:aws:lambda:FunctionArn", d.functionARN),
			}),
		}
	})
}

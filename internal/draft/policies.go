package draft

import (
	"maps"

	"github.com/secure-lambda/terraform-provider-secure/internal/access"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

const (
	allow           = "Allow"
	arnEquals       = "ArnEquals"
	stringEquals    = "StringEquals"
	sourceFunction  = "lambda:SourceFunctionArn"
	lambdaPrincipal = "lambda.amazonaws.com"
)

func (d *drafter) role(policy bp.Policy) bp.Role {
	attached := bp.Known(bp.Set{policy.ARN})
	for _, more := range []bp.Value[bp.Set]{d.spec.PolicyARNs, policy.Overflow} {
		if more.IsUnknown() {
			attached = bp.Unknown[bp.Set]()
		}
		attached = bp.Map(attached, func(s bp.Set) bp.Set { return more.Or(nil).Union(s) })
	}
	return bp.Role{
		Name:                d.roleName,
		Path:                d.rolePath,
		ARN:                 d.roleARN,
		Description:         bp.Map(d.spec.Name, bp.RoleDescription),
		PermissionsBoundary: d.spec.PermissionsBoundary.Else(d.facts.House.PermissionsBoundary),
		Trust:               bp.Known(bp.TrustPolicy{Lambda: bp.Known(d.trust())}),
		AttachedPolicies:    attached,
		InlinePolicies:      d.facts.Held.InlinePolicies,
	}
}

// trust admits Lambda on behalf of this account only, against the confused
// deputy. https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
func (d *drafter) trust() bp.Statement {
	account := bp.Field(d.spec.Trust, func(t bp.TrustSpec) bp.Value[bool] { return t.SourceAccount }).Else(bp.Known(true))
	function := bp.Field(d.spec.Trust, func(t bp.TrustSpec) bp.Value[bool] { return t.SourceARN }).Else(bp.Known(false))
	conditions := bp.Unknown[bp.Conditions]()
	if account.IsKnown() && function.IsKnown() {
		all := bp.Conditions{}
		if account.Or(false) {
			all[stringEquals] = condition("aws:SourceAccount", bp.Known(d.facts.Place.Account))
		}
		if function.Or(false) {
			all[arnEquals] = condition("aws:SourceArn", d.functionARN)
		}
		conditions = noneIsNull(all)
	}
	return bp.Statement{
		Effect:     bp.Known(allow),
		Principals: principal("Service", lambdaPrincipal),
		Actions:    bp.Known(bp.SetOf("sts:AssumeRole")),
		Conditions: conditions,
	}
}

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

func (d *drafter) accessStatements() bp.Value[map[string]bp.Value[bp.Statement]] {
	return bp.Then(d.spec.Access, func(grants map[string]bp.Value[bp.AccessSpec]) bp.Value[map[string]bp.Value[bp.Statement]] {
		if len(grants) == 0 {
			return bp.Null[map[string]bp.Value[bp.Statement]]()
		}
		out := map[string]bp.Value[bp.Statement]{}
		for label, grant := range grants {
			entry, _ := grant.Get()
			if entry.KMSKeyARN.IsUnknown() {
				// Whether there is a statement about a key is not known.
				return bp.Unknown[map[string]bp.Value[bp.Statement]]()
			}
			out[label] = bp.Then(grant, d.accessStatement)
			if entry.KMSKeyARN.IsKnown() {
				out[AccessKeyLabel(label)] = bp.Field(d.given(entry), func(g access.Given) bp.Value[bp.Statement] { return g.Key })
			}
		}
		return bp.Known(out)
	})
}

// AccessKeyLabel is the label of the statement about the key of what an entry
// of access is to.
func AccessKeyLabel(label string) string { return label + "_key" }

// given expands the level of an entry. A level that cannot be given stays
// unknown: the checks of the plan say why.
func (d *drafter) given(grant bp.AccessSpec) bp.Value[access.Given] {
	if grant.To.IsUnknown() || grant.Level.IsUnknown() {
		return bp.Unknown[access.Given]()
	}
	out, err := access.Give(grant.To.Or(""), grant.Level.Or(""), grant.KMSKeyARN.Or(""))
	if err != nil {
		return bp.Unknown[access.Given]()
	}
	return bp.Known(out)
}

func (d *drafter) accessStatement(grant bp.AccessSpec) bp.Value[bp.Statement] {
	if !grant.To.IsNull() || !grant.Level.IsNull() {
		return bp.Map(d.given(grant), func(g access.Given) bp.Statement {
			level := g.Statement.Conditions.Or(nil)
			g.Statement.Conditions = bp.Then(d.accessConditions(grant).Else(bp.Known(bp.Conditions{})), func(stated bp.Conditions) bp.Value[bp.Conditions] {
				return noneIsNull(joined(stated, level))
			})
			return g.Statement
		})
	}
	return bp.Known(bp.Statement{
		Effect:     bp.Known(allow),
		Actions:    bp.Map(grant.Actions, bp.Set.Canonical),
		Resources:  bp.Map(grant.Resources, bp.Set.Canonical),
		Conditions: d.accessConditions(grant),
	})
}

// bind says whether a grant holds for the function's own calls only. A level
// that services use with the role, outside the function, is never bound unless
// the configuration says so.
func bind(grant bp.AccessSpec) bp.Value[bool] {
	return grant.BindToFunction.Else(bp.Map(grant.Level.Else(bp.Known("")), func(level string) bool { return !access.UsedOutside(level) }))
}

func (d *drafter) accessConditions(grant bp.AccessSpec) bp.Value[bp.Conditions] {
	bind := bind(grant)
	if bind.IsUnknown() || grant.Conditions.IsUnknown() {
		return bp.Unknown[bp.Conditions]()
	}
	all := bp.Conditions{}
	for operator, keys := range grant.Conditions.Or(nil) {
		all[operator] = bp.Map(keys, canonicalSets)
	}
	if bind.Or(false) {
		all[arnEquals] = bp.Map(all[arnEquals].Else(bp.Known(map[string]bp.Value[bp.Set]{})),
			func(keys map[string]bp.Value[bp.Set]) map[string]bp.Value[bp.Set] {
				merged := maps.Clone(keys)
				merged[sourceFunction] = bp.Known(bp.Set{d.functionARN})
				return merged
			})
	}
	return noneIsNull(all)
}

// joined adds the conditions of a level to those that the configuration states.
func joined(stated, level bp.Conditions) bp.Conditions {
	all := maps.Clone(stated)
	for operator, keys := range level {
		all[operator] = bp.Map(all[operator].Else(bp.Known(map[string]bp.Value[bp.Set]{})), func(have map[string]bp.Value[bp.Set]) map[string]bp.Value[bp.Set] {
			merged := maps.Clone(have)
			maps.Copy(merged, keys.Or(nil))
			return merged
		})
	}
	return all
}

func canonicalSets(in map[string]bp.Value[bp.Set]) map[string]bp.Value[bp.Set] {
	out := map[string]bp.Value[bp.Set]{}
	for key, values := range in {
		out[key] = bp.Map(values, bp.Set.Canonical)
	}
	return out
}

func condition(key string, value bp.String) bp.Value[map[string]bp.Value[bp.Set]] {
	return bp.Known(map[string]bp.Value[bp.Set]{key: bp.Known(bp.Set{value})})
}

func noneIsNull(conditions bp.Conditions) bp.Value[bp.Conditions] {
	if len(conditions) == 0 {
		return bp.Null[bp.Conditions]()
	}
	return bp.Known(conditions)
}

func principal(kind, who string) bp.Value[map[string]bp.Value[bp.Set]] {
	return bp.Known(map[string]bp.Value[bp.Set]{kind: bp.Known(bp.SetOf(who))})
}

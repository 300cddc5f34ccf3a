package draft_test

import (
	"testing"

	"pgregory.net/rapid"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
	"github.com/secure-lambda/terraform-provider-secure/internal/draft"
)

const functionARN = "arn:aws:lambda:eu-west-1:111122223333:function:orders"

func TestDraft_TrustAdmitsLambdaOfThisAccount(t *testing.T) {
	t.Parallel()
	account := equals("aws:SourceAccount", "111122223333")
	function := equals("aws:SourceArn", functionARN)
	yes, no := bp.Known(true), bp.Known(false)
	for name, c := range map[string]struct {
		trust bp.Value[bp.TrustSpec]
		want  bp.Value[bp.Conditions]
	}{
		"not stated":  {bp.Null[bp.TrustSpec](), bp.Known(bp.Conditions{"StringEquals": account})},
		"empty":       {bp.Known(bp.TrustSpec{}), bp.Known(bp.Conditions{"StringEquals": account})},
		"both":        {bp.Known(bp.TrustSpec{SourceARN: yes}), bp.Known(bp.Conditions{"StringEquals": account, "ArnEquals": function})},
		"arn only":    {bp.Known(bp.TrustSpec{SourceAccount: no, SourceARN: yes}), bp.Known(bp.Conditions{"ArnEquals": function})},
		"neither":     {bp.Known(bp.TrustSpec{SourceAccount: no, SourceARN: no}), bp.Null[bp.Conditions]()},
		"unknown":     {bp.Unknown[bp.TrustSpec](), bp.Unknown[bp.Conditions]()},
		"arn unknown": {bp.Known(bp.TrustSpec{SourceARN: bp.Unknown[bool]()}), bp.Unknown[bp.Conditions]()},
	} {
		spec := fourLines()
		spec.Trust = c.trust
		_, role, _, _ := parts(draft.Draft(spec, knownFacts()))
		noDifference(t, name, role.Trust.Or(bp.TrustPolicy{}).Lambda.Or(bp.Statement{}), bp.Statement{
			Effect:     bp.Known("Allow"),
			Principals: equals("Service", "lambda.amazonaws.com"),
			Actions:    bp.Known(bp.SetOf("sts:AssumeRole")),
			Conditions: c.want,
		})
	}
}

func TestDraft_AccessIsBoundToTheFunctionBesideItsOwnConditions(t *testing.T) {
	t.Parallel()
	bound := bp.Known(bp.SetOf(functionARN))
	tag := bp.Known(bp.SetOf("blue"))
	type keys = map[string]bp.Value[bp.Set]
	for name, c := range map[string]struct {
		conditions bp.Value[bp.Conditions]
		bind       bp.Value[bool]
		want       bp.Value[bp.Conditions]
	}{
		"none": {
			bp.Null[bp.Conditions](), bp.Null[bool](),
			bp.Known(bp.Conditions{"ArnEquals": bp.Known(keys{"lambda:SourceFunctionArn": bound})}),
		},
		"another operator": {
			bp.Known(bp.Conditions{"StringEquals": bp.Known(keys{"k": tag})}), bp.Known(true),
			bp.Known(bp.Conditions{"StringEquals": bp.Known(keys{"k": tag}), "ArnEquals": bp.Known(keys{"lambda:SourceFunctionArn": bound})}),
		},
		"same operator": {
			bp.Known(bp.Conditions{"ArnEquals": bp.Known(keys{"k": tag})}), bp.Null[bool](),
			bp.Known(bp.Conditions{"ArnEquals": bp.Known(keys{"k": tag, "lambda:SourceFunctionArn": bound})}),
		},
		"same operator, unknown": {
			bp.Known(bp.Conditions{"ArnEquals": bp.Unknown[keys]()}), bp.Null[bool](),
			bp.Known(bp.Conditions{"ArnEquals": bp.Unknown[keys]()}),
		},
		"not bound": {
			bp.Known(bp.Conditions{"ArnEquals": bp.Known(keys{"k": tag})}), bp.Known(false),
			bp.Known(bp.Conditions{"ArnEquals": bp.Known(keys{"k": tag})}),
		},
		"not bound, none":    {bp.Null[bp.Conditions](), bp.Known(false), bp.Null[bp.Conditions]()},
		"binding unknown":    {bp.Null[bp.Conditions](), bp.Unknown[bool](), bp.Unknown[bp.Conditions]()},
		"conditions unknown": {bp.Unknown[bp.Conditions](), bp.Known(false), bp.Unknown[bp.Conditions]()},
	} {
		spec := fourLines()
		spec.Access = bp.Known(map[string]bp.Value[bp.AccessSpec]{"bucket": bp.Known(bp.AccessSpec{
			Actions: bp.Known(bp.Set{bp.Known("s3:PutObject"), bp.Known("s3:GetObject")}), Resources: bp.Known(bp.SetOf("*")),
			Conditions: c.conditions, BindToFunction: c.bind,
		})})
		noDifference(t, name, statements(draft.Draft(spec, knownFacts())).Access, bp.Known(map[string]bp.Value[bp.Statement]{
			"bucket": bp.Known(bp.Statement{
				Effect: bp.Known("Allow"), Actions: bp.Known(bp.SetOf("s3:GetObject", "s3:PutObject")),
				Resources: bp.Known(bp.SetOf("*")), Conditions: c.want,
			}),
		}))
	}
}

func TestDraft_LeavesTheSpecAlone(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T) {
		gen := specs{T: t, defaults: true}
		spec, facts := gen.spec(), gen.facts()
		specBefore, houseBefore := bp.Leaves(spec), leaves(facts.House.DefaultTags)
		draft.Infer(draft.Draft(spec, facts), nil, facts)
		same(t, "spec", bp.Leaves(spec), specBefore)
		same(t, "house", leaves(facts.House.DefaultTags), houseBefore)
	})
}

func TestDraft_AccessKnownAndUnknownLabelsStandSideBySide(t *testing.T) {
	t.Parallel()
	spec := fourLines()
	spec.Access = bp.Known(map[string]bp.Value[bp.AccessSpec]{"later": bp.Unknown[bp.AccessSpec](), "bucket": bp.Known(bp.AccessSpec{})})
	access := statements(draft.Draft(spec, knownFacts())).Access.Or(nil)
	same(t, "unknown", access["later"], bp.Unknown[bp.Statement]())
	same(t, "known", access["bucket"].IsKnown(), true)

	spec.Access = bp.Known(map[string]bp.Value[bp.AccessSpec]{})
	same(t, "empty", statements(draft.Draft(spec, knownFacts())).Access.IsNull(), true)
	spec.Access = bp.Unknown[map[string]bp.Value[bp.AccessSpec]]()
	same(t, "all unknown", statements(draft.Draft(spec, knownFacts())).Access.IsUnknown(), true)
}

func TestDraft_TracingStatementsFollowTheMode(t *testing.T) {
	t.Parallel()
	for mode, want := range map[bp.String]bp.State{
		bp.Null[string](): bp.StateKnown, bp.Known("Active"): bp.StateKnown,
		bp.Known("PassThrough"): bp.StateNull, bp.Unknown[string](): bp.StateUnknown,
	} {
		spec := fourLines()
		spec.Tracing = mode
		got := statements(draft.Draft(spec, knownFacts()))
		tracing, _ := got.Tracing.Inspect()
		telemetry, _ := got.Telemetry.Inspect()
		same(t, mode.String(), []bp.State{tracing, telemetry}, []bp.State{want, want})
	}
}

func TestDraft_OwnStatementsAreBoundWhereTheFunctionItselfCalls(t *testing.T) {
	t.Parallel()
	got := statements(draft.Draft(fourLines(), knownFacts()))
	bound := bp.Known(bp.Conditions{"ArnEquals": equals("lambda:SourceFunctionArn", functionARN)})
	noDifference(t, "logs", got.Logs.Or(bp.Statement{}).Conditions, bound)
	// Lambda asks about these itself, outside the function.
	noDifference(t, "tracing", got.Tracing.Or(bp.Statement{}).Conditions, bp.Null[bp.Conditions]())
	noDifference(t, "telemetry", got.Telemetry.Or(bp.Statement{}).Conditions, bp.Null[bp.Conditions]())
	noDifference(t, "decrypt", got.Decrypt.Or(bp.Statement{}).Conditions,
		bp.Known(bp.Conditions{"StringEquals": equals("kms:EncryptionContext:aws:lambda:FunctionArn", functionARN)}))
	noDifference(t, "log actions", got.Logs.Or(bp.Statement{}).Actions, bp.Known(bp.SetOf("logs:CreateLogStream", "logs:PutLogEvents")))
}

// TestDraft_WhatServicesCallIsNotBound: mappings poll, and Lambda mounts, with
// the role but outside the function, so those calls carry no
// lambda:SourceFunctionArn.
func TestDraft_WhatServicesCallIsNotBound(t *testing.T) {
	t.Parallel()
	spec := fourLines()
	entry := func(to, level string, bind bp.Value[bool]) bp.Value[bp.AccessSpec] {
		return bp.Known(bp.AccessSpec{To: bp.Known(to), Level: bp.Known(level), BindToFunction: bind})
	}
	const queue, table = "arn:aws:sqs:eu-west-1:111122223333:jobs", "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"
	spec.Access = bp.Known(map[string]bp.Value[bp.AccessSpec]{
		"polled": entry(queue, "consume", bp.Null[bool]()), "polled_by_code": entry(queue, "consume", bp.Known(true)),
		"sent": entry(queue, "send", bp.Null[bool]()), "read": entry(table, "read", bp.Null[bool]()), "read_by_others": entry(table, "read", bp.Known(false)),
		"stream": entry("arn:aws:kinesis:eu-west-1:111122223333:stream/s", "consume", bp.Null[bool]()),
	})
	spec.VPC = bp.Known(bp.VPCSpec{SubnetIDs: bp.Known(bp.SetOf("subnet-1")), SecurityGroupIDs: bp.Known(bp.SetOf("sg-1"))})
	spec.FileSystem = bp.Known(bp.FileSystemSpec{ARN: bp.Known("arn:aws:elasticfilesystem:eu-west-1:111122223333:access-point/fsap-1"), LocalMountPath: bp.Known("/mnt/data")})
	got := statements(draft.Draft(spec, knownFacts()))
	isBound := func(s bp.Value[bp.Statement]) bool {
		for _, keys := range s.Or(bp.Statement{}).Conditions.Or(nil) {
			if _, ok := keys.Or(nil)["lambda:SourceFunctionArn"]; ok {
				return true
			}
		}
		return false
	}
	for label, want := range map[string]bool{"polled": false, "polled_by_code": true, "sent": true, "read": true, "read_by_others": false, "stream": false} {
		same(t, label, isBound(got.Access.Or(nil)[label]), want)
	}
	same(t, "file system", isBound(got.FileSystem), false)
	same(t, "interfaces", isBound(got.Network), false)
	same(t, "interfaces from inside are denied", isBound(got.NetworkDeny), true)
	same(t, "dead letters", isBound(got.DeadLetter), false)
}

// TestDraft_ALevelKeepsItsConditionBesideOthers lists a prefix only, whatever
// else the entry asks for.
func TestDraft_ALevelKeepsItsConditionBesideOthers(t *testing.T) {
	t.Parallel()
	like := func(values ...string) bp.Value[map[string]bp.Value[bp.Set]] {
		return bp.Known(map[string]bp.Value[bp.Set]{"s3:prefix": bp.Known(bp.SetOf(values...))})
	}
	spec := fourLines()
	entry := bp.AccessSpec{To: bp.Known("arn:aws:s3:::acme/in/*"), Level: bp.Known("list"), BindToFunction: bp.Known(false)}
	bare, bound, more := entry, entry, entry
	bound.BindToFunction = bp.Null[bool]()
	more.Conditions = bp.Known(bp.Conditions{"StringEquals": equals("aws:PrincipalTag/team", "data"), "StringLike": like("*")})
	spec.Access = bp.Known(map[string]bp.Value[bp.AccessSpec]{"bare": bp.Known(bare), "bound": bp.Known(bound), "more": bp.Known(more)})
	got := statements(draft.Draft(spec, knownFacts())).Access.Or(nil)
	conditions := func(label string) bp.Value[bp.Conditions] { return got[label].Or(bp.Statement{}).Conditions }
	noDifference(t, "bare", conditions("bare"), bp.Known(bp.Conditions{"StringLike": like("in/*")}))
	noDifference(t, "bound", conditions("bound"), bp.Known(bp.Conditions{"StringLike": like("in/*"), "ArnEquals": equals("lambda:SourceFunctionArn", functionARN)}))
	noDifference(t, "more", conditions("more"), bp.Known(bp.Conditions{"StringLike": like("in/*"), "StringEquals": equals("aws:PrincipalTag/team", "data")}))
}

func TestDraft_MorePoliciesAreAttachedBesideTheUnitsOwn(t *testing.T) {
	t.Parallel()
	const own, more = "arn:aws:iam::111122223333:policy/service/orders-eu-west-1", "arn:aws:iam::aws:policy/More"
	spec := fourLines()
	spec.RolePath = bp.Known("/service/")
	_, role, policy, _ := parts(draft.Draft(spec, knownFacts()))
	same(t, "own", role.AttachedPolicies, bp.Known(bp.Set{policy.ARN}))
	spec.PolicyARNs = bp.Known(bp.SetOf(more))
	_, role, policy, _ = parts(draft.Draft(spec, knownFacts()))
	same(t, "both", role.AttachedPolicies, bp.Known(bp.SetOf(more).Union(bp.Set{policy.ARN})))
	if arn := policy.ARN.Or(""); len(arn) < len(own) || arn[:len(own)] != own {
		t.Errorf("policy %s is not below the role's path", arn)
	}
	spec.PolicyARNs = bp.Unknown[bp.Set]()
	_, role, _, _ = parts(draft.Draft(spec, knownFacts()))
	same(t, "unknown", role.AttachedPolicies.IsUnknown(), true)
}

func TestLogsKeyStatement_AdmitsOneGroupOnly(t *testing.T) {
	t.Parallel()
	const group = "arn:aws:logs:eu-west-1:111122223333:log-group:/g"
	s := draft.LogsKeyStatement(place, bp.Known(group))
	noDifference(t, "principal", s.Principals, equals("Service", "logs.eu-west-1.amazonaws.com"))
	noDifference(t, "condition", s.Conditions, bp.Known(bp.Conditions{"ArnEquals": equals("kms:EncryptionContext:aws:logs:arn", group)}))
	same(t, "no grants", s.Actions.Or(nil).Contains(bp.SetOf("kms:CreateGrant")), false)
}

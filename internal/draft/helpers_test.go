package draft_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
	"github.com/secure-lambda/terraform-provider-secure/internal/draft"
)

const (
	ownKey    = "arn:aws:kms:eu-west-1:111122223333:key/own"
	givenKey  = "arn:aws:kms:eu-west-1:111122223333:key/given"
	ownSecret = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:secure/orders-AbCdEf"
	houseKey  = "arn:aws:kms:eu-west-1:111122223333:key/house"
)

// houseVPC is the VPC of the house.
var houseVPC = bp.VPCSpec{SubnetIDs: bp.Known(bp.SetOf("subnet-3", "subnet-4")), SecurityGroupIDs: bp.Known(bp.SetOf("sg-2"))}

var place = bp.Place{Partition: "aws", Account: "111122223333", Region: "eu-west-1"}

// tester is what testing.T and rapid.T have in common.
type tester interface {
	Helper()
	Errorf(format string, args ...any)
}

func same(t tester, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n got %v\nwant %v", what, got, want)
	}
}

// property runs a property, with the failure at the test that has it.
func property(t *testing.T, check func(*rapid.T)) {
	t.Helper()
	rapid.Check(t, check)
}

// noDifference compares leaf by leaf.
func noDifference(t tester, what string, got, want any) {
	t.Helper()
	for _, d := range bp.Diff(want, got) {
		t.Errorf("%s: %s is %v, want %v", what, d.Path, d.Desired, d.Observed)
	}
}

// fourLines is the smallest unit: name, code, runtime, handler.
func fourLines() bp.Spec {
	return bp.Spec{
		Name:    bp.Known("orders"),
		Code:    bp.Known(bp.CodeSpec{Path: bp.Known("src")}),
		Runtime: bp.Known("python3.13"),
		Handler: bp.Known("app.handler"),
	}
}

// newFacts are those of a unit that does not exist yet.
func newFacts() draft.Facts {
	return draft.Facts{
		Place:      place,
		CodeSHA256: bp.Known("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
		KeyARN:     bp.Unknown[string](),
		SecretARN:  bp.Unknown[string](),
		Generation: bp.Unknown[string](),
	}
}

// knownFacts are those of a unit that exists.
func knownFacts() draft.Facts {
	f := newFacts()
	f.KeyARN = bp.Known(ownKey)
	f.SecretARN = bp.Known(ownSecret)
	f.Generation = bp.Known("g1")
	return f
}

// parts unpacks the components that every blueprint has.
func parts(b bp.Blueprint) (bp.Function, bp.Role, bp.Policy, bp.LogGroup) {
	return b.Function.Or(bp.Function{}), b.Role.Or(bp.Role{}), b.Policy.Or(bp.Policy{}), b.LogGroup.Or(bp.LogGroup{})
}

func statements(b bp.Blueprint) bp.PolicyStatements {
	_, _, policy, _ := parts(b)
	return policy.Statements.Or(bp.PolicyStatements{})
}

func leaves(v any) map[string]bp.Leaf {
	out := map[string]bp.Leaf{}
	for _, l := range bp.Leaves(v) {
		out[l.Path] = l
	}
	return out
}

func unknowns(v any) []string {
	var out []string
	for _, l := range bp.Leaves(v) {
		if l.State == bp.StateUnknown {
			out = append(out, l.Path)
		}
	}
	return out
}

// specs draws specs in which every attribute is stated or null.
type specs struct {
	*rapid.T

	// defaults admits values that a default would give.
	defaults bool
}

// one draws null or one of the values, none of which is a default.
func one[T any](s specs, name string, values ...T) bp.Value[T] {
	return oneOr(s, name, values, nil)
}

// oneOr draws null, one of the values or, where the draw admits them, one of
// the defaults.
func oneOr[T any](s specs, name string, values, defaults []T) bp.Value[T] {
	if s.defaults {
		values = slices.Concat(values, defaults)
	}
	if !rapid.Bool().Draw(s.T, name+" stated") {
		return bp.Null[T]()
	}
	return bp.Known(rapid.SampledFrom(values).Draw(s.T, name))
}

func (s specs) spec() bp.Spec {
	number, rotation := s.ownSecret()
	return bp.Spec{
		SecretVersion: number, SecretRotation: rotation,
		Name:                bp.Known(rapid.SampledFrom([]string{"orders", "o", strings.Repeat("long-name-", 6)}).Draw(s.T, "name")),
		Description:         oneOr(s, "description", []string{"Takes orders"}, []string{""}),
		Tags:                s.texts("tags", []string{"team", "env"}, []string{"blue", "red"}, []string{"core"}),
		Code:                s.code(),
		Runtime:             one(s, "runtime", "python3.13", "provided.al2023"),
		Handler:             oneOr(s, "handler", []string{"app.handler"}, []string{"bootstrap"}),
		Architecture:        oneOr(s, "architecture", []string{"x86_64"}, []string{"arm64"}),
		MemorySize:          oneOr(s, "memory", []int64{128, 1024}, []int64{512}),
		Timeout:             oneOr(s, "timeout", []int64{1, 900}, []int64{10}),
		EphemeralStorage:    oneOr(s, "storage", []int64{1024}, []int64{512}),
		Environment:         s.texts("environment", []string{"TABLE", "POWERTOOLS_LOG_LEVEL"}, []string{"a", ""}, []string{"INFO"}),
		Powertools:          oneOr(s, "powertools", []bool{false}, []bool{true}),
		Secrets:             s.secrets(),
		KMSKeyARN:           oneOr(s, "key", []string{givenKey}, []string{houseKey}),
		RoleName:            one(s, "role name", "orders-execution"),
		RolePath:            oneOr(s, "role path", []string{"/service/"}, []string{"/"}),
		PermissionsBoundary: oneOr(s, "boundary", []string{"arn:aws:iam::111122223333:policy/own"}, []string{"arn:aws:iam::111122223333:policy/house"}),
		Trust:               s.trust(),
		Access:              s.access(),
		PolicyARNs:          one(s, "policies", bp.SetOf("arn:aws:iam::111122223333:policy/more"), bp.SetOf("arn:aws:iam::aws:policy/A", "arn:aws:iam::aws:policy/z")),
		Logs:                s.logs(),
		Layers:              one(s, "layers", bp.ListOf("arn:aws:lambda:eu-west-1:111122223333:layer:z:1", "arn:aws:lambda:eu-west-1:111122223333:layer:a:2")),
		SnapStart:           oneOr(s, "snap start", []bool{true}, []bool{false}),
		VPC: oneOr(s, "vpc", []bp.VPCSpec{
			{SubnetIDs: bp.Known(bp.SetOf("subnet-1", "subnet-2")), SecurityGroupIDs: bp.Known(bp.SetOf("sg-1"))},
			{SubnetIDs: bp.Known(bp.SetOf("subnet-1")), SecurityGroupIDs: bp.Known(bp.SetOf("sg-1")), IPv6: bp.Known(true)},
		}, []bp.VPCSpec{
			{SubnetIDs: bp.Known(bp.SetOf("subnet-1")), SecurityGroupIDs: bp.Known(bp.SetOf("sg-1")), IPv6: bp.Known(false)},
			{Enabled: bp.Known(false)}, houseVPC,
		}),
		FileSystem: oneOr(s, "file system", []bp.FileSystemSpec{
			{ARN: bp.Known("arn:aws:elasticfilesystem:eu-west-1:111122223333:access-point/fsap-1"), LocalMountPath: bp.Known("/mnt/data")},
			{ARN: bp.Known("arn:aws:elasticfilesystem:eu-west-1:111122223333:access-point/fsap-1"), LocalMountPath: bp.Known("/mnt/data"), ReadOnly: bp.Known(true)},
		}, nil),
		CodeSigningConfigARN: one(s, "signing", "arn:aws:lambda:eu-west-1:111122223333:code-signing-config:csc-1"),
		RuntimeManagement: one(s, "runtime management", bp.RuntimeSpec{UpdateRuntimeOn: bp.Known("FunctionUpdate")},
			bp.RuntimeSpec{UpdateRuntimeOn: bp.Known("Manual"), RuntimeVersionARN: bp.Known("arn:aws:lambda:eu-west-1::runtime:abc")}),
		Permissions: one(s, "permissions", map[string]bp.Value[bp.PermissionSpec]{
			"bucket":  bp.Known(bp.PermissionSpec{Principal: bp.Known("s3.amazonaws.com"), SourceARN: bp.Known("arn:aws:s3:::in")}),
			"partner": bp.Known(bp.PermissionSpec{Principal: bp.Known("444455556666"), OrganizationID: bp.Known("o-abc")}),
		}, map[string]bp.Value[bp.PermissionSpec]{
			"rule": bp.Known(bp.PermissionSpec{Principal: bp.Known("events.amazonaws.com"), SourceARN: bp.Known("arn:aws:events:eu-west-1:111122223333:rule/r"), SourceAccount: bp.Known("111122223333")}),
		}),
		Recursion:   oneOr(s, "recursion", []string{"Allow"}, []string{"Terminate"}),
		Concurrency: one(s, "concurrency", bp.ConcurrencySpec{Reserved: bp.Known[int64](0)}, bp.ConcurrencySpec{Reserved: bp.Known[int64](10)}),
		Alarms:      s.alarms(),
		DeadLetter:  s.deadLetter(),
		Async:       s.async(),
		Tracing:     oneOr(s, "tracing", []string{"PassThrough"}, []string{"Active"}),
		Release:     s.release(),
	}
}

func (s specs) texts(name string, keys, values, defaults []string) bp.Value[map[string]bp.String] {
	if s.defaults {
		values = slices.Concat(values, defaults)
	}
	drawn := rapid.MapOfN(rapid.SampledFrom(keys), rapid.SampledFrom(values), 0, len(keys)).Draw(s.T, name)
	if len(drawn) == 0 {
		return bp.Null[map[string]bp.String]()
	}
	out := map[string]bp.String{}
	for key, value := range drawn {
		out[key] = bp.Known(value)
	}
	return bp.Known(out)
}

func (s specs) code() bp.Value[bp.CodeSpec] {
	return one(s, "code",
		bp.CodeSpec{Path: bp.Known("../build/app.zip")},
		bp.CodeSpec{S3: bp.Known(bp.S3Spec{Bucket: bp.Known("artifacts"), Key: bp.Known("orders/app.zip")})},
		bp.CodeSpec{S3: bp.Known(bp.S3Spec{Bucket: bp.Known("artifacts"), Key: bp.Known("app.zip"), VersionID: bp.Known("v1")})},
	)
}

func (s specs) trust() bp.Value[bp.TrustSpec] {
	return oneOr(s, "trust", []bp.TrustSpec{
		{SourceAccount: bp.Known(false)},
		{SourceARN: bp.Known(true)},
		{SourceAccount: bp.Known(false), SourceARN: bp.Known(true)},
	}, []bp.TrustSpec{{}, {SourceAccount: bp.Known(true), SourceARN: bp.Known(false)}})
}

func (s specs) access() bp.Value[map[string]bp.Value[bp.AccessSpec]] {
	labels := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"orders_table", "bucket", "queue"}), 0, 3, rapid.ID).Draw(s.T, "labels")
	if len(labels) == 0 {
		return bp.Null[map[string]bp.Value[bp.AccessSpec]]()
	}
	out := map[string]bp.Value[bp.AccessSpec]{}
	for _, label := range labels {
		out[label] = bp.Known(bp.AccessSpec{
			Actions:   bp.Known(bp.SetOf(rapid.SliceOfN(rapid.SampledFrom([]string{"s3:GetObject", "s3:PutObject", "sqs:*"}), 1, 3).Draw(s.T, "actions")...)),
			Resources: bp.Known(bp.SetOf(rapid.SliceOfN(rapid.SampledFrom([]string{"arn:aws:s3:::a/*", "arn:aws:s3:::b", "*"}), 1, 3).Draw(s.T, "resources")...)),
			Conditions: one(s, "conditions",
				bp.Conditions{"StringEquals": equals("aws:PrincipalTag/team", "blue")},
				bp.Conditions{"ArnEquals": equals("aws:PrincipalArn", "arn:aws:iam::111122223333:role/r")},
				bp.Conditions{
					"Bool":      equals("aws:SecureTransport", "true"),
					"ArnEquals": equals("lambda:SourceFunctionArn", "arn:aws:lambda:eu-west-1:111122223333:function:other"),
				}),
			BindToFunction: oneOr(s, "bind", []bool{false}, []bool{true}),
		})
		out[label] = bp.Map(out[label], loseOverwritten)
	}
	return bp.Known(out)
}

// loseOverwritten takes out the condition that binding replaces, since nothing
// observed can tell that it was stated.
func loseOverwritten(grant bp.AccessSpec) bp.AccessSpec {
	conditions, ok := grant.Conditions.Get()
	if _, both := conditions["Bool"]; ok && both && grant.BindToFunction.Or(true) {
		grant.Conditions = bp.Known(bp.Conditions{"Bool": conditions["Bool"]})
	}
	return grant
}

func (s specs) logs() bp.Value[bp.LogsSpec] {
	logs := bp.LogsSpec{
		GroupName:     one(s, "group", "/orders/api"),
		RetentionDays: oneOr(s, "retention", []int64{30, 0}, []int64{90, 365}),
		Format:        oneOr(s, "format", []string{"Text"}, []string{"JSON"}),
	}
	if s.defaults || !logs.Format.IsKnown() {
		logs.ApplicationLevel = oneOr(s, "level", []string{"DEBUG", "WARN"}, []string{"INFO"})
	}
	logs.SystemLevel = logs.ApplicationLevel
	logs.Class = oneOr(s, "class", []string{"INFREQUENT_ACCESS"}, []string{"STANDARD"})
	logs.DataProtection = one(s, "data protection", bp.SetOf("EmailAddress", "AwsSecretKey"))
	if bp.Equal(logs, bp.LogsSpec{}) {
		return bp.Null[bp.LogsSpec]()
	}
	return bp.Known(logs)
}

func (s specs) alarms() bp.Value[bp.AlarmsSpec] {
	topic := bp.SetOf("arn:aws:sns:eu-west-1:111122223333:on-call")
	plain := []bp.AlarmsSpec{
		{Enabled: bp.Known(false)},
		{Profile: bp.Known("full"), Actions: bp.Known(topic)},
		{Traffic: bp.Known("high"), OKActions: bp.Known(topic)},
		{Errors: bp.Known(bp.AlarmSpec{Threshold: bp.Known(5.5), Actions: bp.Known(topic)}), Throttles: bp.Known(bp.AlarmSpec{Enabled: bp.Known(false)})},
		{Duration: bp.Known(bp.AlarmSpec{Statistic: bp.Known("Maximum"), EvaluationPeriods: bp.Known[int64](3)}), AsyncDropped: bp.Known(bp.AlarmSpec{Enabled: bp.Known(true)})},
	}
	return oneOr(s, "alarms", plain, []bp.AlarmsSpec{{}, {Profile: bp.Known("essential"), Traffic: bp.Known("normal")}, {Duration: bp.Known(bp.AlarmSpec{})}})
}

func (s specs) deadLetter() bp.Value[bp.DeadLetterSpec] {
	topic := bp.DeadLetterSpec{TargetARN: bp.Known("arn:aws:sns:eu-west-1:111122223333:dead")}
	return oneOr(s, "dead letter", []bp.DeadLetterSpec{
		{Enabled: bp.Known(false)},
		{RetentionDays: bp.Known[int64](3)},
		{TargetARN: bp.Known("arn:aws:sqs:eu-west-1:111122223333:dead"), TargetKeyARN: bp.Known(givenKey)},
		topic,
	}, []bp.DeadLetterSpec{{}, {Enabled: bp.Known(true)}, {RetentionDays: bp.Known[int64](14), OnDestroy: bp.Known("force")}})
}

func (s specs) async() bp.Value[bp.AsyncSpec] {
	async := bp.AsyncSpec{
		MaxRetries:  oneOr(s, "retries", []int64{0, 1}, []int64{2}),
		MaxEventAge: oneOr(s, "age", []int64{60}, []int64{21600}),
		OnSuccess:   one(s, "success", "arn:aws:lambda:eu-west-1:111122223333:function:done", "arn:aws:events:eu-west-1:111122223333:event-bus/done"),
		OnFailure:   one(s, "failure", "arn:aws:s3:::failed", "arn:aws:sqs:eu-west-1:111122223333:failed"),
		KMSKeyARNs:  one(s, "destination keys", bp.SetOf(givenKey, houseKey)),
	}
	if bp.Equal(async, bp.AsyncSpec{}) {
		return bp.Null[bp.AsyncSpec]()
	}
	return bp.Known(async)
}

func (s specs) release() bp.Value[bp.ReleaseSpec] {
	return oneOr(s, "release", []bp.ReleaseSpec{{Alias: bp.Known("blue")}}, []bp.ReleaseSpec{{}, {Alias: bp.Known("live")}})
}

func equals(key string, values ...string) bp.Value[map[string]bp.Value[bp.Set]] {
	return bp.Known(map[string]bp.Value[bp.Set]{key: bp.Known(bp.SetOf(values...))})
}

// facts draws the facts of a unit that exists.
func (s specs) facts() draft.Facts {
	f := knownFacts()
	house := specs{T: s.T}
	f.House = bp.House{
		KMSKeyARN:           one(house, "house key", houseKey),
		PermissionsBoundary: one(house, "house boundary", "arn:aws:iam::111122223333:policy/house"),
		LogRetentionDays:    one[int64](house, "house retention", 90),
		AlarmActions:        one(house, "house actions", bp.SetOf("arn:aws:sns:eu-west-1:111122223333:house")),
		Architecture:        one(house, "house architecture", "of the house"),
		VPC:                 one(house, "house VPC", houseVPC),
		Tracing:             one(house, "house tracing", "of the house"),
		LogFormat:           one(house, "house format", "of the house"),
		DefaultTags:         one(house, "default tags", map[string]bp.String{"team": bp.Known("core")}, map[string]bp.String{}),
	}
	f.RetiredKeys = one(house, "retired keys", bp.SetOf("arn:aws:kms:eu-west-1:111122223333:key/old")).Or(nil)
	f.Served = one(house, "served", bp.Version{Number: bp.Known("7"), Digest: bp.Known("another")})
	return f
}

// serving makes the version in service one of exactly this draft.
func serving(spec bp.Spec, facts draft.Facts) draft.Facts {
	function, _, _, _ := parts(draft.Draft(spec, facts))
	facts.Served = bp.Known(bp.Version{Number: bp.Known("3"), Digest: function.Digest()})
	return facts
}

// blur returns a copy of v in which some values, at any depth, are unknown.
func blur[T any](t *rapid.T, v T) T {
	return blurred(t, reflect.ValueOf(&v).Elem()).Interface().(T)
}

func blurred(t *rapid.T, v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	if node, ok := reflect.TypeAssert[bp.Settable](out.Addr()); ok {
		state, inner := node.Inspect()
		if rapid.IntRange(0, 11).Draw(t, "unknown at 11") == 11 {
			node.Assign(bp.StateUnknown, nil)
		} else if state == bp.StateKnown {
			node.Assign(state, blurred(t, reflect.ValueOf(inner)).Interface())
		}
		return out
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			out.Field(i).Set(blurred(t, v.Field(i)))
		}
	case reflect.Map:
		out.Set(reflect.MakeMap(v.Type()))
		for _, key := range sortedKeys(v) {
			out.SetMapIndex(key, blurred(t, v.MapIndex(key)))
		}
	case reflect.Slice:
		out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		for i := range v.Len() {
			out.Index(i).Set(blurred(t, v.Index(i)))
		}
	default:
	}
	return out
}

func sortedKeys(m reflect.Value) []reflect.Value {
	keys := m.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	return keys
}

package acceptance

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/secure-lambda/terraform-provider-secure/internal/artifact"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud"
	"github.com/secure-lambda/terraform-provider-secure/internal/draft"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// examples is how many random units the property is tried on.
const examples = 24

// TestObserveApplyDraft applies random units and asks what exists: it must be
// what was drafted. Each unit is then changed into another random one, and
// removed.
func TestObserveApplyDraft(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	place := bp.Place{Partition: "aws", Account: a.id, Region: region}
	client := cloud.New(a.config(t), place, cloud.Options{Clock: scaled{}, Poll: 2 * time.Second, Share: unpaced})
	specs := rapid.Custom(randomSpec(a.id))
	for seed := range examples {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			r := &round{client: client, name: fmt.Sprintf("random-%d", seed)}
			r.apply(t, specs.Example(seed))
			r.apply(t, specs.Example(seed+examples))
			r.remove(t)
		})
	}
}

// round is one unit that is applied again and again.
type round struct {
	client   *cloud.Client
	name     string
	observed cloud.Observation
	learned  cloud.Learned
}

func (r *round) apply(t *testing.T, spec bp.Spec) {
	t.Helper()
	spec.Name = bp.Known(r.name)
	content, digest, err := artifact.Read("testdata/hello")
	must(t, err)
	desired := func(l cloud.Learned) bp.Blueprint {
		return draft.Draft(spec, draft.Facts{
			Place: r.client.Place, CodeSHA256: bp.Known(digest), KeyARN: l.At(bp.ComponentKey).ARN, SecretARN: l.At(bp.ComponentSecret).ARN,
			Generation: bp.Known("generation"), Served: l.Served,
		})
	}
	known := cloud.Learned{CodeSHA256: bp.Known(digest)}
	if r.learned.Has(bp.ComponentKey) {
		known = r.learned
		known.Served = r.observed.Version
	}
	environment := map[string]string{}
	for name, value := range draft.Environment(spec, bp.Null[string]()).Or(nil) {
		environment[name] = value.Or("")
	}
	result, err := r.client.Apply(t.Context(), cloud.Job{
		Draft: desired, Observed: r.observed.Blueprint, Known: known, Environment: environment, SecretValues: `{"DB_PASSWORD":"changeable"}`,
		Code: cloud.Code{Zip: func() ([]byte, string, error) { return content, digest, nil }},
	})
	must(t, err)
	r.learned = result.Learned
	want := desired(r.learned)
	r.observed = r.observe(t, want)
	if differences := bp.Diff(r.observed.Blueprint, want); len(differences) > 0 {
		t.Fatalf("observed differs from drafted: %+v\nspec: %+v", differences, spec)
	}
}

func (r *round) observe(t *testing.T, want bp.Blueprint) cloud.Observation {
	t.Helper()
	tags := map[string]string{}
	for key, value := range want.Tags.Or(nil) {
		tags[key] = value.Or("")
	}
	refs := map[string]cloud.Ref{}
	for _, c := range bp.Components() {
		if c.ARN != nil {
			refs[c.Name] = cloud.Ref{ARN: c.ARN(want).Or("")}
		}
	}
	place := r.client.Place
	refs[bp.ComponentQueue] = cloud.Ref{ARN: place.QueueARN(bp.QueueName(r.name))}
	refs[bp.ComponentKey] = cloud.Ref{ARN: r.learned.At(bp.ComponentKey).ARN.Or("")}
	refs[bp.ComponentAlarms] = cloud.Ref{More: allAlarms(place, r.name)}
	observed, err := r.client.Observe(t.Context(), cloud.Target{Unit: r.name, Refs: refs, Tags: tags})
	must(t, err)
	return observed
}

func allAlarms(place bp.Place, unit string) []string {
	var arns []string
	for _, slot := range new(bp.Alarms).Slots() {
		arns = append(arns, place.AlarmARN(bp.AlarmName(unit, slot.Name)))
	}
	return arns
}

func (r *round) remove(t *testing.T) {
	t.Helper()
	b := r.observed.Blueprint
	identity := func(arn bp.String) bp.Value[bp.Identity] { return bp.Known(bp.Identity{ARN: arn}) }
	role, _ := b.Role.Get()
	policy, _ := b.Policy.Get()
	group, _ := b.LogGroup.Get()
	function, _ := b.Function.Get()
	inventory := bp.Inventory{
		Role: identity(role.ARN), Policy: identity(policy.ARN), LogGroup: identity(group.ARN),
		Function: identity(function.ARN), Key: identity(r.learned.At(bp.ComponentKey).ARN),
	}
	if queue, ok := b.Queue.Get(); ok {
		inventory.Queue = identity(queue.ARN)
	}
	if secret, ok := b.Secret.Get(); ok {
		inventory.Secret = identity(secret.ARN)
	}
	for _, arn := range allAlarms(r.client.Place, r.name) {
		inventory.Alarms = bp.Known(inventory.Alarms.Or(nil).Union(bp.SetOf(arn)))
	}
	must(t, r.client.Remove(context.WithoutCancel(t.Context()), cloud.Removal{Inventory: inventory, Owner: cloud.Owner{Unit: r.name, Generation: "generation"}}))
	left := r.observe(t, b)
	key, _ := left.Key.Get()
	secret, _ := left.Secret.Get()
	if secret.Available == bp.Known(true) || left.Function.IsKnown() || left.Role.IsKnown() || left.Policy.IsKnown() || left.LogGroup.IsKnown() || left.Queue.IsKnown() || left.Alarms.IsKnown() || key.Enabled == bp.Known(true) {
		t.Fatalf("left behind: %+v", left)
	}
}

// randomSpec draws a unit with its own key: every other input may be there or
// not.
func randomSpec(account string) func(t *rapid.T) bp.Spec {
	return func(t *rapid.T) bp.Spec { return drawSpec(t, account) }
}

func drawSpec(t *rapid.T, account string) bp.Spec {
	text := func(label string, choices ...string) bp.String { return maybe(t, label, rapid.SampledFrom(choices)) }
	number := func(label string, low, high int64) bp.Value[int64] {
		return maybe(t, label, rapid.Int64Range(low, high))
	}
	flag := func(label string) bp.Value[bool] { return maybe(t, label, rapid.Bool()) }
	logs := bp.LogsSpec{
		GroupName:        text("group", "/random/"+rapid.StringMatching(`[a-z0-9]{12}`).Draw(t, "group")),
		RetentionDays:    maybe(t, "retention", rapid.SampledFrom([]int64{0, 1, 30, 365, 3653})),
		Format:           text("format", "JSON"),
		ApplicationLevel: text("level", "DEBUG", "WARN", "INFO"),
	}
	if rapid.Bool().Draw(t, "text") {
		logs.Format, logs.ApplicationLevel = bp.Known("Text"), bp.Null[string]()
	}
	own, rotation := number("own secret", 1, 3), bp.Null[bp.RotationSpec]()
	if own.IsKnown() {
		rotation = maybe(t, "rotation", rapid.Just(bp.RotationSpec{FunctionARN: bp.Known(rotator), Days: maybe(t, "days", rapid.Int64Range(1, 1000))}))
	}
	return bp.Spec{
		Description:         text("description", "one", "two words"),
		Tags:                maybe(t, "tags", rapid.Map(rapid.MapOf(rapid.StringMatching(`[a-z]{1,9}`), rapid.StringMatching(`[a-z ]{0,9}`)), values)),
		Code:                bp.Known(bp.CodeSpec{Path: bp.Known("testdata/hello")}),
		Runtime:             bp.Known(rapid.SampledFrom([]string{"python3.12", "python3.13"}).Draw(t, "runtime")),
		Handler:             bp.Known(rapid.SampledFrom([]string{"app.handler", "app.other"}).Draw(t, "handler")),
		Architecture:        text("architecture", "arm64", "x86_64"),
		MemorySize:          number("memory", 128, 10240),
		Timeout:             number("timeout", 1, 900),
		EphemeralStorage:    number("ephemeral", 512, 10240),
		Environment:         maybe(t, "environment", rapid.Map(rapid.MapOf(rapid.StringMatching(`[A-Z][A-Z_]{2,9}`), rapid.StringN(0, 20, 60)), values)),
		Powertools:          flag("powertools"),
		Secrets:             randomSecrets(t),
		SecretVersion:       own,
		SecretRotation:      rotation,
		RolePath:            text("path", "/", "/a/", "/b/c/"),
		PermissionsBoundary: text("boundary", "arn:aws:iam::aws:policy/PowerUserAccess"),
		Trust:               maybe(t, "trust", rapid.Just(bp.TrustSpec{SourceAccount: flag("account"), SourceARN: flag("arn")})),
		Access:              maybe(t, "access", rapid.Map(rapid.MapOfN(rapid.StringMatching(`[a-z]{3,6}(_[a-z]{2,5})?`), rapid.Custom(randomGrant), 0, 4), validGrants)),
		PolicyARNs:          maybe(t, "policies", rapid.Just(bp.SetOf("arn:aws:iam::aws:policy/ReadOnlyAccess"))),
		Logs:                maybe(t, "logs", rapid.Just(logs)),
		Recursion:           text("recursion", "Allow", "Terminate"),
		Concurrency:         maybe(t, "concurrency", rapid.Just(bp.ConcurrencySpec{Reserved: maybe(t, "reserved", rapid.Int64Range(0, 3))})),
		Alarms:              randomAlarms(t, account),
		DeadLetter:          randomDeadLetter(t, account),
		Async:               randomAsync(t, account),
		Tracing:             text("tracing", "Active", "PassThrough"),
		Release:             maybe(t, "release", rapid.Just(bp.ReleaseSpec{Alias: text("alias", "live", "stable")})),
	}
}

func randomDeadLetter(t *rapid.T, account string) bp.Value[bp.DeadLetterSpec] {
	return maybe(t, "dead letter", rapid.SampledFrom([]bp.DeadLetterSpec{
		{Enabled: bp.Known(false)},
		{RetentionDays: bp.Known[int64](3)},
		{TargetARN: bp.Known("arn:aws:sqs:eu-central-1:" + account + ":dead"), TargetKeyARN: bp.Known("arn:aws:kms:eu-central-1:111122223333:key/dead")},
		{TargetARN: bp.Known("arn:aws:sns:eu-central-1:" + account + ":dead")},
	}))
}

func randomSecrets(t *rapid.T) bp.Value[map[string]bp.Value[bp.SecretSpec]] {
	return maybe(t, "secrets", rapid.Just(map[string]bp.Value[bp.SecretSpec]{
		"db_password": bp.Known(bp.SecretSpec{
			ARN: bp.Known(orderSecret), KMSKeyARN: maybe(t, "secret's key", rapid.Just(someKey)),
			JSONKey: maybe(t, "json key", rapid.Just("password")), VersionStage: maybe(t, "stage", rapid.Just("AWSPREVIOUS")),
		}),
		"limit": bp.Known(bp.SecretSpec{ARN: bp.Known(orderLimit)}),
	}))
}

func randomAlarms(t *rapid.T, account string) bp.Value[bp.AlarmsSpec] {
	topic := bp.SetOf("arn:aws:sns:eu-central-1:" + account + ":on-call")
	return maybe(t, "alarms", rapid.SampledFrom([]bp.AlarmsSpec{
		{Enabled: bp.Known(false)},
		{Profile: bp.Known("full"), Actions: bp.Known(topic)},
		{Traffic: bp.Known("high"), OKActions: bp.Known(topic), InsufficientDataActions: bp.Known(topic)},
		{Duration: bp.Known(bp.AlarmSpec{Statistic: bp.Known("p95"), Threshold: bp.Known(1234.5), Period: bp.Known[int64](60)}), AsyncDropped: bp.Known(bp.AlarmSpec{})},
		{Profile: bp.Known("full"), Errors: bp.Known(bp.AlarmSpec{Enabled: bp.Known(false)}), Throttles: bp.Known(bp.AlarmSpec{Statistic: bp.Known("SampleCount")})},
	}))
}

func randomAsync(t *rapid.T, account string) bp.Value[bp.AsyncSpec] {
	return maybe(t, "async", rapid.Just(bp.AsyncSpec{
		MaxRetries:  maybe(t, "retries", rapid.Int64Range(0, 2)),
		MaxEventAge: maybe(t, "age", rapid.Int64Range(60, 21600)),
		OnSuccess:   maybe(t, "success", rapid.SampledFrom([]string{"arn:aws:events:eu-central-1:111122223333:event-bus/done", "arn:aws:sns:eu-central-1:" + account + ":done"})),
		OnFailure:   maybe(t, "failure", rapid.SampledFrom([]string{"arn:aws:s3:::failed-events", "arn:aws:sqs:eu-central-1:" + account + ":failed"})),
	}))
}

func maybe[T any](t *rapid.T, label string, of *rapid.Generator[T]) bp.Value[T] {
	if !rapid.Bool().Draw(t, label+" is set") {
		return bp.Null[T]()
	}
	return bp.Known(of.Draw(t, label))
}

func values(in map[string]string) map[string]bp.String {
	out := map[string]bp.String{}
	for k, v := range in {
		out[k] = bp.Known(v)
	}
	return out
}

func randomGrant(t *rapid.T) bp.AccessSpec {
	some := func(label string, from ...string) bp.Set {
		return bp.SetOf(rapid.SliceOfNDistinct(rapid.SampledFrom(from), 1, len(from), rapid.ID).Draw(t, label)...)
	}
	return bp.AccessSpec{
		Actions:        bp.Known(some("actions", "dynamodb:GetItem", "dynamodb:Query", "s3:GetObject", "sqs:SendMessage")),
		Resources:      bp.Known(some("resources", "arn:aws:dynamodb:eu-central-1:111122223333:table/orders", "arn:aws:s3:::bucket/*", "*")),
		BindToFunction: maybe(t, "bind", rapid.Bool()),
		Conditions: maybe(t, "conditions", rapid.Just(bp.Conditions{
			"ArnEquals":    bp.Known(map[string]bp.Value[bp.Set]{"aws:SourceArn": bp.Known(some("arns", "arn:aws:s3:::bucket", "arn:aws:s3:::other"))}),
			"StringEquals": bp.Known(map[string]bp.Value[bp.Set]{"aws:RequestedRegion": bp.Known(some("regions", "eu-central-1", "eu-west-1"))}),
		})),
	}
}

func validGrants(in map[string]bp.AccessSpec) map[string]bp.Value[bp.AccessSpec] {
	out := map[string]bp.Value[bp.AccessSpec]{}
	for label, grant := range in {
		if bp.ValidLabel(label) {
			out[label] = bp.Known(grant)
		}
	}
	return out
}

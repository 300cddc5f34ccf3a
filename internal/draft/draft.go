package draft

import (
	"maps"
	"strings"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Facts is everything a blueprint depends on that the user did not write.
type Facts struct {
	Place bp.Place
	House bp.House
	// CodeSHA256 is the base64 SHA-256 of the deployment package, or the hex
	// digest of the image.
	CodeSHA256 bp.String
	// ImageURI is the image by digest.
	ImageURI bp.String
	// KeyARN is the unit's own key, unknown until it is created.
	KeyARN bp.String
	// SecretARN is that of the unit's own secret, unknown until it is created.
	SecretARN bp.String
	// Generation is unknown until the unit is created.
	Generation bp.String
	// Served is the version in service. Its number is kept while its digest
	// still describes what should run.
	Served bp.Value[bp.Version]
	// RetiredKeys still encrypt earlier versions of this unit.
	RetiredKeys bp.Set
	// Observed is what exists: the source of what drift is ignored of.
	Observed bp.Blueprint
	// Held is what an import found and the spec leaves out.
	Held Held
}

// Held are settings of an imported function that no input can carry, kept as
// they are until the configuration states its own.
type Held struct {
	Environment    bp.Value[map[string]bp.Value[bp.Environment]]
	InlinePolicies bp.Value[bp.Set]
	// Permissions are statements of resource policies.
	Permissions bp.Value[map[string]bp.String]
	// Unmanaged are features added by other hands, which stay.
	Unmanaged bp.Value[bp.Set]
}

// Draft returns the blueprint that a spec asks for.
func Draft(spec bp.Spec, facts Facts) bp.Blueprint {
	d := newDrafter(spec, facts)
	b := d.objects()
	ignored, _ := spec.IgnoreDrift.Or(nil).Strings()
	for _, path := range ignored {
		b = bp.Keep(b, facts.Observed, path)
	}
	function, _ := b.Function.Get()
	version := d.version(function)
	b.Version = bp.Known(version)
	b.Alias = bp.Map(b.Alias, func(a bp.Alias) bp.Alias {
		a.Version = version.Number
		return a
	})
	return b
}

// objects drafts everything but the version in service, which follows from the
// function.
func (d *drafter) objects() bp.Blueprint {
	alias, policy := d.alias(), d.policy()
	return bp.Blueprint{
		Key:         d.key(),
		Role:        bp.Known(d.role(policy)),
		Policy:      bp.Known(policy),
		LogGroup:    bp.Known(d.logGroup()),
		Queue:       d.queue(),
		Secret:      d.secret(),
		Function:    bp.Known(d.function()),
		Alias:       bp.Known(alias),
		Permissions: d.permissions(alias),
		Async:       bp.Known(d.async()),
		Alarms:      d.alarms(),
		Tags:        d.tags(),
	}
}

// Environment returns the variables the function gets, values included: the
// user's above the defaults for Powertools, the references of secrets, and the
// ARN of the unit's own secret.
func Environment(spec bp.Spec, secretARN bp.String) bp.Value[map[string]bp.String] {
	powertools := spec.Powertools.Else(bp.Map(spec.IsImage(), func(image bool) bool { return !image }))
	if spec.Environment.IsUnknown() || spec.Secrets.IsUnknown() || spec.SecretVersion.IsUnknown() || powertools.IsUnknown() {
		return bp.Unknown[map[string]bp.String]()
	}
	all := map[string]bp.String{}
	if powertools.Or(true) {
		all = powertoolsVariables(spec.Name, logLevel(spec))
	}
	own, _ := spec.Environment.Get()
	maps.Copy(all, own)
	for name, secret := range spec.Secrets.Or(nil) {
		all[name] = bp.Then(secret, bp.SecretSpec.Reference)
	}
	if spec.SecretVersion.IsKnown() {
		all[bp.SecretVariable] = secretARN
	}
	if len(all) == 0 {
		return bp.Null[map[string]bp.String]()
	}
	return bp.Known(all)
}

// TagsAll returns the user's tags over the provider's default tags.
func TagsAll(spec bp.Spec, house bp.House) bp.Value[map[string]bp.String] {
	if spec.Tags.IsUnknown() || house.DefaultTags.IsUnknown() {
		return bp.Unknown[map[string]bp.String]()
	}
	all := map[string]bp.String{}
	maps.Copy(all, house.DefaultTags.Or(nil))
	maps.Copy(all, spec.Tags.Or(nil))
	return bp.Known(all)
}

// drafter holds what several components share.
type drafter struct {
	spec  bp.Spec
	facts Facts

	givenKey    bp.String // of the unit or the house
	keyInUse    bp.String // whichever key is in use
	functionARN bp.String
	groupName   bp.String
	groupARN    bp.String
	rolePath    bp.String
	roleName    bp.String
	roleARN     bp.String
	environment bp.Value[map[string]bp.Value[bp.Environment]]
	queueName   bp.String
	queueARN    bp.String
	deadLetter  bp.DeadLetterSpec
	asyncSpec   bp.AsyncSpec
	alarmsSpec  bp.AlarmsSpec
}

func newDrafter(spec bp.Spec, facts Facts) *drafter {
	d := &drafter{spec: spec, facts: facts}
	place := facts.Place
	d.givenKey = spec.KMSKeyARN.Else(facts.House.KMSKeyARN)
	d.keyInUse = d.givenKey.Else(facts.KeyARN)
	d.functionARN = bp.Map(spec.Name, place.FunctionARN)
	d.groupName = bp.Field(spec.Logs, func(l bp.LogsSpec) bp.String { return l.GroupName }).
		Else(d.defaultGroupName())
	d.groupARN = bp.Map(d.groupName, place.LogGroupARN)
	d.rolePath = spec.RolePath.Else(bp.Known(DefaultRolePath))
	d.roleName = spec.RoleName.Else(d.iamName(bp.RoleName))
	d.roleARN = d.iamARN(d.roleName, place.RoleARN)
	d.queueName = bp.Map(spec.Name, bp.QueueName)
	d.queueARN = bp.Map(d.queueName, place.QueueARN)
	d.deadLetter = group(spec.DeadLetter, unknownDeadLetter)
	d.asyncSpec = group(spec.Async, unknownAsync)
	d.alarmsSpec = group(spec.Alarms, unknownAlarms)
	d.environment = facts.Held.Environment.Else(digests(Environment(spec, facts.SecretARN)))
	return d
}

func valueOf[T any](v bp.Value[T]) T { t, _ := v.Get(); return t }

// group opens a group of inputs. Every input of one that is unknown as a whole
// is unknown.
func group[T any](v bp.Value[T], unknown T) T {
	if v.IsUnknown() {
		return unknown
	}
	inputs, _ := v.Get()
	return inputs
}

var (
	text, number = bp.Unknown[string](), bp.Unknown[int64]()

	unknownDeadLetter = bp.DeadLetterSpec{
		Enabled: bp.Unknown[bool](), TargetARN: text, TargetKeyARN: text, RetentionDays: number, OnDestroy: text,
	}
	unknownAlarm  = bp.Unknown[bp.AlarmSpec]()
	unknownAlarms = bp.AlarmsSpec{
		Enabled: bp.Unknown[bool](), Profile: text, Traffic: text,
		Actions: bp.Unknown[bp.Set](), OKActions: bp.Unknown[bp.Set](), InsufficientDataActions: bp.Unknown[bp.Set](),
		Errors: unknownAlarm, Throttles: unknownAlarm, Duration: unknownAlarm, DeadLetterErrors: unknownAlarm, DeadLetterDepth: unknownAlarm,
		Concurrency: unknownAlarm, DestinationFailures: unknownAlarm, AsyncEventAge: unknownAlarm, AsyncDropped: unknownAlarm,
	}
	unknownAsync = bp.AsyncSpec{MaxRetries: number, MaxEventAge: number, OnSuccess: text, OnFailure: text, KMSKeyARNs: bp.Unknown[bp.Set]()}
)

func (d *drafter) iamName(derive func(unit, region, path string) string) bp.String {
	return bp.Then(d.rolePath, func(path string) bp.String {
		return bp.Map(d.spec.Name, func(unit string) string { return derive(unit, d.facts.Place.Region, path) })
	})
}

func (d *drafter) iamARN(name bp.String, arn func(path, name string) string) bp.String {
	return bp.Then(d.rolePath, func(path string) bp.String {
		return bp.Map(name, func(n string) string { return arn(path, n) })
	})
}

func (d *drafter) tags() bp.Value[map[string]bp.String] {
	return bp.Map(TagsAll(d.spec, d.facts.House), func(tags map[string]bp.String) map[string]bp.String {
		all := maps.Clone(tags)
		all[bp.TagUnit] = d.spec.Name
		all[bp.TagGeneration] = d.facts.Generation
		return all
	})
}

func (d *drafter) logGroup() bp.LogGroup {
	return bp.LogGroup{
		Name:          d.groupName,
		ARN:           d.groupARN,
		RetentionDays: d.retentionDays(),
		KMSKeyARN:     d.keyInUse,
		Class:         d.logClass(),

		DataProtection: someOrNull(bp.Field(d.spec.Logs, func(l bp.LogsSpec) bp.Value[bp.Set] { return l.DataProtection })),
		Protected:      bp.Field(d.spec.Logs, func(l bp.LogsSpec) bp.Value[bool] { return l.Protected }).Else(bp.Known(false)),
	}
}

func (d *drafter) retentionDays() bp.Value[int64] {
	return bp.Then(d.logClass(), func(class string) bp.Value[int64] {
		if class == bp.LogClassDelivery {
			return bp.Known[int64](bp.DeliveryRetentionDays)
		}
		return bp.Field(d.spec.Logs, func(l bp.LogsSpec) bp.Value[int64] { return l.RetentionDays }).
			Else(d.facts.House.LogRetentionDays).Else(bp.Known[int64](DefaultRetentionDays))
	})
}

func (d *drafter) logClass() bp.String {
	return bp.Field(d.spec.Logs, func(l bp.LogsSpec) bp.String { return l.Class }).Else(bp.Known(DefaultLogClass))
}

func (d *drafter) defaultGroupName() bp.String {
	return bp.Then(d.logClass(), func(class string) bp.String {
		if class != DefaultLogClass {
			return bp.Map(d.spec.Name, func(unit string) string { return bp.ClassLogGroupName(unit, class) })
		}
		return bp.Map(d.spec.Name, bp.LogGroupName)
	})
}

func (d *drafter) function() bp.Function {
	s := d.spec
	return bp.Function{
		Name:             s.Name,
		ARN:              d.functionARN,
		Description:      emptyIsNull(s.Description),
		Source:           bp.Then(s.Code, bp.Source),
		CodeSHA256:       d.facts.CodeSHA256,
		ImageURI:         d.imageURI(),
		Image:            d.image(),
		Runtime:          s.Runtime,
		Handler:          d.handler(),
		Architecture:     Architecture(s, d.facts.House),
		MemorySize:       s.MemorySize.Else(bp.Known[int64](DefaultMemorySize)),
		Timeout:          s.Timeout.Else(bp.Known[int64](DefaultTimeout)),
		EphemeralStorage: s.EphemeralStorage.Else(bp.Known[int64](DefaultEphemeralStorage)),
		Environment:      d.environment,
		KMSKeyARN:        d.environmentKey(),
		RoleARN:          d.roleARN,
		RoleBound:        bp.Known(true),
		Tracing:          d.tracing(),
		Layers:           d.layers(),
		SnapStart:        bp.Map(s.SnapStart.Else(bp.Known(false)), snapStart),
		Network:          d.network(),
		FileSystem: bp.Map(s.FileSystem, func(f bp.FileSystemSpec) bp.FileSystem {
			return bp.FileSystem{ARN: f.ARN, LocalMountPath: f.LocalMountPath}
		}),
		DeadLetterARN:        d.deadLetterTarget(),
		Logging:              bp.Known(d.logging()),
		ReservedConcurrency:  d.reserved(),
		Recursion:            s.Recursion.Else(bp.Known(DefaultRecursion)),
		CodeSigningConfigARN: s.CodeSigningConfigARN.Else(d.facts.House.CodeSigningConfigARN),
		RuntimeManagement:    d.runtimeManagement(),
		Unmanaged:            d.facts.Held.Unmanaged,
	}
}

func (d *drafter) reserved() bp.Value[int64] {
	return bp.Field(d.spec.Concurrency, func(c bp.ConcurrencySpec) bp.Value[int64] { return c.Reserved })
}

// handler knows the one family in which the name says nothing: a custom
// runtime starts the file bootstrap whatever the handler is.
func (d *drafter) handler() bp.String {
	return d.spec.Handler.Else(bp.Then(d.spec.Runtime, defaultHandler))
}

func defaultHandler(runtime string) bp.String {
	if strings.HasPrefix(runtime, "provided") {
		return bp.Known("bootstrap")
	}
	return bp.Null[string]()
}

func (d *drafter) tracing() bp.String {
	return d.spec.Tracing.Else(d.facts.House.Tracing).Else(bp.Known(DefaultTracing))
}

// environmentKey is set only where Lambda has something to encrypt with it: an
// environment, snapshots, or the copy that it makes of an image. AWS keeps no
// key on any other function, and checkov CKV_AWS_173 fails such a function.
// https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
func (d *drafter) environmentKey() bp.String {
	image := d.spec.IsImage().Else(bp.Known(false))
	encrypts := either(either(present(d.environment), d.spec.SnapStart.Else(bp.Known(false))), image)
	return bp.Then(encrypts, func(yes bool) bp.String {
		if !yes {
			return bp.Null[string]()
		}
		return d.keyInUse
	})
}

func (d *drafter) logging() bp.Logging {
	format := LogFormat(d.spec, d.facts.House)
	onlyJSON := func(level bp.String) bp.String {
		return bp.Then(format, func(f string) bp.String {
			if f != formatJSON {
				return bp.Null[string]()
			}
			return level
		})
	}
	return bp.Logging{
		Group:            d.groupName,
		Format:           format,
		ApplicationLevel: onlyJSON(logLevel(d.spec)),
		SystemLevel:      onlyJSON(bp.Field(d.spec.Logs, func(l bp.LogsSpec) bp.String { return l.SystemLevel }).Else(bp.Known(DefaultSystemLevel))),
	}
}

func logLevel(spec bp.Spec) bp.String {
	return bp.Field(spec.Logs, func(l bp.LogsSpec) bp.String { return l.ApplicationLevel }).
		Else(bp.Known(DefaultLogLevel))
}

// version keeps the served number as long as what it froze is what should run.
func (d *drafter) version(f bp.Function) bp.Version {
	digest := f.Digest()
	number := bp.Unknown[string]()
	if served, ok := d.facts.Served.Get(); ok && digest.IsKnown() && served.Digest == digest {
		number = served.Number
	}
	return bp.Version{Number: number, Digest: digest}
}

func (d *drafter) alias() bp.Alias {
	name := bp.Field(d.spec.Release, func(r bp.ReleaseSpec) bp.String { return r.Alias }).
		Else(bp.Known(DefaultAlias))
	return bp.Alias{
		Name: name,
		ARN:  bp.Format("%s:%s", d.functionARN, name),
	}
}

func emptyIsNull(text bp.String) bp.String {
	return bp.Then(text, func(t string) bp.String {
		if t == "" {
			return bp.Null[string]()
		}
		return bp.Known(t)
	})
}

func digests(environment bp.Value[map[string]bp.String]) bp.Value[map[string]bp.Value[bp.Environment]] {
	return bp.Map(environment, func(vars map[string]bp.String) map[string]bp.Value[bp.Environment] {
		out := map[string]bp.Value[bp.Environment]{}
		for name, value := range vars {
			out[name] = bp.Known(bp.Environment{SHA256: bp.Map(value, bp.HashText)})
		}
		return out
	})
}

package draft

import bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"

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

// Infer runs Draft backwards: it returns the spec that states exactly what
// differs from the defaults, so that a configuration saying the same plans
// empty. Environment is the observed variables with their values.
func Infer(observed bp.Blueprint, environment map[string]string, facts Facts) bp.Spec {
	spec := bp.Spec{}
	function, _ := observed.Function.Get()
	spec.Name = function.Name
	plain := Draft(bp.Spec{Name: spec.Name, Runtime: function.Runtime}, facts)
	defaults, _ := plain.Function.Get()

	inferFunction(&spec, function, defaults)
	spec.Tags = inferTags(observed.Tags, facts.House.DefaultTags)
	inferRole(&spec, observed, plain, facts.Place.Region)
	spec.Logs = inferLogs(observed, plain)
	spec.Access = inferAccess(observed, function.ARN)
	spec.Permissions = InferPermissions(observed)
	spec.FileSystem = inferFileSystem(observed)
	spec.DeadLetter = InferDeadLetter(observed)
	spec.Async = inferAsync(observed)
	if alias, ok := observed.Alias.Get(); ok && alias.Name != bp.Known(DefaultAlias) {
		spec.Release = bp.Known(bp.ReleaseSpec{Alias: alias.Name})
	}
	spec.Secrets = inferSecrets(observed, environment)
	inferOwnSecret(&spec, observed)
	inferEnvironment(&spec, environment, bp.ValueOf(observed.Secret).ARN)
	inferKey(&spec, observed, function, facts)
	spec.Alarms = inferAlarms(observed, spec, facts)
	return spec
}

// unlessDefault keeps an observed value that a default would not give.
func unlessDefault[T comparable](observed, byDefault bp.Value[T]) bp.Value[T] {
	if observed == byDefault {
		return bp.Null[T]()
	}
	return observed
}

package draft

import (
	"maps"
	"slices"
	"strings"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

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
	inferEnvironment(&spec, environment, valueOf(observed.Secret).ARN)
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

func inferFunction(spec *bp.Spec, f, defaults bp.Function) {
	spec.Description = f.Description
	spec.Runtime = f.Runtime
	spec.Handler = unlessDefault(f.Handler, defaults.Handler)
	spec.Architecture = unlessDefault(f.Architecture, defaults.Architecture)
	spec.MemorySize = unlessDefault(f.MemorySize, defaults.MemorySize)
	spec.Timeout = unlessDefault(f.Timeout, defaults.Timeout)
	spec.EphemeralStorage = unlessDefault(f.EphemeralStorage, defaults.EphemeralStorage)
	spec.Layers = f.Layers
	if f.SnapStart == bp.Known(snapStartOn) {
		spec.SnapStart = bp.Known(true)
	}
	if !bp.Equal(f.Network, defaults.Network) {
		spec.VPC = InferVPC(f)
	}
	spec.CodeSigningConfigARN = unlessDefault(f.CodeSigningConfigARN, defaults.CodeSigningConfigARN)
	spec.RuntimeManagement = bp.Map(f.RuntimeManagement, func(r bp.RuntimeManagement) bp.RuntimeSpec {
		return bp.RuntimeSpec(r)
	})
	spec.Recursion = unlessDefault(f.Recursion, defaults.Recursion)
	if f.ReservedConcurrency.IsKnown() {
		spec.Concurrency = bp.Known(bp.ConcurrencySpec{Reserved: f.ReservedConcurrency})
	}
	spec.Tracing = unlessDefault(f.Tracing, defaults.Tracing)
	if source, ok := f.Source.Get(); ok {
		if code, ok := bp.ParseSource(source); ok {
			spec.Code = bp.Known(code)
		}
	}
	inferImage(spec, f)
}

// InferVPC states where a function is, also that it is in no VPC.
func InferVPC(f bp.Function) bp.Value[bp.VPCSpec] {
	return bp.Map(f.Network, func(n bp.Network) bp.VPCSpec {
		return bp.VPCSpec{SubnetIDs: n.SubnetIDs, SecurityGroupIDs: n.SecurityGroupIDs, IPv6: unlessDefault(n.IPv6, bp.Known(false))}
	}).Else(bp.Known(bp.VPCSpec{Enabled: bp.Known(false)}))
}

// inferImage states what overrides the image, and the image itself where no tag
// says how the configuration named it.
func inferImage(spec *bp.Spec, f bp.Function) {
	image, ok := f.Image.Get()
	if !ok {
		return
	}
	code, _ := spec.Code.Get()
	stated := code.Image.Or(bp.ImageSpec{URI: f.ImageURI})
	stated.Command, stated.EntryPoint, stated.WorkingDirectory = image.Command, image.EntryPoint, image.WorkingDirectory
	spec.Code = bp.Known(bp.CodeSpec{Image: bp.Known(stated)})
}

func inferTags(all, byDefault bp.Value[map[string]bp.String]) bp.Value[map[string]bp.String] {
	own := map[string]bp.String{}
	for key, value := range all.Or(nil) {
		if !strings.HasPrefix(key, bp.TagPrefix) && byDefault.Or(nil)[key] != value {
			own[key] = value
		}
	}
	if len(own) == 0 {
		return bp.Null[map[string]bp.String]()
	}
	return bp.Known(own)
}

func inferRole(spec *bp.Spec, observed, plain bp.Blueprint, region string) {
	role, exists := observed.Role.Get()
	if !exists {
		return
	}
	defaults, _ := plain.Role.Get()
	byDefault := bp.Map(role.Path, func(path string) string { return bp.RoleName(spec.Name.Or(""), region, path) })
	spec.RoleName = unlessDefault(role.Name, byDefault)
	spec.RolePath = unlessDefault(role.Path, defaults.Path)
	spec.PermissionsBoundary = unlessDefault(role.PermissionsBoundary, defaults.PermissionsBoundary)
	spec.Trust = inferTrust(role)

	policy, _ := observed.Policy.Get()
	others := bp.Set{}
	for _, arn := range role.AttachedPolicies.Or(nil) {
		if arn != policy.ARN && !slices.Contains(policy.Overflow.Or(nil), arn) {
			others = append(others, arn)
		}
	}
	if len(others) > 0 {
		spec.PolicyARNs = bp.Known(others)
	}
}

// inferTrust recognises the forms that trust can ask for; another trust policy
// is drift, not input.
func inferTrust(role bp.Role) bp.Value[bp.TrustSpec] {
	trust, _ := role.Trust.Get()
	statement, ok := trust.Lambda.Get()
	if !ok {
		return bp.Null[bp.TrustSpec]()
	}
	conditions := statement.Conditions.Or(nil)
	_, account := conditions[stringEquals].Or(nil)["aws:SourceAccount"]
	_, function := conditions[arnEquals].Or(nil)["aws:SourceArn"]
	if account && !function {
		return bp.Null[bp.TrustSpec]()
	}
	return bp.Known(bp.TrustSpec{
		SourceAccount: unlessDefault(bp.Known(account), bp.Known(true)),
		SourceARN:     unlessDefault(bp.Known(function), bp.Known(false)),
	})
}

func inferLogs(observed, plain bp.Blueprint) bp.Value[bp.LogsSpec] {
	function, _ := observed.Function.Get()
	logging, ok := function.Logging.Get()
	if !ok {
		return bp.Null[bp.LogsSpec]()
	}
	defaultFunction, _ := plain.Function.Get()
	defaults, _ := defaultFunction.Logging.Get()
	logs := bp.LogsSpec{
		GroupName: unlessDefault(logging.Group, defaults.Group),
		Format:    unlessDefault(logging.Format, defaults.Format),
	}
	if logging.ApplicationLevel.IsKnown() {
		logs.ApplicationLevel = unlessDefault(logging.ApplicationLevel, bp.Known(DefaultLogLevel))
	}
	if logging.SystemLevel.IsKnown() {
		logs.SystemLevel = unlessDefault(logging.SystemLevel, bp.Known(DefaultSystemLevel))
	}
	if group, ok := observed.LogGroup.Get(); ok {
		logs.DataProtection = group.DataProtection
		logs.Class = unlessDefault(group.Class, bp.Known(DefaultLogClass))
		if logs.Class.IsKnown() {
			logs.GroupName = unlessDefault(logging.Group, bp.Map(function.Name, func(unit string) string { return bp.ClassLogGroupName(unit, group.Class.Or("")) }))
		}
		logs.Protected = unlessDefault(group.Protected, bp.Known(false))
		defaultGroup, _ := plain.LogGroup.Get()
		if group.Class != bp.Known(bp.LogClassDelivery) {
			logs.RetentionDays = unlessDefault(group.RetentionDays, defaultGroup.RetentionDays)
		}
	}
	if bp.Equal(logs, bp.LogsSpec{}) {
		return bp.Null[bp.LogsSpec]()
	}
	return bp.Known(logs)
}

func inferFileSystem(observed bp.Blueprint) bp.Value[bp.FileSystemSpec] {
	function, _ := observed.Function.Get()
	policy, _ := observed.Policy.Get()
	statements, _ := policy.Statements.Get()
	return bp.Map(function.FileSystem, func(f bp.FileSystem) bp.FileSystemSpec {
		spec := bp.FileSystemSpec{ARN: f.ARN, LocalMountPath: f.LocalMountPath}
		grant, known := statements.FileSystem.Get()
		if known && len(grant.Actions.Or(nil)) == 1 {
			spec.ReadOnly = bp.Known(true)
		}
		return spec
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

func inferAccess(observed bp.Blueprint, functionARN bp.String) bp.Value[map[string]bp.Value[bp.AccessSpec]] {
	policy, _ := observed.Policy.Get()
	statements, _ := policy.Statements.Get()
	return bp.Map(statements.Access, func(grants map[string]bp.Value[bp.Statement]) map[string]bp.Value[bp.AccessSpec] {
		out := map[string]bp.Value[bp.AccessSpec]{}
		for label, statement := range grants {
			out[label] = bp.Map(statement, func(s bp.Statement) bp.AccessSpec {
				return inferGrant(s, functionARN)
			})
		}
		return out
	})
}

func inferGrant(s bp.Statement, functionARN bp.String) bp.AccessSpec {
	grant := bp.AccessSpec{Actions: s.Actions, Resources: s.Resources}
	conditions := maps.Clone(s.Conditions.Or(bp.Conditions{}))
	arns := maps.Clone(conditions[arnEquals].Or(nil))
	if bound := arns[sourceFunction]; bp.Equal(bound, bp.Known(bp.Set{functionARN})) {
		delete(arns, sourceFunction)
		if conditions[arnEquals] = bp.Known(arns); len(arns) == 0 {
			delete(conditions, arnEquals)
		}
	} else {
		grant.BindToFunction = bp.Known(false)
	}
	grant.Conditions = noneIsNull(conditions)
	return grant
}

// inferEnvironment leaves out the references of secrets and the Powertools
// variables that would be set anyway; when one of them is missing, Powertools is off.
func inferEnvironment(spec *bp.Spec, observed map[string]string, secretARN bp.String) {
	own := map[string]bp.String{}
	for name, value := range observed {
		_, secret := spec.Secrets.Or(nil)[name]
		if !secret && (name != bp.SecretVariable || bp.Known(value) != secretARN) {
			own[name] = bp.Known(value)
		}
	}
	defaults := powertoolsVariables(spec.Name, logLevel(*spec))
	if spec.IsImage().Or(false) {
		defaults = nil // an image has none unless it asks for them
	}
	off := false
	for name := range defaults {
		_, set := observed[name]
		off = off || !set
	}
	if off {
		spec.Powertools = bp.Known(false)
	} else {
		maps.DeleteFunc(own, func(name string, value bp.String) bool { return defaults[name] == value })
	}
	if len(own) > 0 {
		spec.Environment = bp.Known(own)
	}
}

// inferKey states a key that is neither the unit's own nor the house's.
func inferKey(spec *bp.Spec, observed bp.Blueprint, f bp.Function, facts Facts) {
	if observed.Key.IsKnown() {
		return
	}
	group, _ := observed.LogGroup.Get()
	spec.KMSKeyARN = unlessDefault(f.KMSKeyARN.Else(group.KMSKeyARN), facts.House.KMSKeyARN)
}

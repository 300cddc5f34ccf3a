package draft

import bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"

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

package draft

import (
	"maps"
	"strings"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Architecture is the processor in effect.
func Architecture(spec bp.Spec, house bp.House) bp.String {
	return spec.Architecture.Else(house.Architecture).Else(bp.Known(DefaultArchitecture))
}

// PowertoolsVariables are the environment variables that Powertools for AWS
// Lambda reads, set on every zip function unless powertools = false.
// https://docs.powertools.aws.dev/lambda/python/latest/environment_variables/
func powertoolsVariables(unit, level bp.String) map[string]bp.String {
	return map[string]bp.String{
		"POWERTOOLS_SERVICE_NAME":      unit,
		"POWERTOOLS_METRICS_NAMESPACE": unit,
		"POWERTOOLS_LOG_LEVEL":         level.Else(bp.Known(DefaultLogLevel)),
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

func snapStart(on bool) string {
	if on {
		return snapStartOn
	}
	return snapStartOff
}

func (d *drafter) layers() bp.Value[bp.List] {
	return noneIsNullList(d.spec.Layers)
}

func (d *drafter) runtimeManagement() bp.Value[bp.RuntimeManagement] {
	return bp.Then(d.spec.RuntimeManagement, func(r bp.RuntimeSpec) bp.Value[bp.RuntimeManagement] {
		return bp.Then(r.UpdateRuntimeOn, func(mode string) bp.Value[bp.RuntimeManagement] {
			if mode == bp.RuntimeAuto {
				return bp.Null[bp.RuntimeManagement]()
			}
			return bp.Known(bp.RuntimeManagement(r))
		})
	})
}

// Values of SnapStart.
const (
	snapStartOff = "None"
	snapStartOn  = "PublishedVersions"
)

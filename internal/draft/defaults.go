package draft

import bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"

// Built-in defaults. A house default from the provider block stands above
// them, the unit's own attribute above both.
const (
	DefaultArchitecture     = "arm64"
	DefaultMemorySize       = 512 // MB
	DefaultTimeout          = 10  // seconds
	DefaultEphemeralStorage = 512 // MB
	DefaultRetentionDays    = 365 // days; what Security Hub CloudWatch.16 asks for
	DefaultLogFormat        = "JSON"
	DefaultLogLevel         = "INFO"
	// DefaultSystemLevel keeps the REPORT lines, which WARN would drop.
	DefaultSystemLevel = "INFO"
	DefaultTracing     = "Active"
	DefaultLogClass    = "STANDARD"
	DefaultAlias       = "live"
	DefaultRolePath    = "/"
	// DefaultRecursion stops a function that sets itself off in a loop.
	DefaultRecursion = "Terminate"
	// DefaultDeadLetterDays is the longest that SQS keeps a message.
	DefaultDeadLetterDays = 14
	// DefaultRotationDays is how often a secret is rotated by a given function.
	DefaultRotationDays = 30

	// DefaultAlarmProfile is what every function needs.
	DefaultAlarmProfile = "essential"

	tracingActive = "Active"
	formatJSON    = "JSON"
)

// Architecture is the processor in effect.
func Architecture(spec bp.Spec, house bp.House) bp.String {
	return spec.Architecture.Else(house.Architecture).Else(bp.Known(DefaultArchitecture))
}

// LogFormat is the format of log lines in effect.
func LogFormat(spec bp.Spec, house bp.House) bp.String {
	return bp.Field(spec.Logs, func(l bp.LogsSpec) bp.String { return l.Format }).
		Else(house.LogFormat).Else(bp.Known(DefaultLogFormat))
}

// VPC is the one in effect, null outside of any. A unit's own stands for the
// house's as a whole: groups belong to the VPC of the subnets.
func VPC(spec bp.Spec, house bp.House) bp.Value[bp.VPCSpec] {
	return bp.Then(spec.VPC.Else(house.VPC), func(vpc bp.VPCSpec) bp.Value[bp.VPCSpec] {
		return bp.Then(vpc.Enabled.Else(bp.Known(true)), func(enabled bool) bp.Value[bp.VPCSpec] {
			if !enabled {
				return bp.Null[bp.VPCSpec]()
			}
			return bp.Known(vpc)
		})
	})
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

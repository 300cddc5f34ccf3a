package draft

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

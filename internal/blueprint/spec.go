package blueprint

// Spec is what the user wrote for one unit. Null means not stated.
type Spec struct {
	Name                 String                                  `attr:"name"`
	Description          String                                  `attr:"description"`
	Tags                 Value[map[string]String]                `attr:"tags"`
	Code                 Value[CodeSpec]                         `attr:"code"`
	Runtime              String                                  `attr:"runtime"`
	Handler              String                                  `attr:"handler"`
	Architecture         String                                  `attr:"architecture"`
	MemorySize           Value[int64]                            `attr:"memory_size"`
	Timeout              Value[int64]                            `attr:"timeout"`
	EphemeralStorage     Value[int64]                            `attr:"ephemeral_storage"`
	Environment          Value[map[string]String]                `attr:"environment"`
	Powertools           Value[bool]                             `attr:"powertools"`
	Secrets              Value[map[string]Value[SecretSpec]]     `attr:"secrets"`
	SecretVersion        Value[int64]                            `attr:"secret_values_wo_version"`
	SecretRotation       Value[RotationSpec]                     `attr:"secret_rotation"`
	KMSKeyARN            String                                  `attr:"kms_key_arn"`
	RoleName             String                                  `attr:"role_name"`
	RolePath             String                                  `attr:"role_path"`
	PermissionsBoundary  String                                  `attr:"permissions_boundary"`
	Trust                Value[TrustSpec]                        `attr:"trust"`
	Access               Value[map[string]Value[AccessSpec]]     `attr:"access"`
	PolicyARNs           Value[Set]                              `attr:"additional_policy_arns"`
	Logs                 Value[LogsSpec]                         `attr:"logs"`
	Tracing              String                                  `attr:"tracing"`
	Layers               Value[List]                             `attr:"layers"`
	SnapStart            Value[bool]                             `attr:"snap_start"`
	VPC                  Value[VPCSpec]                          `attr:"vpc"`
	FileSystem           Value[FileSystemSpec]                   `attr:"file_system"`
	CodeSigningConfigARN String                                  `attr:"code_signing_config_arn"`
	RuntimeManagement    Value[RuntimeSpec]                      `attr:"runtime_management"`
	Recursion            String                                  `attr:"recursion"`
	Concurrency          Value[ConcurrencySpec]                  `attr:"concurrency"`
	Permissions          Value[map[string]Value[PermissionSpec]] `attr:"permissions"`
	DeadLetter           Value[DeadLetterSpec]                   `attr:"dead_letter"`
	Async                Value[AsyncSpec]                        `attr:"async"`
	Alarms               Value[AlarmsSpec]                       `attr:"alarms"`
	Release              Value[ReleaseSpec]                      `attr:"release"`
	IgnoreDrift          Value[Set]                              `attr:"ignore_drift"`
	Waivers              Value[map[string]Value[WaiverSpec]]     `attr:"waivers"`
	MinimumPosture       String                                  `attr:"minimum_posture"`
}

// WaiverSpec excuses one control for a time.
type WaiverSpec struct {
	Reason  String `attr:"reason"`
	Expires String `attr:"expires"`
}

// CodeSpec names the deployment package: exactly one of path, S3 object and
// image.
type CodeSpec struct {
	Path          String             `attr:"path"`
	S3            Value[S3Spec]      `attr:"s3"`
	Image         Value[ImageSpec]   `attr:"image"`
	StagingBucket String             `attr:"staging_bucket"`
	Signing       Value[SigningSpec] `attr:"signing"`
}

// S3Spec is a deployment package in S3.
type S3Spec struct {
	Bucket    String `attr:"bucket"`
	Key       String `attr:"key"`
	VersionID String `attr:"version_id"`
}

// ImageSpec is a container image in ECR.
type ImageSpec struct {
	URI              String      `attr:"uri"`
	Command          Value[List] `attr:"command"`
	EntryPoint       Value[List] `attr:"entry_point"`
	WorkingDirectory String      `attr:"working_directory"`
}

// SigningSpec has the package signed before it is deployed.
type SigningSpec struct {
	Profile String `attr:"profile"`
	Bucket  String `attr:"bucket"`
}

// TrustSpec narrows the role's trust policy.
type TrustSpec struct {
	SourceAccount Value[bool] `attr:"source_account"`
	SourceARN     Value[bool] `attr:"source_arn"`
}

// AccessSpec is one grant to the function: a level on a resource, or actions
// on resources.
type AccessSpec struct {
	To             String            `attr:"to"`
	Level          String            `attr:"level"`
	KMSKeyARN      String            `attr:"kms_key_arn"`
	Actions        Value[Set]        `attr:"actions"`
	Resources      Value[Set]        `attr:"resources"`
	Conditions     Value[Conditions] `attr:"conditions"`
	BindToFunction Value[bool]       `attr:"bind_to_function"`
	Reason         String            `attr:"reason"`
}

// LogsSpec shapes the log group and the function's logging.
type LogsSpec struct {
	GroupName        String       `attr:"group_name"`
	RetentionDays    Value[int64] `attr:"retention_days"`
	Format           String       `attr:"format"`
	ApplicationLevel String       `attr:"application_level"`
	SystemLevel      String       `attr:"system_level"`
	Class            String       `attr:"class"`
	DataProtection   Value[Set]   `attr:"data_protection"`
	Protected        Value[bool]  `attr:"deletion_protection"`
	OnDestroy        String       `attr:"on_destroy"`
}

// VPCSpec puts the function into a VPC, or keeps it out of the house's.
type VPCSpec struct {
	Enabled          Value[bool] `attr:"enabled"`
	SubnetIDs        Value[Set]  `attr:"subnet_ids"`
	SecurityGroupIDs Value[Set]  `attr:"security_group_ids"`
	IPv6             Value[bool] `attr:"ipv6"`
}

// FileSystemSpec mounts a file system.
type FileSystemSpec struct {
	ARN            String      `attr:"arn"`
	LocalMountPath String      `attr:"local_mount_path"`
	ReadOnly       Value[bool] `attr:"read_only"`
}

// RuntimeSpec says when the runtime is patched.
type RuntimeSpec struct {
	UpdateRuntimeOn   String `attr:"update_runtime_on"`
	RuntimeVersionARN String `attr:"runtime_version_arn"`
}

// PermissionSpec lets somebody else invoke the alias.
type PermissionSpec struct {
	Principal      String `attr:"principal"`
	SourceARN      String `attr:"source_arn"`
	SourceAccount  String `attr:"source_account"`
	OrganizationID String `attr:"organization_id"`
}

// ConcurrencySpec bounds how many invocations run at once.
type ConcurrencySpec struct {
	Reserved Value[int64] `attr:"reserved"`
}

// DeadLetterSpec says where events go that the function could not process.
type DeadLetterSpec struct {
	Enabled       Value[bool]  `attr:"enabled"`
	TargetARN     String       `attr:"target_arn"`
	TargetKeyARN  String       `attr:"target_kms_key_arn"`
	RetentionDays Value[int64] `attr:"retention_days"`
	OnDestroy     String       `attr:"on_destroy"`
}

// AsyncSpec shapes asynchronous invocations.
type AsyncSpec struct {
	MaxRetries  Value[int64] `attr:"max_retries"`
	MaxEventAge Value[int64] `attr:"max_event_age"`
	OnSuccess   String       `attr:"on_success"`
	OnFailure   String       `attr:"on_failure"`
	KMSKeyARNs  Value[Set]   `attr:"destination_kms_key_arns"`
}

// AlarmsSpec says what raises an alarm and who hears of it.
type AlarmsSpec struct {
	Enabled                 Value[bool]      `attr:"enabled"`
	Profile                 String           `attr:"profile"`
	Traffic                 String           `attr:"traffic"`
	Actions                 Value[Set]       `attr:"actions"`
	OKActions               Value[Set]       `attr:"ok_actions"`
	InsufficientDataActions Value[Set]       `attr:"insufficient_data_actions"`
	Errors                  Value[AlarmSpec] `attr:"errors"`
	Throttles               Value[AlarmSpec] `attr:"throttles"`
	Duration                Value[AlarmSpec] `attr:"duration"`
	DeadLetterErrors        Value[AlarmSpec] `attr:"dead_letter_errors"`
	DeadLetterDepth         Value[AlarmSpec] `attr:"dead_letter_depth"`
	Concurrency             Value[AlarmSpec] `attr:"concurrency"`
	DestinationFailures     Value[AlarmSpec] `attr:"destination_failures"`
	AsyncEventAge           Value[AlarmSpec] `attr:"async_event_age"`
	AsyncDropped            Value[AlarmSpec] `attr:"async_dropped"`
}

// AlarmSpec shapes one alarm.
type AlarmSpec struct {
	Enabled                 Value[bool]    `attr:"enabled"`
	Threshold               Value[float64] `attr:"threshold"`
	Statistic               String         `attr:"statistic"`
	Period                  Value[int64]   `attr:"period"`
	EvaluationPeriods       Value[int64]   `attr:"evaluation_periods"`
	DatapointsToAlarm       Value[int64]   `attr:"datapoints_to_alarm"`
	MissingData             String         `attr:"treat_missing_data"`
	Actions                 Value[Set]     `attr:"actions"`
	OKActions               Value[Set]     `attr:"ok_actions"`
	InsufficientDataActions Value[Set]     `attr:"insufficient_data_actions"`
}

// ReleaseSpec says how a version reaches callers.
type ReleaseSpec struct {
	Alias String `attr:"alias"`
}

// House is what an organisation sets once, in the provider block.
type House struct {
	KMSKeyARN            String
	PermissionsBoundary  String
	LogRetentionDays     Value[int64]
	AlarmActions         Value[Set]
	AlarmProfile         String
	CodeSigningConfigARN String
	Architecture         String
	VPC                  Value[VPCSpec]
	Tracing              String
	LogFormat            String
	DefaultTags          Value[map[string]String]
	Waivers              Value[map[string]Value[WaiverSpec]]
	MinimumPosture       String
	AllowLowerMinimum    Value[bool]
}

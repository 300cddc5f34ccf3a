package blueprint

import "strings"

// Function is the function's configuration.
// https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html
type Function struct {
	Name                 String                               `attr:"name" doc:"Function name."`
	ARN                  String                               `attr:"arn" doc:"ARN of the function, unqualified."`
	Description          String                               `attr:"description,locked,sensitive" doc:"Description shown in the console."`
	Source               String                               `attr:"source" doc:"Where the deployment package came from, kept as the tag secure:source of the function. Null for a path that is absolute or does not fit into a tag."`
	CodeSHA256           String                               `attr:"code_sha256,locked" doc:"Base64 SHA-256 of the deployment package, or the hex digest of the image."`
	ImageURI             String                               `attr:"image_uri" doc:"The image by digest; null for a zip package."`
	Image                Value[Image]                         `attr:"image,locked" doc:"What a function made from a container image has in place of a runtime; null for a zip package."`
	Runtime              String                               `attr:"runtime,locked" doc:"Runtime identifier; null for an image."`
	Handler              String                               `attr:"handler,locked" doc:"Function entry point."`
	Architecture         String                               `attr:"architecture,locked" doc:"Instruction set."`
	MemorySize           Value[int64]                         `attr:"memory_size,locked" doc:"Memory in MB."`
	Timeout              Value[int64]                         `attr:"timeout,locked" doc:"Seconds before Lambda stops an invocation."`
	EphemeralStorage     Value[int64]                         `attr:"ephemeral_storage,locked" doc:"Size of /tmp in MB."`
	Environment          Value[map[string]Value[Environment]] `attr:"environment,locked" doc:"Environment variables by name; values as digests only."`
	KMSKeyARN            String                               `attr:"kms_key_arn,locked" doc:"Key that encrypts the environment at rest."`
	RoleARN              String                               `attr:"role_arn,locked" doc:"Execution role."`
	RoleBound            Value[bool]                          `attr:"role_bound,locked" doc:"Whether Lambda's grants name the role as it exists now. False after the role was re-created outside Terraform."`
	Tracing              String                               `attr:"tracing,locked" doc:"X-Ray mode."`
	Layers               Value[List]                          `attr:"layers,locked" doc:"ARNs of layer versions in the order in which they are laid over each other; null without."`
	SnapStart            String                               `attr:"snap_start,locked" doc:"None, or PublishedVersions to start from snapshots."`
	Network              Value[Network]                       `attr:"network,locked" doc:"VPC that the function reaches; null without."`
	FileSystem           Value[FileSystem]                    `attr:"file_system,locked" doc:"File system that the function mounts; null without."`
	DeadLetterARN        String                               `attr:"dead_letter_target_arn,locked" doc:"Queue or topic that gets events the function could not process."`
	Logging              Value[Logging]                       `attr:"logging,locked" doc:"Where and how the function logs."`
	ReservedConcurrency  Value[int64]                         `attr:"reserved_concurrency" doc:"Concurrency that is set apart for the function and bounds it; null without."`
	Recursion            String                               `attr:"recursion" doc:"What Lambda does when the function sets itself off in a loop."`
	CodeSigningConfigARN String                               `attr:"code_signing_config_arn" doc:"Who must have signed a package for Lambda to accept it; null while the unit sets none."`
	RuntimeManagement    Value[RuntimeManagement]             `attr:"runtime_management" doc:"When the runtime is patched; null while the unit leaves it to Lambda."`
	Unmanaged            Value[Set]                           `attr:"unmanaged" doc:"Features the function has that this release does not manage. An update refuses to run while there are any."`
	Tags                 Value[map[string]String]             `attr:"tags" doc:"Tags of the function where they differ from the unit's; null while they are the same."`
}

// Network is the function's place in a VPC.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
type Network struct {
	SubnetIDs        Value[Set]  `attr:"subnet_ids" doc:"Subnets in which Lambda puts network interfaces."`
	SecurityGroupIDs Value[Set]  `attr:"security_group_ids" doc:"Security groups of those."`
	IPv6             Value[bool] `attr:"ipv6" doc:"Whether outbound IPv6 traffic is allowed to dual-stack subnets."`
}

// FileSystem is an EFS access point that the function mounts.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-filesystem.html
type FileSystem struct {
	ARN            String `attr:"arn" doc:"ARN of the access point."`
	LocalMountPath String `attr:"local_mount_path" doc:"Where the function sees it."`
}

// RuntimeManagement says when the runtime is patched.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-update.html
type RuntimeManagement struct {
	UpdateRuntimeOn   String `attr:"update_runtime_on" doc:"FunctionUpdate or Manual."`
	RuntimeVersionARN String `attr:"runtime_version_arn" doc:"Runtime version that is kept; null unless Manual."`
}

// RuntimeAuto is how a function begins: the canonical form of that is null.
const RuntimeAuto = "Auto"

// Environment is one environment variable without its value.
type Environment struct {
	SHA256 String `attr:"sha256,sensitive" doc:"Hex SHA-256 of the value."`
}

// Logging is the function's advanced logging configuration.
// https://docs.aws.amazon.com/lambda/latest/api/API_LoggingConfig.html
type Logging struct {
	Group            String `attr:"group" doc:"Log group the function writes to."`
	Format           String `attr:"format" doc:"JSON or Text."`
	ApplicationLevel String `attr:"application_level" doc:"Lowest level of the function's own log lines. Null with format Text."`
	SystemLevel      String `attr:"system_level" doc:"Lowest level of Lambda's own log lines. Null with format Text."`
}

const functionResource = "function:"

// IsFunctionARN reports whether an ARN is that of a function, without a qualifier.
func IsFunctionARN(arn string) bool {
	return isARN(arn, "lambda", functionResource) && !strings.Contains(resourceOf(arn, functionResource), ":")
}

// FunctionNameOf is the name in the ARN of a function, be it qualified or not.
func FunctionNameOf(arn string) string {
	name, _, _ := strings.Cut(resourceOf(arn, functionResource), ":")
	return name
}

// ComponentFunction names the unit's function.
const ComponentFunction = "function"

// FunctionComponent describes it.
func FunctionComponent() Component {
	return owned(ComponentFunction, func(b *Blueprint) *Value[Function] { return &b.Function }, func(f Function) String { return f.ARN },
		func(i *Inventory) *Value[Identity] { return &i.Function })
}

package blueprint

// Blueprint is every AWS object of one unit. A component that is null does not
// exist; one that is unknown may or may not exist after apply.
//
// Tags: `attr` names the attribute in `managed`; the option `locked` marks a
// setting that a published version freezes; `sensitive` hides the value in
// plans; `doc` is its description in the generated documentation.
type Blueprint struct {
	Key         Value[Key]               `attr:"key" doc:"The unit's own KMS key. Null when a key was given or the house key is used."`
	Role        Value[Role]              `attr:"role" doc:"The execution role."`
	Policy      Value[Policy]            `attr:"policy" doc:"The customer-managed policy with everything the function may do."`
	LogGroup    Value[LogGroup]          `attr:"log_group" doc:"The CloudWatch log group the function writes to."`
	Queue       Value[Queue]             `attr:"dead_letter_queue" doc:"The queue for events that the function could not process. Null when dead letters go elsewhere or nowhere."`
	Secret      Value[Secret]            `attr:"secret" doc:"The secret with the values of secret_values_wo, never the values. Null without them."`
	Function    Value[Function]          `attr:"function" doc:"The function's unpublished configuration ($LATEST)."`
	Version     Value[Version]           `attr:"version" doc:"The published version that the alias serves."`
	Alias       Value[Alias]             `attr:"alias" doc:"The alias callers use."`
	Async       Value[Async]             `attr:"async" doc:"What becomes of asynchronous invocations of the alias."`
	Permissions Value[Permissions]       `attr:"permissions" doc:"Who else may invoke the function. Null when nobody may."`
	Alarms      Value[Alarms]            `attr:"alarms" doc:"CloudWatch alarms. Null without any."`
	Tags        Value[map[string]String] `attr:"tags" doc:"Tags of every taggable object of the unit, ownership tags included."`
}

// String is the commonest leaf.
type String = Value[string]

// Key is a customer-managed KMS key that belongs to the unit.
// https://docs.aws.amazon.com/kms/latest/APIReference/API_KeyMetadata.html
type Key struct {
	ARN         String                   `attr:"arn" doc:"ARN of the key."`
	Alias       String                   `attr:"alias" doc:"Alias that points to the key, with the alias/ prefix."`
	Description String                   `attr:"description" doc:"Description shown in the console."`
	Enabled     Value[bool]              `attr:"enabled" doc:"Whether the key can be used. False while disabled or pending deletion."`
	Rotation    Value[bool]              `attr:"rotation" doc:"Whether AWS rotates the key material once a year."`
	Policy      Value[KeyPolicy]         `attr:"policy" doc:"Key policy, statement by statement."`
	Tags        Value[map[string]String] `attr:"tags" doc:"Tags of the key where they differ from the unit's; null while they are the same."`
}

// KeyPolicy is the resource policy of the unit's own key.
type KeyPolicy struct {
	Account    Value[Statement]         `attr:"account" doc:"Delegates the key to the account's IAM policies."`
	Logs       Value[Statement]         `attr:"logs" doc:"Lets CloudWatch Logs use the key for this unit's log group and no other."`
	Unexpected Value[map[string]String] `attr:"unexpected" doc:"Statements that are not the unit's, by Sid, as JSON. Removed by the next apply."`
}

// Role is the execution role.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html
type Role struct {
	Name                String                   `attr:"name" doc:"Role name."`
	Path                String                   `attr:"path" doc:"IAM path."`
	ARN                 String                   `attr:"arn" doc:"ARN of the role."`
	Description         String                   `attr:"description" doc:"Description shown in the console."`
	PermissionsBoundary String                   `attr:"permissions_boundary" doc:"ARN of the permissions boundary."`
	Trust               Value[TrustPolicy]       `attr:"trust" doc:"Trust policy, statement by statement."`
	AttachedPolicies    Value[Set]               `attr:"attached_policies" doc:"ARNs of the managed policies attached to the role."`
	InlinePolicies      Value[Set]               `attr:"inline_policies" doc:"Names of inline policies on the role. The unit has none; those listed are removed by the next apply."`
	Tags                Value[map[string]String] `attr:"tags" doc:"Tags of the role where they differ from the unit's; null while they are the same."`
}

// TrustPolicy says who may assume the role.
type TrustPolicy struct {
	Lambda     Value[Statement]         `attr:"lambda" doc:"Lets the Lambda service of this account assume the role."`
	Unexpected Value[map[string]String] `attr:"unexpected" doc:"Statements that are not the unit's, by Sid, as JSON. Removed by the next apply."`
}

// Policy is the unit's customer-managed policy.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_Policy.html
type Policy struct {
	Name       String                   `attr:"name" doc:"Policy name."`
	Path       String                   `attr:"path" doc:"IAM path, the same as the role's."`
	ARN        String                   `attr:"arn" doc:"ARN of the policy."`
	Statements Value[PolicyStatements]  `attr:"statements" doc:"Statements of the default versions."`
	Overflow   Value[Set]               `attr:"overflow" doc:"ARNs of further policies, NAME-2 and so on, with the statements that one does not hold; null while one does."`
	Tags       Value[map[string]String] `attr:"tags" doc:"Tags of the policy where they differ from the unit's; null while they are the same."`
}

// PolicyStatements are the grants of the unit's policy.
type PolicyStatements struct {
	Logs            Value[Statement]                   `attr:"logs" doc:"Writes log events to the unit's log group; never creates a group."`
	Tracing         Value[Statement]                   `attr:"tracing" doc:"Sends X-Ray segments. Null when tracing is PassThrough. PutTraceSegments takes no resource but *."`
	Telemetry       Value[Statement]                   `attr:"telemetry" doc:"Reports to X-Ray how many segments were sent; the call takes no resource but * and carries no function ARN. Null when tracing is PassThrough."`
	Decrypt         Value[Statement]                   `attr:"decrypt" doc:"Decrypts the function's own environment variables. Null when it has none."`
	DeadLetter      Value[Statement]                   `attr:"dead_letter" doc:"Lets Lambda hand over events that could not be processed. Null without a dead-letter target."`
	DeadLetterKey   Value[Statement]                   `attr:"dead_letter_key" doc:"Lets Lambda encrypt them on the way; without it an encrypted target loses events silently. Null without a key."`
	OnSuccess       Value[Statement]                   `attr:"on_success" doc:"Lets Lambda report asynchronous successes. Null without that destination."`
	OnFailure       Value[Statement]                   `attr:"on_failure" doc:"Lets Lambda report asynchronous failures. Null without that destination."`
	DestinationKeys Value[Statement]                   `attr:"destination_keys" doc:"Lets Lambda encrypt those reports with the keys of the destinations. Null without keys."`
	Network         Value[Statement]                   `attr:"network" doc:"Lets Lambda make network interfaces; the calls take no resource but *. Null without a VPC."`
	NetworkDeny     Value[Statement]                   `attr:"network_deny" doc:"Denies the function itself those calls. Null without a VPC."`
	FileSystem      Value[Statement]                   `attr:"file_system" doc:"Mounts the file system through its access point. Null without one."`
	SecretValues    Value[Statement]                   `attr:"secret_values" doc:"Reads the unit's own secret. Null without one."`
	SecretValuesKey Value[Statement]                   `attr:"secret_values_key" doc:"Decrypts it. Null without one."`
	Access          Value[map[string]Value[Statement]] `attr:"access" doc:"One statement for each entry of access, by label."`
	Secrets         Value[map[string]Value[Statement]] `attr:"secrets" doc:"Reads the value of one secret or parameter for each entry of secrets, by variable."`
	SecretKeys      Value[map[string]Value[Statement]] `attr:"secret_keys" doc:"Decrypts it, for each entry of secrets with a kms_key_arn, by variable."`
	Unexpected      Value[map[string]String]           `attr:"unexpected" doc:"Statements that are not the unit's, by Sid, as JSON. Removed by the next apply."`
}

// LogGroup is the function's log group.
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html
type LogGroup struct {
	Name           String                   `attr:"name" doc:"Log group name."`
	ARN            String                   `attr:"arn" doc:"ARN of the log group, without the trailing :*."`
	RetentionDays  Value[int64]             `attr:"retention_days" doc:"Days that log events are kept; 0 is for ever."`
	KMSKeyARN      String                   `attr:"kms_key_arn" doc:"Key that encrypts new log events."`
	Class          String                   `attr:"class" doc:"Log class, which AWS does not change."`
	DataProtection Value[Set]               `attr:"data_protection" doc:"Kinds of data that are masked in log events; null while the unit masks none."`
	Protected      Value[bool]              `attr:"deletion_protection" doc:"Whether AWS refuses to delete the log group."`
	Tags           Value[map[string]String] `attr:"tags" doc:"Tags of the log group where they differ from the unit's; null while they are the same."`
}

// Version is the published version in service.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html
type Version struct {
	Number String `attr:"number" doc:"Number of the version."`
	Digest String `attr:"digest,sensitive" doc:"Digest of every setting a published version freezes. A new version is published when it differs."`
}

// Alias is the name that callers use.
// https://docs.aws.amazon.com/lambda/latest/api/API_AliasConfiguration.html
type Alias struct {
	Name        String                           `attr:"name" doc:"Alias name."`
	ARN         String                           `attr:"arn" doc:"ARN of the alias: what callers use."`
	Description String                           `attr:"description" doc:"Description shown in the console."`
	Version     String                           `attr:"version" doc:"Version that receives the traffic."`
	Weights     Value[map[string]Value[float64]] `attr:"weights" doc:"Share of the traffic sent to other versions; null when all of it goes to version."`
}

// Statement is one statement of a policy document.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
type Statement struct {
	Effect     String                       `attr:"effect" doc:"Allow or Deny."`
	Principals Value[map[string]Value[Set]] `attr:"principals" doc:"Principals by type; null in identity policies."`
	Actions    Value[Set]                   `attr:"actions" doc:"IAM actions."`
	Resources  Value[Set]                   `attr:"resources" doc:"ARNs of resources."`
	Conditions Value[Conditions]            `attr:"conditions" doc:"Conditions by operator and key; null when unconditional."`
}

// Conditions are condition values by operator and by key.
type Conditions = map[string]Value[map[string]Value[Set]]

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

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

// Components are all there are.
func Components() []Component {
	return []Component{
		RoleComponent(), PolicyComponent(), KeyComponent(), LogGroupComponent(), QueueComponent(), SecretComponent(),
		FunctionComponent(), VersionComponent(), AliasComponent(), AsyncComponent(), PermissionsComponent(), AlarmsComponent(),
	}
}

// ARNs lists what an inventory holds that is in use: what has one ARN first.
func (i Inventory) ARNs() []string {
	var one, several Set
	for _, c := range Components() {
		if c.Owned != nil {
			if identity, is := c.Owned(&i).Get(); is {
				one = append(one, identity.ARN)
			}
		}
		if c.Listed != nil {
			several = append(several, c.Listed(&i).Or(nil)...)
		}
	}
	var out []string
	for _, arn := range append(one, several...) {
		if text, known := arn.Get(); known {
			out = append(out, text)
		}
	}
	return out
}

// Inventory is every object that belongs to a unit, by ARN and, where a
// deleted object can come back under the same ARN, by the id that tells the
// two apart.
type Inventory struct {
	Role        Value[Identity] `attr:"role" doc:"Execution role."`
	Policy      Value[Identity] `attr:"policy" doc:"Managed policy."`
	Overflow    Value[Set]      `attr:"policy_overflow" doc:"ARNs of the policies with the statements that one does not hold; null while one does."`
	Key         Value[Identity] `attr:"key" doc:"Own KMS key; null when a key was given."`
	LogGroup    Value[Identity] `attr:"log_group" doc:"Log group."`
	Queue       Value[Identity] `attr:"dead_letter_queue" doc:"Dead-letter queue; null when the unit has none of its own."`
	Secret      Value[Identity] `attr:"secret" doc:"Secret of the unit's own; null when it has none."`
	Function    Value[Identity] `attr:"function" doc:"Function with its versions and alias."`
	Alarms      Value[Set]      `attr:"alarms" doc:"ARNs of the alarms."`
	RetiredKeys Value[Set]      `attr:"retired_keys" doc:"ARNs of keys that earlier versions and log events of this unit are still encrypted with. Own keys among them are deleted with the unit."`
	Superseded  Value[Set]      `attr:"superseded" doc:"ARNs of objects that were replaced and are still to be removed, because an apply was cut short. The next apply removes them."`
}

// Identity names one AWS object.
type Identity struct {
	ARN String `attr:"arn" doc:"ARN of the object."`
	ID  String `attr:"id" doc:"Id that AWS gave the object and gives to no other; null where the service has none."`
}

package blueprint

import "strings"

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

// IsLogGroupARN reports whether an ARN is that of a log group.
func IsLogGroupARN(arn string) bool { return isARN(arn, "logs", "log-group:") }

// LogGroupNameOf is the name in a log group's ARN, be it with or without the
// trailing :* that some calls answer with.
func LogGroupNameOf(arn string) string {
	return strings.TrimSuffix(resourceOf(arn, "log-group:"), ":*")
}

// ComponentLogGroup names the unit's log group.
const ComponentLogGroup = "log group"

// LogGroupComponent describes it.
func LogGroupComponent() Component {
	return owned(ComponentLogGroup, func(b *Blueprint) *Value[LogGroup] { return &b.LogGroup }, func(g LogGroup) String { return g.ARN },
		func(i *Inventory) *Value[Identity] { return &i.LogGroup })
}

package blueprint

import "regexp"

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

// IsPolicyARN reports whether an ARN is that of a managed policy, of the account or of AWS.
func IsPolicyARN(arn string) bool { return isARN(arn, "iam", "policy/") }

// SplitPolicyARN returns the IAM path and the name in a policy's ARN.
func SplitPolicyARN(arn string) (path, name string) { return splitPath(resourceOf(arn, "policy/")) }

// IsAWSPolicyARN reports whether an ARN is that of a policy that AWS manages, which
// belongs to no account.
func IsAWSPolicyARN(arn string) bool {
	place, is := PlaceOf(arn)
	return is && place.Account == "aws" && IsPolicyARN(arn)
}

// ComponentPolicy names the unit's policy.
const ComponentPolicy = "policy"

// PolicyComponent describes it, and those that take what one does not hold.
func PolicyComponent() Component {
	c := owned(ComponentPolicy, func(b *Blueprint) *Value[Policy] { return &b.Policy }, func(p Policy) String { return p.ARN },
		func(i *Inventory) *Value[Identity] { return &i.Policy })
	c.Identified = true
	c.Listed = func(i *Inventory) *Value[Set] { return &i.Overflow }
	c.Several = func(b Blueprint, _ Place) Value[Set] {
		return Field(b.Policy, func(p Policy) Value[Set] { return p.Overflow })
	}
	return c
}

// PolicyInText matches the ARN of a policy that a text names.
var PolicyInText = regexp.MustCompile(`:iam::(\d{12}|aws):policy/`)

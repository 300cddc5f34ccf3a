package blueprint

import (
	"fmt"
	"strings"
)

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

// IsKeyARN reports whether an ARN is that of a KMS key.
func IsKeyARN(arn string) bool { return isARN(arn, "kms", "key/") }

// KeyID is the id in a key's ARN.
func KeyID(arn string) string { return resourceOf(arn, "key/") }

// ComponentKey names the unit's own key.
const ComponentKey = "key"

// KeyComponent describes it.
func KeyComponent() Component {
	c := owned(ComponentKey, func(b *Blueprint) *Value[Key] { return &b.Key }, func(k Key) String { return k.ARN },
		func(i *Inventory) *Value[Identity] { return &i.Key })
	c.Allotted, c.Optional = true, true
	return c
}

// KeyARN is the ARN of a key that may be named by its id. An ARN, and an alias, stay as
// they are.
func (p Place) KeyARN(key string) string {
	if strings.HasPrefix(key, "arn:") || strings.HasPrefix(key, "alias/") {
		return key
	}
	return fmt.Sprintf("arn:%s:kms:%s:%s:key/%s", p.Partition, p.Region, p.Account, key)
}

// IsAWSKeyOf reports whether a key, by ARN or alias, is the one that AWS keeps for a
// service in every account.
func IsAWSKeyOf(key, service string) bool { return strings.HasSuffix(key, "alias/aws/"+service) }

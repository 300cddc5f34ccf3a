package blueprint

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

// IsRoleARN reports whether an ARN is that of an IAM role.
func IsRoleARN(arn string) bool { return isARN(arn, "iam", "role/") }

// SplitRoleARN returns the IAM path and the name in a role's ARN.
func SplitRoleARN(arn string) (path, name string) { return splitPath(resourceOf(arn, "role/")) }

// ComponentRole names the unit's role.
const ComponentRole = "role"

// RoleComponent describes it.
func RoleComponent() Component {
	c := owned(ComponentRole, func(b *Blueprint) *Value[Role] { return &b.Role }, func(r Role) String { return r.ARN },
		func(i *Inventory) *Value[Identity] { return &i.Role })
	c.Identified = true
	return c
}

package rules

import "fmt"

// RoleName checks an IAM role's name.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
func RoleName(name string) error {
	if !roleName.MatchString(name) {
		return &Violation{
			What:  fmt.Sprintf("%q is not a role name", name),
			Why:   "IAM takes letters, digits and any of _+=,.@-",
			Write: "Leave role_name out to have the role named after the function, or write a name such as \"orders-execution\"",
		}
	}
	return tooMany("The role name has", runes(name), "characters", roleLength(), "It is part of the role's ARN", "leave role_name out, or write a shorter one")
}

// RolePath checks an IAM path. A role may have more characters in it than a
// policy or a function's role, and the unit's path is that of all three.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html
func RolePath(path string) error {
	if !rolePath.MatchString(path) {
		return &Violation{
			What:  fmt.Sprintf("%q is not an IAM path for a unit", path),
			Why:   "It begins and ends with a slash, and has between the slashes letters, digits and any of . , + @ = _ -, which is what a policy and a function take",
			Write: "Write a path such as \"/service/orders/\"",
		}
	}
	return tooMany("The role path has", runes(path), "characters", pathLength(), "It is part of the ARNs of role and policy", "write a shorter path")
}

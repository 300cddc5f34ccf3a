package rules

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

var (
	functionName = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`)
	aliasName    = regexp.MustCompile(`^[a-zA-Z0-9_-]+$`)
	digits       = regexp.MustCompile(`^[0-9]+$`)
	roleName     = regexp.MustCompile(`^[\w+=,.@-]+$`)
	rolePath     = regexp.MustCompile(`^/([A-Za-z0-9.,+@=_-]+/)*$`)
	logGroup     = regexp.MustCompile(`^[.\-_/A-Za-z0-9]+$`)
)

// How long they may be. A function's name is bounded by the provider itself: the
// other objects of the unit have it in their names.
var (
	aliasLength    = api("lambda", "CreateAlias", "Name")
	roleLength     = api("iam", "CreateRole", "RoleName")
	pathLength     = api("iam", "CreateRole", "Path")
	logGroupLength = api("logs", "CreateLogGroup", "logGroupName")
)

// FunctionName checks a function's name.
// https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
func FunctionName(name string) error {
	if functionName.MatchString(name) {
		return nil
	}
	return &Violation{
		What:  fmt.Sprintf("%q is not a function name", name),
		Why:   "Lambda takes 1 to 64 letters, digits, hyphens and underscores; every other object of the unit is named after it",
		Write: "Write a name such as \"orders-api\"",
	}
}

// AliasName checks an alias.
// https://docs.aws.amazon.com/lambda/latest/api/API_CreateAlias.html
func AliasName(name string) error {
	if digits.MatchString(name) {
		return &Violation{
			What:  fmt.Sprintf("%q is not an alias name", name),
			Why:   "Lambda would take a name of digits only for a version number",
			Write: "Write a name with a letter in it, such as \"live\"",
		}
	}
	if !aliasName.MatchString(name) {
		return &Violation{
			What:  fmt.Sprintf("%q is not an alias name", name),
			Why:   "Lambda takes letters, digits, hyphens and underscores",
			Write: "Write a name such as \"live\"",
		}
	}
	return tooMany("The alias has", runes(name), "characters", aliasLength(), "It is part of the ARN that callers use", "write a shorter name")
}

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

// LogGroupName checks a log group's name. CloudWatch Logs takes a # in a name,
// but not in the ARN that its calls about tags want: such a group could never be
// told from others' or deleted.
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
func LogGroupName(name string) error {
	if logGroup.MatchString(name) && !strings.HasPrefix(name, "aws/") {
		return tooMany("The log group's name has", runes(name), "characters", logGroupLength(), "It is part of the group's ARN", "write a shorter name")
	}
	if strings.Contains(name, "#") {
		return &Violation{
			What:  fmt.Sprintf("%q cannot be the log group of a unit", name),
			Why:   "CloudWatch Logs accepts a # in a name but not in the ARN by which a group is tagged, so the unit could neither mark the group as its own nor delete it",
			Write: "Write a name without #, such as \"/orders/api\"",
		}
	}
	return &Violation{
		What:  fmt.Sprintf("%q is not a log group name", name),
		Why:   "CloudWatch takes letters, digits and any of . - _ /, and keeps names that start with aws/ for itself",
		Write: "Leave logs.group_name out to use /aws/lambda/NAME, or write a name such as \"/orders/api\"",
	}
}

// Label checks the name of an access entry, which becomes a statement's Sid.
func Label(label string) error {
	if blueprint.ValidLabel(label) {
		return nil
	}
	return &Violation{
		What: fmt.Sprintf("%q cannot name an access entry", label),
		Why: "The label becomes the statement's Sid (orders_table becomes OrdersTable), which takes letters and digits only; " +
			"labels that start with secure are the unit's own",
		Write: fmt.Sprintf("Write words of lower-case letters and digits, each starting with a letter, joined by underscores, such as %q", suggestLabel(label)),
	}
}

var notLabel = regexp.MustCompile(`[^a-z0-9]+`)

func suggestLabel(label string) string {
	var spaced strings.Builder
	for _, r := range label {
		if r >= 'A' && r <= 'Z' {
			spaced.WriteByte('_')
		}
		spaced.WriteRune(r)
	}
	suggestion := strings.Trim(notLabel.ReplaceAllString(strings.ToLower(spaced.String()), "_"), "_")
	if !blueprint.ValidLabel(suggestion) {
		return "orders_table"
	}
	return suggestion
}

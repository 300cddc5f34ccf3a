package rules

import "fmt"

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

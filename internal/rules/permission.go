package rules

import (
	"fmt"
	"regexp"
)

var (
	servicePrincipal = regexp.MustCompile(`^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$|^[a-z0-9.-]+\.amazon\.com$|^[a-z0-9.-]+\.amazonaws\.eu$`)
	rolePrincipal    = regexp.MustCompile(`^arn:[a-z-]+:(iam|sts)::\d{12}:(root|role/.+|user/.+|assumed-role/.+)$`)
	organization     = regexp.MustCompile(`^o-[a-z0-9]{10,32}$`)
)

// Principal checks who is allowed to invoke.
func Principal(text string) error {
	switch {
	case text == "*":
		return &Violation{
			What:  "\"*\" lets everybody invoke the function",
			Why:   "Anyone with an AWS account could run it at your cost",
			Write: "Name a service such as \"s3.amazonaws.com\", an account of 12 digits or the ARN of a role",
		}
	case servicePrincipal.MatchString(text), rolePrincipal.MatchString(text), accountID.MatchString(text):
		return nil
	}
	return &Violation{
		What:  fmt.Sprintf("%q is not a principal", text),
		Why:   "Lambda lets services, accounts, roles and users invoke a function",
		Write: "Write a service such as \"s3.amazonaws.com\", an account of 12 digits or the ARN of a role",
	}
}

// IsService reports whether a principal is a service.
func IsService(principal string) bool { return servicePrincipal.MatchString(principal) }

// OrganizationID checks the id of an organization.
func OrganizationID(text string) error {
	if organization.MatchString(text) {
		return nil
	}
	return &Violation{
		What:  fmt.Sprintf("%q is not the id of an organization", text),
		Why:   "It begins with o- and has 10 to 32 letters and digits",
		Write: "Copy it from AWS Organizations, such as \"o-a1b2c3d4e5\"",
	}
}

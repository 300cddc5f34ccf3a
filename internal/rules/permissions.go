package rules

import (
	"fmt"
	"regexp"
	"strings"
)

var (
	servicePrincipal = regexp.MustCompile(`^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$|^[a-z0-9.-]+\.amazon\.com$|^[a-z0-9.-]+\.amazonaws\.eu$`)
	rolePrincipal    = regexp.MustCompile(`^arn:[a-z-]+:(iam|sts)::\d{12}:(root|role/.+|user/.+|assumed-role/.+)$`)
	organization     = regexp.MustCompile(`^o-[a-z0-9]{10,32}$`)
)

// Everyone is the principal that only another condition bounds.
const Everyone = "*"

// UnboundEveryone says what is wrong with everybody as a principal, where no
// organization bounds it.
func UnboundEveryone() error {
	return &Violation{
		What:  "\"*\" lets everybody invoke the function",
		Why:   "Anyone with an AWS account could run it at your cost",
		Write: "Name a service such as \"s3.amazonaws.com\", an account of 12 digits or the ARN of a role; or write organization_id = \"o-a1b2c3d4e5\" beside it for every principal of your organization",
	}
}

// Principal checks who is allowed to invoke. Everyone takes an organization beside
// it, which is checked where both are known.
func Principal(text string) error {
	switch {
	case text == Everyone:
		return nil
	case servicePrincipal.MatchString(text), rolePrincipal.MatchString(text), accountID.MatchString(text):
		return nil
	}
	write := "Write a service such as \"s3.amazonaws.com\", an account of 12 digits or the ARN of a role"
	name, _, _ := strings.Cut(strings.ToLower(text), ".amazon")
	if service, slip := nearest(name, invokers, invokerNames); slip {
		write = fmt.Sprintf("Write %q", service+".amazonaws.com")
	}
	return &Violation{
		What: fmt.Sprintf("%q is not a principal", text), Why: "Lambda lets services, accounts, roles and users invoke a function", Write: write,
	}
}

// invokers are services that invoke functions by a statement of the function's
// policy. They are only offered, so a list that is short refuses nothing.
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-services.html
var invokers = []string{"apigateway", "cognito-idp", "config", "elasticloadbalancing", "events", "secretsmanager"}

// invokerNames are what else services are called. A name of three or four
// letters stands for itself only: sqs is no slip of sns.
var invokerNames = map[string]string{
	"api-gateway": "apigateway", "api_gateway": "apigateway", "apigatewayv2": "apigateway", "execute-api": "apigateway",
	"alb": "elasticloadbalancing", "elb": "elasticloadbalancing", "elbv2": "elasticloadbalancing", "cognito": "cognito-idp", "eventbridge": "events",
	"iot": "iot", "logs": "logs", "s3": "s3", "ses": "ses", "sns": "sns",
}

// IsService reports whether a principal is a service.
func IsService(principal string) bool { return servicePrincipal.MatchString(principal) }

// maxPermissionLabel leaves room for the hyphen and the hash that a statement's
// id has behind the label.
// https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
func permissionLabelLength() Known {
	known := statementID()
	known.Max = new(known.most() - int64(len("-01234567")))
	return known
}

var statementID = api("lambda", "AddPermission", "StatementId")

// PermissionLabel checks the name of a permission, which becomes the id of a
// statement of the function's policy.
func PermissionLabel(label string) error {
	known := permissionLabelLength()
	if err := Label(label); err != nil || int64(len(label)) <= known.most() {
		return err
	}
	return &Violation{
		What: fmt.Sprintf("The label has %d characters, more than %d", len(label), known.most()),
		Why: fmt.Sprintf("The label becomes the id of a statement of the function's policy, with the mark of its content behind it, and %d characters in all are what %s",
			statementID().most(), known.on()),
		Write: fmt.Sprintf("Write a shorter one, such as %q", strings.TrimRight(label[:32], "_")),
	}
}

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

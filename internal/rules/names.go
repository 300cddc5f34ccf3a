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

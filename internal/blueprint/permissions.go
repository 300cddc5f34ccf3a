package blueprint

import (
	"fmt"
	"regexp"
	"strings"
)

// Permissions say who else may invoke the function: the resource policies of
// its alias, of the version in service and of the function as a whole.
// https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
type Permissions struct {
	Granted    Value[map[string]Value[Statement]] `attr:"granted" doc:"One statement of the alias's policy for each entry of permissions, by label."`
	Unexpected Value[map[string]String]           `attr:"unexpected" doc:"Statements that are not the unit's, by QUALIFIER/SID, as JSON. Removed by the next apply."`
}

// OrNull is the canonical form: no statement at all is null.
func (p Permissions) OrNull() Value[Permissions] {
	if p.Granted.IsNull() && p.Unexpected.IsNull() {
		return Null[Permissions]()
	}
	return Known(p)
}

// ActionInvoke is what permissions grant.
const ActionInvoke = "lambda:InvokeFunction"

var permissionSid = regexp.MustCompile(`^(.+)-[0-9a-f]{8}$`)

// PermissionSid names a statement after its label and its content, so that a
// changed one can be added before the old one is removed.
func PermissionSid(label string, s Statement) string {
	var text strings.Builder
	for _, leaf := range Leaves(s) {
		fmt.Fprintf(&text, "%s=%#v\n", leaf.Path, leaf.Value)
	}
	return label + "-" + HashText(text.String())[:8]
}

// PermissionLabel reads the label back.
func PermissionLabel(sid string) (string, bool) {
	match := permissionSid.FindStringSubmatch(sid)
	if match == nil {
		return "", false
	}
	return match[1], ValidLabel(match[1])
}

// UnexpectedKey names a statement by where it is.
func UnexpectedKey(qualifier, sid string) string { return qualifier + "/" + sid }

// Qualifiers in the names of unexpected statements, beside the alias's name.
const (
	QualifierFunction = "function"
	QualifierVersion  = "version"
)

// ComponentPermissions names who else may invoke the function.
const ComponentPermissions = "permissions to invoke"

// PermissionsComponent describes them.
func PermissionsComponent() Component {
	c := component(ComponentPermissions, func(b *Blueprint) *Value[Permissions] { return &b.Permissions })
	c.With = ComponentFunction
	return c
}

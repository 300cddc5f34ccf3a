package access

import (
	"slices"
	"strings"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Withheld lists the actions of a role's statement that its permissions boundary
// surely does not let it take, on any resource of the statement that is known.
// What depends on a condition, or on NotAction and the like, is not sure.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
func Withheld(boundary []bp.Parsed, statement bp.Statement) []string {
	if statement.Effect != bp.Known("Allow") {
		return nil
	}
	actions, _ := statement.Actions.Or(nil).Strings()
	resources, known := statement.Resources.Or(nil).Strings()
	if !known || len(resources) == 0 {
		resources = nil // on whatever it is
	}
	return slices.DeleteFunc(actions, func(action string) bool {
		if len(resources) == 0 {
			return mayAllow(boundary, action, "")
		}
		return slices.ContainsFunc(resources, func(resource string) bool { return mayAllow(boundary, action, resource) })
	})
}

// mayAllow reports whether a boundary can allow an action on a resource, which is
// empty when it is not known.
func mayAllow(boundary []bp.Parsed, action, resource string) bool {
	allowed := false
	for _, s := range boundary {
		actions, _ := s.Statement.Actions.Or(nil).Strings()
		resources, _ := s.Statement.Resources.Or(nil).Strings()
		covers := slices.ContainsFunc(actions, func(pattern string) bool { return Covers(pattern, action) })
		switch {
		case s.Statement.Effect == bp.Known("Allow"):
			allowed = allowed || !s.Plain || covers && (resource == "" || slices.ContainsFunc(resources, func(pattern string) bool { return meet(pattern, resource) }))
		case !s.Plain || !covers || s.Statement.Conditions.IsKnown():
		case slices.ContainsFunc(resources, func(pattern string) bool { return denies(pattern, resource) }):
			return false
		}
	}
	return allowed
}

// denies reports whether a pattern names all of a resource, which may hold
// wildcards of its own.
func denies(pattern, resource string) bool {
	return pattern == "*" || resource != "" && !strings.ContainsAny(resource, "*?") && meet(pattern, resource)
}

package access

import (
	"encoding/json"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Grant is one statement of a policy in plain texts, as far as it is known.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
type Grant struct {
	Sid   string
	Allow bool
	// Principals are by kind: AWS, Service, Federated, or "*" for everyone.
	Principals         map[string][]string
	Actions, Resources []string
	// Conditions are by operator and key.
	Conditions map[string]map[string][]string

	// Inverse is NotAction, NotResource or NotPrincipal, whichever the statement
	// uses; NotActions and NotResources are what it leaves out.
	Inverse                  string
	NotActions, NotResources []string
}

// GrantOf is a statement whose parts are plain.
func GrantOf(s bp.Named) Grant {
	out := Grant{Sid: s.Sid, Allow: s.Statement.Effect == bp.Known("Allow"), Principals: texts(s.Statement.Principals.Or(nil)), Conditions: map[string]map[string][]string{}}
	out.Actions, _ = s.Statement.Actions.Or(nil).Strings()
	out.Resources, _ = s.Statement.Resources.Or(nil).Strings()
	for operator, keys := range s.Statement.Conditions.Or(nil) {
		out.Conditions[operator] = texts(keys.Or(nil))
	}
	return out
}

// ParsedGrant is a statement of a document that others wrote.
func ParsedGrant(s bp.Parsed) Grant {
	out := GrantOf(s.Named)
	if s.Plain {
		return out
	}
	var raw map[string]json.RawMessage
	if json.Unmarshal([]byte(s.JSON), &raw) != nil {
		out.Inverse = "NotAction" // the widest that it can be
		return out
	}
	for _, name := range []string{"NotPrincipal", "NotResource", "NotAction"} {
		if _, used := raw[name]; used {
			out.Inverse = name
		}
	}
	out.NotActions, out.NotResources = list(raw["NotAction"]), list(raw["NotResource"])
	return out
}

// ParsedGrants are the statements of a document that others wrote.
func ParsedGrants(statements []bp.Parsed) []Grant {
	out := make([]Grant, len(statements))
	for i, s := range statements {
		out[i] = ParsedGrant(s)
	}
	return out
}

// list reads a text, or several.
func list(raw json.RawMessage) []string {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return []string{one}
	}
	var several []string
	_ = json.Unmarshal(raw, &several) // neither: nothing is left out
	return several
}

func texts(sets map[string]bp.Value[bp.Set]) map[string][]string {
	out := map[string][]string{}
	for key, set := range sets {
		out[key], _ = set.Or(nil).Strings()
	}
	return out
}

// Allows reports whether the statement allows an action on something.
func (g Grant) Allows(action string) bool {
	if !g.Allow {
		return false
	}
	if len(g.NotActions) > 0 || g.Inverse == "NotAction" {
		return !coveredBy(g.NotActions, action)
	}
	return coveredBy(g.Actions, action)
}

// names lists what the statement allows by its actions: patterns, or all that
// there is.
func (g Grant) names() []string {
	if len(g.NotActions) > 0 || g.Inverse == "NotAction" {
		return []string{"*"}
	}
	return g.Actions
}

func coveredBy(patterns []string, action string) bool {
	for _, pattern := range patterns {
		if Covers(pattern, action) {
			return true
		}
	}
	return false
}

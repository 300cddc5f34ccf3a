package policy

import (
	"slices"
	"strings"
)

// Permission is an action on a resource, by a call with these condition keys.
type Permission struct {
	Action, Resource string
	Keys             Keys
}

// Allows reports whether policies together let a call pass: one allows it and none
// denies it.
func Allows(policies []Document, p Permission) bool {
	allowed := false
	for _, document := range policies {
		for _, s := range document.Statement {
			if !s.Covers(p) || !s.meets(p.Keys) {
				continue
			}
			if s.Effect == "Deny" {
				return false
			}
			allowed = allowed || s.Effect == "Allow"
		}
	}
	return allowed
}

// Covers reports whether a statement is about an action on a resource, whatever
// its effect and conditions.
func (s Statement) Covers(p Permission) bool {
	action := func(pattern string) bool { return Match(strings.ToLower(pattern), strings.ToLower(p.Action)) }
	resource := func(pattern string) bool { return Match(pattern, p.Resource) }
	named := slices.ContainsFunc(s.Action, action) || len(s.NotAction) > 0 && !slices.ContainsFunc(s.NotAction, action)
	on := slices.ContainsFunc(s.Resource, resource) || len(s.NotResource) > 0 && !slices.ContainsFunc(s.NotResource, resource)
	return named && on
}

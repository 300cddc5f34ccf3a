package access

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Administration says how statements together amount to the rights of an
// administrator, and is empty where they do not: everything is allowed, or most of
// what changes anything, or all that decides who may do what, each on whatever
// there is. It does not go by how a statement is spelled, nor by which of several
// statements holds what. Conditions and refusals are not looked at: they are too
// easily written so that they exclude nothing.
func Administration(grants []Grant) string {
	var wide []Grant // with a wildcard in the service, or all but some actions
	ofIAM := slices.DeleteFunc(slices.Clone(grants), func(g Grant) bool { return !g.concerns("iam") })
	given := func(action Action) bool {
		return slices.ContainsFunc(ofIAM, func(g Grant) bool { return g.Allows(action.Name) && g.breadthOf(action) >= Every })
	}
	if len(ofIAM) > 0 && !slices.ContainsFunc(iamRights(), func(action Action) bool { return !given(action) }) {
		return "it allows every action of IAM that decides who may do what, on all roles, users and policies"
	}
	for _, g := range grants {
		if g.Allow && slices.ContainsFunc(g.names(), spansServices) {
			wide = append(wide, g)
		}
	}
	if len(wide) == 0 {
		return ""
	}
	changed, all := 0, 0
	for _, service := range Catalogue().Services() {
		for _, action := range Catalogue().Actions(service) {
			if action.Level == List || action.Level == Read {
				continue
			}
			all++
			if slices.ContainsFunc(wide, func(g Grant) bool { return g.Allows(action.Name) && g.onAnything(action) }) {
				changed++
			}
		}
	}
	if changed*2 > all {
		return fmt.Sprintf("it allows %d of the %d actions that change anything, on whatever there is", changed, all)
	}
	return ""
}

// onAnything reports whether the statement allows an action on whatever there is.
func (g Grant) onAnything(a Action) bool {
	if !a.TakesResource() {
		return len(g.NotResources) > 0 || g.Inverse == "NotResource" || slices.ContainsFunc(g.Resources, func(r string) bool { return strings.Trim(r, "*?") == "" || r == "arn:*" })
	}
	return g.breadthOf(a) >= Every
}

// spansServices reports whether a pattern of actions is not of one service.
func spansServices(pattern string) bool {
	service, _, _ := strings.Cut(pattern, ":")
	return strings.ContainsAny(service, "*?")
}

// concerns reports whether a statement allows anything of a service by its actions.
func (g Grant) concerns(service string) bool {
	return g.Allow && slices.ContainsFunc(g.names(), func(pattern string) bool {
		prefix, _, whole := strings.Cut(strings.ToLower(pattern), ":")
		return !whole || meet(prefix, service)
	})
}

// iamRights are the actions of IAM that decide who may do what.
var iamRights = sync.OnceValue(func() []Action {
	return slices.DeleteFunc(Catalogue().Actions("iam"), func(a Action) bool {
		return a.Level != Permissions || !slices.ContainsFunc(a.Resources, func(r Resource) bool { return r.Type == "role" || r.Type == "user" || r.Type == "policy" })
	})
})

// WholeServices lists the services of which wildcards in actions, of all
// statements together, allow every action.
func WholeServices(grants []Grant) []string {
	var patterns []string
	for _, g := range grants {
		if g.Allow {
			patterns = append(patterns, slices.DeleteFunc(slices.Clone(g.names()), func(p string) bool { return !strings.ContainsAny(p, "*?") })...)
		}
	}
	if len(patterns) == 0 {
		return nil
	}
	if slices.ContainsFunc(patterns, func(p string) bool { return Covers(p, "any:thing") && strings.Trim(p, "*?:") == "" }) {
		return []string{"*"}
	}
	var whole []string
	for _, service := range Catalogue().Services() {
		mine := slices.DeleteFunc(slices.Clone(patterns), func(p string) bool {
			prefix, _, _ := strings.Cut(strings.ToLower(p), ":")
			return !meet(prefix, service)
		})
		actions := Catalogue().Actions(service)
		if len(mine) > 0 && len(actions) > 0 && !slices.ContainsFunc(actions, func(a Action) bool { return !coveredBy(mine, a.Name) }) {
			whole = append(whole, service)
		}
	}
	return whole
}

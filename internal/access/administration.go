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
	rights := slices.DeleteFunc(slices.Clone(iamRights()), func(action Action) bool {
		return !slices.ContainsFunc(grants, func(g Grant) bool { return g.Allows(action.Name) && g.breadthOf(action) >= Every })
	})
	if len(rights) == len(iamRights()) {
		return "it allows every action of IAM that decides who may do what, on all roles, users and policies"
	}
	if !spans(grants) {
		return ""
	}
	changed, all := 0, 0
	for _, service := range changing() {
		all += len(service.actions)
		of := slices.DeleteFunc(slices.Clone(grants), func(g Grant) bool { return !g.speaksOf(service.prefix) })
		for _, action := range service.actions {
			if slices.ContainsFunc(of, func(g Grant) bool { return g.Allows(action.Name) && g.onAnything(action) }) {
				changed++
			}
		}
	}
	if changed*2 > all {
		return fmt.Sprintf("it allows %d of the %d actions that change anything, on whatever there is", changed, all)
	}
	return ""
}

// fewServices is how many services may be named one by one without being most of
// what there is. The catalogue of all of them takes memory that most plans need not.
const fewServices = 20

// spans reports whether statements may allow most of what changes anything: by a
// wildcard in the service, or by naming many of them.
func spans(grants []Grant) bool {
	services := map[string]bool{}
	for _, g := range grants {
		for _, pattern := range g.names() {
			service, _, whole := strings.Cut(strings.ToLower(pattern), ":")
			if g.Allow && (!whole || strings.ContainsAny(service, "*?")) {
				return true
			}
			services[service] = true
		}
	}
	return len(services) > fewServices
}

// changing are the actions that change anything, by service.
var changing = sync.OnceValue(func() (out []struct {
	prefix  string
	actions []Action
},
) {
	for _, prefix := range Catalogue().Services() {
		out = append(out, struct {
			prefix  string
			actions []Action
		}{prefix, slices.DeleteFunc(Catalogue().Actions(prefix), func(a Action) bool { return a.Level == List || a.Level == Read })})
	}
	return out
})

// onAnything reports whether the statement allows an action on whatever there is.
func (g Grant) onAnything(a Action) bool {
	if !a.TakesResource() {
		return len(g.NotResources) > 0 || g.Inverse == "NotResource" || slices.ContainsFunc(g.Resources, func(r string) bool { return strings.Trim(r, "*?") == "" || r == "arn:*" })
	}
	return g.breadthOf(a) >= Every
}

// speaksOf reports whether the statement allows anything of a service by its name.
func (g Grant) speaksOf(service string) bool {
	return g.Allow && slices.ContainsFunc(g.names(), func(pattern string) bool {
		prefix, _, _ := strings.Cut(strings.ToLower(pattern), ":")
		return meet(prefix, service)
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

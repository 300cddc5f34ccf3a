package access

import (
	"slices"
	"strings"
)

// Breadth is how much a statement's resources name of a type of resource. It goes
// by what the patterns match, not by how they are spelled.
type Breadth int

// The breadths, narrowest first.
const (
	// Nothing of the type is named.
	Nothing Breadth = iota
	// One is a resource that is named, with whatever is in it.
	One
	// Prefixed are those whose names begin alike.
	Prefixed
	// Anywhere leaves the partition, the region or the account open.
	Anywhere
	// Every is all of the type there are.
	Every
)

// shortestPrefix is how many characters of a name, given before a wildcard, tell
// something about it: with fewer, a handful of patterns name everything.
const shortestPrefix = 3

// Wide reports whether it is more than the beginning of a name tells.
func (b Breadth) Wide() bool { return b >= Anywhere }

// Breadth is how much of the types of resource that the action takes a
// statement's resources name, at most. An action without any takes nothing.
func (a Action) Breadth(resources []string) Breadth {
	widest := Nothing
	for _, pattern := range resources {
		for _, r := range a.Resources {
			widest = max(widest, r.breadth(pattern))
		}
	}
	return widest
}

func (r Resource) breadth(pattern string) Breadth {
	// The widest that a variable of a policy stands for.
	pattern = policyVariable.ReplaceAllString(pattern, "*")
	if strings.Trim(pattern, "*?") == "" {
		return Every
	}
	fields, format := strings.SplitN(pattern, ":", arnFields), strings.SplitN(r.Format, ":", arnFields)
	if len(fields) < arnFields {
		if strings.ContainsAny(pattern, "*?") && meet(pattern, variable.ReplaceAllString(r.Format, "?*")) {
			return Every // "arn:*", "*/orders": taken by its word
		}
		return Nothing
	}
	if len(format) < arnFields || !r.Fits(pattern) {
		return Nothing
	}
	of := ofName(fields[5], format[5])
	if of == Every || strings.ContainsAny(fields[2], "*?") {
		return Every
	}
	for _, field := range []int{1, 3, 4} {
		if format[field] != "" && strings.ContainsAny(fields[field], "*?") {
			return Anywhere
		}
	}
	return of
}

// ofName compares a resource, role/app-*, with the form it has, role/${RoleName}.
func ofName(pattern, format string) Breadth {
	head := strings.IndexAny(format, "$<")
	if head < 0 {
		return One // there is but one
	}
	wildcard := strings.IndexAny(pattern, "*?")
	if wildcard < 0 {
		return One
	}
	// What comes behind the first name is in what that names: the objects of a
	// bucket, the indexes of a table.
	if end := separator(format[head:]); end != 0 && wildcard > head && strings.IndexByte(pattern[head:wildcard], end) > 0 {
		return One
	}
	if wildcard-head < shortestPrefix {
		return Every
	}
	return Prefixed
}

// separator is what ends the first variable of a format, 0 for nothing.
func separator(format string) byte {
	at := variable.FindStringIndex(format)
	if at == nil || at[1] >= len(format) {
		return 0
	}
	return format[at[1]]
}

// Widest finds the action of a statement that its resources leave most open, of
// those that fit a rule.
func (g Grant) Widest(rule func(Action) bool) (action Action, breadth Breadth) {
	if !g.Allow {
		return action, Nothing
	}
	for _, pattern := range g.names() {
		for _, a := range Catalogue().Matching(pattern) {
			if coveredBy(g.NotActions, a.Name) || !rule(a) {
				continue
			}
			if b := g.breadthOf(a); b > breadth {
				action, breadth = a, b
			}
			if breadth == Every {
				return action, breadth
			}
		}
	}
	return action, breadth
}

// WideFor reports whether the statement allows, of the actions that fit a rule,
// one on more than the beginning of a name tells. An action that nobody knows could
// name a resource, and its statement is judged by the resources alone.
func (g Grant) WideFor(rule func(Action) bool) bool {
	if _, breadth := g.Widest(rule); breadth.Wide() {
		return true
	}
	unknown := slices.ContainsFunc(g.Actions, func(name string) bool {
		_, known := Catalogue().Action(name)
		return !known && !strings.ContainsAny(name, "*?") && rule(Action{Name: name, Resources: []Resource{{}}})
	})
	return unknown && slices.ContainsFunc(g.Resources, func(r string) bool {
		return strings.Trim(r, "*?") == "" || emptyName(r) || strings.ContainsAny(strings.Join(strings.SplitN(r, ":", arnFields)[:arnFields-1], ":"), "*?")
	})
}

// breadthOf is how much of an action's resources the statement names.
func (g Grant) breadthOf(a Action) Breadth {
	if len(g.NotResources) > 0 || g.Inverse == "NotResource" {
		return Every
	}
	return a.Breadth(g.Resources)
}

// widePatterns are the resources of a statement that name more than the
// beginning of a name tells, for one of its actions, and that action.
func widePatterns(resources []string, actions []Action) (found []string, example Action, widest Breadth) {
	for _, pattern := range resources {
		for _, a := range actions {
			b := a.Breadth([]string{pattern})
			if b.Wide() {
				if !slices.Contains(found, pattern) {
					found = append(found, pattern)
				}
				if b > widest {
					example, widest = a, b
				}
			}
		}
	}
	slices.Sort(found)
	return found, example, widest
}

package access

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
)

//go:generate go run ../tools/escalations ../../facts/privilege-escalation.json escalations.json.gz

//go:embed escalations.json.gz
var escalationsGZ []byte

// rolesGZ lists the actions that take a role for a service to run with. It is
// rebuilt with the models of AWS's requests; see package awsmodel.
//
//go:embed roles.json.gz
var rolesGZ []byte

// Escalation is a set of actions by which a role can give itself or its caller
// more than it has.
type Escalation struct {
	ID      string   `json:"id"`
	Actions []string `json:"actions"`
	// Page describes it; empty where none does.
	Page string `json:"pathfinding"`
}

// Describe names the set in one line.
func (e Escalation) Describe() string {
	text := fmt.Sprintf("%s (%s)", strings.Join(e.Actions, " with "), e.ID)
	if e.Page != "" {
		text += ", " + e.Page
	}
	return text
}

// escalationTable is the embedded file.
type escalationTable struct {
	AsOf   string `json:"as_of"`
	Source string `json:"source"`
	// Methods escalate on whatever they are allowed on; Paths only on resources
	// that are not named, since they take what is there as it is.
	Methods []Escalation `json:"methods"`
	Paths   []Escalation `json:"paths"`
}

var embeddedEscalations = sync.OnceValue(func() escalationTable {
	var table escalationTable
	// The file is embedded and checked by a test, so it always parses.
	_ = json.Unmarshal(unzipped(escalationsGZ), &table)
	return table
})

// passingTable is the other.
type passingTable struct {
	AsOf    string   `json:"as_of"`
	Source  string   `json:"source"`
	Actions []string `json:"actions"`
}

var passing = sync.OnceValue(func() passingTable {
	var table passingTable
	_ = json.Unmarshal(unzipped(rolesGZ), &table) // as above
	return table
})

// takers are the actions that take a role, by service.
var takers = sync.OnceValue(func() map[string][]string {
	out := map[string][]string{}
	for _, action := range slices.Concat(passing().Actions, byVerb) {
		service, _, _ := strings.Cut(action, ":")
		out[service] = append(out[service], action)
	}
	return out
})

// byVerb are actions that take a role and that are named after the verb of a
// request: the role with which an API calls what is behind it, or its authorizer.
// Read on 2026-11-29.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/permissions.html
var byVerb = []string{"apigateway:PATCH", "apigateway:POST", "apigateway:PUT"}

// EscalationsRead returns the day of the newest source of the sets, and all
// sources.
func EscalationsRead() (day, source string) {
	return embeddedEscalations().AsOf, embeddedEscalations().Source
}

// RolesRead returns the day and the sources of the actions that take a role.
func RolesRead() (day, source string) { return passing().AsOf, passing().Source }

// AllEscalations lists the sets that are known, but for those of iam:PassRole
// with an action that takes a role.
func AllEscalations() []Escalation {
	return slices.Concat(embeddedEscalations().Methods, embeddedEscalations().Paths)
}

// Escalations lists the sets that statements, taken together, contain.
func Escalations(grants []Grant) []Escalation {
	var found []Escalation
	for _, e := range embeddedEscalations().Methods {
		if contained(e, grants, Grant.Allows) {
			found = append(found, e)
		}
	}
	for _, e := range embeddedEscalations().Paths {
		if contained(e, grants, Grant.allowsWidely) {
			found = append(found, e)
		}
	}
	if e, escalates := single(grants); escalates {
		found = append(found, e)
	}
	if e, passes := handsOn(grants); passes && !slices.ContainsFunc(found, func(other Escalation) bool { return slices.Contains(other.Actions, e.Actions[0]) }) {
		found = append(found, e)
	}
	return found
}

func contained(e Escalation, grants []Grant, allows func(Grant, string) bool) bool {
	return !slices.ContainsFunc(e.Actions, func(action string) bool {
		return !slices.ContainsFunc(grants, func(g Grant) bool { return allows(g, action) })
	})
}

// allowsWidely reports whether a statement allows an action on more than is named.
func (g Grant) allowsWidely(action string) bool {
	if !g.Allows(action) {
		return false
	}
	known, ok := Catalogue().Action(action)
	return (!ok || !known.TakesResource() || g.breadthOf(known).Wide())
}

const passRole = "iam:PassRole"

// handsOn finds an action that runs something with a role of the caller's choice,
// beside the right to pass a role to its service.
func handsOn(grants []Grant) (Escalation, bool) {
	passing := slices.DeleteFunc(slices.Clone(grants), func(g Grant) bool { return !g.Allows(passRole) })
	if len(passing) == 0 {
		return Escalation{}, false
	}
	for _, service := range Catalogue().Services() {
		for _, action := range takers()[service] {
			allowed := slices.ContainsFunc(grants, func(g Grant) bool { return g.Allows(action) })
			if allowed && slices.ContainsFunc(passing, func(g Grant) bool { return g.passesTo(service) }) {
				return Escalation{ID: "PassRoleTo:" + service, Actions: []string{passRole, action}}, true
			}
		}
	}
	return Escalation{}, false
}

const passedToService = "iam:PassedToService"

// passesTo reports whether a statement about iam:PassRole lets a role go to a
// service. What is not known for a service's own name may be any.
func (g Grant) passesTo(service string) bool {
	bound := false
	for operator, all := range g.Conditions {
		for key, values := range all {
			if !strings.EqualFold(key, passedToService) || !g.narrows(operator, key) {
				continue
			}
			bound = true
			for _, principal := range values {
				if principalOf(principal, service) {
					return true
				}
			}
		}
	}
	return !bound
}

// principalOf reports whether a service principal may be that of the service with
// an IAM prefix: ecs-tasks.amazonaws.com of ecs, states.eu-west-1.amazonaws.com of
// states. One that is named after no prefix may be anybody's, and what runs
// machines or containers is used by many services.
func principalOf(principal, prefix string) bool {
	name, _, _ := strings.Cut(strings.ToLower(principal), ".")
	if strings.ContainsAny(name, "*?$") || name == "ec2" || name == "ecs-tasks" {
		return true
	}
	family, _, _ := strings.Cut(name, "-")
	if name == prefix || family == prefix || strings.HasPrefix(prefix, name+"-") {
		return true
	}
	return len(Catalogue().Actions(name)) == 0 && len(Catalogue().Actions(family)) == 0
}

// Covers reports whether an action of a statement, which may hold the wildcards
// * and ?, allows an action.
func Covers(pattern, action string) bool {
	if !strings.ContainsAny(action, "*?") {
		return matches(pattern, action, true)
	}
	return meet(strings.ToLower(pattern), strings.ToLower(action))
}

package access

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
)

//go:generate go run ../tools/escalations ../../facts/privilege-escalation.json escalations.json

//go:embed escalations.json
var escalationsJSON []byte

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
	AsOf    string       `json:"as_of"`
	Source  string       `json:"source"`
	Methods []Escalation `json:"methods"`
}

var embeddedEscalations = sync.OnceValue(func() escalationTable {
	var table escalationTable
	// The file is embedded and checked by a test, so it always parses.
	_ = json.Unmarshal(escalationsJSON, &table)
	return table
})

func escalations() []Escalation { return embeddedEscalations().Methods }

// EscalationsRead returns the day of the newest source of the sets, and all
// sources.
func EscalationsRead() (day, source string) {
	return embeddedEscalations().AsOf, embeddedEscalations().Source
}

// AllEscalations lists the sets that are known.
func AllEscalations() []Escalation { return slices.Clone(escalations()) }

// Escalations lists the sets that allowed actions, which may hold wildcards,
// contain.
func Escalations(allowed []string) []Escalation {
	var found []Escalation
	for _, e := range escalations() {
		missing := slices.ContainsFunc(e.Actions, func(action string) bool {
			return !slices.ContainsFunc(allowed, func(a string) bool { return Covers(a, action) })
		})
		if !missing {
			found = append(found, e)
		}
	}
	return found
}

// Covers reports whether an action of a statement, which may hold the wildcards
// * and ?, allows an action.
func Covers(pattern, action string) bool {
	return meet(strings.ToLower(pattern), strings.ToLower(action))
}

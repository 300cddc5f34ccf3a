package kinds

import (
	"maps"
	"slices"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Learned is what only AWS can tell about a unit while it is being made.
type Learned struct {
	// Objects are those that are known to be the unit's, by the names of their
	// components, and Several the ARNs of those that it has more than one of.
	Objects    map[string]bp.Identity
	Several    map[string][]string
	CodeSHA256 bp.String
	Served     bp.Value[bp.Version]
	// Superseded are ARNs of objects that others have replaced and that are
	// still to be removed.
	Superseded []string
	// Left are replaced objects without the unit's tags: nobody can tell
	// whether others use them, so they stay.
	Left []string
	// Notes are what did not go as it should and changes nothing.
	Notes []string
}

// At is what is known of an object: nothing before it is made.
func (l Learned) At(component string) bp.Identity {
	if identity, known := l.Objects[component]; known {
		return identity
	}
	return bp.Identity{ARN: bp.Unknown[string](), ID: bp.Unknown[string]()}
}

// Has reports whether an object is known to be the unit's.
func (l Learned) Has(component string) bool {
	_, known := l.Objects[component]
	return known
}

// Note takes down that an object is the unit's. What it was told before stays with
// those that have it.
func (l *Learned) Note(component string, identity bp.Identity) {
	if l.Objects = maps.Clone(l.Objects); l.Objects == nil {
		l.Objects = map[string]bp.Identity{}
	}
	l.Objects[component] = identity
}

// Add takes down one more of several, and drop that one is gone.
func (l *Learned) Add(component, arn string) {
	l.setSeveral(component, api.AppendNew(l.Several[component], arn))
}

// Drop takes down that some of several are gone.
func (l *Learned) Drop(component string, gone func(arn string) bool) {
	l.setSeveral(component, slices.DeleteFunc(slices.Clone(l.Several[component]), gone))
}

func (l *Learned) setSeveral(component string, arns []string) {
	if l.Several = maps.Clone(l.Several); l.Several == nil {
		l.Several = map[string][]string{}
	}
	l.Several[component] = arns
}

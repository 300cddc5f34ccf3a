package kinds

import (
	"context"
	"slices"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Disown leaves out what carries another unit's tag, or none, with what dies with it.
func (o *Observation) Disown(all Table) {
	foreign := func(deviation api.TagMap) bool { _, differs := deviation.Or(nil)[bp.TagUnit]; return differs }
	for _, k := range all {
		if k.Disown != nil {
			k.Disown(&o.Blueprint, foreign)
		}
		if k.Tagged == nil || !foreign(k.Tagged(o.Blueprint)) {
			continue
		}
		for _, c := range bp.Components() {
			if c.Name == k.Name || c.With == k.Name {
				c.Drop(&o.Blueprint)
			}
		}
	}
}

// Ref says where an object of a unit is to be found.
type Ref struct {
	// ARN is what it is found by. A secret that nobody has read yet is found by its
	// name.
	ARN string
	// More are the ARNs of further ones.
	More []string
	// ID is the one that it had when the unit was last applied; nothing is compared
	// without.
	ID string
}

// Target says where the objects of a unit are to be found.
type Target struct {
	// Unit is the unit's name, after which its alarms are named.
	Unit string
	// Refs are by component. What has none is not looked for.
	Refs map[string]Ref
	// Reads names settings that cost a call each and are read only where the
	// unit has them.
	Reads Reads
	// Served is the version that was in service at the last look. A version
	// never changes, so it is not read again while the alias points to it.
	Served bp.Value[bp.Version]
	// LeftOut are objects that carry the unit's tags and are not its own, each with
	// why.
	LeftOut []error
	// Tags are the unit's tags; what deviates is reported object by object.
	Tags map[string]string
}

// Alias is the name of the unit's alias, nothing without one.
func (t Target) Alias() string { return bp.AliasNameOf(t.Refs[bp.ComponentAlias].ARN) }

// Function is the name of the unit's function, nothing without one.
func (t Target) Function() string { return bp.FunctionNameOf(t.Refs[bp.ComponentFunction].ARN) }

// Reads are settings that are read on demand.
type Reads struct{ CodeSigning, RuntimeManagement, DataProtection bool }

// Observation is what exists of a unit.
type Observation struct {
	bp.Blueprint

	// Environment holds the variables of $LATEST with their values.
	Environment map[string]string
	// Unreadable says why they cannot be read: the key is disabled, say. The
	// same goes for those of the version in service.
	Unreadable, VersionUnreadable string
	// Invoked are the policies of the function's other aliases, and of the versions
	// that these route to, by qualifier.
	Invoked map[string]bp.Writing
	// Routed are the published versions that aliases send callers to, by number.
	Routed []string
	// IDs tell an object from one re-created in its place, by component.
	IDs map[string]bp.String

	// RoleLastIn is the region where the role was last used.
	RoleLastIn string
}

// Exists reports whether anything is left of what a unit owns.
func (o Observation) Exists() bool {
	return slices.ContainsFunc(bp.Components(), func(c bp.Component) bool {
		return (c.Owned != nil || c.Listed != nil) && c.Exists(o.Blueprint)
	})
}

// Learned is what a look at a unit tells of its objects.
func (o Observation) Learned(l Learned) Learned {
	for _, c := range bp.Components() {
		if c.Identified && c.Exists(o.Blueprint) {
			l.Note(c.Name, bp.Identity{ARN: c.ARN(o.Blueprint), ID: o.IDs[c.Name]})
		}
	}
	return l
}

// Look is one read of an observation: what it is about, in messages, and the read.
type Look struct {
	What, Name string
	Find       func(context.Context) error
}

// Seed is a function that exists, from which the unit's other objects are found.
type Seed struct {
	Unit     string
	Alias    string // of a unit that is new to the function
	Function bp.Function
	// Tags are the function's, environment are its variables, and unreadable says why
	// they could not be read.
	Tags, Environment map[string]string
	Unreadable        string
}

// UnlessContested is where an object is, or why it is not the unit's.
func UnlessContested(arn string, because ...error) (Ref, []error, error) {
	because = slices.DeleteFunc(because, func(err error) bool { return err == nil })
	if len(because) > 0 {
		return Ref{}, because, nil
	}
	return Ref{ARN: arn}, nil, nil
}

// Package kinds says what a kind of object is that units are made of: how it is found,
// made, held against others' claims and removed. Each kind has a room below this one.
package kinds

import (
	"context"
	"slices"
	"time"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// AdoptByName is for what every unit has, under a name that follows from its own.
func AdoptByName(component bp.Component) func(context.Context, *api.Client, bp.Blueprint, Owner) (Ref, error) {
	return func(_ context.Context, _ *api.Client, want bp.Blueprint, _ Owner) (Ref, error) {
		return Ref{ARN: component.ARN(want).Or("")}, nil
	}
}

// Kind is one kind of object that a unit is made of: everything that the life of a
// unit has to know of it. What does not apply to a kind is left out. Each has a
// room below this one; the loops over them know none by name.
type Kind struct {
	bp.Component

	// Title is what AWS calls it, where a message has to say so.
	Title string
	// Is recognises its ARNs.
	Is func(arn string) bool
	// Plural is what those are called that an inventory lists, and RemoveMany deletes
	// them at once.
	Plural     string
	RemoveMany func(ctx context.Context, c *api.Client, arns []string) error

	// Looks are the reads of an observation, and settle, nil for none, puts together
	// what they found.
	Looks func(*api.Client, Target, *Observation) (reads []Look, settle func(context.Context) error)
	// Indexed are the ARNs that the tagging index is asked about in an observation.
	Indexed func(*api.Client, Target) []string
	// Seed reads what an import begins with, of the one kind that it begins with.
	Seed func(ctx context.Context, c *api.Client, name string) (s Seed, exists bool, err error)
	// Locate finds the object of a function that is imported, or says why one that
	// carries the unit's tags is not the unit's.
	Locate func(context.Context, *api.Client, Seed) (Ref, []error, error)
	// Adopt finds what a create that was cut short has left.
	Adopt func(context.Context, *api.Client, bp.Blueprint, Owner) (Ref, error)
	// Tagged are the tags of the object where they are not the unit's, and Disown takes
	// out of a blueprint what carries those of another, of a kind that has several.
	Tagged func(bp.Blueprint) api.TagMap
	Disown func(b *bp.Blueprint, foreign func(api.TagMap) bool)
	// Dispute asks what speaks against an object that a create has found.
	Dispute func(context.Context, *Disputes)
	// Taken are the names of a new unit that others have.
	Taken func(context.Context, *api.Client, bp.Blueprint) []*Taken

	// Steps make it, in the order in which an apply takes them. It is as wanted once
	// those that settle it are done, by their IDs: nil for all of its own.
	Steps   func() []Step
	Settled []string
	// Delivers reports whether an apply has what Lambda delivers go elsewhere, or be
	// encrypted otherwise.
	Delivers func(have, want bp.Blueprint) bool
	// Uses are ARNs of other objects of its kind that a blueprint makes use of.
	Uses func(bp.Blueprint) []bp.String
	// TakesAway reports whether an apply takes permissions from the previous version.
	TakesAway func(have, want bp.Blueprint) bool
	// Grants says that replacing it takes permissions away.
	Grants bool
	// Narrow takes away what only the previous version needed.
	Narrow func(context.Context, *Unit) error

	// Identify reads its tags, and its id where AWS gives one, from its own service.
	Identify func(context.Context, *api.Client, string) (tags map[string]string, id string, err error)
	// Leaving reports whether it is scheduled for deletion, which a unit's object
	// that exists is not.
	Leaving func(context.Context, *api.Client, string) (bool, error)
	// Made is when it was made, by AWS's own date.
	Made func(context.Context, *api.Client, string) (time.Time, error)
	// Anchors says that a unit makes it first: everything else is younger. Claim makes
	// it, and fails with Taken where it exists.
	Anchors bool
	Claim   func(ctx context.Context, c *api.Client, want bp.Blueprint, tags map[string]string) (id string, err error)
	// Unsaid leaves out of a blueprint what its service, which knows no tags here, does
	// not say the owner of.
	Unsaid func(ctx context.Context, c *api.Client, b *bp.Blueprint)
	// Redated says that its date is that of its last change, which proves no age.
	Redated bool
	// Contest lists what is on an object with the unit's tags that a create which
	// was cut short does not leave.
	Contest func(context.Context, *api.Client, Claims, string) ([]string, error)

	// Next is the tag of the unit's role that announces what is to take its place,
	// and Successor lists what an update never puts on such an object.
	Next      string
	Successor func(context.Context, *api.Client, Removal, string, map[string]string) ([]string, error)

	// Mine reports whether one that was replaced is the unit's to remove, where tags
	// cannot say so.
	Mine func(*api.Client, Owner, string) bool
	// Inherited reports whether one that carries an earlier generation of the unit is
	// this one's all the same.
	Inherited func(context.Context, *api.Client, Removal) (bool, error)
	// Guard stops a removal that would lose something.
	Guard func(ctx context.Context, c *api.Client, arn string, force bool) error
	// Refuse stops a removal for what the last look found, before anything is asked.
	Refuse func(Removal) error
	// Outlives are the tasks of a removal that come before its own, and Ends are further
	// ones.
	Outlives []string
	Ends     []End
	// Remove deletes one object; an object that is gone is no error.
	Remove func(context.Context, *api.Client, string) error
	// Retire removes the object of a unit that ends, where that takes more.
	Retire func(context.Context, *api.Client, *Ending, string) error
}

// End is one further task of a removal.
type End struct {
	ID    string
	After []string
	Run   func(context.Context, *api.Client, *Ending) error
}

// Step is one step of an apply.
type Step struct {
	ID    string
	After []string
	Run   func(context.Context, *Unit) error
}

// WithoutID is for services that give an object no id.
func WithoutID(tags func(context.Context, *api.Client, string) (map[string]string, error)) func(context.Context, *api.Client, string) (map[string]string, string, error) {
	return func(ctx context.Context, c *api.Client, arn string) (map[string]string, string, error) {
		found, err := tags(ctx, c, arn)
		return found, "", err
	}
}

// Claims is what a set of objects that carry one unit's tags is held against: each
// other.
type Claims struct {
	Unit string
	Arns []string
}

// Of are the objects of a kind.
func (l Claims) Of(is func(string) bool) []string {
	return slices.DeleteFunc(slices.Clone(l.Arns), func(arn string) bool { return !is(arn) })
}

// Steps are those of a kind that need nothing from each other but the order.
func Steps(all ...Step) func() []Step { return func() []Step { return all } }

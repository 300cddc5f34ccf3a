package cloud

import (
	"context"
	"slices"
	"time"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// kind is one kind of object that a unit is made of: everything that the life of a
// unit has to know of it. What does not apply to a kind is left out. Each stands in
// the file of its kind; the loops over them know none by name.
type kind struct {
	bp.Component

	// title is what AWS calls it, where a message has to say so.
	title string
	// is recognises its ARNs.
	is func(arn string) bool
	// several is what those are called that an inventory lists, and removeMany deletes
	// them at once.
	several    string
	removeMany func(c *Client, ctx context.Context, arns []string) error

	// looks are the reads of an observation, and settle, nil for none, puts together
	// what they found.
	looks func(*Client, Target, *Observation) (reads []look, settle func(context.Context) error)
	// indexed are the ARNs that the tagging index is asked about in an observation.
	indexed func(*Client, Target) []string
	// seed reads what an import begins with, of the one kind that it begins with.
	seed func(c *Client, ctx context.Context, name string) (s seed, exists bool, err error)
	// locate finds the object of a function that is imported, or says why one that
	// carries the unit's tags is not the unit's.
	locate func(*Client, context.Context, seed) (Ref, []error, error)
	// adopt finds what a create that was cut short has left.
	adopt func(*Client, context.Context, bp.Blueprint, Owner) (Ref, error)
	// tagged are the tags of the object where they are not the unit's, and disown takes
	// out of a blueprint what carries those of another, of a kind that has several.
	tagged func(bp.Blueprint) tagMap
	disown func(b *bp.Blueprint, foreign func(tagMap) bool)
	// dispute asks what speaks against an object that a create has found.
	dispute func(*disputes, context.Context)
	// taken are the names of a new unit that others have.
	taken func(*Client, context.Context, bp.Blueprint) []*Taken

	// steps make it, in the order in which an apply takes them. It is as wanted once
	// those that settle it are done, by their IDs: nil for all of its own.
	steps   func() []step
	settled []string
	// delivers reports whether an apply has what Lambda delivers go elsewhere, or be
	// encrypted otherwise.
	delivers func(have, want bp.Blueprint) bool
	// uses are ARNs of other objects of its kind that a blueprint makes use of.
	uses func(bp.Blueprint) []bp.String
	// takesAway reports whether an apply takes permissions from the version before.
	takesAway func(have, want bp.Blueprint) bool
	// grants says that replacing it takes permissions away.
	grants bool
	// narrow takes away what only the version before needed.
	narrow func(*unit, context.Context) error

	// identify reads its tags, and its id where AWS gives one, from its own service.
	identify func(*Client, context.Context, string) (tags map[string]string, id string, err error)
	// leaving reports whether it is scheduled for deletion, which a unit's object
	// that exists is not.
	leaving func(*Client, context.Context, string) (bool, error)
	// made is when it was made, by AWS's own date.
	made func(*Client, context.Context, string) (time.Time, error)
	// anchors says that a unit makes it first: everything else is younger. claim makes
	// it, and fails with Taken where it exists.
	anchors bool
	claim   func(c *Client, ctx context.Context, want bp.Blueprint, tags map[string]string) (id string, err error)
	// unsaid leaves out of a blueprint what its service, which knows no tags here, does
	// not say the owner of.
	unsaid func(c *Client, ctx context.Context, b *bp.Blueprint)
	// redated says that its date is that of its last change, which proves no age.
	redated bool
	// contest lists what is on an object with the unit's tags that a create which
	// was cut short does not leave.
	contest func(*Client, context.Context, claims, string) ([]string, error)

	// next is the tag of the unit's role that announces what is to take its place,
	// and successor lists what an update never puts on such an object.
	next      string
	successor func(*Client, context.Context, Removal, string, map[string]string) ([]string, error)

	// mine reports whether one that was replaced is the unit's to remove, where tags
	// cannot say so.
	mine func(*Client, Owner, string) bool
	// inherited reports whether one that carries an earlier generation of the unit is
	// this one's all the same.
	inherited func(*Client, context.Context, Removal) (bool, error)
	// guard stops a removal that would lose something.
	guard func(c *Client, ctx context.Context, arn string, force bool) error
	// refuse stops a removal for what the last look found, before anything is asked.
	refuse func(Removal) error
	// outlives are the tasks of a removal that come before its own, and ends are further
	// ones.
	outlives []string
	ends     []end
	// remove deletes one object; an object that is gone is no error.
	remove func(*Client, context.Context, string) error
	// retire removes the object of a unit that ends, where that takes more.
	retire func(*Client, context.Context, *ending, string) error
}

// end is one further task of a removal.
type end struct {
	id    string
	after []string
	run   func(*Client, context.Context, *ending) error
}

// step is one step of an apply.
type step struct {
	id    string
	after []string
	run   func(*unit, context.Context) error
}

// withoutID is for services that give an object no id.
func withoutID(tags func(*Client, context.Context, string) (map[string]string, error)) func(*Client, context.Context, string) (map[string]string, string, error) {
	return func(c *Client, ctx context.Context, arn string) (map[string]string, string, error) {
		found, err := tags(c, ctx, arn)
		return found, "", err
	}
}

// claims is what a set of objects that carry one unit's tags is held against: each
// other.
type claims struct {
	unit string
	arns []string
}

// of are the objects of a kind.
func (l claims) of(is func(string) bool) []string {
	return slices.DeleteFunc(slices.Clone(l.arns), func(arn string) bool { return !is(arn) })
}

// steps are those of a kind that need nothing from each other but the order.
func steps(all ...step) func() []step { return func() []step { return all } }

package kinds

import (
	"maps"
	"slices"
	"sync"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Unit is the state of one apply, shared by its tasks.
type Unit struct {
	*api.Client

	Kinds    Table
	Job      Job
	Shifting bool // the alias will move to another version
	// Staged widens the policy before the change and narrows it after: the
	// alias moves, or what Lambda delivers to.
	Staged bool
	// Replaced says that the function is deleted and made again, with what
	// hangs on it.
	Replaced bool

	mu        sync.Mutex
	learned   Learned
	desired   bp.Blueprint // drafted from that
	announced bool         // the role says what is about to be made
	revision  string       // of $LATEST when the function was brought to what is wanted
}

// Want is what the apply makes, as far as it is known by now.
func (u *Unit) Want() bp.Blueprint {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.desired
}

// Owner is whose tags the unit's objects carry.
func (u *Unit) Owner() Owner {
	want := u.Want()
	return Owner{Unit: bp.ValueOf(want.Function).Name.Or(""), Generation: bp.ValueOf(want.Tags)[bp.TagGeneration].Or("")}
}

// Learn takes something down and drafts the blueprint again.
func (u *Unit) Learn(note func(*Learned)) {
	u.mu.Lock()
	defer u.mu.Unlock()
	note(&u.learned)
	u.desired = u.Job.Draft(u.learned)
}

// Known notes that an object is there; what has no id has none to give.
func (u *Unit) Known(component, arn string, id bp.String) {
	u.Learn(func(l *Learned) { l.Note(component, bp.Identity{ARN: bp.Known(arn), ID: id}) })
}

// Several are the ARNs of what the unit has more than one of, so far.
func (u *Unit) Several(component string) []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Clone(u.learned.Several[component])
}

// Tags returns the unit's tags, and whether an object with this deviation
// needs to be tagged again.
func (u *Unit) Tags(deviation api.TagMap) (have, want map[string]string, differ bool) {
	actual := api.Deviating(api.PlainTags(u.Job.Observed.Tags), api.PlainTags(deviation))
	wanted := api.PlainTags(u.Want().Tags)
	return actual, wanted, !maps.Equal(actual, wanted)
}

// Begin is the state of an apply that has done nothing yet.
func Begin(c *api.Client, all Table, job Job) *Unit {
	u := &Unit{Client: c, Kinds: all, Job: job, learned: job.Known, desired: job.Draft(job.Known)}
	if u.Replaced = Replaces(job.Observed, u.Want()); u.Replaced {
		// All of that goes with the function.
		null := bp.Blueprint{}
		o := &u.Job.Observed
		o.Function, o.Version, o.Alias, o.Async, o.Permissions = null.Function, null.Version, null.Alias, null.Async, null.Permissions
	}
	version, _ := u.Want().Version.Get()
	u.Shifting = !version.Number.IsKnown()
	u.Staged = u.Shifting || u.deliversElsewhere()
	return u
}

// deliversElsewhere reports whether what Lambda delivers is about to go somewhere else,
// or to be encrypted otherwise.
func (u *Unit) deliversElsewhere() bool {
	want := u.Want()
	return slices.ContainsFunc(u.Kinds, func(k Kind) bool { return k.Delivers != nil && k.Delivers(u.Job.Observed, want) })
}

// SoFar is what is known by now.
func (u *Unit) SoFar() Learned {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.learned
}

// Saw notes the revision of $LATEST that is to be published.
func (u *Unit) Saw(revision string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.revision = revision
}

// SawRevision is the revision of $LATEST at the last look, empty without one.
func (u *Unit) SawRevision() string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.revision
}

// Replaces reports whether the function has to be made anew: Lambda never turns
// one made from a zip package into one made from an image, or back.
func Replaces(observed, wanted bp.Blueprint) bool {
	have, exists := observed.Function.Get()
	want, known := wanted.Function.Get()
	return exists && known && have.Image.IsKnown() != want.Image.IsKnown() && !want.Image.IsUnknown()
}

package cloud

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/secure-lambda/terraform-provider-secure/internal/engine"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// parallel is how many components of one unit are worked on at a time.
const parallel = 6

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

// add takes down one more of several, and drop that one is gone.
func (l *Learned) add(component, arn string) {
	l.setSeveral(component, appendNew(l.Several[component], arn))
}

func (l *Learned) drop(component string, gone func(arn string) bool) {
	l.setSeveral(component, slices.DeleteFunc(slices.Clone(l.Several[component]), gone))
}

func (l *Learned) setSeveral(component string, arns []string) {
	if l.Several = maps.Clone(l.Several); l.Several == nil {
		l.Several = map[string][]string{}
	}
	l.Several[component] = arns
}

// Job is one apply of a unit.
type Job struct {
	// Draft makes the blueprint of what is known; it is asked again when more is.
	Draft func(Learned) bp.Blueprint
	// Observed is what existed when the plan was made; nothing for a new unit.
	Observed bp.Blueprint
	Known    Learned
	// Environment holds the variables' values, which no blueprint carries.
	Environment map[string]string
	// SecretValues is what goes into the unit's own secret, as JSON.
	SecretValues string
	// Secrets are the values that no error text may repeat.
	Secrets []string
	// KeepEnvironment leaves the function's variables as they are.
	KeepEnvironment bool
	Code            Code
	// Claim is the right to make a new unit; null for one that exists.
	Claim *Claim
	// Resumes says that an earlier apply was cut short.
	Resumes bool
	// Force gives up a queue with the messages it holds.
	Force bool
}

// Result is what an apply achieved, whether or not it went through.
type Result struct {
	Learned
	// Managed is what now exists, component by component: what was wanted
	// where the work was done, what was observed before where it was not.
	Managed bp.Blueprint
	Ledger  engine.Ledger
}

// Shifted reports whether the alias points at what was wanted.
func (r Result) Shifted() bool {
	outcome, _ := r.Ledger.Of(taskAlias)
	return outcome == engine.Done
}

// unit is the state of one apply, shared by its tasks.
type unit struct {
	*Client

	kinds    table
	job      Job
	shifting bool // the alias will move to another version
	// staged widens the policy before the change and narrows it after: the
	// alias moves, or what Lambda delivers to.
	staged bool
	// replaced says that the function is deleted and made again, with what
	// hangs on it.
	replaced bool

	mu        sync.Mutex
	learned   Learned
	desired   bp.Blueprint // drafted from that
	announced bool         // the role says what is about to be made
	revision  string       // of $LATEST when the function was brought to what is wanted
}

// apply is one apply as a whole.
type apply struct {
	*unit

	units *Client
	// rest ends the signs of life of a create.
	rest func()
}

func (u *unit) want() bp.Blueprint {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.desired
}

// owner is whose tags the unit's objects carry.
func (u *unit) owner() Owner {
	want := u.want()
	return Owner{Unit: bp.ValueOf(want.Function).Name.Or(""), Generation: bp.ValueOf(want.Tags)[bp.TagGeneration].Or("")}
}

func (u *unit) learn(note func(*Learned)) {
	u.mu.Lock()
	defer u.mu.Unlock()
	note(&u.learned)
	u.desired = u.job.Draft(u.learned)
}

// known notes that an object is there; what has no id has none to give.
func (u *unit) known(component, arn string, id bp.String) {
	u.learn(func(l *Learned) { l.Note(component, bp.Identity{ARN: bp.Known(arn), ID: id}) })
}

// several are the ARNs of what the unit has more than one of, so far.
func (u *unit) several(component string) []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Clone(u.learned.Several[component])
}

// tags returns the unit's tags, and whether an object with this deviation
// needs to be tagged again.
func (u *unit) tags(deviation tagMap) (have, want map[string]string, differ bool) {
	actual := deviating(plainTags(u.job.Observed.Tags), plainTags(deviation))
	wanted := plainTags(u.want().Tags)
	return actual, wanted, !maps.Equal(actual, wanted)
}

// IDs of the tasks of an apply. The names are the components', so that an
// error says what it is about.
const (
	taskKey         = bp.ComponentKey
	taskRole        = bp.ComponentRole
	taskPolicy      = bp.ComponentPolicy
	taskAttachments = "role policies"
	taskLogGroup    = bp.ComponentLogGroup
	taskQueue       = bp.ComponentQueue
	taskSecret      = bp.ComponentSecret
	taskValues      = "values of the secret"
	taskFunction    = bp.ComponentFunction
	taskSettings    = "function settings"
	taskVersion     = bp.ComponentVersion
	taskAlias       = bp.ComponentAlias
	taskAsync       = bp.ComponentAsync
	taskPermissions = bp.ComponentPermissions
	taskAlarms      = bp.ComponentAlarms
	taskDrain       = "wait for invocations under way"
	taskNarrow      = "narrow permissions"
	taskSuperseded  = "remove replaced objects"
	taskFinish      = "mark as complete"
)

// Apply makes AWS what the job wants. Objects that versions share are widened
// before the alias moves and narrowed after it, so that neither the version in
// service nor the next one ever lacks a permission.
func (c *Client) Apply(ctx context.Context, job Job) (Result, error) {
	u := &apply{unit: begin(c, c.kinds, job), units: c}
	u.rest = sync.OnceFunc(u.hold(ctx))
	ledger, err := engine.Run(ctx, u.tasks(), parallel)
	u.rest()
	if err != nil {
		return Result{Learned: u.soFar(), Managed: job.Observed}, err
	}
	result := Result{Learned: u.soFar(), Managed: u.achieved(ledger), Ledger: ledger}
	err = ledger.Err()
	if err == nil && ledger.Count(engine.Cancelled) > 0 {
		err = context.Cause(ctx)
	}
	if err != nil {
		u.withdraw(ctx, &result)
		u.giveUp(ctx)
	}
	return result, Redact(err, job.Secrets)
}

// begin is the state of an apply that has done nothing yet.
func begin(c *Client, all table, job Job) *unit {
	u := &unit{Client: c, kinds: all, job: job, learned: job.Known, desired: job.Draft(job.Known)}
	if u.replaced = Replaces(job.Observed, u.want()); u.replaced {
		// All of that goes with the function.
		null := bp.Blueprint{}
		o := &u.job.Observed
		o.Function, o.Version, o.Alias, o.Async, o.Permissions = null.Function, null.Version, null.Alias, null.Async, null.Permissions
	}
	version, _ := u.want().Version.Get()
	u.shifting = !version.Number.IsKnown()
	u.staged = u.shifting || u.deliversElsewhere()
	return u
}

// deliversElsewhere reports whether what Lambda delivers is about to go somewhere else,
// or to be encrypted otherwise.
func (u *unit) deliversElsewhere() bool {
	want := u.want()
	return slices.ContainsFunc(u.kinds, func(k kind) bool { return k.delivers != nil && k.delivers(u.job.Observed, want) })
}

// soFar is what is known by now.
func (u *unit) soFar() Learned {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.learned
}

// saw notes the revision of $LATEST that is to be published, and sawRevision returns it.
func (u *unit) saw(revision string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.revision = revision
}

func (u *unit) sawRevision() string {
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

// tasks are the steps of all kinds, and those that are about none: what was replaced
// or given up goes once all is in its place that comes with the alias.
func (u *apply) tasks() []engine.Task {
	var tasks []engine.Task
	for _, k := range u.kinds {
		if k.steps == nil {
			continue
		}
		for _, s := range k.steps() {
			tasks = append(tasks, engine.Task{ID: s.id, After: s.after, Run: func(ctx context.Context) error { return s.run(u.unit, ctx) }})
		}
	}
	served, others := lastOf(tasks, taskAlias)
	return append(
		tasks,
		engine.Task{ID: taskDrain, After: served, Run: u.drain},
		engine.Task{ID: taskNarrow, After: []string{taskDrain}, Run: u.narrow},
		engine.Task{ID: taskSuperseded, After: []string{taskNarrow}, Run: u.removeSuperseded},
		engine.Task{ID: taskFinish, After: append([]string{taskSuperseded}, others...), Run: u.finish},
	)
}

// lastOf are the tasks that none comes after: those that come after one, and the
// others.
func lastOf(tasks []engine.Task, one string) (after, others []string) {
	downstream := map[string]bool{one: true}
	followed := map[string]bool{}
	for range tasks {
		for _, t := range tasks {
			for _, before := range t.After {
				followed[before] = true
				downstream[t.ID] = downstream[t.ID] || downstream[before]
			}
		}
	}
	for _, t := range tasks {
		switch {
		case followed[t.ID]:
		case downstream[t.ID]:
			after = append(after, t.ID)
		default:
			others = append(others, t.ID)
		}
	}
	return after, others
}

// achieved puts together what now exists from the ledger.
func (u *apply) achieved(ledger engine.Ledger) bp.Blueprint {
	want, out := u.want(), u.job.Observed
	for _, k := range u.kinds {
		settled := k.settled
		if settled == nil && k.steps != nil {
			for _, s := range k.steps() {
				settled = append(settled, s.id)
			}
		}
		if !slices.ContainsFunc(settled, func(id string) bool {
			outcome, _ := ledger.Of(id)
			return outcome != engine.Done
		}) {
			k.Copy(&out, want)
		}
	}
	out.Tags = want.Tags
	return out
}

package cloud

import (
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

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

// Pauses between two looks at a unit whose last write AWS may not show yet.
const (
	firstGlance = time.Second
	lastGlance  = 8 * time.Second
)

// ObserveSettled observes a unit, and does so again while that is asked for, and
// for as long as the budget lasts. The first looks are free of it: looks counts
// from 1.
func (c *Client) ObserveSettled(ctx context.Context, t Target, budget time.Duration, again func(o Observation, looks int) bool) (Observation, error) {
	waited := time.Duration(0)
	for looks, pause := 1, firstGlance; ; looks, pause = looks+1, min(2*pause, lastGlance) {
		out, err := c.Observe(ctx, t)
		if err != nil || !again(out, looks) || waited > budget && looks > freeLooks {
			return out, err
		}
		c.log(ctx, "AWS shows what was there before the last apply; looking again", map[string]any{"unit": t.Unit, "waited": waited.String()})
		if err := c.clock.Sleep(ctx, pause); err != nil {
			return out, err
		}
		waited += pause
	}
}

// freeLooks are taken whatever the budget.
const freeLooks = 2

// look is one read of an observation: what it is about, in messages, and the read.
type look struct {
	what, name string
	find       func(context.Context) error
}

// Observe reads every object of a unit side by side.
func (c *Client) Observe(ctx context.Context, t Target) (Observation, error) {
	reading := c.reading(t)
	out := Observation{IDs: map[string]bp.String{}}
	out.Tags = valueTags(t.Tags)
	// Those side by side end with the first that fails.
	group, beside := errgroup.WithContext(ctx)
	var settle []func(context.Context) error
	for _, k := range c.kinds {
		if k.looks == nil {
			continue
		}
		looks, after := k.looks(reading, t, &out)
		if after != nil {
			settle = append(settle, after)
		}
		for _, l := range looks {
			if l.name == "" {
				continue
			}
			group.Go(func() error {
				if err := l.find(beside); err != nil {
					return fmt.Errorf("read %s %s: %w", l.what, l.name, err)
				}
				return nil
			})
		}
	}
	if err := group.Wait(); err != nil {
		return Observation{}, err
	}
	// In the order in which they are made: what an object is can depend on what it
	// was made after.
	for _, after := range slices.Backward(settle) {
		if err := after(ctx); err != nil {
			return Observation{}, err
		}
	}
	return out, nil
}

// seed is a function that exists, from which the unit's other objects are found.
type seed struct {
	unit     string
	alias    string // of a unit that is new to the function
	function bp.Function
	// tags are the function's, environment are its variables, and unreadable says why
	// they could not be read.
	tags, environment map[string]string
	unreadable        string
}

// unlessContested is where an object is, or why it is not the unit's.
func unlessContested(arn string, because ...error) (Ref, []error, error) {
	because = slices.DeleteFunc(because, func(err error) bool { return err == nil })
	if len(because) > 0 {
		return Ref{}, because, nil
	}
	return Ref{ARN: arn}, nil, nil
}

// Locate finds the objects of a function that exists: where they are is read
// from the function itself. An absent function is null.
func (c *Client) Locate(ctx context.Context, name, preferredAlias string) (bp.Value[Target], error) {
	none := bp.Null[Target]()
	s, exists, err := c.sow(ctx, name)
	if err != nil || !exists {
		return none, err
	}
	s.alias = preferredAlias
	t := Target{Unit: name, Refs: map[string]Ref{}, Tags: c.visible(s.tags, nil), Reads: Reads{CodeSigning: true, RuntimeManagement: true, DataProtection: true}}
	for _, k := range c.kinds {
		if k.locate == nil {
			continue
		}
		ref, contested, err := k.locate(c, ctx, s)
		if err != nil {
			return none, err
		}
		t.Refs[k.Name] = ref
		t.LeftOut = append(t.LeftOut, contested...)
	}
	return bp.Known(t), nil
}

// sow reads what a unit is found from.
func (c *Client) sow(ctx context.Context, name string) (s seed, exists bool, err error) {
	for _, k := range c.kinds {
		if k.seed != nil {
			return k.seed(c, ctx, name)
		}
	}
	return s, false, nil
}

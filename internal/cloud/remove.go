package cloud

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/secure-lambda/terraform-provider-secure/internal/engine"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Owner is what the ownership tags of a unit's objects must not contradict.
type Owner struct {
	Unit       string
	Generation string // not compared when empty
}

// Foreign says that an object under a unit's name carries another's tags, or
// was deleted and made again by somebody else.
type Foreign struct {
	ARN  string
	Unit string // that wanted to remove it
	Tags map[string]string
	// ID and Ours are the object's id and that of the one the unit had, when
	// they differ.
	ID, Ours string
}

func (e *Foreign) Error() string {
	if e.ID != e.Ours {
		return fmt.Sprintf("%s was deleted and made again outside of this unit: its id is %s, the unit's was %s. It was left alone. "+
			"Delete it by hand if it should go", e.ARN, e.ID, e.Ours)
	}
	if e.Unit != "" && e.Tags[bp.TagUnit] == e.Unit {
		return fmt.Sprintf("%s was made again since this state was written, by another address of the name or after the state was saved: it carries generation %s. It was left alone. "+
			"\"terraform state rm ADDRESS\" forgets the unit here and deletes nothing", e.ARN, e.Tags[bp.TagGeneration])
	}
	return fmt.Sprintf("%s is tagged as belonging to unit %q, generation %q: it is not this unit's, so it was left alone. "+
		"Delete it by hand if it should go, or correct its tags %s and %s", e.ARN, e.Tags[bp.TagUnit], e.Tags[bp.TagGeneration], bp.TagUnit, bp.TagGeneration)
}

// veto stops the removal of an object whose tags name another unit or another
// generation of this one.
func (o Owner) veto(arn string, tags map[string]string) error {
	unit, generation := tags[bp.TagUnit], tags[bp.TagGeneration]
	if unit != "" && unit != o.Unit || generation != "" && o.Generation != "" && generation != o.Generation {
		return &Foreign{ARN: arn, Unit: o.Unit, Tags: tags}
	}
	return nil
}

// owns reports whether an object's tags name this unit and generation.
func (o Owner) owns(tags map[string]string) bool {
	return tags[bp.TagUnit] == o.Unit && (o.Generation == "" || tags[bp.TagGeneration] == o.Generation)
}

// Removal is the end of a unit.
type Removal struct {
	Inventory bp.Inventory
	Owner     Owner
	// Last is what the last look found: what is attached to the role, and the
	// alias of the key. Nothing is known of a unit that it leaves out.
	Last bp.Blueprint
	// Function is the function as the unit had it last, although it may be gone
	// already: Lambda may still have to remove its network interfaces.
	Function bp.Function
	// Force gives up a queue with the messages it holds.
	Force bool
	// KeepLogs leaves the log group, and the keys that its events need.
	KeepLogs bool
}

// Tasks of a removal that no apply has.
const (
	taskMessages = "look for messages"
	taskOverflow = "further policies"
	// taskInterfaces comes before the role that Lambda removes them with.
	taskInterfaces = "network interfaces"
	taskRetired    = "retired keys"
)

// ending is one removal, shared by its tasks.
type ending struct {
	Removal

	kinds table

	// anchor is the unit's role as it is now, and successors are what its tags
	// announce and what nothing disputes.
	anchor     anchor
	successors []string
}

// Remove deletes everything an inventory lists, in the reverse order of its
// making. Objects that are gone already are passed over.
func (c *Client) Remove(ctx context.Context, r Removal) error {
	var refused []error
	for _, k := range c.kinds {
		if k.refuse != nil {
			refused = append(refused, k.refuse(r))
		}
	}
	if err := errors.Join(refused...); err != nil {
		return err
	}
	// Before anything is removed: what the role's tags announce must not be disputed.
	role, err := c.anchorOf(ctx, r)
	if err != nil {
		return err
	}
	e := &ending{Removal: r, kinds: c.kinds, anchor: role}
	if e.successors, err = c.confirmAnnounced(ctx, r, role); err != nil {
		return err
	}
	ledger, err := engine.Run(ctx, c.endingTasks(e), parallel)
	if err != nil {
		return err
	}
	if err := ledger.Err(); err != nil {
		return err
	}
	if ledger.Count(engine.Cancelled) > 0 {
		return context.Cause(ctx)
	}
	return nil
}

// endingTasks are one for each kind, and those that are about none.
func (c *Client) endingTasks(e *ending) []engine.Task {
	tasks := []engine.Task{{ID: taskMessages, Run: func(ctx context.Context) error {
		return c.guardAll(ctx, e)
	}}}
	for _, k := range c.kinds {
		if k.Owned != nil {
			tasks = append(tasks, engine.Task{ID: k.Name, After: k.outlives, Run: func(ctx context.Context) error { return c.endOwned(ctx, e, k) }})
		}
		if k.Listed != nil {
			tasks = append(tasks, engine.Task{ID: k.several, After: k.outlives, Run: func(ctx context.Context) error { return c.endListed(ctx, e, k) }})
		}
		for _, last := range k.ends {
			tasks = append(tasks, engine.Task{ID: last.id, After: last.after, Run: func(ctx context.Context) error { return last.run(c, ctx, e) }})
		}
	}
	return append(tasks, engine.Task{ID: taskSuperseded, After: []string{taskFunction}, Run: func(ctx context.Context) error {
		superseded, _ := e.Inventory.Superseded.Or(nil).Strings()
		_, err := c.kinds.removeAll(ctx, c, superseded, e.Owner, e.Force)
		return err
	}})
}

// guardAll stops a removal that would lose something, before anything is removed.
func (c *Client) guardAll(ctx context.Context, e *ending) error {
	for _, k := range c.kinds {
		if k.guard == nil {
			continue
		}
		if arn, owned := bp.ValueOf(*k.Owned(&e.Inventory)).ARN.Get(); owned {
			if err := k.guard(c, ctx, arn, e.Force); err != nil {
				return err
			}
		}
	}
	return nil
}

// endOwned removes the object of a kind that a unit has one of.
func (c *Client) endOwned(ctx context.Context, e *ending, k kind) error {
	identity := bp.ValueOf(*k.Owned(&e.Inventory))
	arn, owned := identity.ARN.Get()
	if !owned {
		return nil
	}
	return c.end(ctx, e, k, arn, identity.ID.Or(""))
}

// endListed removes the objects of a kind that a unit may have several of.
func (c *Client) endListed(ctx context.Context, e *ending, k kind) error {
	arns, _ := k.Listed(&e.Inventory).Or(nil).Strings()
	if k.removeMany != nil {
		return k.removeMany(c, ctx, arns)
	}
	for _, arn := range arns {
		if err := c.end(ctx, e, k, arn, ""); err != nil {
			return err
		}
	}
	return nil
}

// end removes an object unless its id or its tags say that it is another's.
func (c *Client) end(ctx context.Context, e *ending, k kind, arn, id string) error {
	tags, found, err := e.anchor.tags, e.anchor.id, error(nil)
	switch {
	case !k.anchors:
		tags, found, err = k.identify(c, ctx, arn)
	case e.anchor.arn == "":
		return nil
	}
	if missing(err) {
		return nil
	}
	// Where tags cannot be read at all nothing speaks against the inventory.
	if err != nil && !notOffered(err) {
		return err
	}
	if id != "" && found != "" && id != found && !e.Owner.owns(tags) {
		return &Foreign{ARN: arn, Tags: tags, ID: found, Ours: id}
	}
	if veto := e.Owner.veto(arn, tags); veto != nil {
		if k.inherited == nil || tags[bp.TagUnit] != e.Owner.Unit {
			return veto
		}
		if inherited, err := k.inherited(c, ctx, e.Removal); err != nil || !inherited {
			return cmp.Or(err, veto)
		}
	}
	if k.retire != nil {
		return k.retire(c, ctx, e, arn)
	}
	return k.remove(c, ctx, arn)
}

// retained reports whether an object was left by a unit of this name.
func (o Owner) retained(tags map[string]string) bool {
	return tags[bp.TagUnit] == o.Unit && tags[bp.TagRetained] != ""
}

// retainedTag marks what a unit leaves on purpose.
var retainedTag = map[string]string{bp.TagRetained: "true"}

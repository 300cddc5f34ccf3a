package unit

import (
	"cmp"
	"context"
	"errors"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"
	"github.com/secure-lambda/terraform-provider-secure/internal/engine"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Remove deletes everything an inventory lists, in the reverse order of its
// making. Objects that are gone already are passed over.
func (c *Units) Remove(ctx context.Context, r kinds.Removal) error {
	var refused []error
	for _, k := range c.Kinds {
		if k.Refuse != nil {
			refused = append(refused, k.Refuse(r))
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
	e := &kinds.Ending{Removal: r, Kinds: c.Kinds, Anchor: role}
	if e.Successors, err = c.confirmAnnounced(ctx, r, role); err != nil {
		return err
	}
	ledger, err := engine.Run(ctx, c.endingTasks(e), api.Parallel)
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
func (c *Units) endingTasks(e *kinds.Ending) []engine.Task {
	tasks := []engine.Task{{ID: kinds.TaskMessages, Run: func(ctx context.Context) error {
		return c.guardAll(ctx, e)
	}}}
	for _, k := range c.Kinds {
		if k.Owned != nil {
			tasks = append(tasks, engine.Task{ID: k.Name, After: k.Outlives, Run: func(ctx context.Context) error { return c.endOwned(ctx, e, k) }})
		}
		if k.Listed != nil {
			tasks = append(tasks, engine.Task{ID: k.Plural, After: k.Outlives, Run: func(ctx context.Context) error { return c.endListed(ctx, e, k) }})
		}
		for _, last := range k.Ends {
			tasks = append(tasks, engine.Task{ID: last.ID, After: last.After, Run: func(ctx context.Context) error { return last.Run(ctx, c.Client, e) }})
		}
	}
	return append(tasks, engine.Task{ID: kinds.TaskSuperseded, After: []string{kinds.TaskFunction}, Run: func(ctx context.Context) error {
		superseded, _ := e.Inventory.Superseded.Or(nil).Strings()
		_, err := c.Kinds.RemoveAll(ctx, c.Client, superseded, e.Owner, e.Force)
		return err
	}})
}

// guardAll stops a removal that would lose something, before anything is removed.
func (c *Units) guardAll(ctx context.Context, e *kinds.Ending) error {
	for _, k := range c.Kinds {
		if k.Guard == nil {
			continue
		}
		if arn, owned := bp.ValueOf(*k.Owned(&e.Inventory)).ARN.Get(); owned {
			if err := k.Guard(ctx, c.Client, arn, e.Force); err != nil {
				return err
			}
		}
	}
	return nil
}

// endOwned removes the object of a kind that a unit has one of.
func (c *Units) endOwned(ctx context.Context, e *kinds.Ending, k kinds.Kind) error {
	identity := bp.ValueOf(*k.Owned(&e.Inventory))
	arn, owned := identity.ARN.Get()
	if !owned {
		return nil
	}
	return c.end(ctx, e, k, arn, identity.ID.Or(""))
}

// endListed removes the objects of a kind that a unit may have several of.
func (c *Units) endListed(ctx context.Context, e *kinds.Ending, k kinds.Kind) error {
	arns, _ := k.Listed(&e.Inventory).Or(nil).Strings()
	if k.RemoveMany != nil {
		return k.RemoveMany(ctx, c.Client, arns)
	}
	for _, arn := range arns {
		if err := c.end(ctx, e, k, arn, ""); err != nil {
			return err
		}
	}
	return nil
}

// end removes an object unless its id or its tags say that it is another's.
func (c *Units) end(ctx context.Context, e *kinds.Ending, k kinds.Kind, arn, id string) error {
	tags, found, err := e.Anchor.Tags, e.Anchor.ID, error(nil)
	switch {
	case !k.Anchors:
		tags, found, err = k.Identify(ctx, c.Client, arn)
	case e.Anchor.ARN == "":
		return nil
	}
	if api.Missing(err) {
		return nil
	}
	// Where tags cannot be read at all nothing speaks against the inventory.
	if err != nil && !api.NotOffered(err) {
		return err
	}
	if id != "" && found != "" && id != found && !e.Owner.Owns(tags) {
		return &kinds.Foreign{ARN: arn, Tags: tags, ID: found, Ours: id}
	}
	if veto := e.Owner.Veto(arn, tags); veto != nil {
		if k.Inherited == nil || tags[bp.TagUnit] != e.Owner.Unit {
			return veto
		}
		if inherited, err := k.Inherited(ctx, c.Client, e.Removal); err != nil || !inherited {
			return cmp.Or(err, veto)
		}
	}
	if k.Retire != nil {
		return k.Retire(ctx, c.Client, e, arn)
	}
	return k.Remove(ctx, c.Client, arn)
}

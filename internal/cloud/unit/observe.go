package unit

import (
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Pauses between two looks at a unit whose last write AWS may not show yet.
const (
	firstGlance = time.Second
	lastGlance  = 8 * time.Second
)

// ObserveSettled observes a unit, and does so again while that is asked for, and
// for as long as the budget lasts. The first looks are free of it: looks counts
// from 1.
func (c *Units) ObserveSettled(ctx context.Context, t kinds.Target, budget time.Duration, again func(o kinds.Observation, looks int) bool) (kinds.Observation, error) {
	waited := time.Duration(0)
	for looks, pause := 1, firstGlance; ; looks, pause = looks+1, min(2*pause, lastGlance) {
		out, err := c.Observe(ctx, t)
		if err != nil || !again(out, looks) || waited > budget && looks > freeLooks {
			return out, err
		}
		c.Log(ctx, "AWS shows what was there before the last apply; looking again", map[string]any{"unit": t.Unit, "waited": waited.String()})
		if err := c.Clock.Sleep(ctx, pause); err != nil {
			return out, err
		}
		waited += pause
	}
}

// freeLooks are taken whatever the budget.
const freeLooks = 2

// Observe reads every object of a unit side by side.
func (c *Units) Observe(ctx context.Context, t kinds.Target) (kinds.Observation, error) {
	reading := c.reading(t)
	out := kinds.Observation{IDs: map[string]bp.String{}}
	out.Tags = api.ValueTags(t.Tags)
	// Those side by side end with the first that fails.
	group, beside := errgroup.WithContext(ctx)
	var settle []func(context.Context) error
	for _, k := range c.Kinds {
		if k.Looks == nil {
			continue
		}
		looks, after := k.Looks(reading, t, &out)
		if after != nil {
			settle = append(settle, after)
		}
		for _, l := range looks {
			if l.Name == "" {
				continue
			}
			group.Go(func() error {
				if err := l.Find(beside); err != nil {
					return fmt.Errorf("read %s %s: %w", l.What, l.Name, err)
				}
				return nil
			})
		}
	}
	if err := group.Wait(); err != nil {
		return kinds.Observation{}, err
	}
	// In the order in which they are made: what an object is can depend on what it
	// was made after.
	for _, after := range slices.Backward(settle) {
		if err := after(ctx); err != nil {
			return kinds.Observation{}, err
		}
	}
	return out, nil
}

// Locate finds the objects of a function that exists: where they are is read
// from the function itself. An absent function is null.
func (c *Units) Locate(ctx context.Context, name, preferredAlias string) (bp.Value[kinds.Target], error) {
	none := bp.Null[kinds.Target]()
	s, exists, err := c.sow(ctx, name)
	if err != nil || !exists {
		return none, err
	}
	s.Alias = preferredAlias
	t := kinds.Target{Unit: name, Refs: map[string]kinds.Ref{}, Tags: c.Visible(s.Tags, nil), Reads: kinds.Reads{CodeSigning: true, RuntimeManagement: true, DataProtection: true}}
	for _, k := range c.Kinds {
		if k.Locate == nil {
			continue
		}
		ref, contested, err := k.Locate(ctx, c.Client, s)
		if err != nil {
			return none, err
		}
		t.Refs[k.Name] = ref
		t.LeftOut = append(t.LeftOut, contested...)
	}
	return bp.Known(t), nil
}

// sow reads what a unit is found from.
func (c *Units) sow(ctx context.Context, name string) (s kinds.Seed, exists bool, err error) {
	for _, k := range c.Kinds {
		if k.Seed != nil {
			return k.Seed(ctx, c.Client, name)
		}
	}
	return s, false, nil
}

// reading is the client for one look at a unit.
func (c *Units) reading(t kinds.Target) *api.Client {
	var arns []string
	for _, k := range c.Kinds {
		if k.Indexed != nil {
			arns = append(arns, k.Indexed(c.Client, t)...)
		}
	}
	return c.Foreseeing(slices.DeleteFunc(arns, func(arn string) bool { return arn == "" }))
}

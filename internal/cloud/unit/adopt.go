package unit

import (
	"context"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// found is what exists of a unit under the names that it is to have. What does
// not carry the unit's tag is somebody else's and is left out: making it then
// fails, and names it.
func (c *Units) found(ctx context.Context, want bp.Blueprint, at kinds.Anchor, handed kinds.Handed) (kinds.Observation, error) {
	owner := kinds.Owner{Unit: at.Tags[bp.TagUnit], Generation: at.Tags[bp.TagGeneration]}
	t := kinds.Target{
		Unit: owner.Unit, Refs: map[string]kinds.Ref{}, Tags: c.Visible(at.Tags, nil),
		Reads: kinds.Reads{
			CodeSigning:       true,
			RuntimeManagement: bp.ValueOf(want.Function).RuntimeManagement.IsKnown(),
			DataProtection:    bp.ValueOf(want.LogGroup).DataProtection.IsKnown(),
		},
	}
	for _, k := range c.Kinds {
		if k.Adopt == nil {
			continue
		}
		var err error
		if t.Refs[k.Name], err = k.Adopt(ctx, c.Client, want, owner); err != nil {
			return kinds.Observation{}, err
		}
	}
	out, err := c.Observe(ctx, t)
	if err != nil {
		return out, err
	}
	out.Disown(c.Kinds)
	for _, k := range c.Kinds {
		if k.Unsaid != nil {
			k.Unsaid(ctx, c.Client, &out.Blueprint)
		}
	}
	return out, c.dispute(ctx, want, at, handed, out)
}

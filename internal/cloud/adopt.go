package cloud

import (
	"context"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// found is what exists of a unit under the names that it is to have. What does
// not carry the unit's tag is somebody else's and is left out: making it then
// fails, and names it.
func (c *Client) found(ctx context.Context, want bp.Blueprint, at anchor, handed Handed) (Observation, error) {
	owner := Owner{Unit: at.tags[bp.TagUnit], Generation: at.tags[bp.TagGeneration]}
	t := Target{
		Unit: owner.Unit, Refs: map[string]Ref{}, Tags: c.visible(at.tags, nil),
		Reads: Reads{
			CodeSigning:       true,
			RuntimeManagement: bp.ValueOf(want.Function).RuntimeManagement.IsKnown(),
			DataProtection:    bp.ValueOf(want.LogGroup).DataProtection.IsKnown(),
		},
	}
	for _, k := range c.kinds {
		if k.adopt == nil {
			continue
		}
		var err error
		if t.Refs[k.Name], err = k.adopt(c, ctx, want, owner); err != nil {
			return Observation{}, err
		}
	}
	out, err := c.Observe(ctx, t)
	if err != nil {
		return out, err
	}
	out.disown(c.kinds)
	for _, k := range c.kinds {
		if k.unsaid != nil {
			k.unsaid(c, ctx, &out.Blueprint)
		}
	}
	return out, c.dispute(ctx, want, at, handed, out)
}

// adoptByName is for what every unit has, under a name that follows from its own.
func adoptByName(component bp.Component) func(*Client, context.Context, bp.Blueprint, Owner) (Ref, error) {
	return func(_ *Client, _ context.Context, want bp.Blueprint, _ Owner) (Ref, error) {
		return Ref{ARN: component.ARN(want).Or("")}, nil
	}
}

// unfinished reports whether tags are those of a create that was cut short. What a
// unit need not have, and does not want any more, the run before may have made; then
// it has to carry that run's generation, for an object of an earlier unit of the name
// may have been left on purpose. Who may not look for what the unit does not want is
// taken not to have made it.
func (o Owner) unfinished(tags map[string]string) bool {
	return tags[bp.TagUnit] == o.Unit && tags[bp.TagGeneration] == o.Generation && tags[bp.TagRetained] == ""
}

// disown leaves out what carries another unit's tag, or none, with what dies with it.
func (o *Observation) disown(all table) {
	foreign := func(deviation tagMap) bool { _, differs := deviation.Or(nil)[bp.TagUnit]; return differs }
	for _, k := range all {
		if k.disown != nil {
			k.disown(&o.Blueprint, foreign)
		}
		if k.tagged == nil || !foreign(k.tagged(o.Blueprint)) {
			continue
		}
		for _, c := range bp.Components() {
			if c.Name == k.Name || c.With == k.Name {
				c.Drop(&o.Blueprint)
			}
		}
	}
}

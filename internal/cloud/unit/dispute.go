package unit

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// dispute holds what was found of a unit against what a create would have made of
// it. What a state lists is the unit's. Of the rest every object has to be younger
// than the unit's role, by AWS's own dates, and to have nothing on it that a create
// does not make. One of them that does not fit is an error, which names it.
func (c *Units) dispute(ctx context.Context, want bp.Blueprint, at kinds.Anchor, handed kinds.Handed, o kinds.Observation) error {
	d := &kinds.Disputes{Client: c.Client, Kinds: c.Kinds, Unit: at.Tags[bp.TagUnit], At: at, Handed: handed, Want: want, Is: o}
	for _, k := range c.Kinds {
		if k.Dispute != nil {
			k.Dispute(ctx, d)
		}
	}
	return errors.Join(d.Found...)
}

// Contest holds objects that carry a unit's tags against what a create that was cut
// short leaves, and lists what speaks against it, object by object: what is in use,
// complete, or has something on it that no unit makes.
func (c *Units) Contest(ctx context.Context, unit string, arns []string) ([]error, error) {
	all := kinds.Claims{Unit: unit, Arns: arns}
	// Everything of a unit is younger than its role.
	var anchor time.Time
	for _, first := range all.Of(c.IsAnchor) {
		if made, err := c.Made(ctx, first); err == nil && made.After(anchor) {
			anchor = made
		}
	}
	var out []error
	for _, arn := range arns {
		k := c.Kinds.Of(arn)
		if k.Contest == nil {
			out = append(out, kinds.IfDisputed(arn, unit, []string{"no unit makes such a thing"}))
			continue
		}
		but, err := k.Contest(ctx, c.Client, all, arn)
		if api.IgnoreMissing(err) != nil {
			return out, fmt.Errorf("read %s: %w", arn, err)
		}
		if !k.Anchors && !k.Redated {
			older, err := c.Kinds.Older(ctx, c.Client, arn, anchor)
			if err != nil {
				return out, fmt.Errorf("read when %s was made: %w", arn, err)
			}
			but = append(but, older...)
		}
		if other := kinds.IfDisputed(arn, unit, but); other != nil {
			out = append(out, other)
		}
	}
	return out, nil
}

package cloud

import (
	"context"
	"errors"
	"fmt"
	"time"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// dispute holds what was found of a unit against what a create would have made of
// it. What a state lists is the unit's. Of the rest every object has to be younger
// than the unit's role, by AWS's own dates, and to have nothing on it that a create
// does not make. One of them that does not fit is an error, which names it.
func (c *Client) dispute(ctx context.Context, want bp.Blueprint, at anchor, handed Handed, o Observation) error {
	d := &disputes{Client: c, unit: at.tags[bp.TagUnit], at: at, handed: handed, want: want, o: o}
	for _, k := range c.kinds {
		if k.dispute != nil {
			k.dispute(d, ctx)
		}
	}
	return errors.Join(d.found...)
}

// disputes gathers what speaks against objects.
type disputes struct {
	*Client

	unit   string
	at     anchor
	handed Handed
	want   bp.Blueprint // what the create makes
	o      Observation  // what is there
	found  []error
}

// judge asks about an object that no state lists.
func (d *disputes) judge(_ context.Context, arn string, exists bool, foreign func() ([]string, error)) {
	if !exists || arn == "" || d.handed.lists(arn) {
		return
	}
	but, err := foreign()
	if err == nil {
		err = disputed(arn, d.unit, but)
	}
	if err != nil {
		d.found = append(d.found, err)
	}
}

// dated asks its age too.
func (d *disputes) dated(ctx context.Context, arn string, exists bool, foreign func() ([]string, error)) {
	d.judge(ctx, arn, exists, func() ([]string, error) {
		but, err := foreign()
		if err != nil {
			return nil, err
		}
		older, err := d.kinds.older(ctx, d.Client, arn, d.at.made)
		return append(but, older...), err
	})
}

// Contest holds objects that carry a unit's tags against what a create that was cut
// short leaves, and lists what speaks against it, object by object: what is in use,
// complete, or has something on it that no unit makes.
func (c *Client) Contest(ctx context.Context, unit string, arns []string) ([]error, error) {
	all := claims{unit, arns}
	// Everything of a unit is younger than its role.
	var anchor time.Time
	for _, first := range all.of(c.IsAnchor) {
		if made, err := c.Made(ctx, first); err == nil && made.After(anchor) {
			anchor = made
		}
	}
	var out []error
	for _, arn := range arns {
		k := c.kinds.of(arn)
		if k.contest == nil {
			out = append(out, disputed(arn, unit, []string{"no unit makes such a thing"}))
			continue
		}
		but, err := k.contest(c, ctx, all, arn)
		if ignoreMissing(err) != nil {
			return out, fmt.Errorf("read %s: %w", arn, err)
		}
		if !k.anchors && !k.redated {
			older, err := c.kinds.older(ctx, c, arn, anchor)
			if err != nil {
				return out, fmt.Errorf("read when %s was made: %w", arn, err)
			}
			but = append(but, older...)
		}
		if other := disputed(arn, unit, but); other != nil {
			out = append(out, other)
		}
	}
	return out, nil
}

package unit

import (
	"context"
	"errors"
	"time"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// confirmAnnounced returns what the tags of a unit's role announce and what is the
// unit's: an update that was killed may have made it, and no state knows of it.
// Whoever may tag the role can announce anything, so an object counts only if it is
// of the announced kind, carries the unit's tags, is younger than the role, and has
// nothing on it that the unit would not have made. Anything else is an error that
// names it.
func (c *Units) confirmAnnounced(ctx context.Context, r kinds.Removal, role kinds.Anchor) ([]string, error) {
	next := kinds.AnnouncedBy(role.Tags)
	if r.KeepLogs {
		delete(next, bp.TagNextLogGroup)
	}
	var arns []string
	var contested []error
	for _, tag := range api.SortedKeys(next) {
		arn := next[tag]
		exists, err := c.confirmSuccessor(ctx, r, tag, arn, next, role.Made)
		switch {
		case err != nil:
			contested = append(contested, err)
		case exists:
			arns = append(arns, arn)
		}
	}
	return arns, errors.Join(contested...)
}

func (c *Units) confirmSuccessor(ctx context.Context, r kinds.Removal, tag, arn string, next map[string]string, made time.Time) (exists bool, err error) {
	announced := []string{"tag " + tag + " of the unit's role announces it"}
	k := c.Kinds.Of(arn)
	if k.Next != tag {
		return false, &kinds.Disputed{ARN: arn, Unit: r.Owner.Unit, But: append(announced, "no update announces such a thing so")}
	}
	tags, _, err := c.Kinds.Identify(ctx, c.Client, arn)
	if api.Missing(err) {
		return false, nil // the update had not come that far
	}
	if err != nil {
		return false, err
	}
	but, err := k.Successor(ctx, c.Client, r, arn, next)
	if err != nil {
		return false, err
	}
	if !r.Owner.Owns(tags) {
		but = append(but, "it does not carry the unit's tags")
	}
	older, err := c.Kinds.Older(ctx, c.Client, arn, made)
	if err != nil {
		return false, err
	}
	if but = append(but, older...); len(but) > 0 {
		return false, &kinds.Disputed{ARN: arn, Unit: r.Owner.Unit, But: append(announced, but...)}
	}
	return true, nil
}

// anchorOf reads the unit's role, if the unit has one.
func (c *Units) anchorOf(ctx context.Context, r kinds.Removal) (kinds.Anchor, error) {
	arn, owned := bp.ValueOf(r.Inventory.Role).ARN.Get()
	if !owned {
		return kinds.Anchor{}, nil
	}
	_, name := bp.SplitRoleARN(arn)
	found, err := kinds.ReadAnchor(ctx, c.Client, name)
	return found, api.IgnoreMissing(err)
}

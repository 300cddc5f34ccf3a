package cloud

import (
	"context"
	"errors"
	"strings"
	"time"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// confirmAnnounced returns what the tags of a unit's role announce and what is the
// unit's: an update that was killed may have made it, and no state knows of it.
// Whoever may tag the role can announce anything, so an object counts only if it is
// of the announced kind, carries the unit's tags, is younger than the role, and has
// nothing on it that the unit would not have made. Anything else is an error that
// names it.
func (c *Client) confirmAnnounced(ctx context.Context, r Removal, role anchor) ([]string, error) {
	next := announcedBy(role.tags)
	if r.KeepLogs {
		delete(next, bp.TagNextLogGroup)
	}
	var arns []string
	var contested []error
	for _, tag := range sortedKeys(next) {
		arn := next[tag]
		exists, err := c.confirmSuccessor(ctx, r, tag, arn, next, role.made)
		switch {
		case err != nil:
			contested = append(contested, err)
		case exists:
			arns = append(arns, arn)
		}
	}
	return arns, errors.Join(contested...)
}

func (c *Client) confirmSuccessor(ctx context.Context, r Removal, tag, arn string, next map[string]string, made time.Time) (exists bool, err error) {
	announced := []string{"tag " + tag + " of the unit's role announces it"}
	k := c.kinds.of(arn)
	if k.next != tag {
		return false, &Disputed{arn, r.Owner.Unit, append(announced, "no update announces such a thing so")}
	}
	tags, _, err := c.kinds.identify(ctx, c, arn)
	if missing(err) {
		return false, nil // the update had not come that far
	}
	if err != nil {
		return false, err
	}
	but, err := k.successor(c, ctx, r, arn, next)
	if err != nil {
		return false, err
	}
	if !r.Owner.owns(tags) {
		but = append(but, "it does not carry the unit's tags")
	}
	older, err := c.kinds.older(ctx, c, arn, made)
	if err != nil {
		return false, err
	}
	if but = append(but, older...); len(but) > 0 {
		return false, &Disputed{arn, r.Owner.Unit, append(announced, but...)}
	}
	return true, nil
}

// anchorOf reads the unit's role, if the unit has one.
func (c *Client) anchorOf(ctx context.Context, r Removal) (anchor, error) {
	arn, owned := bp.ValueOf(r.Inventory.Role).ARN.Get()
	if !owned {
		return anchor{}, nil
	}
	_, name := bp.SplitRoleARN(arn)
	found, err := c.anchor(ctx, name)
	return found, ignoreMissing(err)
}

// announcedBy are the ARNs that a role's tags announce, by tag.
func announcedBy(tags map[string]string) map[string]string {
	out := map[string]string{}
	for key, value := range tags {
		if strings.HasPrefix(key, bp.TagNext) {
			out[key] = fromTag.Replace(value)
		}
	}
	return out
}

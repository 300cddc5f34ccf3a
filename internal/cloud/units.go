package cloud

import (
	"context"
	"time"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// kinds are all there are, in the order in which replaced objects are removed.
func kinds() table {
	return table{
		functionKind(), versionKind(), aliasKind(), permissionsKind(), asyncKind(),
		roleKind(), policyKind(), logGroupKind(), queueKind(), secretKind(), keyKind(), alarmKind(),
	}
}

// Whose reads the tags of an object from its own service, and whether it exists.
// One that is scheduled for deletion does not. What no unit makes has no tags.
func (c *Client) Whose(ctx context.Context, arn string) (tags map[string]string, exists bool, err error) {
	k := c.kinds.of(arn)
	if k.identify == nil {
		return nil, true, nil
	}
	tags, _, err = k.identify(c, ctx, arn)
	if err != nil || tags[bp.TagUnit] == "" || k.leaving == nil {
		return tags, err == nil, ignoreMissing(err)
	}
	leaving, err := k.leaving(c, ctx, arn)
	if err != nil {
		return nil, false, ignoreMissing(err)
	}
	return tags, !leaving, nil
}

// Made returns when an object was made, by its own service: nobody can set that.
// Of a function and an alarm only the last change is known.
func (c *Client) Made(ctx context.Context, arn string) (time.Time, error) {
	return c.kinds.whenMade(ctx, c, arn)
}

// IsAnchor reports whether an ARN is that of the object that a unit makes first, and
// whose tags say how far it is.
func (c *Client) IsAnchor(arn string) bool {
	return c.kinds.of(arn).anchors
}

// InventoryOf sorts objects into an inventory. Of a kind that a unit has one of, what
// comes after the first counts as replaced.
func (c *Client) InventoryOf(arns []string) bp.Inventory {
	var out bp.Inventory
	add := func(to *bp.Value[bp.Set], arn string) {
		*to = bp.Known(append(to.Or(nil), bp.Known(arn)).Canonical())
	}
	for _, arn := range arns {
		switch k := c.kinds.of(arn); {
		case k.is == nil: // no unit makes such a thing
		case k.Listed != nil:
			add(k.Listed(&out), arn)
		case k.Owned != nil && !k.Owned(&out).IsKnown():
			*k.Owned(&out) = bp.Known(bp.Identity{ARN: bp.Known(arn)})
		default:
			add(&out.Superseded, arn)
		}
	}
	return out
}

// Package unit makes, looks at and removes units out of a table of kinds, none of which
// it knows by name.
package unit

import (
	"context"
	"time"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds/alarms"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds/functions"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds/keys"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds/loggroups"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds/policies"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds/queues"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds/roles"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds/secrets"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Units make, look at and remove units out of the kinds of objects in a table.
type Units struct {
	*api.Client

	Kinds kinds.Table
}

// New returns the units of one account and region.
func New(c *api.Client, all kinds.Table) *Units { return &Units{Client: c, Kinds: all} }

// Kinds are all there are, in the order in which replaced objects are removed.
func Kinds() kinds.Table {
	return kinds.Table{
		functions.Function(), functions.Version(), functions.Alias(), functions.Permissions(), functions.Async(),
		roles.Kind(), policies.Kind(), loggroups.Kind(), queues.Kind(), secrets.Kind(), keys.Kind(), alarms.Kind(),
	}
}

// Whose reads the tags of an object from its own service, and whether it exists.
// One that is scheduled for deletion does not. What no unit makes has no tags.
func (c *Units) Whose(ctx context.Context, arn string) (tags map[string]string, exists bool, err error) {
	k := c.Kinds.Of(arn)
	if k.Identify == nil {
		return nil, true, nil
	}
	tags, _, err = k.Identify(ctx, c.Client, arn)
	if err != nil || tags[bp.TagUnit] == "" || k.Leaving == nil {
		return tags, err == nil, api.IgnoreMissing(err)
	}
	leaving, err := k.Leaving(ctx, c.Client, arn)
	if err != nil {
		return nil, false, api.IgnoreMissing(err)
	}
	return tags, !leaving, nil
}

// Made returns when an object was made, by its own service: nobody can set that.
// Of a function and an alarm only the last change is known.
func (c *Units) Made(ctx context.Context, arn string) (time.Time, error) {
	return c.Kinds.WhenMade(ctx, c.Client, arn)
}

// IsAnchor reports whether an ARN is that of the object that a unit makes first, and
// whose tags say how far it is.
func (c *Units) IsAnchor(arn string) bool {
	return c.Kinds.Of(arn).Anchors
}

// InventoryOf sorts objects into an inventory. Of a kind that a unit has one of, what
// comes after the first counts as replaced.
func (c *Units) InventoryOf(arns []string) bp.Inventory {
	var out bp.Inventory
	add := func(to *bp.Value[bp.Set], arn string) {
		*to = bp.Known(append(to.Or(nil), bp.Known(arn)).Canonical())
	}
	for _, arn := range arns {
		switch k := c.Kinds.Of(arn); {
		case k.Is == nil: // no unit makes such a thing
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

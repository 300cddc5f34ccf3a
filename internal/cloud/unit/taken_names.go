package unit

import (
	"context"
	"slices"
	"sync"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// TakenNames lists the objects that stand in the way of a new unit. What a create
// of before left unfinished, and what a destroyed unit left for this one, does
// not. An object that may not be looked at is taken to be absent: the apply then
// finds it.
func (c *Units) TakenNames(ctx context.Context, want bp.Blueprint) []*kinds.Taken {
	role := bp.ValueOf(want.Role)
	unit := api.PlainTags(want.Tags)[bp.TagUnit]
	if !role.Name.IsKnown() {
		return nil // nobody can tell whose the others are
	}
	anchor, err := kinds.ReadAnchor(ctx, c.Client, role.Name.Or(""))
	_, unfinished := kinds.ParseMarker(anchor.Tags[bp.TagState])
	if err == nil && unfinished && anchor.Tags[bp.TagUnit] == unit {
		return nil // the apply takes it up, or says that another one is at it
	}
	all := c.Kinds
	found := make([][]*kinds.Taken, len(all)) // in the order of the kinds, whichever ends first
	var looks sync.WaitGroup
	for i, k := range all {
		if k.Anchors && err == nil {
			found[i] = []*kinds.Taken{{Kind: k.Title, Name: role.Name.Or("")}}
		}
		if k.Taken != nil {
			looks.Go(func() { found[i] = k.Taken(ctx, c.Client, want) })
		}
	}
	looks.Wait()
	return slices.Concat(found...)
}

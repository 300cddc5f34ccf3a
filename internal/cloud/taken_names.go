package cloud

import (
	"context"
	"slices"
	"sync"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Names of the kinds of objects whose names a new unit may find taken.
const (
	KindFunction = "Lambda function"
	KindRole     = "IAM role"
	KindPolicy   = "IAM policy"
	KindQueue    = "SQS queue"
	KindAlarm    = "CloudWatch alarm"
	KindKeyAlias = "KMS alias"
)

// TakenNames lists the objects that stand in the way of a new unit. What a create
// of before left unfinished, and what a destroyed unit left for this one, does
// not. An object that may not be looked at is taken to be absent: the apply then
// finds it.
func (c *Client) TakenNames(ctx context.Context, want bp.Blueprint) []*Taken {
	role := bp.ValueOf(want.Role)
	unit := plainTags(want.Tags)[bp.TagUnit]
	if !role.Name.IsKnown() {
		return nil // nobody can tell whose the others are
	}
	anchor, err := c.anchor(ctx, role.Name.Or(""))
	_, unfinished := parseMarker(anchor.tags[bp.TagState])
	if err == nil && unfinished && anchor.tags[bp.TagUnit] == unit {
		return nil // the apply takes it up, or says that another one is at it
	}
	all := c.kinds
	found := make([][]*Taken, len(all)) // in the order of the kinds, whichever ends first
	var looks sync.WaitGroup
	for i, k := range all {
		if k.anchors && err == nil {
			found[i] = []*Taken{{Kind: k.title, Name: role.Name.Or("")}}
		}
		if k.taken != nil {
			looks.Go(func() { found[i] = k.taken(c, ctx, want) })
		}
	}
	looks.Wait()
	return slices.Concat(found...)
}

// taken is one name that may be in use.
func taken(kind string, name bp.String, exists func(name string) bool) []*Taken {
	if text, known := name.Get(); known && text != "" && exists(text) {
		return []*Taken{{Kind: kind, Name: text}}
	}
	return nil
}

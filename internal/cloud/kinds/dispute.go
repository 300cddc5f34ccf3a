package kinds

import (
	"context"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Disputes gathers what speaks against objects.
type Disputes struct {
	*api.Client

	Unit   string
	Kinds  Table
	At     Anchor
	Handed Handed
	Want   bp.Blueprint // what the create makes
	Is     Observation  // what is there
	Found  []error
}

// Judge asks about an object that no state lists.
func (d *Disputes) Judge(_ context.Context, arn string, exists bool, foreign func() ([]string, error)) {
	if !exists || arn == "" || d.Handed.lists(arn) {
		return
	}
	but, err := foreign()
	if err == nil {
		err = IfDisputed(arn, d.Unit, but)
	}
	if err != nil {
		d.Found = append(d.Found, err)
	}
}

// Dated asks its age too.
func (d *Disputes) Dated(ctx context.Context, arn string, exists bool, foreign func() ([]string, error)) {
	d.Judge(ctx, arn, exists, func() ([]string, error) {
		but, err := foreign()
		if err != nil {
			return nil, err
		}
		older, err := d.Kinds.Older(ctx, d.Client, arn, d.At.Made)
		return append(but, older...), err
	})
}

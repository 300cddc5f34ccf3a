package cloud

import (
	"context"
	"strings"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

var retainedTag = map[string]string{bp.TagRetained: "true"}

// retainLogGroup leaves a log group, marked so that a unit made again under the
// name may take it back.
func (c *Client) retainLogGroup(ctx context.Context, arn string) error {
	return c.tagLogGroup(ctx, arn, nil, retainedTag)
}

// retainKey leaves the key that a retained log group's events need.
func (c *Client) retainKey(ctx context.Context, arn string) error {
	return c.tagKey(ctx, arn, nil, retainedTag)
}

// retained reports whether an object was left by a unit of this name.
func (o Owner) retained(tags map[string]string) bool {
	return tags[bp.TagUnit] == o.Unit && tags[bp.TagRetained] != ""
}

// takeBackLogGroup puts a retained log group into use again.
func (u *unit) takeBackLogGroup(ctx context.Context, want bp.LogGroup, taken error) error {
	arn := want.ARN.Or("")
	tags, err := u.logGroupTags(ctx, arn)
	if err != nil || !u.owner().retained(tags) {
		return taken
	}
	found, err := u.findLogGroup(ctx, want.Name.Or(""), nil, true)
	have, exists := found.Get()
	if err != nil || !exists {
		return taken
	}
	if have.Class != want.Class {
		return &Taken{Kind: "CloudWatch log group", Name: want.Name.Or("") + " of class " + strings.ToLower(have.Class.Or(""))}
	}
	if err := u.updateLogGroup(ctx, have, want); err != nil {
		return err
	}
	_, wanted, _ := u.tags(bp.Null[map[string]bp.String]())
	return u.tagLogGroup(ctx, arn, tags, wanted)
}

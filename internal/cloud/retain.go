package cloud

import (
	"context"
	"fmt"
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

// keptKey says that the unit's alias still points to the key that a destroyed
// unit of this name left for its log events.
type keptKey struct{ arn string }

func (e *keptKey) Error() string {
	return "the alias points to key " + e.arn + ", which a destroyed unit of this name left for its log events"
}

// takeBackKey puts a retained key into use again, instead of the one that was
// just made and that nothing uses yet.
func (u *unit) takeBackKey(ctx context.Context, kept, fresh string, want bp.Key) error {
	if err := u.removeKeyWith(ctx, fresh); err != nil {
		return err
	}
	u.known(bp.ComponentKey, kept, bp.Null[string]())
	want = u.want().Key.Or(want) // its policy may name the key
	found, err := u.findKey(ctx, kept, want.Alias.Or(""), nil)
	if err != nil {
		return err
	}
	have, exists := found.Get()
	if !exists {
		return fmt.Errorf("key %s was deleted while the apply was running; apply again", kept)
	}
	if err := u.updateKey(ctx, have, want, keyStatements(want), u.owner()); err != nil {
		return err
	}
	tags, err := u.keyTags(ctx, kept)
	if err != nil {
		return err
	}
	_, wanted, _ := u.tags(bp.Null[map[string]bp.String]())
	return u.tagKey(ctx, kept, tags, wanted)
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
	but, err := u.foreignToGroup(ctx, u.owner().Unit, arn)
	if err != nil {
		return err
	}
	if err := disputed(arn, u.owner().Unit, but); err != nil {
		return err
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

package cloud

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// table are the kinds of objects that units are made of, in the order in which
// replaced objects are removed.
type table []kind

// of finds the kind of an ARN. What no unit makes has the zero value.
func (t table) of(arn string) kind {
	for _, k := range t {
		if k.is != nil && k.is(arn) {
			return k
		}
	}
	return kind{}
}

// anchor is the kind of the object that a unit makes first.
func (t table) anchor() kind {
	return t[slices.IndexFunc(t, func(k kind) bool { return k.anchors })]
}

// errForeignKind says that no unit makes such an object.
var errForeignKind = errors.New("no unit makes such an object")

// identify reads an object's tags, and the id AWS gave it if the service gives
// one, from its own service. The tagging index lags behind and is never asked.
func (t table) identify(ctx context.Context, c *Client, arn string) (tags map[string]string, id string, err error) {
	k := t.of(arn)
	if k.identify == nil {
		return nil, "", fmt.Errorf("%s: %w", arn, errForeignKind)
	}
	return k.identify(c, ctx, arn)
}

// whenMade returns when an object was made, by its own service: nobody can set that.
// Of a function and an alarm only the last change is known.
func (t table) whenMade(ctx context.Context, c *Client, arn string) (time.Time, error) {
	k := t.of(arn)
	if k.made == nil {
		return time.Time{}, fmt.Errorf("%s: %w", arn, errForeignKind)
	}
	return k.made(c, ctx, arn)
}

// older is a clause where an object was made before the unit's role, which is the
// first that a unit makes. By AWS's own dates: a tag says what its writer wants.
func (t table) older(ctx context.Context, c *Client, arn string, anchor time.Time) ([]string, error) {
	made, err := t.whenMade(ctx, c, arn)
	if err != nil || anchor.IsZero() || made.IsZero() || !made.Before(anchor.Add(-skew)) {
		return nil, ignoreMissing(err)
	}
	return []string{fmt.Sprintf("it was made on %s, before the unit's role, which a unit makes first (%s)", made.UTC().Format(time.RFC3339), anchor.UTC().Format(time.RFC3339))}, nil
}

// removeAll deletes objects that were replaced, in the order of the kinds. What does
// not carry the unit's tags, because it was imported and never tagged, is left, and
// named.
func (t table) removeAll(ctx context.Context, c *Client, arns []string, owner Owner, force bool) (left []string, err error) {
	for _, arn := range arns {
		if t.of(arn).remove == nil {
			left = append(left, arn)
		}
	}
	for _, k := range t {
		for _, arn := range arns {
			if k.is == nil || !k.is(arn) {
				continue
			}
			if mine, err := k.owns(ctx, c, owner, arn); missing(err) {
				continue
			} else if err != nil {
				return left, fmt.Errorf("remove %s: %w", arn, err)
			} else if !mine {
				left = append(left, arn)
				continue
			}
			if k.guard != nil {
				if err := k.guard(c, ctx, arn, force); err != nil {
					return left, err
				}
			}
			if err := k.remove(c, ctx, arn); err != nil {
				return left, fmt.Errorf("remove %s: %w", arn, err)
			}
		}
	}
	return left, nil
}

func (k kind) owns(ctx context.Context, c *Client, owner Owner, arn string) (bool, error) {
	if k.mine != nil {
		return k.mine(c, owner, arn), nil
	}
	tags, _, err := k.identify(c, ctx, arn)
	if err != nil && !notOffered(err) {
		return false, err
	}
	return owner.owns(tags), nil
}

// nextTags are the tags that announce something.
func (t table) nextTags() []string {
	var tags []string
	for _, k := range t {
		if k.next != "" {
			tags = append(tags, k.next)
		}
	}
	return tags
}

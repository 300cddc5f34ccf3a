package kinds

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
)

// Table are the kinds of objects that units are made of, in the order in which
// replaced objects are removed.
type Table []Kind

// Of finds the kind of an ARN. What no unit makes has the zero value.
func (t Table) Of(arn string) Kind {
	for _, k := range t {
		if k.Is != nil && k.Is(arn) {
			return k
		}
	}
	return Kind{}
}

// Anchor is the kind of the object that a unit makes first.
func (t Table) Anchor() Kind {
	return t[slices.IndexFunc(t, func(k Kind) bool { return k.Anchors })]
}

// errForeignKind says that no unit makes such an object.
var errForeignKind = errors.New("no unit makes such an object")

// Identify reads an object's tags, and the id AWS gave it if the service gives
// one, from its own service. The tagging index lags behind and is never asked.
func (t Table) Identify(ctx context.Context, c *api.Client, arn string) (tags map[string]string, id string, err error) {
	k := t.Of(arn)
	if k.Identify == nil {
		return nil, "", fmt.Errorf("%s: %w", arn, errForeignKind)
	}
	return k.Identify(ctx, c, arn)
}

// WhenMade returns when an object was made, by its own service: nobody can set that.
// Of a function and an alarm only the last change is known.
func (t Table) WhenMade(ctx context.Context, c *api.Client, arn string) (time.Time, error) {
	k := t.Of(arn)
	if k.Made == nil {
		return time.Time{}, fmt.Errorf("%s: %w", arn, errForeignKind)
	}
	return k.Made(ctx, c, arn)
}

// Older is a clause where an object was made before the unit's role, which is the
// first that a unit makes. By AWS's own dates: a tag says what its writer wants.
func (t Table) Older(ctx context.Context, c *api.Client, arn string, anchor time.Time) ([]string, error) {
	made, err := t.WhenMade(ctx, c, arn)
	if err != nil || anchor.IsZero() || made.IsZero() || !made.Before(anchor.Add(-api.Skew)) {
		return nil, api.IgnoreMissing(err)
	}
	return []string{fmt.Sprintf("it was made on %s, before the unit's role, which a unit makes first (%s)", made.UTC().Format(time.RFC3339), anchor.UTC().Format(time.RFC3339))}, nil
}

// RemoveAll deletes objects that were replaced, in the order of the kinds. What does
// not carry the unit's tags, because it was imported and never tagged, is left, and
// named.
func (t Table) RemoveAll(ctx context.Context, c *api.Client, arns []string, owner Owner, force bool) (left []string, err error) {
	for _, arn := range arns {
		if t.Of(arn).Remove == nil {
			left = append(left, arn)
		}
	}
	for _, k := range t {
		for _, arn := range arns {
			if k.Is == nil || !k.Is(arn) {
				continue
			}
			if mine, err := k.owns(ctx, c, owner, arn); api.Missing(err) {
				continue
			} else if err != nil {
				return left, fmt.Errorf("remove %s: %w", arn, err)
			} else if !mine {
				left = append(left, arn)
				continue
			}
			if k.Guard != nil {
				if err := k.Guard(ctx, c, arn, force); err != nil {
					return left, err
				}
			}
			if err := k.Remove(ctx, c, arn); err != nil {
				return left, fmt.Errorf("remove %s: %w", arn, err)
			}
		}
	}
	return left, nil
}

func (k Kind) owns(ctx context.Context, c *api.Client, owner Owner, arn string) (bool, error) {
	if k.Mine != nil {
		return k.Mine(c, owner, arn), nil
	}
	tags, _, err := k.Identify(ctx, c, arn)
	if err != nil && !api.NotOffered(err) {
		return false, err
	}
	return owner.Owns(tags), nil
}

// NextTags are the tags that announce something.
func (t Table) NextTags() []string {
	var tags []string
	for _, k := range t {
		if k.Next != "" {
			tags = append(tags, k.Next)
		}
	}
	return tags
}

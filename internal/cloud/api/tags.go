package api

import (
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// IAMTags are tags as IAM answers them.
func IAMTags(tags []types.Tag) map[string]string {
	out := map[string]string{}
	for _, t := range tags {
		out[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return out
}

// ToIAMTags are tags as IAM takes them.
func ToIAMTags(tags map[string]string) []types.Tag {
	var out []types.Tag
	for _, key := range SortedKeys(tags) {
		out = append(out, types.Tag{Key: aws.String(key), Value: aws.String(tags[key])})
	}
	return out
}

// TagMap are the tags of an object, or those in which it differs from its unit.
type TagMap = bp.Value[map[string]bp.String]

// PlainTags drops the Value wrapping; tags are all known when this is called.
func PlainTags(tags TagMap) map[string]string {
	out := map[string]string{}
	for key, value := range tags.Or(nil) {
		if text, ok := value.Get(); ok {
			out[key] = text
		}
	}
	return out
}

// ValueTags are tags that are all known.
func ValueTags(tags map[string]string) TagMap {
	out := map[string]bp.String{}
	for key, value := range tags {
		out[key] = bp.Known(value)
	}
	return bp.Known(out)
}

// Visible drops the tags that AWS or someone else manages, unless the unit
// itself asks for them.
func (c *Client) Visible(tags, reference map[string]string) map[string]string {
	out := maps.Clone(tags)
	maps.DeleteFunc(out, func(key, _ string) bool {
		_, asked := reference[key]
		return !asked && (c.Ignore(key) || key == bp.TagSource || key == bp.TagState || strings.HasPrefix(key, bp.TagNext) || len(key) >= 4 && key[:4] == "aws:")
	})
	return out
}

// TagMissing stands for a tag that an object lacks. No tag has parentheses.
const TagMissing = "(missing)"

// Deviation returns in which tags an object differs from the unit: null while
// it does in none.
func (c *Client) Deviation(tags, reference map[string]string) TagMap {
	own, out := c.Visible(tags, reference), map[string]string{}
	for key, value := range own {
		if wanted, ok := reference[key]; !ok || wanted != value {
			out[key] = value
		}
	}
	for key := range reference {
		if _, ok := own[key]; !ok {
			out[key] = TagMissing
		}
	}
	if len(out) == 0 {
		return bp.Null[map[string]bp.String]()
	}
	return ValueTags(out)
}

// Deviating is what deviation was taken of.
func Deviating(reference, deviation map[string]string) map[string]string {
	out := maps.Clone(reference)
	maps.Copy(out, deviation)
	maps.DeleteFunc(out, func(_, value string) bool { return value == TagMissing })
	return out
}

// Retag says which tags to set and which to remove so that have becomes want.
func Retag(have, want map[string]string) (set map[string]string, remove []string) {
	set = map[string]string{}
	for key, value := range want {
		if current, ok := have[key]; !ok || current != value {
			set[key] = value
		}
	}
	for key := range have {
		if _, ok := want[key]; !ok {
			remove = append(remove, key)
		}
	}
	slices.Sort(remove)
	return set, remove
}

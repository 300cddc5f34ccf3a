package cloud

import (
	"maps"
	"slices"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

type tagMap = blueprint.Value[map[string]blueprint.String]

// plainTags drops the Value wrapping; tags are all known when this is called.
func plainTags(tags tagMap) map[string]string {
	out := map[string]string{}
	for key, value := range tags.Or(nil) {
		if text, ok := value.Get(); ok {
			out[key] = text
		}
	}
	return out
}

func valueTags(tags map[string]string) tagMap {
	out := map[string]blueprint.String{}
	for key, value := range tags {
		out[key] = blueprint.Known(value)
	}
	return blueprint.Known(out)
}

// visible drops the tags that AWS or someone else manages, unless the unit
// itself asks for them.
func (c *Client) visible(tags, reference map[string]string) map[string]string {
	out := maps.Clone(tags)
	maps.DeleteFunc(out, func(key, _ string) bool {
		_, asked := reference[key]
		return !asked && (c.ignore(key) || key == blueprint.TagSource || key == blueprint.TagState || strings.HasPrefix(key, blueprint.TagNext) || len(key) >= 4 && key[:4] == "aws:")
	})
	return out
}

// tagMissing stands for a tag that an object lacks. No tag has parentheses.
const tagMissing = "(missing)"

// deviation returns in which tags an object differs from the unit: null while
// it does in none.
func (c *Client) deviation(tags, reference map[string]string) tagMap {
	own, out := c.visible(tags, reference), map[string]string{}
	for key, value := range own {
		if wanted, ok := reference[key]; !ok || wanted != value {
			out[key] = value
		}
	}
	for key := range reference {
		if _, ok := own[key]; !ok {
			out[key] = tagMissing
		}
	}
	if len(out) == 0 {
		return blueprint.Null[map[string]blueprint.String]()
	}
	return valueTags(out)
}

// deviating is what deviation was taken of.
func deviating(reference, deviation map[string]string) map[string]string {
	out := maps.Clone(reference)
	maps.Copy(out, deviation)
	maps.DeleteFunc(out, func(_, value string) bool { return value == tagMissing })
	return out
}

// retag says which tags to set and which to remove so that have becomes want.
func retag(have, want map[string]string) (set map[string]string, remove []string) {
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

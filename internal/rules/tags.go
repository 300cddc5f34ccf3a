package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Limits of tags. The unit keeps six of AWS's fifty for itself: the role carries
// the unit, its generation and its state, and what an update is about to put in
// the place of role, policy and log group.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html
const ownTags = 6

// What AWS takes on a role, which is as much as on any other object of a unit.
var (
	tagCount    = api("iam", "CreateRole", "Tags")
	tagKeySize  = api("iam", "CreateRole", "Tags", "[]", "Key")
	tagTextSize = api("iam", "CreateRole", "Tags", "[]", "Value")
)

var tagText = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)

// TagKey checks the key of a tag.
func TagKey(key string) error {
	wrong := func(why string) error {
		return &Violation{
			What:  fmt.Sprintf("%q is not a tag key", key),
			Why:   why,
			Write: "Write a key such as \"cost-center\"",
		}
	}
	switch {
	case strings.HasPrefix(strings.ToLower(key), "aws:"):
		return wrong("Keys that start with aws: are AWS's own")
	case strings.HasPrefix(key, blueprint.TagPrefix):
		return wrong("Keys that start with " + blueprint.TagPrefix + " mark what belongs to a unit and are set by the provider")
	case key == "":
		return wrong("A key has one character at least")
	case !tagText.MatchString(key):
		return wrong("A key takes letters, digits, spaces and any of _ . : / = + - @")
	}
	return tooMany("The tag key has", runes(key), "characters", tagKeySize(), "Every object of the unit is tagged with it", "write a shorter key")
}

// TagValue checks the value of a tag.
func TagValue(value string) error {
	if !tagText.MatchString(value) {
		return &Violation{
			What:  fmt.Sprintf("%q is not a tag value", value),
			Why:   "IAM and Lambda take letters, digits, spaces and any of _ . : / = + - @",
			Write: "Leave the other characters out",
		}
	}
	return tooMany("The tag value has", runes(value), "characters", tagTextSize(), "Every object of the unit is tagged with it",
		"shorten it, or keep the text elsewhere and tag with its name")
}

// TagCount checks how many tags there are.
func TagCount(n int) error {
	known := tagCount()
	most := known.most() - ownTags
	if int64(n) <= most {
		return nil
	}
	return &Violation{
		What:  fmt.Sprintf("There are %d tags, the provider's default_tags included, more than %d", n, most),
		Why:   fmt.Sprintf("Of the %d tags on a resource that %s the unit keeps %d, to mark what it owns and what a change replaces", known.most(), known.on(), ownTags),
		Write: "Remove tags that nothing reads",
	}
}

// TagKeys checks the keys of one object's tags together. IAM takes keys that
// differ in case only for one key, and refuses the role.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
func TagKeys(keys []string) error {
	seen := map[string]string{}
	for _, key := range slices.Sorted(slices.Values(keys)) {
		lower := strings.ToLower(key)
		if other, taken := seen[lower]; taken {
			return &Violation{
				What:  fmt.Sprintf("Tags %s and %s differ in case only", other, key),
				Why:   "IAM compares tag keys without case and refuses a role that has both; the provider's default_tags and the unit's tags are put together",
				Write: fmt.Sprintf("Write the key in one way in both places, such as %q", other),
			}
		}
		seen[lower] = key
	}
	return nil
}

// IgnoredTag checks a key, or the beginning of keys, that belongs to others.
func IgnoredTag(text string) error {
	prefix := blueprint.TagPrefix
	shared := min(len(text), len(prefix))
	if text[:shared] == prefix[:shared] {
		return &Violation{
			What:  fmt.Sprintf("%q covers the unit's own tags", text),
			Why:   "By the tags that start with " + blueprint.TagPrefix + " the provider tells its objects from others'",
			Write: "Write what others tag with, such as \"audit:\"",
		}
	}
	return nil
}

package rules

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Limits of tags. The unit keeps three of AWS's fifty for itself.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html
const (
	MaxTags     = 50 - ownTags
	ownTags     = 3
	maxTagKey   = 128
	maxTagValue = 256
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
	case key == "" || len([]rune(key)) > maxTagKey:
		return wrong(fmt.Sprintf("A key has 1 to %d characters, this one %d", maxTagKey, len([]rune(key))))
	case !tagText.MatchString(key):
		return wrong("A key takes letters, digits, spaces and any of _ . : / = + - @")
	}
	return nil
}

// TagValue checks the value of a tag.
func TagValue(value string) error {
	if n := len([]rune(value)); n > maxTagValue {
		return &Violation{
			What:  fmt.Sprintf("The tag value has %d characters, more than %d", n, maxTagValue),
			Why:   "AWS refuses a longer one",
			Write: "Shorten it, or keep the text elsewhere and tag with its name",
		}
	}
	if !tagText.MatchString(value) {
		return &Violation{
			What:  fmt.Sprintf("%q is not a tag value", value),
			Why:   "IAM and Lambda take letters, digits, spaces and any of _ . : / = + - @",
			Write: "Leave the other characters out",
		}
	}
	return nil
}

// TagCount checks how many tags there are.
func TagCount(n int) error {
	if n <= MaxTags {
		return nil
	}
	return &Violation{
		What:  fmt.Sprintf("There are %d tags, the provider's default_tags included, more than %d", n, MaxTags),
		Why:   fmt.Sprintf("AWS keeps 50 tags on a resource, of which the unit uses %d to mark what it owns", ownTags),
		Write: "Remove tags that nothing reads",
	}
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

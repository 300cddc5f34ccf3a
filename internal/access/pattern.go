package access

import (
	"regexp"
	"strings"
)

// arnFields is how many fields an ARN has: arn, partition, service, region,
// account and resource. Only the last may hold colons, and no wildcard matches
// across the colons before it.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
const arnFields = 6

// variable is what a format leaves open: ${FunctionName}, or <key> where S3 is
// documented.
var variable = regexp.MustCompile(`\$\{[^}]*\}|<[^>]*>`)

// policyVariable is filled in by IAM with every request, and may hold colons.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
var policyVariable = regexp.MustCompile(`\$\{[^}]*\}`)

// Fits reports whether a statement's resource, which may hold the wildcards *
// and ?, can name a resource of this type.
func (r Resource) Fits(resource string) bool {
	if resource == "*" {
		return true
	}
	resource = policyVariable.ReplaceAllString(resource, "*")
	format := strings.SplitN(variable.ReplaceAllString(r.Format, "?*"), ":", arnFields)
	pattern := strings.SplitN(resource, ":", arnFields)
	if len(pattern) != arnFields || len(format) != arnFields {
		return false
	}
	for i := range pattern {
		if !meet(pattern[i], format[i]) {
			return false
		}
	}
	return true
}

func (k ConditionKey) matches(name string) bool {
	return meet(strings.ToLower(name), strings.ToLower(variable.ReplaceAllString(k.Name, "?*")))
}

// Matches reports whether a pattern, in which * stands for any text and ? for one
// character, matches a text without wildcards.
func Matches(pattern, text string) bool { return meet(pattern, text) }

// matches compares a pattern with a text that has no wildcards, without regard to
// case where it is told to. Where it goes wrong behind a *, that * takes one
// character more.
func matches(pattern, text string, anyCase bool) bool {
	p, t, star, taken := 0, 0, -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, taken = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t] || anyCase && lower(pattern[p]) == lower(text[t])):
			p++
			t++
		case star >= 0:
			taken++
			p, t = star+1, taken
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + ('a' - 'A')
	}
	return c
}

// meet reports whether any text matches both of two patterns, in which * stands
// for any text and ? for one character.
func meet(a, b string) bool {
	switch {
	case !strings.ContainsAny(b, "*?"):
		return matches(a, b, false)
	case !strings.ContainsAny(a, "*?"):
		return matches(b, a, false)
	}
	// reached[j] says that what was read of a can be what precedes b[j:].
	reached := make([]bool, len(b)+1)
	reached[0] = true
	skip := func() {
		for j := range len(b) {
			if reached[j] && b[j] == '*' {
				reached[j+1] = true
			}
		}
	}
	skip()
	for i := range len(a) {
		next := make([]bool, len(b)+1)
		for j := range reached {
			if !reached[j] {
				continue
			}
			switch {
			case a[i] == '*':
				// Nothing, or as much of b as there is.
				for k := j; k <= len(b); k++ {
					next[k] = true
				}
			case j == len(b):
			case b[j] == '*':
				next[j], next[j+1] = true, true
			case a[i] == b[j] || a[i] == '?' || b[j] == '?':
				next[j+1] = true
			}
		}
		reached = next
		skip()
	}
	return reached[len(b)]
}

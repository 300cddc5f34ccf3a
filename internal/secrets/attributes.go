package secrets

import (
	"fmt"
	"slices"
	"strings"
)

// Among lists where a function's settings hold a secret, and why it is taken for
// one. What is found is never repeated.
func Among(environment, tags map[string]string, description string) []string {
	found := append(Under("environment", environment), Under("tags", tags)...)
	if reason, secret := Find("description", description); secret {
		found = append(found, fmt.Sprintf("description (%s)", reason))
	}
	slices.Sort(found)
	return found
}

// Under lists the keys of an attribute that hold a secret, in order. A key that is
// one itself is not named.
func Under(attribute string, values map[string]string) []string {
	var found []string
	for key, value := range values {
		if reason, secret := InKey(key); secret {
			found = append(found, fmt.Sprintf("a key of %s (%s)", attribute, reason))
		} else if reason, secret := Find(key, value); secret {
			found = append(found, fmt.Sprintf("%s.%s (%s)", attribute, key, reason))
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// InKey finds a secret in a key: by its form, or behind the name of one, as in
// "password:...".
func InKey(key string) (Reason, bool) {
	// Names of variables are no tokens, and gitleaks takes memory and time.
	if len(key) >= shortestToken && (strings.ContainsAny(key, "0123456789") || len(key) >= longName) {
		if reason, secret := Find("", key); secret {
			return reason, true
		}
	}
	for at, r := range key {
		if !strings.ContainsRune(":=/", r) {
			continue
		}
		name, value := key[:at], key[at+1:]
		if len(value) >= shortest && nameOf(name).certainty != unsaid && odd(value) {
			if reason, secret := Find(name, value); secret {
				return reason, true
			}
		}
	}
	return "", false
}

// A key of fewer characters is no token, and one without a digit is a name unless it
// is longer than names are.
const (
	shortestToken = 16
	longName      = 30
)

package secrets

import (
	"fmt"
	"slices"
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

// Under lists the keys of an attribute that hold a secret, in order.
func Under(attribute string, values map[string]string) []string {
	var found []string
	for key, value := range values {
		if reason, secret := Find(key, value); secret {
			found = append(found, fmt.Sprintf("%s.%s (%s)", attribute, key, reason))
		}
	}
	slices.Sort(found)
	return found
}

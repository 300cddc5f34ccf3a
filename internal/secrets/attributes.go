package secrets

import (
	"fmt"
	"slices"
)

// Among lists where a function's settings hold a secret, and why it is taken for
// one. What is found is never repeated.
func Among(environment, tags map[string]string, description string) []string {
	var found []string
	look := func(at, name, value string) {
		if reason, secret := Find(name, value); secret {
			found = append(found, fmt.Sprintf("%s (%s)", at, reason))
		}
	}
	for name, value := range environment {
		look("environment."+name, name, value)
	}
	for key, value := range tags {
		look("tags."+key, key, value)
	}
	look("description", "description", description)
	slices.Sort(found)
	return found
}

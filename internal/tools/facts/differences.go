package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// named is how many names a line of differences holds at most.
const named = 40

// differences are what is added, removed and changed between two tables, each
// with its count and names. What was and is stands behind the names of a few.
func differences(before, after map[string]string) []string {
	var added, removed, changed, details []string
	for _, name := range slices.Sorted(maps.Keys(after)) {
		was, there := before[name]
		switch {
		case !there:
			added = append(added, name)
		case was != after[name]:
			changed = append(changed, name)
			details = append(details, fmt.Sprintf("%s: %s -> %s", name, was, after[name]))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if _, there := after[name]; !there {
			removed = append(removed, name)
		}
	}
	var lines []string
	for _, part := range []struct {
		what  string
		names []string
	}{{"added", added}, {"removed", removed}, {"changed", changed}} {
		if len(part.names) > 0 {
			lines = append(lines, fmt.Sprintf("%d %s: %s", len(part.names), part.what, enumerated(part.names)))
		}
	}
	return append(lines, details[:min(len(details), named)]...)
}

func enumerated(names []string) string {
	if len(names) <= named {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:named], ", "), len(names)-named)
}

package secrets

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

var (
	fileWords = []string{"file", "files", "filename", "path", "paths", "dir", "directory", "folder", "location"}
	nameWords = []string{"name", "names", "arn", "arns"}

	// located is what a path begins with.
	located = regexp.MustCompile(`^(?:[./~\\]|[A-Za-z]:[\\/]|file:)`)
	// anyIdentifier is one within a name, as RDS puts it there.
	anyIdentifier = regexp.MustCompile(`[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}`)
	extension     = regexp.MustCompile(`^\.[A-Za-z][A-Za-z0-9]{1,7}$`)
)

// misplaced reports whether a value under a name that says where a secret is, or
// what it is called, is the secret instead: no path, ARN or name, but drawn.
func (n named) misplaced(value string) bool {
	switch {
	case len(value) < shortest, strings.ContainsAny(value, " \n"), reference(value), template.MatchString(value), strings.ContainsAny(value[:1], "{[<"):
		return false
	case slices.Contains(fileWords, n.about):
		if located.MatchString(value) || extension.MatchString(path.Ext(value)) || strings.Contains(value, "/") && !generated(strings.ReplaceAll(value, "/", "")) {
			return false
		}
		return odd(value) || generated(value)
	case slices.Contains(nameWords, n.about):
		value = anyIdentifier.ReplaceAllString(value, "")
		return generated(value) && !strings.ContainsAny(value, "/:") && !ofWords(value)
	}
	return false
}

// ofWords reports whether two fifths of a text are words, as in names that tools
// make by adding something random to one that somebody chose.
func ofWords(text string) bool {
	const shortestWord = 4
	words := 0
	for _, piece := range camelWord.FindAllString(text, -1) {
		if len(piece) >= shortestWord {
			words += len(piece)
		}
	}
	return 5*words >= 2*len(text)
}

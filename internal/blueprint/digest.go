package blueprint

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// digestScheme tells digests of different settings apart: it is a digest of what
// there is to freeze.
var digestScheme = sync.OnceValue(func() string {
	var text strings.Builder
	frozen(reflect.TypeFor[Function](), "", false, &text)
	return HashText(text.String())[:6]
})

func frozen(object reflect.Type, path string, locked bool, out *strings.Builder) {
	for _, a := range Attributes(object) {
		here := join(path, a.Name)
		switch inner := inside(a.Type); {
		case inner.Kind() == reflect.Struct:
			frozen(inner, here, locked || a.Locked, out)
		case locked || a.Locked:
			fmt.Fprintln(out, here)
		}
	}
}

// CurrentDigest reports whether a digest is of the settings that this release
// freezes, so that it can be compared with one that is computed now.
func CurrentDigest(digest string) bool { return strings.HasPrefix(digest, digestScheme()+"-") }

// Digest returns one digest of every setting that a published version freezes.
// It is unknown while any of them is.
func (f Function) Digest() String {
	var text strings.Builder
	for _, leaf := range Leaves(f) {
		if !leaf.Locked || leaf.State == null {
			continue
		}
		if leaf.State == unknown {
			return Unknown[string]()
		}
		// Go syntax quotes texts, so that a line break in one cannot pass for
		// another setting.
		fmt.Fprintf(&text, "%s=%#v\n", leaf.Path, leaf.Value)
	}
	sum := sha256.Sum256([]byte(text.String()))
	return Known(digestScheme() + "-" + hex.EncodeToString(sum[:8]))
}

// LockedDifferences lists the paths at which two functions differ in what a
// version freezes.
func (f Function) LockedDifferences(other Function) []string {
	frozen := func(f Function) map[string]string {
		out := map[string]string{}
		for _, leaf := range Leaves(f) {
			if leaf.Locked && leaf.State != null {
				out[leaf.Path] = fmt.Sprintf("%v %#v", leaf.State, leaf.Value)
			}
		}
		return out
	}
	ours, theirs := frozen(f), frozen(other)
	var paths []string
	for path, value := range ours {
		if theirs[path] != value {
			paths = append(paths, path)
		}
	}
	for path := range theirs {
		if _, ok := ours[path]; !ok {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return paths
}

// HashText returns the hex SHA-256 of a text, the form in which environment
// values appear in a blueprint.
func HashText(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

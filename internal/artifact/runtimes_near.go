package artifact

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/agext/levenshtein"
)

// runtimeRelease is a runtime's identifier in parts: nodejs22.x is of the family
// nodejs, 22, with the end ".x".
type runtimeRelease struct {
	family, end string
	number      [2]int
	dotted      bool
}

// numbered matches the identifiers that a family goes on with: python3.14,
// nodejs24.x, java25, provided.al2023, java17.al2023.
var numbered = regexp.MustCompile(`^([a-z]+(?:\.[a-z]+)?)([0-9]+)(?:\.([0-9]+))?(\.x|\.al[0-9]+)?$`)

func releaseOf(id string) (runtimeRelease, bool) {
	parts := numbered.FindStringSubmatch(id)
	if parts == nil {
		return runtimeRelease{}, false
	}
	r := runtimeRelease{family: parts[1], end: parts[4], dotted: parts[3] != ""}
	r.number[0], _ = strconv.Atoi(parts[2]) // digits, few enough for what is known
	r.number[1], _ = strconv.Atoi(parts[3])
	return r, true
}

// NewerRuntime returns the newest known runtime of a runtime's family, if it is
// newer than the runtime; empty if none is.
func NewerRuntime(id string) string {
	newest := NewestRuntime(id)
	own, ok := releaseOf(id)
	best, known := releaseOf(newest)
	if newest == "" || newest == id || ok && known && slices.Compare(own.number[:], best.number[:]) >= 0 {
		return ""
	}
	return newest
}

// isAlike reports whether two identifiers are of one family and form.
func (r runtimeRelease) isAlike(other runtimeRelease) bool {
	return r.family == other.family && r.end == other.end && r.dotted == other.dotted
}

// isNext reports whether an identifier that is not known is newer than those of
// its family, or than those of its first number: AWS may go on with ruby3 when
// there is a ruby4.
func (r runtimeRelease) isNext() bool {
	older := false
	for id := range runtimes() {
		other, ok := releaseOf(id)
		if !ok || !r.isAlike(other) {
			continue
		}
		order := slices.Compare(other.number[:], r.number[:])
		if order > 0 && (!r.dotted || other.number[0] == r.number[0]) {
			return false
		}
		older = older || order < 0
	}
	return older
}

// otherNames are what languages and other tools' runtimes are called, by the
// family that runs them.
var otherNames = map[string]string{
	"node": "nodejs", "js": "nodejs", "javascript": "nodejs", "typescript": "nodejs", "nodejsx": "nodejs", "py": "python", "cpython": "python",
	"corretto": "java", "jdk": "java", "openjdk": "java", "kotlin": "java", "scala": "java", "net": "dotnet", "csharp": "dotnet", "dotnetcore": "dotnet", "rb": "ruby",
	"go": "provided.al", "golang": "provided.al", "rust": "provided.al", "custom": "provided.al", "al": "provided.al", "amazonlinux": "provided.al",
}

// squeezed leaves of an identifier its letters and digits.
func squeezed(id string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		}
		return -1
	}, id)
}

var squeezedParts = regexp.MustCompile(`^([a-z]+?)([0-9]*)(x?)$`)

// MeantRuntime returns the runtime that an identifier which is not known is a
// slip of, empty if it may be a runtime that AWS has had since, or is like none.
func MeantRuntime(id string) string {
	if r, ok := releaseOf(id); ok {
		if r.isNext() || strings.HasPrefix(r.end, ".al") {
			return ""
		}
		if newest := firstOf(r.isAlike); newest != "" {
			return newest
		}
	}
	parts := squeezedParts.FindStringSubmatch(squeezed(id))
	if parts == nil {
		return nearRuntime(strings.ToLower(id))
	}
	family, number := parts[1], parts[2]
	if other, ok := otherNames[family]; ok {
		family = other
	}
	for _, known := range bySupport() {
		r, _ := releaseOf(known)
		own := squeezedParts.FindStringSubmatch(squeezed(known))
		if number == "" || own == nil || own[2] != number && own[2]+"0" != number {
			continue
		}
		if isNear(squeezed(family), own[1]) || r.family == family {
			return known
		}
	}
	return firstOf(func(r runtimeRelease) bool { return isNear(family, r.family) })
}

// isNear reports whether a family's name has a letter or two wrong.
func isNear(family, known string) bool {
	return family == known || len(family) > 3 && levenshtein.Distance(family, known, nil) <= 2 && family[0] == known[0]
}

// firstOf is the newest supported runtime that is of a kind.
func firstOf(is func(runtimeRelease) bool) string {
	for _, known := range bySupport() {
		if r, ok := releaseOf(known); ok && is(r) {
			return known
		}
	}
	return ""
}

// bySupport lists the known runtimes, supported ones first and newest first.
func bySupport() []string {
	ids := RuntimeIDs()
	slices.SortFunc(ids, func(a, b string) int {
		oldA, oldB := runtimes()[a].DeprecatedAt(RuntimesRead()), runtimes()[b].DeprecatedAt(RuntimesRead())
		if oldA != oldB {
			if oldA {
				return 1
			}
			return -1
		}
		x, _ := releaseOf(a)
		y, _ := releaseOf(b)
		if order := slices.Compare(y.number[:], x.number[:]); order != 0 {
			return order
		}
		return strings.Compare(a, b)
	})
	return ids
}

// nearRuntime is the known runtime that is a letter or two away.
func nearRuntime(id string) string {
	best, least := "", 3
	for _, known := range bySupport() {
		if off := levenshtein.Distance(id, known, nil); off < least && 3*off < len(known) {
			best, least = known, off
		}
	}
	return best
}

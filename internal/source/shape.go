package source

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
)

// Shape says which names a value may have. A nil shape takes anything.
type Shape struct {
	// Names are those of an object, each with the shape of its value.
	Names map[string]*Shape
	// Passed are names that an object does not have and that are no finding:
	// somebody else deals with them.
	Passed map[string]bool
	// Elements is the shape of each element of a map, a list or a set, whose keys
	// the user chooses.
	Elements *Shape
}

// Sorted lists the names of an object.
func (s *Shape) Sorted() []string { return slices.Sorted(maps.Keys(s.Names)) }

// nearest is the name that was most likely meant, empty without a likely one.
func (s *Shape) nearest(wrong string) string {
	type candidate struct {
		name     string
		distance int
	}
	var likely []candidate
	plain := snakeCase(wrong)
	for _, name := range s.Sorted() {
		distance := levenshtein.Distance(plain, name, nil)
		if 3*distance <= max(len(plain), len(name)) || len(plain) > 2 && strings.HasPrefix(name, plain+"_") {
			likely = append(likely, candidate{name, distance})
		}
	}
	if len(likely) == 0 {
		return s.akin(plain)
	}
	return slices.MinFunc(likely, func(a, b candidate) int { return cmp.Compare(a.distance, b.distance) }).name
}

// shortestStem is how many letters two words of one stem share at least.
const shortestStem = 4

// akin is the only name that ends in a word, as retention_days does in days, or that
// has its stem, as create has that of creation. Empty for none and for several.
func (s *Shape) akin(plain string) string {
	for _, like := range []func(name string) bool{
		func(name string) bool { return len(plain) > 2 && strings.HasSuffix(name, "_"+plain) },
		func(name string) bool {
			shared := 0
			for shared < min(len(plain), len(name)) && plain[shared] == name[shared] {
				shared++
			}
			return shared >= shortestStem && 2*shared > max(len(plain), len(name))
		},
	} {
		found := slices.DeleteFunc(s.Sorted(), func(name string) bool { return !like(name) })
		if len(found) == 1 {
			return found[0]
		}
	}
	return ""
}

// snakeCase writes a name of CloudFormation or of a policy document as
// Terraform would: KmsKeyArn becomes kms_key_arn.
func snakeCase(name string) string {
	var out strings.Builder
	for i, r := range name {
		upper := r >= 'A' && r <= 'Z'
		if upper && i > 0 && !strings.HasSuffix(out.String(), "_") && (name[i-1] < 'A' || name[i-1] > 'Z') {
			out.WriteByte('_')
		}
		switch {
		case upper:
			out.WriteRune(r + 'a' - 'A')
		case r == '-':
			out.WriteByte('_')
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

package blueprint

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// MaxPolicySize is how many characters a managed policy holds.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const MaxPolicySize = 6144

// PolicyPart is the ARN of the n-th managed policy of a unit, counted from 0:
// the first has the name itself.
func PolicyPart(arn string, n int) string {
	if n == 0 {
		return arn
	}
	cut := strings.LastIndexByte(arn, '/') + 1
	return arn[:cut] + shorten(arn[cut:]+"-"+strconv.Itoa(n+1), maxPolicyName)
}

// Pack distributes statements over managed policies, in their order: a policy
// is filled before the next is begun. All of them must be known.
func Pack(statements []Named) ([][]Named, error) {
	sizes := make([]int, len(statements))
	for i, s := range statements {
		document, err := Document([]Named{s})
		if err != nil {
			return nil, err
		}
		sizes[i] = len([]rune(document)) - emptyDocument
	}
	var packed [][]Named
	for i, part := range PackSizes(sizes) {
		if i == 0 || part != len(packed)-1 {
			packed = append(packed, nil)
		}
		packed[part] = append(packed[part], statements[i])
	}
	return packed, nil
}

// emptyDocument is the size of a policy without statements.
var emptyDocument = len(`{"Statement":[],"Version":"` + policyVersion + `"}`)

// PackSizes says which managed policy each statement goes to, by the characters
// that the statements take.
func PackSizes(sizes []int) []int {
	parts, part, filled := make([]int, len(sizes)), 0, 0
	for i, size := range sizes {
		if filled > 0 && emptyDocument+filled+1+size > MaxPolicySize {
			part, filled = part+1, 0
		}
		if filled > 0 {
			filled++ // the comma
		}
		filled += size
		parts[i] = part
	}
	return parts
}

// Parts says how many managed policies statements fill. It is unknown only
// while what is not known about them could make a difference.
func (p PolicyStatements) Parts() Value[int] {
	families := p.families()
	if slices.ContainsFunc(families, func(f family) bool { return f.statements.IsUnknown() }) {
		return Unknown[int]()
	}
	count := func(length, elements int) int {
		var sizes []int
		add := func(sid string, s Value[Statement]) {
			if size := statementSize(sid, s, length, elements); size > 0 {
				sizes = append(sizes, size)
			}
		}
		for _, own := range p.own() {
			add(own.sid, *own.statement)
		}
		for _, f := range families {
			named, _ := f.statements.Get()
			for _, name := range slices.Sorted(maps.Keys(named)) {
				add(f.sid(name), named[name])
			}
		}
		if len(sizes) == 0 {
			return 1
		}
		return PackSizes(sizes)[len(sizes)-1] + 1
	}
	least, most := count(0, 0), count(likelyLength, likelyCount)
	if least != most {
		return Unknown[int]()
	}
	return Known(least)
}

// Sizes of what is not known yet: an ARN as long as they come, and as many of
// them as are listed by hand.
const (
	likelyLength = 256
	likelyCount  = 4
)

// statementSize is the size of a statement in which every unknown text has a
// length, and every unknown set so many elements. One that may be absent counts
// as absent while nothing is assumed of it.
func statementSize(sid string, v Value[Statement], length, count int) int {
	if v.IsNull() || v.IsUnknown() && count == 0 {
		return 0
	}
	s, known := v.Get()
	if !known {
		s = Statement{Effect: Known("Allow"), Actions: Unknown[Set](), Resources: Unknown[Set](), Conditions: Unknown[Conditions]()}
	}
	fill := func(set Value[Set]) Value[Set] { return filled(set, length, count) }
	s.Actions, s.Resources = fill(s.Actions), fill(s.Resources)
	conditions := Conditions{}
	if s.Conditions.IsUnknown() && count > 0 {
		conditions[strings.Repeat("x", 32)] = Known(map[string]Value[Set]{strings.Repeat("x", 64): Unknown[Set]()})
		s.Conditions = Known(conditions)
	}
	for operator, keys := range s.Conditions.Or(nil) {
		whole := map[string]Value[Set]{}
		for key, values := range keys.Or(nil) {
			whole[key] = fill(values)
		}
		if keys.IsUnknown() && count > 0 {
			whole[strings.Repeat("x", 64)] = fill(Unknown[Set]())
		}
		conditions[operator] = Known(whole)
	}
	s.Conditions = Null[Conditions]()
	if len(conditions) > 0 {
		s.Conditions = Known(conditions)
	}
	s.Effect = Known(s.Effect.Or("Allow"))
	document, err := Document([]Named{{Sid: sid, Statement: s}})
	if err != nil {
		panic(fmt.Sprintf("a statement without unknowns was not rendered: %v", err))
	}
	return len([]rune(document)) - emptyDocument
}

// filled replaces what is unknown of a set.
func filled(set Value[Set], length, count int) Value[Set] {
	elements, known := set.Get()
	if set.IsUnknown() {
		elements = make(Set, count)
		for i := range elements {
			elements[i] = Unknown[string]()
		}
	} else if !known {
		return set
	}
	out := make(Set, len(elements))
	for i, e := range elements {
		// Distinct, so that none is dropped as a repeat.
		out[i] = Known(e.Or(strings.Repeat("x", length) + strconv.Itoa(i)))
	}
	return Known(out)
}

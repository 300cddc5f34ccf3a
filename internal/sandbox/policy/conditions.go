package policy

import (
	"slices"
	"strconv"
	"strings"
)

// comparison holds one value of a call against one of a policy.
type comparison func(has, wants string) bool

// comparisons are the operators that are evaluated here; a condition with
// another is not met.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
var comparisons = map[string]comparison{
	"StringEquals":           func(has, wants string) bool { return has == wants },
	"StringEqualsIgnoreCase": strings.EqualFold,
	"StringLike":             func(has, wants string) bool { return Match(wants, has) },
	"ArnEquals":              arnLike,
	"ArnLike":                arnLike,
	"Bool":                   strings.EqualFold,
	"NumericEquals": func(has, wants string) bool {
		left, err := strconv.ParseFloat(has, 64)
		right, also := strconv.ParseFloat(wants, 64)
		return err == nil && also == nil && left == right
	},
}

// negations are the operators that are met where another is not.
var negations = map[string]string{
	"StringNotEquals": "StringEquals", "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase", "StringNotLike": "StringLike",
	"ArnNotEquals": "ArnEquals", "ArnNotLike": "ArnLike", "NumericNotEquals": "NumericEquals",
}

// arnLike compares part by part: a wildcard does not cross a colon before the
// resource.
func arnLike(has, wants string) bool {
	left, right := strings.SplitN(has, ":", 6), strings.SplitN(wants, ":", 6)
	if len(left) != 6 || len(right) != 6 {
		return false
	}
	for i := range left {
		if !Match(right[i], left[i]) {
			return false
		}
	}
	return true
}

// meets reports whether a call meets all conditions of a statement.
func (s Statement) meets(keys Keys) bool {
	for operator, conditions := range s.Condition {
		for key, wants := range conditions {
			if !meets(operator, key, wants, keys) {
				return false
			}
		}
	}
	return true
}

func meets(operator, key string, wants []string, keys Keys) bool {
	has, known := keys.lookUp(key)
	if !known {
		return false
	}
	if operator == "Null" {
		return slices.ContainsFunc(wants, func(absent string) bool { return strings.EqualFold(absent, strconv.FormatBool(len(has) == 0)) })
	}
	quantifier, name, quantified := strings.Cut(operator, ":")
	if !quantified {
		quantifier, name = "", operator
	}
	name, optional := strings.CutSuffix(name, "IfExists")
	base, negated := negations[name]
	if !negated {
		base = name
	}
	compare, evaluated := comparisons[base]
	if !evaluated {
		return false
	}
	if len(has) == 0 {
		// Nothing is unlike anything, all of nothing is like it, and none is.
		return optional || quantifier == "ForAllValues" || quantifier == "" && negated
	}
	fits := func(value string) bool {
		return slices.ContainsFunc(wants, func(want string) bool { return compare(value, want) }) != negated
	}
	if quantifier == "ForAllValues" {
		return !slices.ContainsFunc(has, func(value string) bool { return !fits(value) })
	}
	return slices.ContainsFunc(has, fits)
}

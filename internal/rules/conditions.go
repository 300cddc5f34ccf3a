package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// conditionOperators of IAM policies.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
// conditionOperators are those of IAM, without the prefixes of sets and IfExists.
var conditionOperators = list("condition_operators")

// ConditionOperator checks the operator of a policy condition, with or without
// a set prefix and IfExists.
func ConditionOperator(operator string) error {
	name := operator
	for _, prefix := range []string{"ForAllValues:", "ForAnyValue:"} {
		name = strings.TrimPrefix(name, prefix)
	}
	if bare := strings.TrimSuffix(name, "IfExists"); bare != "Null" {
		name = bare
	}
	known := conditionOperators()
	if slices.Contains(known.Values, name) {
		return nil
	}
	if meant, slip := nearest(name, known.Values, map[string]string{"nullifexists": "Null"}); slip || !word.MatchString(name) {
		write := "Write one such as StringEquals, ArnLike or Bool"
		if slip {
			write = fmt.Sprintf("Write %q", strings.Replace(operator, name, meant, 1))
		}
		return &Violation{What: fmt.Sprintf("%q is not a condition operator", operator), Why: "IAM refuses a policy that holds it", Write: write}
	}
	return &Doubt{
		What:  fmt.Sprintf("%q is not one of the condition operators that %s", operator, known.on()),
		Why:   "IAM refuses a policy with an operator that it does not have; it had " + joined(known.Values),
		Write: known.decide("write one of these"),
	}
}

// word is what an operator can look like.
var word = regexp.MustCompile(`^[A-Za-z]+$`)

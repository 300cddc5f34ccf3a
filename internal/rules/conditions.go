package rules

import (
	"fmt"
	"slices"
	"strings"
)

// conditionOperators of IAM policies.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
var conditionOperators = []string{
	"StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike",
	"NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericGreaterThanEquals",
	"DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals",
	"Bool", "BinaryEquals", "IpAddress", "NotIpAddress", "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "Null",
}

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
	if slices.Contains(conditionOperators, name) {
		return nil
	}
	write := "Write one such as StringEquals, ArnLike or Bool"
	for _, known := range conditionOperators {
		if strings.EqualFold(known, name) {
			write = fmt.Sprintf("Write %q", strings.Replace(operator, name, known, 1))
		}
	}
	return &Violation{
		What: fmt.Sprintf("%q is not a condition operator", operator), Why: "IAM refuses a policy that holds it", Write: write,
	}
}

package draft

import (
	"slices"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/access"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// contextTests are the operators that compare the context of a call to a key
// with what a policy names. The ARN operators compare part by part, and are one.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
var contextTests = map[string]func(pattern, arn string) bool{
	"StringEquals": func(pattern, arn string) bool { return pattern == arn },
	"StringLike":   access.Matches,
	arnEquals:      arnMatches,
	arnLike:        arnMatches,
}

// CoversLogGroup reports whether one of the statements that admit CloudWatch
// Logs to a key does so for a log group. Other conditions are left to AWS, and
// so are values with policy variables: only what surely rules the group out
// counts.
func CoversLogGroup(statements []bp.Parsed, groupARN string) bool {
	return slices.ContainsFunc(statements, func(s bp.Parsed) bool {
		for operator, keys := range s.Statement.Conditions.Or(nil) {
			test, plain := contextTests[strings.TrimSuffix(operator, "IfExists")]
			for key, values := range keys.Or(nil) {
				patterns, _ := values.Or(nil).Strings()
				if plain && strings.EqualFold(key, LogsContext) && !slices.ContainsFunc(patterns, func(pattern string) bool {
					return strings.Contains(pattern, "${") || test(pattern, groupARN)
				}) {
					return false
				}
			}
		}
		return true
	})
}

func arnMatches(pattern, arn string) bool {
	const parts = 6 // the last one may hold colons
	wants, has := strings.SplitN(pattern, ":", parts), strings.SplitN(arn, ":", parts)
	if len(wants) != len(has) {
		return false
	}
	for i := range wants {
		if !access.Matches(wants[i], has[i]) {
			return false
		}
	}
	return true
}

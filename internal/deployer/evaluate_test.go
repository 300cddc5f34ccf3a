package deployer

import (
	"slices"
	"strings"
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/access"
)

// request is a call as IAM judges it.
type request struct {
	action, resource string
	context          context
}

// context holds the condition keys of a request; one that is absent is not in
// it.
type context map[string][]string

// grants reports whether statements allow a request: one allows it, and none
// denies it.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
func grants(statements []Statement, r request) bool {
	allowed := false
	for _, s := range statements {
		if !applies(s, r) {
			continue
		}
		if s.Deny {
			return false
		}
		allowed = true
	}
	return allowed
}

func applies(s Statement, r request) bool {
	covers := func(patterns []string, text string, match func(pattern, text string) bool) bool {
		return slices.ContainsFunc(patterns, func(p string) bool { return match(p, text) })
	}
	if !covers(s.Actions, r.action, access.Covers) {
		return false
	}
	if len(s.Except) > 0 == covers(slices.Concat(s.Resources, s.Except), r.resource, matchesARN) {
		return false
	}
	for operator, keys := range s.Conditions {
		for key, values := range keys {
			if !holds(operator, r.context[key], values, r.context) {
				return false
			}
		}
	}
	return true
}

// matchesARN compares field by field: no wildcard reaches across the colons
// before the resource.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
func matchesARN(pattern, arn string) bool {
	if pattern == anything {
		return true
	}
	fields, patterns := strings.SplitN(arn, ":", 6), strings.SplitN(pattern, ":", 6)
	return slices.EqualFunc(patterns, fields, access.Matches)
}

// holds compares what a request has of a key with the values of a condition.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
func holds(operator string, have, values []string, c context) bool {
	if operator == null {
		return (len(have) == 0) == (values[0] == "true")
	}
	operator, forAll := strings.CutPrefix(operator, "ForAllValues:")
	operator, ifExists := strings.CutSuffix(operator, "IfExists")
	negated := strings.Contains(operator, "Not")
	if len(have) == 0 {
		return forAll || ifExists || negated
	}
	one := func(text string) bool {
		return negated != slices.ContainsFunc(values, func(v string) bool { return same(operator, v, text, c) })
	}
	if forAll || negated {
		return !slices.ContainsFunc(have, func(text string) bool { return !one(text) })
	}
	return slices.ContainsFunc(have, one)
}

func same(operator, value, text string, c context) bool {
	for name, values := range c {
		if strings.HasPrefix(name, "aws:Principal") {
			value = strings.ReplaceAll(value, "${"+name+"}", values[0])
		}
	}
	if strings.HasSuffix(operator, "Like") {
		return access.Matches(value, text)
	}
	return value == text
}

func TestEvaluate(t *testing.T) {
	t.Parallel()
	with := func(operator, key string, values ...string) []Statement {
		c := clauses{}
		c.add(operator, key, values...)
		return []Statement{{Sid: "A", Actions: []string{"iam:*"}, Resources: []string{"arn:aws:iam::1:role/a-*"}, Conditions: c}}
	}
	deny := func(s []Statement) []Statement {
		s[0].Deny = true
		return append(s, Statement{Actions: []string{"*"}, Resources: []string{"*"}})
	}
	for _, c := range []struct {
		name       string
		statements []Statement
		context    context
		granted    bool
	}{
		{"equal", with(stringEquals, "k", "v"), context{"k": {"v"}}, true},
		{"other", with(stringEquals, "k", "v"), context{"k": {"w"}}, false},
		{"absent", with(stringLike, "k", "v"), context{}, false},
		{"like", with(stringLike, "k", "v*"), context{"k": {"vw"}}, true},
		{"no wildcard in equals", with(stringEquals, "k", "v*"), context{"k": {"vw"}}, false},
		{"absent where it may be", with(stringLikeIfExists, "k", "v"), context{}, true},
		{"there where it may be absent", with(stringLikeIfExists, "k", "v"), context{"k": {"w"}}, false},
		{"all of none", with(allLike, "k", "v"), context{}, true},
		{"all", with(allLike, "k", "v*", "w"), context{"k": {"v1", "w"}}, true},
		{"not all", with(allLike, "k", "v*"), context{"k": {"v1", "w"}}, false},
		{"none equals", with(noneEquals, "k", "v"), context{"k": {"w"}}, true},
		{"one equals", with(noneEquals, "k", "v"), context{"k": {"w", "v"}}, false},
		{"must be there", with(null, "k", "false"), context{}, false},
		{"must be absent", with(null, "k", "true"), context{}, true},
		{"denied where absent", deny(with(arnNotLike, "k", "v")), context{}, false},
		{"not denied where it is that", deny(with(arnNotLike, "k", "v", "w")), context{"k": {"w"}}, true},
		{"a variable", with(stringEquals, "k", "${aws:PrincipalAccount}"), context{"k": {"1"}, "aws:PrincipalAccount": {"1"}}, true},
	} {
		if got := grants(c.statements, request{"iam:GetRole", "arn:aws:iam::1:role/a-b/c", c.context}); got != c.granted {
			t.Errorf("%s: granted %v", c.name, got)
		}
	}
	except := []Statement{{Actions: []string{"iam:Get*"}, Except: []string{"arn:aws:iam::1:role/a"}}}
	for resource, granted := range map[string]bool{"arn:aws:iam::1:role/a": false, "arn:aws:iam::1:role/b": true} {
		if got := grants(except, request{action: "iam:GetRole", resource: resource}); got != granted {
			t.Errorf("all but one, %s: granted %v", resource, got)
		}
	}
}

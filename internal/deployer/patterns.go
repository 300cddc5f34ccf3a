package deployer

import (
	"fmt"
	"slices"
	"strings"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// openPatterns finds patterns that take in what is anybody's. One that Validate
// refuses is wrong once.
func (o Options) openPatterns() []error {
	var problems []error
	find := func(what string, patterns []string, valid func(string) error, why func(string) string) {
		for _, p := range patterns {
			if text := why(p); text != "" && valid(p) == nil {
				problems = append(problems, fmt.Errorf("%s: %q %s", what, p, text))
			}
		}
	}
	find("key", o.Keys, fitting("kms:DescribeKey"), func(arn string) string {
		if !strings.ContainsAny(lastPart(arn), "*?") {
			return ""
		}
		return "has a wildcard in the key's id and so takes in keys that are not the units': ids are random. Write the whole ARN of each key"
	})
	if o.AnyName {
		return problems
	}
	const instead = " Write what the names begin with, or state that they may be any (--any-name)"
	wild := func(nameOf func(string) string) func(string) string {
		return func(pattern string) string {
			if !open(nameOf(pattern)) {
				return ""
			}
			return "begins with a wildcard and so takes in what is not the units'." + instead
		}
	}
	if o.RolePath == "/" {
		find("role name", o.RoleNames, validRoleName, wild(itself))
	}
	find("rotation function", o.RotationFunctions, fitting("lambda:InvokeFunction"), wild(lastPart))
	find("log group", o.LogGroups, validLogGroup, wild(itself))
	find("log group", o.LogGroups, validLogGroup, func(pattern string) string {
		if open(pattern) || !o.anybodysLogs(pattern) {
			return ""
		}
		return "takes in log groups of functions and services that are not the units'." + instead
	})
	return problems
}

// open reports whether a pattern leaves open what names begin with.
func open(pattern string) bool {
	name := strings.TrimLeft(pattern, "/")
	return name == "" || strings.HasPrefix(name, "*") || strings.HasPrefix(name, "?")
}

// anybodysLogs reports whether a pattern says less than a folder of the units' own
// does: services keep their groups below /aws/SERVICE/, Lambda one for each function.
// https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html
func (o Options) anybodysLogs(pattern string) bool {
	fixed := pattern
	if at := strings.IndexAny(pattern, "*?"); at >= 0 {
		fixed = pattern[:at]
	} else {
		return false
	}
	const services = "/aws/"
	within, ofService := strings.CutPrefix(fixed, services)
	if !ofService {
		return strings.HasPrefix(services, fixed)
	}
	if _, name, _ := strings.Cut(within, "/"); name == "" {
		return true
	}
	return slices.ContainsFunc(o.NamePrefixes, func(prefix string) bool {
		own := bp.LogGroupName(prefix)
		return len(fixed) < len(own) && strings.HasPrefix(own, fixed)
	})
}

func itself(name string) string { return name }

// lastPart is the name or the id in an ARN of one of the kinds above.
func lastPart(arn string) string { return arn[strings.LastIndexAny(arn, ":/")+1:] }

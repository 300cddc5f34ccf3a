package access

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// OpenSources says of every ARN that a statement binds a source by and that leaves
// open whose the source is, which part of it does. It is empty where all of them
// name one, and where there is none.
func (g Grant) OpenSources() []string {
	var out []string
	for _, operator := range slices.Sorted(maps.Keys(g.Conditions)) {
		for _, key := range slices.Sorted(maps.Keys(g.Conditions[operator])) {
			if !strings.EqualFold(key, "aws:SourceArn") || !g.narrows(operator, key) {
				continue
			}
			for _, arn := range g.Conditions[operator][key] {
				if part := openPart(arn); part != "" {
					out = append(out, fmt.Sprintf("%s %s %s", key, arn, part))
				}
			}
		}
	}
	return out
}

// SourceOf is an ARN whose account is stated, in place of one that leaves it open.
// It is empty where the account alone would not do.
func SourceOf(arn, account string) string {
	fields := strings.SplitN(arn, ":", arnFields)
	if len(fields) < arnFields || account == "" || strings.Contains(arn, "${") || !strings.ContainsAny(fields[4], "*?") {
		return ""
	}
	fields[4] = account
	if named := strings.Join(fields, ":"); !openARN(named) {
		return named
	}
	return ""
}

// openPart says which part of an ARN leaves open whose it is, empty for none.
func openPart(arn string) string {
	fields := strings.SplitN(arn, ":", arnFields)
	switch {
	case strings.Contains(arn, "${"):
		return "has a variable, which the request itself fills in"
	case len(fields) < arnFields && strings.ContainsAny(arn, "*?"):
		return "has a wildcard in place of service and account, so a source of any account passes"
	case len(fields) < arnFields:
		return "is no ARN"
	case strings.ContainsAny(fields[2], "*?"):
		return "has a wildcard in place of the service, so a source of any service passes"
	case strings.ContainsAny(fields[4], "*?"):
		return "has a wildcard in place of the account, so a source of any account passes"
	case !openARN(arn) && withoutAccount(arn):
		return "names no account, so anybody who takes over the name of the bucket passes"
	case !openARN(arn):
		return ""
	case fields[2] == "s3":
		return "has a wildcard in place of the bucket's name, so a bucket of any account passes"
	}
	return "names no account and has a wildcard in the resource, so a source of any account passes"
}

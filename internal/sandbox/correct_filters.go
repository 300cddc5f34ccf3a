package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// filtersAreKnown: the emulator ignores some ways to narrow a listing and
// answers with everything. Those are refused as not implemented.
func filtersAreKnown() []correction {
	return []correction{
		{operations: []string{"logs.DescribeLogGroups"}, wrap: onlyIf(func(x *exchange) bool {
			request, err := x.json()
			return err == nil && request["logGroupIdentifiers"] == nil && request["logGroupClass"] == nil &&
				request["accountIdentifiers"] == nil && request["includeLinkedAccounts"] == nil
		})},
		{operations: []string{"ec2.DescribeSubnets"}, wrap: onlyIf(func(x *exchange) bool {
			return filtersAmong(x, "vpc-id", "availability-zone", "subnet-id", "cidr-block", "default-for-az")
		})},
		{operations: []string{"ec2.DescribeSecurityGroups"}, wrap: onlyIf(func(x *exchange) bool {
			return filtersAmong(x, "vpc-id", "group-name", "group-id")
		})},
	}
}

// onlyIf refuses what does not fulfil a condition as not implemented.
func onlyIf(known func(x *exchange) bool) step {
	return func(next handler) handler {
		return func(w http.ResponseWriter, x *exchange) {
			if !known(x) {
				refuse(w, x, x.unsupported())
				return
			}
			next(w, x)
		}
	}
}

func filtersAmong(x *exchange, names ...string) bool {
	form, err := x.form()
	if err != nil {
		return false
	}
	for i := 1; ; i++ {
		name := form.Get(fmt.Sprintf("Filter.%d.Name", i))
		switch {
		case name == "":
			return true
		case !slices.Contains(names, name) && !strings.HasPrefix(name, "tag"):
			return false
		}
	}
}

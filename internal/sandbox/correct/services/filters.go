package services

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// filtersAreKnown: the emulator ignores some ways to narrow a listing and
// answers with everything. Those are refused as not implemented.
func filtersAreKnown() []correct.Correction {
	return []correct.Correction{
		{Operations: []string{"logs.DescribeLogGroups"}, Wrap: onlyIf(func(x *wire.Exchange) bool {
			request, err := x.JSON()
			return err == nil && request["logGroupIdentifiers"] == nil && request["logGroupClass"] == nil &&
				request["accountIdentifiers"] == nil && request["includeLinkedAccounts"] == nil
		})},
		{Operations: []string{"ec2.DescribeSubnets"}, Wrap: onlyIf(func(x *wire.Exchange) bool {
			return filtersAmong(x, "vpc-id", "availability-zone", "subnet-id", "cidr-block", "default-for-az")
		})},
		{Operations: []string{"ec2.DescribeSecurityGroups"}, Wrap: onlyIf(func(x *wire.Exchange) bool {
			return filtersAmong(x, "vpc-id", "group-name", "group-id")
		})},
	}
}

// onlyIf refuses what does not fulfil a condition as not implemented.
func onlyIf(known func(x *wire.Exchange) bool) wire.Step {
	return func(next wire.Handler) wire.Handler {
		return func(w http.ResponseWriter, x *wire.Exchange) {
			if !known(x) {
				wire.Refuse(w, x, x.Unsupported())
				return
			}
			next(w, x)
		}
	}
}

func filtersAmong(x *wire.Exchange, names ...string) bool {
	form, err := x.Form()
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

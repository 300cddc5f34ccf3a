package cloud

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// SharedWith says who else uses what a unit of this function would own: other
// functions with its role or log group, and others that the role trusts. It
// returns a clause for each.
func (c *Client) SharedWith(ctx context.Context, o Observation) ([]string, error) {
	role, function := valueOf(o.Role), valueOf(o.Function)
	functions, err := all(func(next *string) ([]types.FunctionConfiguration, *string, error) {
		out, err := c.lambda.ListFunctions(ctx, &lambda.ListFunctionsInput{Marker: next})
		if err != nil {
			return nil, nil, err
		}
		return out.Functions, out.NextMarker, nil
	})
	if err != nil {
		return nil, err
	}
	var byRole, byGroup []string
	for _, f := range functions {
		name := aws.ToString(f.FunctionName)
		if name == function.Name.Or("") {
			continue
		}
		if role.ARN.IsKnown() && aws.ToString(f.Role) == role.ARN.Or("") {
			byRole = append(byRole, name)
		}
		if observeLogging(name, f.LoggingConfig).Group == valueOf(function.Logging).Group {
			byGroup = append(byGroup, name)
		}
	}
	var clauses []string
	say := func(form string, what bp.String, names []string) {
		if len(names) > 0 {
			slices.Sort(names)
			clauses = append(clauses, fmt.Sprintf(form, what, strings.Join(slices.Compact(names), ", ")))
		}
	}
	say("role %s is also the role of %s", role.Name, byRole)
	say("role %s also trusts %s", role.Name, otherPrincipals(valueOf(role.Trust)))
	say("log group %s is also the log group of %s", valueOf(function.Logging).Group, byGroup)
	return clauses, nil
}

// otherPrincipals lists whom a role trusts besides Lambda.
func otherPrincipals(trust bp.TrustPolicy) []string {
	var out []string
	for _, named := range trust.Statements() {
		for kind, who := range named.Statement.Principals.Or(nil) {
			names, _ := who.Or(nil).Strings()
			for _, name := range names {
				if kind != "Service" || !strings.HasPrefix(name, "lambda.amazonaws.com") {
					out = append(out, name)
				}
			}
		}
	}
	return out
}

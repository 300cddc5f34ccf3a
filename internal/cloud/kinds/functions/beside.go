package functions

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
)

// ListAliases reads all aliases of a function.
func ListAliases(ctx context.Context, c *api.Client, function string) ([]types.AliasConfiguration, error) {
	return api.All(func(next *string) ([]types.AliasConfiguration, *string, error) {
		out, err := c.Lambda.ListAliases(ctx, &lambda.ListAliasesInput{FunctionName: &function, Marker: next})
		if err != nil {
			return nil, nil, err
		}
		return out.Aliases, out.NextMarker, nil
	})
}

// ListVersions reads the numbers of a function's versions, and $LATEST.
func ListVersions(ctx context.Context, c *api.Client, function string) ([]string, error) {
	return api.All(func(next *string) ([]string, *string, error) {
		out, err := c.Lambda.ListVersionsByFunction(ctx, &lambda.ListVersionsByFunctionInput{FunctionName: &function, Marker: next})
		if err != nil {
			return nil, nil, err
		}
		var versions []string
		for _, v := range out.Versions {
			versions = append(versions, aws.ToString(v.Version))
		}
		return versions, out.NextMarker, nil
	})
}

// aliasesOf lists the names of the aliases of a function.
func aliasesOf(ctx context.Context, c *api.Client, function string) ([]string, error) {
	found, err := ListAliases(ctx, c, function)
	names := make([]string, len(found))
	for i, a := range found {
		names[i] = aws.ToString(a.Name)
	}
	return names, err
}

// servingAlias picks the alias a unit of this function would use: the preferred
// one if it exists, else the only one there is.
func servingAlias(ctx context.Context, c *api.Client, function, preferred string) (string, error) {
	names, err := aliasesOf(ctx, c, function)
	if err != nil {
		return "", err
	}
	if len(names) == 1 {
		return names[0], nil
	}
	return preferred, nil
}

// Beside lists what a function has beside what a unit manages, one clause each:
// a unit neither shows it nor keeps it in step, and it goes with the function.
func Beside(ctx context.Context, c *api.Client, function, alias string) ([]string, error) {
	var clauses []string
	aliases, err := aliasesOf(ctx, c, function)
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(slices.Values(aliases)) {
		if name != alias {
			clauses = append(clauses, "alias "+name)
		}
	}
	urls, err := c.Lambda.ListFunctionURLConfigs(ctx, &lambda.ListFunctionUrlConfigsInput{FunctionName: &function})
	if api.IgnoreNotOffered(err) != nil {
		return nil, err
	}
	if urls != nil {
		for _, u := range urls.FunctionUrlConfigs {
			clauses = append(clauses, fmt.Sprintf("function URL %s with authorization %s", aws.ToString(u.FunctionUrl), u.AuthType))
		}
	}
	for _, name := range aliases {
		out, err := c.Lambda.GetProvisionedConcurrency(ctx, &lambda.GetProvisionedConcurrencyConfigInput{FunctionName: &function, Qualifier: &name})
		switch {
		case err == nil:
			clauses = append(clauses, fmt.Sprintf("provisioned concurrency of %d on alias %s", aws.ToInt32(out.RequestedProvisionedConcurrentExecutions), name))
		case api.ErrorCode(err) != "ProvisionedConcurrencyConfigNotFoundException" && !api.Missing(err) && !api.NotOffered(err):
			return nil, err
		}
	}
	mappings, err := c.Lambda.ListEventSourceMappings(ctx, &lambda.ListEventSourceMappingsInput{FunctionName: &function})
	if api.IgnoreMissing(err) != nil {
		return nil, err
	}
	if mappings != nil {
		for _, m := range mappings.EventSourceMappings {
			clauses = append(clauses, fmt.Sprintf("event source mapping %s of %s", aws.ToString(m.UUID), aws.ToString(m.EventSourceArn)))
		}
	}
	return clauses, nil
}

package inspect

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds/functions"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Reachable is what others made of a function beside what its unit's alias serves.
type Reachable struct {
	// Policies are those of versions that were not known yet, by number.
	Policies map[string]bp.Writing
	// Versions are the published versions that something can run: another alias routes
	// to them, a mapping or a policy names them. By number, each with why that is not
	// sure; empty where it is.
	Versions map[string]string
	// Destinations are where reports of asynchronous invocations of other qualifiers
	// go, by qualifier. Unlisted says why they are not known.
	Destinations map[string][]string
	Unlisted     string
}

// Reach looks for what can be run of a function beside what its unit's alias serves.
// Policies that are known already, by qualifier, are not read again.
func (c *Inspector) Reach(ctx context.Context, function string, serving bp.Value[bp.Alias], known map[string]bp.Writing) Reachable {
	alias, _ := serving.Get()
	var out Reachable
	versions, err := functions.ListVersions(ctx, c.Client, function)
	if err != nil {
		out.Policies = map[string]bp.Writing{"its versions": api.Unreadable(err, "lambda:ListVersionsByFunction")}
	} else {
		var idle []string
		for _, version := range versions {
			if _, is := known[version]; !is && version != functions.Latest && alias.Version != bp.Known(version) {
				idle = append(idle, version)
			}
		}
		out.Policies = functions.Policies(ctx, c.Client, function, idle)
	}
	out.Versions = map[string]string{}
	// What cannot be listed of aliases is said where their policies are.
	aliases, _ := functions.ListAliases(ctx, c.Client, function)
	mapped, err := c.Mapped(ctx)
	if err != nil {
		for _, version := range versions {
			out.Versions[version] = api.UnreadBecause(err, ActionListMappings)
		}
	}
	for _, version := range mapped[function] {
		out.Versions[version] = ""
	}
	for _, policies := range []map[string]bp.Writing{known, out.Policies} {
		for qualifier, w := range policies {
			if len(w.Statements) > 0 {
				out.Versions[qualifier] = ""
			}
		}
	}
	for _, a := range aliases {
		if aws.ToString(a.Name) != alias.Name.Or("") {
			for _, version := range Routes(a) {
				out.Versions[version] = ""
			}
		}
	}
	for qualifier := range out.Versions {
		if !functions.IsVersion(qualifier) {
			delete(out.Versions, qualifier)
		}
	}
	found, err := c.ListAsync(ctx, function)
	if err != nil && !api.Missing(err) {
		out.Unlisted = api.UnreadBecause(err, ActionListAsync)
	}
	delete(found, alias.Name.Or(""))
	out.Destinations = DestinationsOf(found)
	return out
}

// Routes are the versions that an alias sends callers to.
func Routes(a types.AliasConfiguration) []string {
	out := []string{aws.ToString(a.FunctionVersion)}
	if a.RoutingConfig != nil {
		out = append(out, api.SortedKeys(a.RoutingConfig.AdditionalVersionWeights)...)
	}
	return out
}

// mappings are the qualifiers that event source mappings call, by function.
type mappings struct {
	of  map[string][]string
	err error
}

// Mapped lists the versions and aliases that event source mappings call, by function:
// of all functions, once in a run. AWS does not say whether it lists those of a
// function's versions when it is asked for the function.
// https://docs.aws.amazon.com/lambda/latest/api/API_ListEventSourceMappings.html
func (c *Inspector) Mapped(ctx context.Context) (map[string][]string, error) {
	m, _ := c.mappings.Load("", func() (mappings, bool, error) {
		of, err := c.listMapped(ctx)
		return mappings{of, err}, !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded), nil
	})
	return m.of, m.err
}

func (c *Inspector) listMapped(ctx context.Context) (map[string][]string, error) {
	found, err := api.All(func(next *string) ([]types.EventSourceMappingConfiguration, *string, error) {
		out, err := c.Lambda.ListEventSourceMappings(ctx, &lambda.ListEventSourceMappingsInput{Marker: next})
		if err != nil {
			return nil, nil, err
		}
		return out.EventSourceMappings, out.NextMarker, nil
	})
	of := map[string][]string{}
	for _, m := range found {
		arn := aws.ToString(m.FunctionArn)
		if qualifier := bp.AliasNameOf(arn); qualifier != "" {
			function := bp.FunctionNameOf(arn)
			of[function] = append(of[function], qualifier)
		}
	}
	return of, err
}

// ActionListAsync lists the configurations for asynchronous invocation.
const ActionListAsync = "lambda:ListFunctionEventInvokeConfigs"

// ListAsync reads where reports of asynchronous invocations go, by the qualifier that
// is invoked: each alias, each version and $LATEST has a configuration of its own.
// https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctionEventInvokeConfigs.html
func (c *Inspector) ListAsync(ctx context.Context, function string) (map[string]bp.Async, error) {
	found, err := api.All(func(next *string) ([]types.FunctionEventInvokeConfig, *string, error) {
		out, err := c.Lambda.ListFunctionEventInvokeConfigs(ctx, &lambda.ListFunctionEventInvokeConfigsInput{FunctionName: &function, Marker: next})
		if err != nil {
			return nil, nil, err
		}
		return out.FunctionEventInvokeConfigs, out.NextMarker, nil
	})
	out := map[string]bp.Async{}
	for _, config := range found {
		var async bp.Async
		if d := config.DestinationConfig; d != nil && d.OnSuccess != nil {
			async.OnSuccess = api.Optional(d.OnSuccess.Destination)
		}
		if d := config.DestinationConfig; d != nil && d.OnFailure != nil {
			async.OnFailure = api.Optional(d.OnFailure.Destination)
		}
		out[bp.AliasNameOf(aws.ToString(config.FunctionArn))] = async
	}
	return out, err
}

// DestinationsOf are the ARNs in configurations, by qualifier.
func DestinationsOf(configs map[string]bp.Async) map[string][]string {
	out := map[string][]string{}
	for qualifier, async := range configs {
		for _, target := range []bp.String{async.OnSuccess, async.OnFailure} {
			if arn, known := target.Get(); known {
				out[qualifier] = append(out[qualifier], arn)
			}
		}
	}
	return out
}

// ActionListMappings lists the event source mappings.
const ActionListMappings = "lambda:ListEventSourceMappings"

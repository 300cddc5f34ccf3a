package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/secure-lambda/terraform-provider-secure/internal/draft"
	"github.com/secure-lambda/terraform-provider-secure/internal/rules"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// aliasARN is provider::secure::alias_arn: the ARN that a unit's alias will have,
// for what the unit in turn depends on.
type aliasARN struct{}

// invokeARN is provider::secure::invoke_arn: the same as API Gateway takes it.
type invokeARN struct{}

// Metadata implements function.Function.
func (aliasARN) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "alias_arn"
}

// Metadata implements function.Function.
func (invokeARN) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "invoke_arn"
}

const noCycle = " It depends on no resource, so it breaks a cycle: a user pool, a rule or an OpenAPI body may name the function by it while the unit's `permissions` name that source. [Access](../guides/access)"

// Definition implements function.Function.
func (aliasARN) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = arnDefinition("The ARN of a unit's alias",
		"Returns the ARN that the alias of a unit has or will have, the same as the unit's `alias_arn`."+noCycle)
}

// Definition implements function.Function.
func (invokeARN) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = arnDefinition("The ARN by which API Gateway invokes a unit",
		"Returns the ARN that API Gateway takes for an integration with a unit's alias, the same as the unit's `invoke_arn`."+noCycle)
}

func arnDefinition(summary, description string) function.Definition {
	return function.Definition{
		Summary: summary, MarkdownDescription: description,
		Parameters: []function.Parameter{
			function.StringParameter{Name: "name", MarkdownDescription: "Name of the unit."},
			function.StringParameter{Name: "account_id", MarkdownDescription: "Account of the unit, such as `data.aws_caller_identity.current.account_id`."},
			function.StringParameter{Name: "region", MarkdownDescription: "Region of the unit, such as `eu-west-1`."},
		},
		VariadicParameter: function.StringParameter{Name: "alias", MarkdownDescription: "The unit's `release.alias`, where it is not `live`."},
		Return:            function.StringReturn{},
	}
}

// Run implements function.Function.
func (aliasARN) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	arn, _, problem := aliasOfArguments(ctx, req)
	if resp.Error = problem; problem == nil {
		resp.Error = resp.Result.Set(ctx, arn)
	}
}

// Run implements function.Function.
func (invokeARN) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	arn, place, problem := aliasOfArguments(ctx, req)
	if resp.Error = problem; problem == nil {
		resp.Error = resp.Result.Set(ctx, place.InvokeARN(arn))
	}
}

func aliasOfArguments(ctx context.Context, req function.RunRequest) (arn string, place bp.Place, problem *function.FuncError) {
	var name, account, region string
	var aliases []string
	if problem = req.Arguments.Get(ctx, &name, &account, &region, &aliases); problem != nil {
		return "", place, problem
	}
	alias := draft.DefaultAlias
	if len(aliases) > 0 {
		alias = aliases[0]
	}
	for position, err := range []error{rules.FunctionName(name), rules.AccountID(account), rules.Region(region), rules.AliasName(alias)} {
		if _, doubt := errors.AsType[*rules.Doubt](err); err != nil && !doubt {
			return "", place, function.NewArgumentFuncError(int64(position), err.Error())
		}
	}
	if len(aliases) > 1 {
		return "", place, function.NewArgumentFuncError(4, fmt.Sprintf("There are %d aliases, and a unit has one. Write one, or none for %q.", len(aliases), draft.DefaultAlias))
	}
	place = bp.Place{Partition: bp.PartitionOf(region).ID, Account: account, Region: region}
	return place.FunctionARN(name) + ":" + alias, place, nil
}

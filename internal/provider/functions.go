package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/access"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Functions implements provider.ProviderWithFunctions.
func (*secureProvider) Functions(context.Context) []func() function.Function {
	return []func() function.Function{
		func() function.Function { return accessPolicy{} },
		func() function.Function { return lintPolicy{} },
		func() function.Function { return renderUnit{} },
		func() function.Function { return aliasARN{} },
		func() function.Function { return invokeARN{} },
	}
}

// accessPolicy is provider::secure::access_policy.
type accessPolicy struct{}

// Metadata implements function.Function.
func (accessPolicy) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "access_policy"
}

// Definition implements function.Function.
func (accessPolicy) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "The least policy for a level on a resource",
		MarkdownDescription: "Expands a level on one resource into an IAM policy document, as `access` of `secure_lambda` does, for roles that are not a unit's: " + levelsDoc() +
			". The statements are bound to no function. [Access](../guides/access)",
		Parameters: []function.Parameter{
			function.StringParameter{Name: "to", MarkdownDescription: "ARN of the resource."},
			function.StringParameter{Name: "level", MarkdownDescription: "What is done with it, such as `read`."},
			function.StringParameter{Name: "kms_key_arn", AllowNullValue: true, MarkdownDescription: "Customer-managed key that it is encrypted with, or null."},
		},
		Return: function.StringReturn{},
	}
}

// parameters of accessPolicy by the attribute that an error is about.
var parameters = map[string]int64{"to": 0, "level": 1, "kms_key_arn": 2}

// Run implements function.Function.
func (accessPolicy) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var to, level string
	var key types.String
	if resp.Error = req.Arguments.Get(ctx, &to, &level, &key); resp.Error != nil {
		return
	}
	given, err := access.Give(to, level, key.ValueString())
	if problem, ok := errors.AsType[*access.GiveError](err); ok {
		resp.Error = function.NewArgumentFuncError(parameters[problem.At], strings.TrimSuffix(problem.Error(), ".")) // Terraform ends the sentence
		return
	}
	statements := []bp.Named{{Sid: "Access", Statement: given.Statement}}
	if companion, ok := given.Key.Get(); ok {
		statements = append(statements, bp.Named{Sid: "AccessKey", Statement: companion})
	}
	document, err := bp.Document(statements)
	if err != nil {
		resp.Error = function.NewFuncError(err.Error())
		return
	}
	resp.Error = resp.Result.Set(ctx, document)
}

// lintPolicy is provider::secure::lint_policy.
type lintPolicy struct{}

// Metadata implements function.Function.
func (lintPolicy) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "lint_policy"
}

// Definition implements function.Function.
func (lintPolicy) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "What is wrong with an IAM policy",
		MarkdownDescription: "Holds a policy document against the catalogue of AWS's actions of " + access.Catalogue().Updated() + ": actions that do not exist or cannot be allowed on the resources, wildcards, " +
			"`NotAction`, `iam:PassRole` without a condition, actions that escalate together, and the size. Returns a line for each finding, an empty list for none; use it in a `check` or a `precondition`.",
		Parameters: []function.Parameter{
			function.StringParameter{Name: "policy", MarkdownDescription: "The document, as JSON."},
		},
		Return: function.ListReturn{ElementType: types.StringType},
	}
}

// Run implements function.Function.
func (lintPolicy) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var document string
	if resp.Error = req.Arguments.Get(ctx, &document); resp.Error != nil {
		return
	}
	found, err := access.LintDocument(document)
	if err != nil {
		resp.Error = function.NewArgumentFuncError(0, fmt.Sprintf("This is not a policy document: %v. Write one with jsonencode({ Version = \"2012-10-17\", Statement = [...] })", err))
		return
	}
	lines := make([]attr.Value, len(found))
	for i, line := range found {
		lines[i] = types.StringValue(line)
	}
	list, diags := types.ListValue(types.StringType, lines)
	if resp.Error = function.FuncErrorFromDiags(ctx, diags); resp.Error != nil {
		return
	}
	resp.Error = resp.Result.Set(ctx, list)
}

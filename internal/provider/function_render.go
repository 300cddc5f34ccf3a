package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/secure-lambda/terraform-provider-secure/internal/render"
	"github.com/secure-lambda/terraform-provider-secure/internal/shown"
)

// renderUnit is provider::secure::render.
type renderUnit struct{}

// Metadata implements function.Function.
func (renderUnit) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "render"
}

// Definition implements function.Function.
func (renderUnit) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	var formats []string
	for _, f := range render.Formats() {
		formats = append(formats, "`"+string(f)+"`")
	}
	resp.Definition = function.Definition{
		Summary: "A unit as CloudFormation, SAM or plain Terraform",
		MarkdownDescription: "Writes a unit down in another language, as the command `render` does. It is not known before the unit is applied. " +
			"Values that are marked sensitive anywhere in the unit make the whole text sensitive; environment variables are parameters without a default. [Rendering](../guides/render)",
		Parameters: []function.Parameter{
			function.DynamicParameter{Name: "unit", MarkdownDescription: "A `secure_lambda`, such as `secure_lambda.orders`."},
			function.StringParameter{Name: "format", MarkdownDescription: strings.Join(formats, ", ") + "."},
		},
		Return: function.StringReturn{},
	}
}

// Run implements function.Function.
func (renderUnit) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var given types.Dynamic
	var format string
	if resp.Error = req.Arguments.Get(ctx, &given, &format); resp.Error != nil {
		return
	}
	unit, err := unitArgument(ctx, given)
	if err != nil {
		resp.Error = function.NewArgumentFuncError(0, fmt.Sprintf("This is no secure_lambda: %v. Write secure_lambda.NAME.", err))
		return
	}
	// A function is not told which of the values are sensitive.
	for name, v := range unit.Environment {
		v.Sensitive = !v.Plain
		unit.Environment[name] = v
	}
	text, err := render.Render(render.Format(format), unit.Unit)
	if err != nil {
		resp.Error = function.NewArgumentFuncError(1, err.Error())
		return
	}
	resp.Error = resp.Result.Set(ctx, text)
}

// unitArgument reads the object of a resource.
func unitArgument(ctx context.Context, given types.Dynamic) (shown.Unit, error) {
	value, err := given.UnderlyingValue().ToTerraformValue(ctx)
	if err != nil {
		return shown.Unit{}, err
	}
	attributes := map[string]tftypes.Value{}
	if err := value.As(&attributes); err != nil {
		return shown.Unit{}, err
	}
	managed, there := attributes["managed"]
	if !there {
		return shown.Unit{}, fmt.Errorf("it has no attribute managed")
	}
	return shown.Of(value, managed)
}

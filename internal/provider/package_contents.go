package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/secure-lambda/terraform-provider-secure/internal/artifact"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// codeFacts is what a look into the package tells a control.
type codeFacts struct {
	read    bool
	secrets []string
}

// touches reports whether a change is one of some settings of the function, or
// of all of it.
func touches(changes []bp.Difference, settings ...string) bool {
	return slices.ContainsFunc(changes, func(c bp.Difference) bool {
		if c.Path == "status" || c.Path == "function" {
			return true
		}
		setting, ok := strings.CutPrefix(c.Path, "function.")
		setting, _, _ = strings.Cut(setting, ".")
		setting, _, _ = strings.Cut(setting, "[")
		return ok && slices.Contains(settings, setting)
	})
}

// checkContents looks into a package that is about to be deployed, or to be run
// in another way. No other change is held up by what is deployed already.
func checkContents(in intent, want bp.Blueprint) (codeFacts, diag.Diagnostics) {
	var diags diag.Diagnostics
	code, _ := in.spec.Code.Get()
	file, known := code.Path.Get()
	if !known || in.spec.Layers.IsUnknown() || !touches(in.changesTo(want), "code_sha256", "handler", "runtime", "architecture", "layers") {
		return codeFacts{}, diags
	}
	function := functionOf(want)
	_, options := function.Environment.Or(nil)["NODE_OPTIONS"]
	found, err := artifact.Examine(file, artifact.Run{
		Runtime: function.Runtime.Or(""), Handler: function.Handler.Or(""), Architecture: function.Architecture.Or(""), Layers: in.spec.Layers.IsKnown(),
		NodeOptions: options || function.Environment.IsUnknown(),
	})
	if err != nil {
		packageReport{at: path.Root("code").AtName("path"), err: err}.addTo(&diags)
		return codeFacts{}, diags
	}
	for _, r := range found.Remarks {
		at := path.Root(r.At)
		if r.At == "code" {
			at = at.AtName("path")
		}
		if r.Stops {
			diags.AddAttributeError(at, r.Summary, r.Detail)
		} else {
			diags.AddAttributeWarning(at, r.Summary, r.Detail)
		}
	}
	facts := codeFacts{read: true}
	for _, s := range found.Secrets {
		facts.secrets = append(facts.secrets, s.String())
	}
	return facts, diags
}

// checkLayers warns of layers that their publishers did not make for the
// function. Those that cannot be read are left alone: the right to use a layer
// is not the right to look at it.
func (r *lambdaResource) checkLayers(ctx context.Context, in intent, want bp.Blueprint) diag.Diagnostics {
	var diags diag.Diagnostics
	layers, whole := in.spec.Layers.Or(nil).Strings()
	if !whole || !touches(in.changesTo(want), "layers", "runtime", "architecture") {
		return diags
	}
	function := functionOf(want)
	for i, arn := range layers {
		layer, err := r.session.client.Layer(ctx, arn)
		if err != nil {
			continue
		}
		if layer.Missing {
			diags.AddAttributeError(path.Root("layers").AtListIndex(i), "The layer version does not exist",
				fmt.Sprintf("There is no %s, and Lambda would refuse the function. Versions of a layer count up with each publication: write one that exists.", arn))
			continue
		}
		for _, c := range []struct {
			what   string
			is     bp.String
			listed []string
		}{{"runtime", function.Runtime, layer.Runtimes}, {"architecture", function.Architecture, layer.Architectures}} {
			wanted, known := c.is.Get()
			if !known || len(c.listed) == 0 || slices.Contains(c.listed, wanted) {
				continue
			}
			diags.AddAttributeWarning(path.Root("layers").AtListIndex(i), fmt.Sprintf("The layer is not made for %s %s", c.what, wanted),
				fmt.Sprintf("%s is published for %s. Lambda mounts it all the same, and what it holds may fail to load at the first call. "+
					"Name a version that lists %s, or have the layer published for it.", arn, strings.Join(c.listed, ", "), wanted))
		}
	}
	return diags
}

// checkShipped looks again at what an apply is about to ship: the plan could not
// where path or waivers were not known. It returns what stops the apply.
func checkShipped(in intent, want bp.Blueprint) (codeFacts, diag.Diagnostics) {
	code, _ := in.spec.Code.Get()
	if code.Path.IsKnown() && !in.codeSHA256.IsKnown() {
		if _, err := inspectPath(code, deployedPackage{}, in.codeSHA256); err != nil {
			var diags diag.Diagnostics
			packageReport{at: path.Root("code").AtName("path"), err: err}.addTo(&diags)
			return codeFacts{}, diags
		}
	}
	facts, found := checkContents(in, want)
	return facts, found.Errors()
}

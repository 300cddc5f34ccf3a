package acceptance

import (
	"path/filepath"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// TestExamples_NameOnlyWhatTheSchemaHas reads every example: their resources of
// other providers are not here to be validated, but what they say of a unit is.
func TestExamples_NameOnlyWhatTheSchemaHas(t *testing.T) {
	t.Parallel()
	attributes := map[string]*tfprotov6.SchemaAttribute{}
	for _, a := range providerSchema(t).ResourceSchemas["secure_lambda"].Block.Attributes {
		attributes[a.Name] = a
	}
	files, err := filepath.Glob("../../examples/*/*.tf")
	must(t, err)
	written, read := 0, 0
	for _, path := range files {
		file, problems := hclparse.NewParser().ParseHCLFile(path)
		if problems.HasErrors() {
			t.Error(problems)
			continue
		}
		body := file.Body.(*hclsyntax.Body)
		for _, b := range body.Blocks {
			if b.Type != "resource" || b.Labels[0] != "secure_lambda" {
				continue
			}
			for name := range b.Body.Attributes {
				written++
				if a := attributes[name]; name != "depends_on" && (a == nil || !a.Optional && !a.Required) {
					t.Errorf("%s: a unit takes no %s", path, name)
				}
			}
		}
		problems = hclsyntax.VisitAll(body, func(node hclsyntax.Node) hcl.Diagnostics {
			if e, is := node.(*hclsyntax.ScopeTraversalExpr); is && e.Traversal.RootName() == "secure_lambda" && len(e.Traversal) > 2 {
				read++
				if step, is := e.Traversal[2].(hcl.TraverseAttr); is && attributes[step.Name] == nil {
					t.Errorf("%s: a unit has no %s", path, step.Name)
				}
			}
			return nil
		})
		if problems.HasErrors() {
			t.Error(problems)
		}
	}
	if written < 40 || read < 10 {
		t.Errorf("only %d settings and %d references were found in %d examples", written, read, len(files))
	}
}

package render_test

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/secure-lambda/terraform-provider-secure/internal/posture/worse"
	"github.com/secure-lambda/terraform-provider-secure/internal/render"
)

// arguments are the names that a resource type takes: null for an argument,
// names again for a block.
type arguments map[string]arguments

type resourceType struct {
	Required  []string
	Arguments arguments
}

// TestTerraform_ArgumentsExist holds every block and argument against what
// hashicorp/aws takes. (Its own validate would need the provider.)
func TestTerraform_ArgumentsExist(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/hashicorp-aws-6.25.0.json")
	if err != nil {
		t.Fatal(err)
	}
	var table struct {
		Source    string
		Resources map[string]resourceType
	}
	if err := json.Unmarshal(text, &table); err != nil {
		t.Fatal(err)
	}
	checked := 0
	imageFacts := planned()
	for _, u := range []render.Unit{unit(worse.Start(), applied()), unit(image(), imageFacts)} {
		module := rendered(t, render.Terraform, u)
		file, problems := hclsyntax.ParseConfig([]byte(module), "main.tf", hcl.InitialPos)
		if problems.HasErrors() {
			t.Fatalf("%v:\n%s", problems, module)
		}
		for _, block := range file.Body.(*hclsyntax.Body).Blocks {
			if block.Type != "resource" {
				continue
			}
			kind, known := table.Resources[block.Labels[0]]
			if !known {
				t.Errorf("the table has no %s", block.Labels[0])
				continue
			}
			for _, name := range kind.Required {
				if block.Body.Attributes[name] == nil && !slices.ContainsFunc(block.Body.Blocks, func(b *hclsyntax.Block) bool { return b.Type == name }) {
					t.Errorf("%s lacks %s", block.Labels[0], name)
				}
			}
			checked += check(t, block.Labels[0], block.Body, kind.Arguments)
		}
	}
	t.Logf("%d arguments and blocks held against: %s", checked, table.Source)
}

// metaArguments are Terraform's own.
var metaArguments = []string{"depends_on"}

func check(t *testing.T, where string, body *hclsyntax.Body, allowed arguments) int {
	t.Helper()
	count := 0
	for name := range body.Attributes {
		inner, known := allowed[name]
		if slices.Contains(metaArguments, name) {
			continue
		}
		count++
		if !known || inner != nil {
			t.Errorf("%s takes no argument %s", where, name)
		}
	}
	for _, block := range body.Blocks {
		inner, known := allowed[block.Type]
		count++
		if !known || inner == nil {
			t.Errorf("%s takes no block %s", where, block.Type)
			continue
		}
		count += check(t, where+"."+block.Type, block.Body, inner)
	}
	return count
}

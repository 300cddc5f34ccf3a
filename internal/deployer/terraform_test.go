package deployer

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// evaluated reads rendered resources as Terraform does, by policy name.
func evaluated(t *testing.T, source []byte) map[string]any {
	t.Helper()
	file, diags := hclparse.NewParser().ParseHCL(source, "deployer.tf")
	if diags.HasErrors() {
		t.Fatalf("%v in\n%s", diags, source)
	}
	content, diags := file.Body.Content(&hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "resource", LabelNames: []string{"type", "name"}}}})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	scope := &hcl.EvalContext{Functions: map[string]function.Function{"jsonencode": stdlib.JSONEncodeFunc}}
	out := map[string]any{}
	for _, block := range content.Blocks {
		attributes, _ := block.Body.JustAttributes()
		name, _ := attributes["name"].Expr.Value(scope)
		policy, diags := attributes["policy"].Expr.Value(scope)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		var document any
		if err := json.Unmarshal([]byte(policy.AsString()), &document); err != nil {
			t.Fatal(err)
		}
		out[name.AsString()] = document
	}
	return out
}

func TestTerraform_SaysWhatJSONSays(t *testing.T) {
	t.Parallel()
	eachPhase(t, func(t *testing.T, phase Phase, o Options) {
		policies := policiesOf(t, phase, o)
		asJSON, err := JSON(policies)
		if err != nil {
			t.Fatal(err)
		}
		source, err := Terraform(policies)
		if err != nil {
			t.Fatal(err)
		}
		var want map[string]any
		if err := json.Unmarshal(asJSON, &want); err != nil {
			t.Fatal(err)
		}
		if got := evaluated(t, source); len(got) != len(policies) || !reflect.DeepEqual(got, want) {
			t.Errorf("Terraform would send %v, JSON says %v", got, want)
		}
		if formatted := hclwrite.Format(source); !bytes.Equal(formatted, source) {
			t.Errorf("terraform fmt would change it to\n%s", formatted)
		}
	})
}

func TestTerraform_Labels(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"secure-apply-1": "secure_apply_1", "1-team+a@b.c": "_1_team_a_b_c", "Team_x": "Team_x"} {
		if got := label(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func TestTerraform_TextsAreNoTemplates(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`${aws:username}`, `%{ if x }`, `a "quoted" \ text`} {
		source := []byte("resource \"a\" \"b\" {\n  name = \"x\"\n  policy = jsonencode(" + quote(text) + ")\n}\n")
		if got := evaluated(t, source)["x"]; got != text {
			t.Errorf("%s became %v", text, got)
		}
	}
}

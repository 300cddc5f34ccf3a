package acceptance

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// leaked is put together here, so that this file holds no token.
var leaked = "ghp_" + "x7Kq2mW9tR4vB8nL3jH6pD1sF5gZ0cYaEuXo"

const cleanApp = "def handler(event, context):\n    return {'hello': 'world'}\n"

// folder is a package of one file that a test changes.
func folder(t *testing.T, text string) (root string, change func(text string)) {
	t.Helper()
	root = t.TempDir()
	change = func(text string) { must(t, os.WriteFile(filepath.Join(root, "app.py"), []byte(text), 0o644)) }
	change(text)
	return root, change
}

func waives(id string) string {
	return fmt.Sprintf(`{ %s = { reason = "a token of the test bench only", expires = %q } }`, id, time.Now().AddDate(0, 0, 100).Format(time.DateOnly))
}

// says runs a command that has to end with a code and say each of the texts.
func (c *core) says(wantCode int, command []string, texts ...string) string {
	c.t.Helper()
	stdout, stderr, code := c.run(command...)
	flat := unwrapped(stdout + stderr)
	if code != wantCode {
		c.t.Errorf("%v: exit %d, want %d:\n%s", command, code, wantCode, flat)
	}
	for _, text := range texts {
		if !strings.Contains(flat, text) {
			c.t.Errorf("%v does not say %q:\n%s", command, text, flat)
		}
	}
	return flat
}

// TestAccPackage_Secrets lets no package with a secret out, unless a waiver
// says so, and stops no other change for it.
func TestAccPackage_Secrets(t *testing.T) {
	t.Parallel()
	a := newTenant(t)
	root, change := folder(t, cleanApp+"TOKEN = '"+leaked+"'\n")
	configuration := func(attributes map[string]string) string {
		attributes["code"] = fmt.Sprintf("{ path = %q }", root)
		return a.providerBlock() + unit(t, "x", "tfacc-package-secret", attributes)
	}
	c := newCore(t, a, configuration(map[string]string{}))
	plan, apply := []string{"plan"}, []string{"apply", "-auto-approve"}
	said := c.says(1, plan, "Control no-secrets-in-code is not met", "app.py:3 (github-pat)", "its severity is critical", "waivers = {")
	if strings.Contains(said, leaked[4:]) {
		t.Errorf("the secret is shown: %s", said)
	}
	write := func(attributes map[string]string) {
		c.write(configuration(attributes))
	}
	write(map[string]string{"waivers": waives("no-secrets-in-code")})
	if said := c.says(0, apply); strings.Contains(said, "is not needed") {
		t.Errorf("the waiver is needed: %s", said)
	}
	c.empty()

	// What is deployed already holds up nothing else.
	write(map[string]string{"memory_size": "256"})
	c.says(0, apply, "1 changed")
	change(cleanApp + "TOKEN = '" + leaked + "' # still\n")
	c.says(1, plan, "Control no-secrets-in-code is not met")
	change(cleanApp)
	write(map[string]string{"memory_size": "256", "waivers": waives("no-secrets-in-code")})
	c.says(0, plan, "The waiver of no-secrets-in-code is not needed")
	c.must("destroy", "-auto-approve")
}

// TestAccPackage_KnownLate looks into a package that a plan did not know.
func TestAccPackage_KnownLate(t *testing.T) {
	t.Parallel()
	a := newTenant(t)
	root, _ := folder(t, cleanApp+"TOKEN = '"+leaked+"'\n")
	c := newCore(t, a, a.providerBlock()+fmt.Sprintf("resource \"terraform_data\" \"built\" {\n  input = %q\n}\n", root)+
		unit(t, "x", "tfacc-package-late", map[string]string{"code": "{ path = terraform_data.built.output }"}))
	c.says(0, []string{"plan"})
	c.says(1, []string{"apply", "-auto-approve"}, "Control no-secrets-in-code is not met", "app.py:3 (github-pat)")
	if _, err := a.lambda.GetFunction(t.Context(), &lambda.GetFunctionInput{FunctionName: new("tfacc-package-late")}); err == nil {
		t.Error("the function was made")
	}
}

// TestAccPackage_Layers warns of layers that were made for something else, where
// they can be looked at.
func TestAccPackage_Layers(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	publish := func(name string, runtimes []lambdatypes.Runtime, architectures ...lambdatypes.Architecture) string {
		out, err := a.lambda.PublishLayerVersion(t.Context(), &lambda.PublishLayerVersionInput{
			LayerName: &name, Content: &lambdatypes.LayerVersionContentInput{ZipFile: foreignZip}, CompatibleRuntimes: runtimes, CompatibleArchitectures: architectures,
		})
		must(t, err)
		return *out.LayerVersionArn
	}
	configuration := func(layer, more string) string {
		attributes := map[string]string{"layers": fmt.Sprintf("[%q]", layer)}
		if more != "" {
			attributes["memory_size"] = more
		}
		return a.providerBlock() + unit(t, "x", "tfacc-package-layers", attributes)
	}
	node := publish("node", []lambdatypes.Runtime{lambdatypes.RuntimeNodejs22x})
	intel := publish("intel", []lambdatypes.Runtime{lambdatypes.RuntimePython312}, lambdatypes.ArchitectureX8664)
	c := newCore(t, a, "")
	plan := []string{"plan"}
	for _, step := range []struct{ layer, says string }{
		{node, "The layer is not made for runtime python3.12"},
		{intel, "The layer is not made for architecture arm64"},
		{publish("open", nil), ""},
		{publish("fitting", []lambdatypes.Runtime{lambdatypes.RuntimePython312}, lambdatypes.ArchitectureArm64, lambdatypes.ArchitectureX8664), ""},
		{"arn:aws:lambda:eu-central-1:999999999999:layer:theirs:1", ""},
	} {
		c.write(configuration(step.layer, ""))
		said := c.says(0, plan, step.says)
		if step.says == "" && strings.Contains(said, "is not made for") {
			t.Errorf("%s: %s", step.layer, said)
		}
	}
	c.write(configuration(node, ""))
	c.must("apply", "-auto-approve")
	c.write(configuration(node, "512"))
	if said := c.says(0, plan, "1 to change"); strings.Contains(said, "is not made for") {
		t.Errorf("a change of the memory brings it up again: %s", said)
	}
	c.must("destroy", "-auto-approve")
}

package acceptance

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/secure-lambda/terraform-provider-secure/internal/artifact"
)

// upgraded is a unit as the release wrote its state that had neither dead
// letters nor alarms.
const upgraded = `provider "secure" {}
resource "secure_lambda" "x" {
  name        = "tfacc-upgrade"
  description = "made by an earlier release"
  code        = { path = "src" }
  runtime     = "python3.12"
  handler     = "app.handler"
  memory_size = 256
  environment = { GREETING = "hi" }
  tags        = { team = "orders" }
  access = {
    table = { actions = ["dynamodb:GetItem"], resources = ["arn:aws:dynamodb:eu-central-1:111122223333:table/orders"] }
  }
  logs    = { retention_days = 30 }
  release = { alias = "stable" }
  #more
}
`

// TestAccUpgrade_StateOfAnEarlierRelease takes over a state that lacks
// everything that has come in since: the plan must be empty, say what is left
// as it is, and publish nothing; what the configuration then asks for is made.
func TestAccUpgrade_StateOfAnEarlierRelease(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	with := func(more string) string { return strings.Replace(upgraded, "#more", more, 1) }
	// The objects that it had.
	c := newCore(t, a, with("dead_letter = { enabled = false }\n  alarms = { enabled = false }"))
	must(t, os.CopyFS(filepath.Join(c.dir, "src"), os.DirFS(hello(t))))
	c.must("apply", "-auto-approve")
	c.rewriteState(a.id)
	c.write(with(""))
	stdout, stderr, code := c.run("plan", "-detailed-exitcode")
	if code != 0 || !strings.Contains(stdout, "dead_letter = { enabled = true }") || !strings.Contains(stdout, "alarms = { enabled = true }") {
		t.Fatalf("exit %d\n%s\n%s", code, stdout, stderr)
	}
	c.must("apply", "-auto-approve")
	c.empty()
	versions := func() int {
		out, err := a.lambda.ListVersionsByFunction(t.Context(), &lambda.ListVersionsByFunctionInput{FunctionName: new("tfacc-upgrade")})
		must(t, err)
		return len(out.Versions) - 1 // without $LATEST
	}
	if n := versions(); n != 1 {
		t.Errorf("%d versions are published, want the one there was", n)
	}
	c.write(with("dead_letter = { enabled = true }\n  alarms = { enabled = true }"))
	c.must("apply", "-auto-approve")
	c.empty()
	if n := versions(); n != 2 {
		t.Errorf("%d versions are published, want one with the dead-letter queue", n)
	}
	if url, err := a.queueURL(t.Context(), "tfacc-upgrade"); err != nil || url == nil {
		t.Errorf("there is no dead-letter queue: %v", err)
	}
	c.must("destroy", "-auto-approve")
	a.mustBeEmpty(t)
}

// rewriteState puts the unit's state into the words of the earlier release.
func (c *core) rewriteState(account string) {
	c.t.Helper()
	path := filepath.Join(c.dir, "terraform.tfstate")
	text, err := os.ReadFile(path)
	must(c.t, err)
	var state struct {
		Version          int              `json:"version"`
		TerraformVersion string           `json:"terraform_version"`
		Serial           int              `json:"serial"`
		Lineage          string           `json:"lineage"`
		Outputs          map[string]any   `json:"outputs"`
		Resources        []map[string]any `json:"resources"`
	}
	must(c.t, json.Unmarshal(text, &state))
	instance := state.Resources[0]["instances"].([]any)[0].(map[string]any)
	written := instance["attributes"].(map[string]any)
	inventory := written["inventory"].(map[string]any)
	of := func(object, key string) string {
		return inventory[object].(map[string]any)[key].(string)
	}
	_, digest, err := artifact.Read(filepath.Join(c.dir, "src"))
	must(c.t, err)
	key := of("key", "arn")
	earlier, err := os.ReadFile(filepath.Join("testdata", "states", "core.json"))
	must(c.t, err)
	var attributes map[string]any
	must(c.t, json.Unmarshal([]byte(strings.NewReplacer(
		"ACCOUNT", account, "KEYID", key[strings.LastIndexByte(key, '/')+1:], "GENERATION", written["generation"].(string),
		"ROLEID", of("role", "id"), "POLICYID", of("policy", "id"), "CODESHA", digest,
	).Replace(string(earlier))), &attributes))
	instance["attributes"] = attributes
	delete(instance, "private")
	state.Serial++
	text, err = json.Marshal(state)
	must(c.t, err)
	must(c.t, os.WriteFile(path, text, 0o600))
}

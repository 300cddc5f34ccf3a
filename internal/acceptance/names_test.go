package acceptance

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// misnamed are names that a core drops in silence, each in a unit of its own,
// with the error that the provider makes of it.
var misnamed = []struct{ label, attribute, says string }{
	{"deny", `access = { x = { effect = "Deny", actions = ["s3:GetObject"], resources = ["arn:aws:s3:::b/*"] } }`, "effect is not an attribute of access.x"},
	{"condition", `access = { x = { condition = { StringEquals = { "aws:SourceVpc" = ["vpc-1"] } }, actions = ["s3:GetObject"], resources = ["arn:aws:s3:::b/*"] } }`, "condition is not an attribute of access.x"},
	{"not-actions", `access = { x = { not_actions = ["s3:*"], actions = ["s3:GetObject"], resources = ["arn:aws:s3:::b/*"] } }`, "not_actions is not an attribute of access.x"},
	{"organization", `permissions = { p = { principal = "444455556666", principal_org_id = "o-a1b2c3d4e5" } }`, "principal_org_id is not an attribute of permissions.p"},
	{"retries", `async = { max_retry_attempts = 1 }`, "max_retry_attempts is not an attribute of async"},
	{"provisioned", `concurrency = { provisioned = { min = 1, max = 5 } }`, "provisioned is not an attribute of concurrency"},
	{"queue-key", `dead_letter = { kms_key_arn = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab" }`, "kms_key_arn is not an attribute of dead_letter"},
	{"services", `trust = { services = ["edgelambda.amazonaws.com"] }`, "services is not an attribute of trust"},
	{"keep-logs", `logs = { skip_destroy = true }`, "skip_destroy is not an attribute of logs"},
	{"comparison", `alarms = { errors = { comparison_operator = "LessThanThreshold", threshold = 3 } }`, "comparison_operator is not an attribute of alarms.errors"},
	{"slip", `async = { max_retry = 1 }`, "max_retry is not an attribute of async"},
	{"policy-document", `access = { x = { Effect = "Deny", actions = ["s3:GetObject"], resources = ["arn:aws:s3:::b/*"] } }`, "Effect is not an attribute of access"},
	{"merged", `access = { for b in ["a"] : b => merge({ actions = ["s3:GetObject"] }, { resource = null, ressources = ["arn:aws:s3:::${b}/*"], resources = ["arn:aws:s3:::b/*"] }) }`, "ressources is not an attribute of access"},
	{"vpc-slip", `vpc = { subnet = ["subnet-0123456789abcdef0"], security_group = ["sg-0123456789abcdef0"] }`, "subnet is not an attribute of vpc"},
	{"timeout", `timeouts = { creation = "30m" }`, "creation is not an attribute of timeouts"},
}

func misnamedUnit(label, attributes string) string {
	return fmt.Sprintf("resource \"secure_lambda\" %[1]q {\n  name = \"tfacc-%[1]s\"\n  code = { path = \"src\" }\n  runtime = \"python3.12\"\n  handler = \"app.handler\"\n  %[2]s\n}\n", label, attributes)
}

// problem is one diagnostic as Terraform prints it.
type problem struct{ Severity, Summary, Detail string }

// problemsOf reads what validate -json or plan -json report.
func problemsOf(t *testing.T, output string) []problem {
	t.Helper()
	var out []problem
	for decoder := json.NewDecoder(strings.NewReader(output)); decoder.More(); {
		var message struct {
			Diagnostic  *problem
			Diagnostics []problem
		}
		if err := decoder.Decode(&message); err != nil {
			t.Fatalf("%v in\n%s", err, output)
		}
		out = append(out, message.Diagnostics...)
		if message.Diagnostic != nil {
			out = append(out, *message.Diagnostic)
		}
	}
	return out
}

// nameProblems lists those that are about names, sorted.
func nameProblems(t *testing.T, output string) []string {
	t.Helper()
	var out []string
	for _, p := range problemsOf(t, output) {
		if strings.Contains(p.Summary, "is not an attribute of") {
			out = append(out, p.Severity+": "+p.Summary)
		}
	}
	slices.Sort(out)
	return out
}

func expectNames(t *testing.T, output string, want ...string) {
	t.Helper()
	slices.Sort(want)
	if got := nameProblems(t, output); !slices.Equal(got, want) {
		t.Errorf("reported\n%s\nwant\n%s\nin\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"), output)
	}
}

// TestAccNames_DroppedNames are errors, each once, whether validated or planned.
func TestAccNames_DroppedNames(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	text := "provider \"secure\" {}\n"
	var want []string
	for _, m := range misnamed {
		text += misnamedUnit(m.label, m.attribute)
		want = append(want, "error: "+m.says)
	}
	want = append(want, "error: security_group is not an attribute of vpc") // beside the other of vpc-slip
	c := newCore(t, a, text)
	for _, command := range [][]string{{"validate", "-json"}, {"plan", "-json"}} {
		mark := box.Recorder().Mark()
		stdout, stderr, code := c.run(command...)
		if code != 1 {
			t.Errorf("%v: exit %d\n%s", command, code, stderr)
		}
		expectNames(t, stdout, want...)
		for _, p := range problemsOf(t, stdout) {
			if strings.Contains(p.Summary, "states nothing") || strings.Contains(p.Summary, "is missing") {
				t.Errorf("%v says the same again: %s", command, p.Summary)
			}
		}
		if calls := a.writes(mark); len(calls) > 0 {
			t.Errorf("%v changed the account: %v", command, calls)
		}
	}
}

// TestAccNames_Place is told with the name to write, for a block of each of two
// configured providers, and no value is repeated.
func TestAccNames_Place(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	c := newCore(t, newTenant(t), `provider "secure" {}

provider "secure" {
  alias  = "west"
  region = "eu-west-1"
}
`+misnamedUnit("one", `async = { max_retry = 987654 }`)+misnamedUnit("two", "provider = secure.west\n  count = 2\n  async = { max_retry = 987654 }"))
	stdout, _, _ := c.run("validate", "-json")
	expectNames(t, stdout, "error: max_retry is not an attribute of async", "error: max_retry is not an attribute of async")
	text, err := os.ReadFile(filepath.Join(c.dir, "main.tf"))
	must(t, err)
	for i, line := range strings.Split(string(text), "\n") {
		if strings.Contains(line, "max_retry") && strings.Count(stdout, fmt.Sprintf("main.tf:%d: ", i+1)) != 1 {
			t.Errorf("line %d is not told once in\n%s", i+1, stdout)
		}
	}
	for _, p := range problemsOf(t, stdout) {
		if p.Severity == "error" && !strings.Contains(p.Detail, "Write `max_retries`.") || strings.Contains(p.Summary+p.Detail, "987654") {
			t.Errorf("says %q", p.Detail)
		}
	}
}

// TestAccNames_ProviderBlock is checked like a unit.
func TestAccNames_ProviderBlock(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	c := newCore(t, newTenant(t), `provider "secure" {
  ignore_tags = { key = ["a"], prefixes = ["b"] }
}
`+misnamedUnit("right", ""))
	for _, command := range []string{"validate", "plan"} {
		stdout, _, _ := c.run(command, "-json")
		expectNames(t, stdout, "error: key is not an attribute of ignore_tags", "error: prefixes is not an attribute of ignore_tags")
	}
}

// TestAccNames_JSON is the other syntax of configuration files.
func TestAccNames_JSON(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	c := newCore(t, newTenant(t), "provider \"secure\" {}\n")
	writeFile(t, filepath.Join(c.dir, "unit.tf.json"), `{"resource": {"secure_lambda": {"x": {
  "//": "a unit", "name": "x", "code": {"path": "src"}, "runtime": "python3.12", "handler": "app.handler",
  "access": {"x": {"Effect": "Deny", "actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::b/*"]}},
  "async": "${merge({ max_retry = 1 }, {})}"
}}}}`)
	stdout, _, _ := c.run("validate", "-json")
	expectNames(t, stdout, "error: Effect is not an attribute of access", "error: max_retry is not an attribute of async")
}

// TestAccNames_Modules are read where init has put them: an error in one of the
// same tree, a warning in one from elsewhere, each once however often it is
// called.
func TestAccNames_Modules(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	theirs := t.TempDir()
	writeFile(t, filepath.Join(theirs, "main.tf"), requireSecure+misnamedUnit("theirs", "async = { max_retry = 1 }"))
	for _, arguments := range [][]string{{"init", "-q"}, {"add", "."}, {"-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", "x"}} {
		git := exec.CommandContext(t.Context(), "git", arguments...)
		git.Dir = theirs
		if out, err := git.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	for _, dataDir := range []string{"", "kept"} {
		t.Run("data in "+dataDir, func(t *testing.T) {
			t.Parallel()
			c := newCore(t, newTenant(t), fmt.Sprintf(`provider "secure" {}
module "ours" { source = "./ours" }
module "again" { source = "./ours" }
module "theirs" { source = "git::file://%s" }
`, theirs))
			c.env = append(c.env, "TF_DATA_DIR="+dataDir)
			must(t, os.Mkdir(filepath.Join(c.dir, "ours"), 0o700))
			writeFile(t, filepath.Join(c.dir, "ours", "main.tf"), requireSecure+misnamedUnit("ours", "logs = { retention_dais = 30 }"))
			c.must("get")
			stdout, _, _ := c.run("validate", "-json")
			expectNames(t, stdout, "error: retention_dais is not an attribute of logs", "warning: max_retry is not an attribute of async")
			if !strings.Contains(stdout, "ours/main.tf:11: ") {
				t.Errorf("the file is not named in\n%s", stdout)
			}
		})
	}
}

// TestAccNames_WarningOnce says that a plan repeats no warning.
func TestAccNames_WarningOnce(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	theirs := t.TempDir()
	must(t, os.CopyFS(filepath.Join(theirs, "src"), os.DirFS(hello(t))))
	writeFile(t, filepath.Join(theirs, "main.tf"), requireSecure+strings.Replace(misnamedUnit("theirs", "async = { max_retry = 1, max_retries = 1 }"), `"src"`, `"${path.module}/src"`, 1))
	c := newCore(t, a, fmt.Sprintf("provider \"secure\" {}\nmodule \"theirs\" { source = %q }\n", theirs))
	c.must("get")
	stdout, stderr, code := c.run("plan", "-json")
	if code != 0 {
		t.Fatalf("exit %d\n%s\n%s", code, stdout, stderr)
	}
	expectNames(t, stdout, "warning: max_retry is not an attribute of async")
}

// TestAccNames_Off leaves dropped names alone, in the units of that provider;
// those that are declared to be refused stay errors.
func TestAccNames_Off(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	c := newCore(t, newTenant(t), `variable "on" {
  default = true
}

provider "secure" {
  check_names = false
}

provider "secure" {
  alias       = "checked"
  check_names = var.on
}
`+misnamedUnit("off", `async = { max_retry = 1, max_retries = 1 }`)+misnamedUnit("on", "provider = secure.checked\n  async = { max_retrys = 1, max_retries = 1 }")+misnamedUnit("refused", `trust = { services = ["a"] }`))
	stdout, _, _ := c.run("validate", "-json")
	expectNames(t, stdout, "error: max_retrys is not an attribute of async", "error: services is not an attribute of trust")
}

// TestAccNames_ElsewhereThanTheShell reads the configuration that -chdir names.
func TestAccNames_ElsewhereThanTheShell(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	c := newCore(t, newTenant(t), "provider \"secure\" {}\n")
	must(t, os.Mkdir(filepath.Join(c.dir, "inner"), 0o700))
	writeFile(t, filepath.Join(c.dir, "inner", "main.tf"), requireSecure+misnamedUnit("x", `async = { max_retry = 1 }`))
	stdout, _, _ := c.run("-chdir=inner", "validate", "-json")
	expectNames(t, stdout, "error: max_retry is not an attribute of async")
}

// TestAccNames_RightNames are no finding: the examples, as they stand, and units
// whose names only an evaluation knows.
func TestAccNames_RightNames(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	for example, file := range map[string]string{"quickstart": "main.tf", "complete": "main.tf", "provider": "provider.tf", "resources/secure_lambda": "resource.tf"} {
		t.Run(example, func(t *testing.T) {
			t.Parallel()
			c := newCore(t, newTenant(t), "")
			must(t, os.Remove(filepath.Join(c.dir, "main.tf")))
			must(t, os.CopyFS(c.dir, os.DirFS(filepath.Join("../../examples", example))))
			main, err := os.ReadFile(filepath.Join("../../examples", example, file))
			must(t, err)
			if !strings.Contains(string(main), "required_providers") {
				writeFile(t, filepath.Join(c.dir, "versions.tf"), requireSecure)
			}
			stdout, _, code := c.run("validate", "-json")
			if code != 0 {
				t.Errorf("exit %d\n%s", code, stdout)
			}
			expectNames(t, stdout)
		})
	}
	t.Run("names by expressions", func(t *testing.T) {
		t.Parallel()
		c := newCore(t, newTenant(t), `provider "secure" {}
variable "key" {
  default = "max_retries"
}
variable "async" {
  default = { max_retry = 1, max_retries = 1 }
}
`+misnamedUnit("by-expression", `async = { (var.key) = 1 }`)+misnamedUnit("by-variable", `async = var.async`))
		stdout, _, code := c.run("validate", "-json")
		if code != 0 {
			t.Errorf("exit %d\n%s", code, stdout)
		}
		expectNames(t, stdout)
	})
}

// TestAccNames_State holds no value under a refused name, and a plan after it is
// empty.
func TestAccNames_State(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	c := newCore(t, a, "provider \"secure\" {}\n"+misnamedUnit("state", `access = { x = { actions = ["s3:GetObject"], resources = ["arn:aws:s3:::b/*"] } }`))
	must(t, os.CopyFS(filepath.Join(c.dir, "src"), os.DirFS(hello(t))))
	c.must("apply", "-auto-approve")
	c.empty()
	var state struct {
		Values struct {
			Root struct {
				Resources []struct {
					Values struct{ Access map[string]map[string]any }
				}
			} `json:"root_module"`
		}
	}
	must(t, json.Unmarshal([]byte(c.must("show", "-json")), &state))
	entry := state.Values.Root.Resources[0].Values.Access["x"]
	if effect, there := entry["effect"]; !there || effect != nil || entry["actions"] == nil {
		t.Errorf("the state says %v", entry)
	}
	if planned := c.must("plan", "-destroy"); strings.Contains(planned, "not_actions") {
		t.Errorf("a plan shows a refused name:\n%s", planned)
	}
	c.must("destroy", "-auto-approve")
	a.mustBeEmpty(t)
}

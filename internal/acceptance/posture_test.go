package acceptance

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// shownPosture is the computed attribute as a state or plan has it.
type shownPosture struct {
	Score      int64               `json:"score"`
	Failed     map[string]struct{} `json:"failed"`
	NeedsInput map[string]struct{} `json:"needs_input"`
	Waived     map[string]struct{} `json:"waived"`
	Unknown    []string            `json:"unknown"`
}

func (p shownPosture) String() string {
	return fmt.Sprintf("failed %v, needs input %v, waived %v, unknown %v", sortedKeys(p.Failed), sortedKeys(p.NeedsInput), sortedKeys(p.Waived), p.Unknown)
}

// posture reads the posture of the unit x in the state.
func (c *core) posture() shownPosture {
	c.t.Helper()
	var state struct {
		Values struct {
			RootModule struct {
				Resources []struct {
					Values struct {
						Posture shownPosture `json:"posture"`
					} `json:"values"`
				} `json:"resources"`
			} `json:"root_module"`
		} `json:"values"`
	}
	must(c.t, json.Unmarshal([]byte(c.must("show", "-json")), &state))
	return state.Values.RootModule.Resources[0].Values.Posture
}

// TestAccPosture_InPlanStateAndDrift shows what a unit of four lines lacks, in
// the plan that makes it, and what other hands take away from it.
func TestAccPosture_InPlanStateAndDrift(t *testing.T) {
	t.Parallel()
	a := newTenant(t)
	const name = "tfacc-posture"
	c := newCore(t, a, `provider "secure" {}`+"\n"+unit(t, "x", name, map[string]string{"runtime": `"python3.14"`}))
	stdout, _, _ := c.run("plan")
	for _, text := range []string{"+ posture ", "+ failed      = {}", `+ "in-vpc"`, "Some controls need your input", "+ score "} {
		if !strings.Contains(stdout, text) {
			t.Errorf("the plan does not show %q:\n%s", text, stdout)
		}
	}
	c.must("apply", "-auto-approve")
	want := "failed [], needs input [alarm-actions code-signing in-vpc reserved-concurrency], waived [], unknown []"
	if got := c.posture(); got.String() != want || got.Score < 80 {
		t.Errorf("posture: %s, %d points", got, got.Score)
	}
	c.empty()
	must(t, configured(func(in *lambda.UpdateFunctionConfigurationInput) {
		in.TracingConfig = lambdaTracing("PassThrough")
	})(t.Context(), a, name))
	stdout, _, code := c.run("plan", "-detailed-exitcode")
	if code != 2 || !strings.Contains(stdout, `- "tracing-active"`) {
		t.Errorf("exit %d, and the plan does not mend the posture:\n%s", code, stdout)
	}
	c.must("apply", "-auto-approve")
	// What others opened cannot be left to them without a word of why.
	_, err := a.lambda.AddPermission(t.Context(), &lambda.AddPermissionInput{
		FunctionName: new(name), StatementId: new("theirs"), Action: new("lambda:InvokeFunction"), Principal: new("*"),
	})
	must(t, err)
	leaving := map[string]string{"runtime": `"python3.14"`, "ignore_drift": `["permissions.unexpected"]`}
	declare := func() { c.write(`provider "secure" {}` + "\n" + unit(t, "x", name, leaving)) }
	declare()
	c.says(1, []string{"plan"}, "Error: Anybody may invoke the function", "Control no-public-invoke is not met", "This stops the change because its severity is critical", `take "permissions.unexpected" out of ignore_drift`, "waivers = {")
	leaving["waivers"] = waives("no-public-invoke")
	declare()
	c.must("apply", "-auto-approve")
	// Later the unit stays as it is, with a warning that does not speak of a stop.
	delete(leaving, "waivers")
	declare()
	said := c.says(0, []string{"plan"}, "Warning: Unit tfacc-posture: 1 control is not met", "This plan changes nothing of the unit and goes ahead. The next change is refused until no-public-invoke is met or waived.")
	if strings.Contains(said, "stops the change") || strings.Count(said, "Warning: ") != 2 { // the other is about dev_overrides
		t.Errorf("more is said than one warning: %s", said)
	}
	c.must("destroy", "-auto-approve")
}

// TestPosture_OneWarningAfterTheMistakes plans units with a mistake and all
// that can be said of a posture: one warning of each unit, the last, and no two
// of one summary.
func TestPosture_OneWarningAfterTheMistakes(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	w := newWire(t)
	day := func(days int) string { return time.Now().AddDate(0, 0, days).Format(time.DateOnly) }
	waiver := func(days int) settings {
		return settings{"reason": "talks to public APIs only", "expires": day(days)}
	}
	block := a.block()
	block["waivers"] = settings{"in-vpc": waiver(-3), "tracing-active": waiver(100), "in-vcp": waiver(100)} // the last is an error of the block
	warnings := w.connect(t, block)
	if len(warnings) != 1 || pathText(warnings[0].Attribute) != `waivers["in-vpc"]` || !strings.Contains(warnings[0].Summary, "expired on "+day(-3)) {
		t.Errorf("the house's waivers are not judged once:\n%s", describe(warnings))
	}
	seen := map[string]bool{}
	for _, name := range []string{"orders", "prices"} {
		found := w.plan(t, good(t, settings{
			"name": name, "recursion": "Allow", "logs": settings{"format": "Text", "retention_days": 30},
			"access":  settings{"incoming": settings{"to": "arn:aws:s3:::acme/in", "level": "write"}},
			"waivers": settings{"structured-logs": waiver(-2), "alarms-present": waiver(100)},
		}))
		if len(found) != 2 || !strings.Contains(found[0].Summary, "one object") || !strings.Contains(found[1].Summary, "Unit "+name+": 2 controls are not met, and 2 waivers need attention") {
			t.Errorf("%s:\n%s", name, describe(found))
		}
		for _, d := range found {
			if seen[d.Summary] || !strings.Contains(d.Summary, name) {
				t.Errorf("Terraform folds %q into another unit's", d.Summary)
			}
			seen[d.Summary] = true
		}
	}
}

// TestAccPosture_WaiversAndMinimum lets a unit come under a posture that it does
// not meet, with a waiver that expired: what is there can be planned and
// destroyed, a change is refused, and one of the concurrency alone is not.
func TestAccPosture_WaiversAndMinimum(t *testing.T) {
	t.Parallel()
	a := newTenant(t)
	const name = "tfacc-waivers"
	declared := func(attributes map[string]string) string {
		return `provider "secure" {}` + "\n" + unit(t, "x", name, attributes)
	}
	c := newCore(t, a, declared(nil))
	c.must("apply", "-auto-approve")
	day := func(days int) string { return time.Now().AddDate(0, 0, days).Format(time.DateOnly) }
	waived := func(expires string) map[string]string {
		return map[string]string{
			"minimum_posture": `"pci"`,
			"waivers":         fmt.Sprintf(`{ in-vpc = { reason = "talks to public APIs only", expires = %q } }`, expires),
		}
	}
	c.write(declared(waived(day(100))))
	c.must("apply", "-auto-approve")
	if got := c.posture(); !slices.Equal(sortedKeys(got.Waived), []string{"in-vpc"}) {
		t.Errorf("posture: %s", got)
	}
	c.empty()
	// A day that has passed changes nothing that exists.
	c.write(declared(waived(day(-10))))
	c.must("apply", "-auto-approve")
	stdout, stderr, code := c.run("plan", "-detailed-exitcode")
	if code != 0 || !strings.Contains(stdout, "expired on "+day(-10)) {
		t.Errorf("exit %d\n%s\n%s", code, stdout, stderr)
	}
	lapsed := waived(day(-60))
	c.write(declared(lapsed))
	c.must("apply", "-auto-approve")
	if stdout, stderr, code = c.run("plan", "-detailed-exitcode"); code != 0 || !strings.Contains(stdout, "no longer counts") {
		t.Errorf("exit %d\n%s\n%s", code, stdout, stderr)
	}
	lapsed["timeout"] = "17"
	c.write(declared(lapsed))
	c.says(1, []string{"plan"}, "The function runs outside a VPC", "Control in-vpc is not met", "minimum_posture pci asks for it")
	delete(lapsed, "timeout")
	lapsed["concurrency"] = `{ reserved = 1 }`
	c.write(declared(lapsed))
	c.must("apply", "-auto-approve")
	c.empty()
	c.must("destroy", "-auto-approve")
	a.mustBeEmpty(t)
}

// TestPosture_AsksAgainAtApply lets an apply meet what its plan did not know.
func TestPosture_AsksAgainAtApply(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	access := func(resource any) settings {
		return good(t, settings{
			"name": "tfacc-again", "runtime": "python3.12", "environment": settings{},
			"access": settings{"keys": settings{"actions": []any{"kms:Decrypt"}, "resources": []any{resource}, "reason": "reads what any team sends"}},
		})
	}
	m := newMachine(t, a, access(unknown))
	r := m.start()
	planned, private, failed := r.plan(tftypes.NewValue(r.unit, nil), toValue(r.unit, m.config), nil)
	if failed {
		t.Fatal(describe(m.replies))
	}
	m.config = access("arn:aws:kms:eu-central-1:111122223333:key/*")
	told, _, refused := m.start().plan(tftypes.NewValue(r.unit, nil), toValue(r.unit, m.config), nil)
	if !refused || !strings.Contains(describe(m.replies), "Control no-decrypt-all-keys is not met") {
		t.Errorf("a plan that knows it all does not refuse: %v\n%s", told, describe(m.replies))
	}
	mark := box.Recorder().Mark()
	wanted := map[string]tftypes.Value{}
	must(t, planned.As(&wanted))
	given := map[string]tftypes.Value{}
	config := toValue(r.unit, m.config)
	must(t, config.As(&given))
	wanted["access"] = given["access"]
	_, _, failed = r.change(tftypes.NewValue(r.unit, nil), tftypes.NewValue(r.unit, wanted), config, private)
	if !failed || len(a.writes(mark)) > 0 {
		t.Errorf("failed %v, and %d changes were made:\n%s", failed, len(a.writes(mark)), describe(m.replies))
	}
}

// TestAccPosture_PlaintextSecrets refuses secrets where anybody can read them,
// without repeating one.
func TestAccPosture_PlaintextSecrets(t *testing.T) {
	t.Parallel()
	a := newTenant(t)
	const password, token = "horse-battery-staple-77", "ghp_0123456789abcdefABCDEF0123456789abcd"
	c := newCore(t, a, `provider "secure" {}`+"\n"+unit(t, "x", "tfacc-plaintext", map[string]string{
		"environment": fmt.Sprintf(`{ DB_PASSWORD = %q, DATABASE_URL = "postgres://app:%s@db/orders", TABLE = "orders" }`, password, password),
		"tags":        fmt.Sprintf(`{ deployed-with = %q }`, token),
	}))
	stdout, stderr, code := c.run("plan")
	flat := unwrapped(stderr)
	for _, text := range []string{
		"A secret is in plain text", "Control no-plaintext-secrets is not met", "secret_values_wo", "environment.DB_PASSWORD (its name)", "environment.DATABASE_URL (password in a URL)", "tags.deployed-with (github-pat)",
	} {
		if code == 0 || !strings.Contains(flat, text) {
			t.Errorf("exit %d, and the error does not say %q:\n%s", code, text, stderr)
		}
	}
	if strings.Contains(flat, "environment.TABLE") || strings.Contains(stdout+stderr, password) || strings.Contains(stdout+stderr, token) {
		t.Errorf("a value is shown:\n%s\n%s", stdout, stderr)
	}
	// That of the house is said once, where it is written.
	c.write(fmt.Sprintf("provider \"secure\" {\n  default_tags = { cost-key = %q }\n}\n", token) + unit(t, "x", "tfacc-one", nil) + unit(t, "y", "tfacc-two", nil))
	stdout, stderr, code = c.run("plan")
	if flat := unwrapped(stderr); code == 0 || strings.Count(flat, "Error: ") != 1 || !strings.Contains(flat, "Default tag cost-key holds a secret") || strings.Contains(stdout+stderr, token) {
		t.Errorf("exit %d, and the default tag is not said once:\n%s", code, stderr)
	}
}

// TestAccPosture_SecretKeysOfDefaultTags refuses keys as it does values: once, where
// they are written, whatever a unit waives.
func TestAccPosture_SecretKeysOfDefaultTags(t *testing.T) {
	t.Parallel()
	const token, other = "ghp_0123456789abcdefABCDEF0123456789abcd", "ghp_9876543210abcdefABCDEF0123456789abcd"
	waived := map[string]string{"waivers": `{ no-plaintext-secrets = { reason = "Rotated every night." } }`}
	c := newCore(t, newTenant(t), "")
	for _, m := range []struct {
		tags string
		says []string
	}{
		{fmt.Sprintf("{ %q = \"orders\" }", token), []string{"Error: The key of a default tag holds a secret"}},
		{fmt.Sprintf("{ %q = %q }", token, other), []string{"Error: The key of a default tag holds a secret", "Error: The value of a default tag holds a secret"}},
		{fmt.Sprintf("{ %q = \"orders\", cost-key = %q }", token, other), []string{"Error: The key of a default tag holds a secret", "Error: Default tag cost-key holds a secret"}},
	} {
		c.write("provider \"secure\" {\n  default_tags = " + m.tags + "\n}\n" + unit(t, "x", "tfacc-one", waived) + unit(t, "y", "tfacc-two", nil))
		stdout, stderr, code := c.run("plan")
		flat := unwrapped(stderr)
		if code == 0 || strings.Count(flat, "Error: ") != len(m.says) || strings.Contains(flat, "secret_values_wo") || !strings.Contains(flat, "No tag may hold a secret") || strings.Contains(stdout+stderr, token) || strings.Contains(stdout+stderr, other) {
			t.Errorf("%s: exit %d:\n%s", m.tags, code, stderr)
		}
		for _, text := range m.says {
			if !strings.Contains(flat, text) {
				t.Errorf("%s: want %q:\n%s", m.tags, text, stderr)
			}
		}
	}
}

// TestAccAccess_Levels gives a function levels on resources, one of them not
// known before the apply, and reads back what the policy says.
func TestAccAccess_Levels(t *testing.T) {
	t.Parallel()
	a := newTenant(t)
	const name, key = "tfacc-levels", "arn:aws:kms:eu-central-1:111122223333:key/0a1b2c3d-0000-1111-2222-333344445555"
	configuration := "provider \"secure\" {}\nresource \"terraform_data\" \"late\" {\n  input = \"arn:aws:sqs:eu-central-1:111122223333:orders\"\n}\n" + unit(t, "x", name, map[string]string{
		"access": fmt.Sprintf(`{
    table = { to = "arn:aws:dynamodb:eu-central-1:111122223333:table/orders", level = "read", kms_key_arn = %q }
    queue = { to = terraform_data.late.output, level = "send" }
  }`, key),
	})
	c := newCore(t, a, configuration)
	c.must("apply", "-auto-approve")
	c.empty()
	arn, err := a.policyARN(t.Context(), name)
	must(t, err)
	statements, err := a.policyDocument(t.Context(), arn)
	must(t, err)
	text, err := json.Marshal(statements)
	must(t, err)
	for _, want := range []string{
		`"Action":["dynamodb:BatchGetItem","dynamodb:ConditionCheckItem","dynamodb:GetItem","dynamodb:Query","dynamodb:Scan"]`,
		`"Resource":["arn:aws:dynamodb:eu-central-1:111122223333:table/orders","arn:aws:dynamodb:eu-central-1:111122223333:table/orders/index/*"]`,
		`"Sid":"TableKey"`, `"kms:EncryptionContext:aws:dynamodb:tableName":"orders"`, `"kms:ViaService":"dynamodb.eu-central-1.amazonaws.com"`,
		`"Action":"sqs:SendMessage"`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the policy does not say %s:\n%s", want, text)
		}
	}
	if got := c.posture(); len(got.Failed) > 0 {
		t.Errorf("posture: %s", got)
	}
	c.must("destroy", "-auto-approve")
}

// TestAccPosture_LateSecrets lets a waived secret, and the house's waivers, be
// known after the apply only.
func TestAccPosture_LateSecrets(t *testing.T) {
	t.Parallel()
	a := newTenant(t)
	expires := time.Now().AddDate(0, 0, 100).Format(time.DateOnly)
	c := newCore(t, a, fmt.Sprintf(`provider "secure" {
  waivers = { in-vpc = { reason = terraform_data.late.output, expires = %q } }
}
resource "terraform_data" "late" {
  input = "not-a-real-pass-1"
}
`, expires)+unit(t, "x", "tfacc-late-secret", map[string]string{
		"environment": `{ DB_PASSWORD = terraform_data.late.output }`,
		"waivers":     fmt.Sprintf(`{ no-plaintext-secrets = { reason = "moved to the vault next week", expires = %q } }`, expires),
	}))
	c.must("apply", "-auto-approve")
	if got := c.posture(); !slices.Equal(sortedKeys(got.Waived), []string{"in-vpc", "no-plaintext-secrets"}) {
		t.Errorf("posture: %s", got)
	}
	c.empty()
	// The house's waivers are not known again.
	c.must("plan", "-replace=terraform_data.late")
	c.must("destroy", "-auto-approve")
}

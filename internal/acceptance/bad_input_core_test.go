package acceptance

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// marked is where a finding must point: the line of main.tf that ends in a
// comment of this form. For an attribute inside another Terraform points at the
// resource.
const marked = " # wrong: "

// impossible can never be right; unfit only meets the wrong disk and account.
var (
	impossible = `
variable "password" {
  default   = "` + secretText + `"
  sensitive = true
}

resource "secure_lambda" "orders" {
  name        = "orders/api" # wrong: "orders/api" is not a function name
  code        = { path = "src" }
  runtime     = "python3.14"
  handler     = "app" # wrong: "app" is not a handler of runtime python3.14
  memory_size = 0 # wrong: memory_size is 0 MB, less than 1
  logs        = { retention_days = -1 } # inside: -1 days is not a retention period
  environment = {
    AWS_REGION = var.password # wrong: AWS_REGION is set by Lambda
  }
}

resource "secure_lambda" "bills" {
  name    = "bills"
  code    = {} # wrong: code names no package
  runtime = "python3.14"
  handler = "app.handler"
  access  = { table = { actions = ["*"], resources = ["*"] } } # inside: "*" grants every action of every service
}
`
	unfit = `
resource "secure_lambda" "orders" {
  name        = "orders"
  code        = { path = "missing.zip" } # inside: The code package does not exist
  runtime     = "python3.14"
  handler     = "app.handler"
  kms_key_arn = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab" # wrong: The key is in another region
}

resource "secure_lambda" "bills" {
  name    = "bills"
  code    = { path = "main.tf" }
  handler = "app.handler" # wrong: The handler is not in the package
  runtime = "python3.14"
}
`
)

// TestAccBadInput_AllMistakesAtOnce_AreReportedWithTheirLines runs the real
// binary, so that what Terraform makes of the diagnostics is tested too.
func TestAccBadInput_AllMistakesAtOnce_AreReportedWithTheirLines(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	for _, c := range []struct {
		label, configuration string
		command              []string
	}{
		{"validate", impossible, []string{"validate", "-json"}},
		{"plan of what can never be right", impossible, []string{"plan", "-json"}},
		{"plan of what meets the wrong account", unfit, []string{"plan", "-json"}},
	} {
		t.Run(c.label, func(t *testing.T) {
			t.Parallel()
			a := newTenant(t)
			configuration := requireSecure + a.providerBlock() + c.configuration
			mark := box.Recorder().Mark()
			stdout, stderr, code := newCore(t, a, configuration).run(c.command...)
			if code != 1 {
				t.Errorf("exit %d, want 1\n%s", code, stderr)
			}
			if strings.Contains(stdout+stderr, secretText) {
				t.Errorf("the output repeats a secret:\n%s%s", stdout, stderr)
			}
			got := located(t, stdout)
			exact, ofBlock := markedLines(configuration)
			if want := exact; !slices.Equal(got, exact) && !slices.Equal(got, ofBlock) {
				t.Errorf("reported\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			if calls := a.writes(mark); len(calls) > 0 {
				t.Errorf("finding mistakes changed the account: %v", calls)
			}
		})
	}
}

// markedLines lists the lines where something is wrong, with what it is. Cores
// before 1.15 report what is inside an attribute's object at its block.
func markedLines(configuration string) (exact, ofBlock []string) {
	block := 0
	for i, line := range strings.Split(configuration, "\n") {
		if strings.HasPrefix(line, "resource ") {
			block = i + 1
		}
		at := func(line int, what string) string { return fmt.Sprintf("main.tf:%d: %s", line, what) }
		if _, what, ok := strings.Cut(line, marked); ok {
			exact, ofBlock = append(exact, at(i+1, what)), append(ofBlock, at(i+1, what))
		}
		if _, what, ok := strings.Cut(line, "# inside: "); ok {
			exact, ofBlock = append(exact, at(i+1, what)), append(ofBlock, at(block, what))
		}
	}
	slices.Sort(exact)
	slices.Sort(ofBlock)
	return exact, ofBlock
}

// located lists the errors of terraform's JSON output, which is one object for
// validate and one a line for plan.
func located(t *testing.T, output string) []string {
	t.Helper()
	type diagnostic struct {
		Severity, Summary string
		Range             struct {
			Filename string
			Start    struct{ Line int }
		}
	}
	var out []string
	for decoder := json.NewDecoder(strings.NewReader(output)); decoder.More(); {
		var message struct {
			Diagnostic  *diagnostic
			Diagnostics []diagnostic
		}
		if err := decoder.Decode(&message); err != nil {
			t.Fatalf("%v in\n%s", err, output)
		}
		all := message.Diagnostics
		if message.Diagnostic != nil {
			all = append(all, *message.Diagnostic)
		}
		for _, d := range all {
			if d.Severity == "error" {
				out = append(out, fmt.Sprintf("%s:%d: %s", d.Range.Filename, d.Range.Start.Line, d.Summary))
			}
		}
	}
	slices.Sort(out)
	return out
}

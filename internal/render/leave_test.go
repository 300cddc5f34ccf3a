package render_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/secure-lambda/terraform-provider-secure/internal/posture/worse"
	"github.com/secure-lambda/terraform-provider-secure/internal/render"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// docs is where hashicorp/aws says what an import id looks like.
const docs = "https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/"

// importIDs are the ids of the unit of worse.Start, by type, with the page
// whose section Import has the form.
var importIDs = map[string]struct{ page, form string }{
	"aws_kms_key":                             {"kms_key", `0a1b2c3d-0000-1111-2222-333344445555`},
	"aws_kms_alias":                           {"kms_alias", `alias/secure/orders`},
	"aws_iam_policy":                          {"iam_policy", `arn:aws:iam::111122223333:policy/orders-eu-central-1`},
	"aws_iam_role":                            {"iam_role", `orders-eu-central-1`},
	"aws_iam_role_policy_attachment":          {"iam_role_policy_attachment", `orders-eu-central-1/arn:aws:iam::111122223333:policy/orders-eu-central-1`},
	"aws_cloudwatch_log_group":                {"cloudwatch_log_group", `/aws/lambda/orders`},
	"aws_sqs_queue":                           {"sqs_queue", `https://sqs\.eu-central-1\.amazonaws\.com/111122223333/orders-dead-letter`},
	"aws_sqs_queue_policy":                    {"sqs_queue_policy", `https://sqs\.eu-central-1\.amazonaws\.com/111122223333/orders-dead-letter`},
	"aws_secretsmanager_secret":               {"secretsmanager_secret", `arn:aws:secretsmanager:eu-central-1:111122223333:secret:secure/orders-AbCdEf`},
	"aws_secretsmanager_secret_rotation":      {"secretsmanager_secret_rotation", `arn:aws:secretsmanager:eu-central-1:111122223333:secret:secure/orders-AbCdEf`},
	"aws_lambda_function":                     {"lambda_function", `orders`},
	"aws_lambda_function_recursion_config":    {"lambda_function_recursion_config", `orders`},
	"aws_lambda_runtime_management_config":    {"lambda_runtime_management_config", `orders,\$LATEST`},
	"aws_lambda_alias":                        {"lambda_alias", `orders/live`},
	"aws_lambda_function_event_invoke_config": {"lambda_function_event_invoke_config", `orders:live`},
	"aws_lambda_permission":                   {"lambda_permission", `orders:live/rule-[0-9a-f]{8}`},
	"aws_cloudwatch_metric_alarm":             {"cloudwatch_metric_alarm", `orders-[a-z-]+`},

	"aws_cloudwatch_log_data_protection_policy": {"cloudwatch_log_data_protection_policy", `/aws/lambda/orders`},
}

// left renders the blocks and reads them.
func left(t *testing.T, u render.Unit, address string) (text string, blocks []*hclsyntax.Block) {
	t.Helper()
	_, text, err := render.Leave(u, address)
	if err != nil {
		t.Fatal(err)
	}
	file, problems := hclsyntax.ParseConfig([]byte(text), "leave.tf", hcl.InitialPos)
	if problems.HasErrors() {
		t.Fatalf("%v:\n%s", problems, text)
	}
	return text, file.Body.(*hclsyntax.Body).Blocks
}

func attribute(t *testing.T, b *hclsyntax.Block, name, text string) string {
	t.Helper()
	r := b.Body.Attributes[name].Expr.Range()
	return strings.Trim(text[r.Start.Byte:r.End.Byte], `"`)
}

// served is a unit that exists.
func served(spec bp.Spec) render.Unit {
	facts := applied()
	u := unit(spec, facts)
	alias, _ := u.Blueprint.Alias.Get()
	alias.Version = bp.Known("7")
	u.Blueprint.Alias = bp.Known(alias)
	return u
}

func TestLeave_ImportsEveryResourceByItsID(t *testing.T) {
	t.Parallel()
	spec := worse.Start()
	spec.Logs = bp.Known(bp.LogsSpec{DataProtection: bp.Known(bp.SetOf("EmailAddress"))})
	spec.RuntimeManagement = bp.Known(bp.RuntimeSpec{UpdateRuntimeOn: bp.Known("FunctionUpdate")})
	spec.Async = bp.Known(bp.AsyncSpec{MaxRetries: bp.Known[int64](1)})
	u := served(spec)
	text, blocks := left(t, u, "secure_lambda.orders")
	ids := map[string]string{}
	for _, b := range blocks {
		if b.Type == "import" {
			ids[attribute(t, b, "to", text)] = strings.ReplaceAll(attribute(t, b, "id", text), "$${", "${")
		}
	}
	module := rendered(t, render.Terraform, u)
	seen := map[string]bool{}
	for _, declared := range regexp.MustCompile(`(?m)^resource "(\w+)" "(\w+)"`).FindAllStringSubmatch(module, -1) {
		kind, to := declared[1], declared[1]+"."+declared[2]
		want, known := importIDs[kind]
		switch id, imported := ids[to]; {
		case kind == "aws_secretsmanager_secret_version":
			if imported || !strings.Contains(text, to+" cannot be imported") {
				t.Errorf("%s: nothing is said of what cannot be imported:\n%s", to, text)
			}
		case !known || !imported:
			t.Errorf("%s is not imported", to)
		case !regexp.MustCompile(`^` + want.form + `$`).MatchString(id):
			t.Errorf("%s has the id %q, want %s as on %s%s", to, id, want.form, docs, want.page)
		}
		seen[kind] = true
	}
	for kind := range importIDs {
		if !seen[kind] {
			t.Errorf("the unit of this test has no %s", kind)
		}
	}
}

func TestLeave_ImportsNoConfigurationOfLambdasDefaults(t *testing.T) {
	t.Parallel()
	spec := worse.Start()
	spec.Async = bp.Null[bp.AsyncSpec]()
	text, _ := left(t, served(spec), "secure_lambda.orders")
	const to = "aws_lambda_function_event_invoke_config.this"
	if strings.Contains(text, "= "+to) || !strings.Contains(text, "# "+to+" says Lambda's defaults") {
		t.Errorf("imports what is not there:\n%s", text)
	}
}

func TestLeave_ForgetsTheUnitWithoutDestroyingIt(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"secure_lambda.orders":                     "secure_lambda.orders",
		`module.shop["eu"].secure_lambda.orders`:   "module.shop.secure_lambda.orders",
		`secure_lambda.all["orders"]`:              "secure_lambda.all",
		`module.a[0].module.b.secure_lambda.it[1]`: "module.a.module.b.secure_lambda.it",
	} {
		text, blocks := left(t, served(worse.Start()), address)
		last := blocks[len(blocks)-1]
		if last.Type != "removed" || attribute(t, last, "from", text) != want {
			t.Errorf("%s: forgets something else:\n%s", address, text)
		}
		if inner := last.Body.Blocks; len(inner) != 1 || inner[0].Type != "lifecycle" || attribute(t, inner[0], "destroy", text) != "false" {
			t.Errorf("%s: destroys:\n%s", address, text)
		}
		if keyed := address != want; keyed != strings.Contains(text, "forgets every unit of "+want) {
			t.Errorf("%s: keys:\n%s", address, text)
		}
	}
}

func TestLeave_AsksForATerraformThatHasRemoved(t *testing.T) {
	t.Parallel()
	u := served(worse.Start())
	module, _, err := render.Leave(u, "secure_lambda.orders")
	if err != nil {
		t.Fatal(err)
	}
	plain := rendered(t, render.Terraform, u)
	if want := strings.Replace(plain, `required_version = ">= 1.5"`, `required_version = ">= 1.7"`, 1); module != want || want == plain {
		t.Errorf("the module differs in more or less than required_version:\n%s", module)
	}
}

func TestLeave_NamesEveryRetiredKey(t *testing.T) {
	t.Parallel()
	u := served(worse.Start())
	if text, _ := left(t, u, "secure_lambda.orders"); strings.Contains(text, "is left to you") {
		t.Errorf("without a retired key one is named:\n%s", text)
	}
	u.RetiredKeys = []string{"arn:aws:kms:eu-central-1:111122223333:key/old", "arn:aws:kms:eu-central-1:111122223333:key/older"}
	text, _ := left(t, u, "secure_lambda.orders")
	for _, arn := range u.RetiredKeys {
		if !strings.Contains(text, "\n# "+arn+" is left to you.") {
			t.Errorf("%s is not named:\n%s", arn, text)
		}
	}
}

func TestLeave_RefusesWhatDoesNotExistYet(t *testing.T) {
	t.Parallel()
	if _, text, err := render.Leave(unit(worse.Start(), planned()), "secure_lambda.orders"); !errors.Is(err, render.ErrNotThere) {
		t.Errorf("left a plan: %v\n%s", err, text)
	}
}

package acceptance

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestAccFunctions asks the provider's functions through the real binary.
func TestAccFunctions(t *testing.T) {
	t.Parallel()
	a := newTenant(t)
	c := newCore(t, a, `provider "secure" {}
locals {
  queue = "arn:aws:sqs:eu-central-1:111122223333:orders"
  key   = "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-1111-2222-333344445555"
}
output "send" { value = jsondecode(provider::secure::access_policy(local.queue, "send", null)) }
output "keyed" { value = jsondecode(provider::secure::access_policy(local.queue, "consume", local.key)) }
output "clean" { value = provider::secure::lint_policy(provider::secure::access_policy(local.queue, "consume", local.key)) }
output "alias" { value = provider::secure::alias_arn("orders", "111122223333", "cn-north-1") }
output "invoke" { value = provider::secure::invoke_arn("orders", "111122223333", "eu-west-1", "stable") }
output "found" {
  value = provider::secure::lint_policy(jsonencode({ Version = "2012-10-17", Statement = [
    { Sid = "Typo", Effect = "Allow", Action = "sqs:SendMesage", Resource = local.queue },
    { Sid = "Wide", Effect = "Allow", Action = "s3:*", Resource = "*" },
    { Sid = "But", Effect = "Allow", NotAction = "iam:*", Resource = "*" },
    { Sid = "Pass", Effect = "Allow", Action = ["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"], Resource = ["arn:aws:iam::111122223333:role/x", "arn:aws:lambda:eu-west-1:111122223333:function:x"] },
  ] }))
}
`)
	c.must("apply", "-auto-approve")
	var out map[string]struct {
		Value any `json:"value"`
	}
	must(t, json.Unmarshal([]byte(c.must("output", "-json")), &out))
	text := func(name string) string {
		t.Helper()
		raw, err := json.Marshal(out[name].Value)
		must(t, err)
		return string(raw)
	}
	for name, wants := range map[string][]string{
		"send":   {`"Action":"sqs:SendMessage"`},
		"keyed":  {`"Sid":"AccessKey"`, `"kms:ViaService":"sqs.eu-west-1.amazonaws.com"`, `"kms:EncryptionContext:aws:sqs:arn":"arn:aws:sqs:eu-central-1:111122223333:orders"`},
		"clean":  {"[]"},
		"alias":  {`"arn:aws-cn:lambda:cn-north-1:111122223333:function:orders:live"`},
		"invoke": {`"arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:orders:stable/invocations"`},
		"found":  {"Typo: ", "sqs:SendMessage", "Wide: ", "But: the statement allows by exception", "Pass: A role is passed to any service", "all statements: together they let"},
	} {
		for _, want := range wants {
			if got := text(name); !strings.Contains(got, want) {
				t.Errorf("%s does not say %s:\n%s", name, want, got)
			}
		}
	}
	for expression, says := range map[string]string{
		`provider::secure::access_policy("arn:aws:sqs:eu-central-1:111122223333:orders", "read", null)`: `"consume" or "send"`,
		`provider::secure::lint_policy("{")`:                                           "is not a policy document",
		`provider::secure::alias_arn("orders", "1111", "eu-west-1")`:                   "12 digits",
		`provider::secure::alias_arn("orders", "111122223333", "eu-west-1", "a", "b")`: "a unit has one",
	} {
		c.write("provider \"secure\" {}\noutput \"x\" {\n  value = " + expression + "\n}\n")
		if _, stderr, code := c.run("plan"); code == 0 || !strings.Contains(strings.Join(strings.Fields(stderr), " "), says) {
			t.Errorf("%s: exit %d, and the error does not say %s:\n%s", expression, code, says, stderr)
		}
	}
}

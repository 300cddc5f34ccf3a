package acceptance

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// maxState is how large the state of one unit may be, in bytes, without the
// blanks by which Terraform indents it.
const maxState = 32 << 10

// TestAccExamples applies each example as it stands, invokes its function
// through the alias, and destroys it.
func TestAccExamples(t *testing.T) {
	t.Parallel()
	needsSandbox(t) // the examples have fixed names
	for _, example := range []struct{ directory, alias, event, answer string }{
		{"quickstart", "greeter:live", `{"name":"Ada"}`, `"greeting": "Hello, Ada!"`},
		{"complete", "orders-api:stable", `{"id":"1"}`, `"state": "shipped"`},
	} {
		t.Run(example.directory, func(t *testing.T) {
			t.Parallel()
			a := newTenant(t)
			c := newCore(t, a, "")
			must(t, os.CopyFS(filepath.Join(c.dir, "example"), os.DirFS(filepath.Join("../../examples", example.directory))))
			c.dir = filepath.Join(c.dir, "example")
			topic, err := a.sns.CreateTopic(t.Context(), &sns.CreateTopicInput{Name: new("on-call")})
			must(t, err)
			c.env = append(c.env, fmt.Sprintf("TF_VAR_alarm_topic_arns=[%q]", *topic.TopicArn))
			c.must("apply", "-auto-approve")
			c.empty()
			state, err := os.ReadFile(filepath.Join(c.dir, "terraform.tfstate"))
			must(t, err)
			var compact bytes.Buffer
			must(t, json.Compact(&compact, state))
			t.Logf("state: %.1f KB (at most %d), %.1f KB as Terraform indents it", float64(compact.Len())/1024, maxState>>10, float64(len(state))/1024)
			if compact.Len() > maxState {
				t.Errorf("the state has %d bytes, more than %d", compact.Len(), maxState)
			}
			answer, err := a.invoke(t.Context(), example.alias, example.event)
			must(t, err)
			if !strings.Contains(answer, example.answer) {
				t.Fatalf("the alias answers %s", answer)
			}
			c.must("destroy", "-auto-approve")
			a.mustBeEmpty(t)
		})
	}
}

// mustBeEmpty asks AWS for everything a unit could leave.
func (a *tenant) mustBeEmpty(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	functions, err := a.lambda.ListFunctions(ctx, &lambda.ListFunctionsInput{})
	must(t, err)
	roles, err := a.iam.ListRoles(ctx, &iam.ListRolesInput{})
	must(t, err)
	policies, err := a.iam.ListPolicies(ctx, &iam.ListPoliciesInput{Scope: iamtypes.PolicyScopeTypeLocal})
	must(t, err)
	groups, err := a.logs.DescribeLogGroups(ctx, &cloudwatchlogs.DescribeLogGroupsInput{})
	must(t, err)
	queues, err := a.sqs.ListQueues(ctx, &sqs.ListQueuesInput{})
	must(t, err)
	alarms, err := a.cloudwatch.DescribeAlarms(ctx, &cloudwatch.DescribeAlarmsInput{})
	must(t, err)
	secrets, err := a.secrets.ListSecrets(ctx, &secretsmanager.ListSecretsInput{})
	must(t, err)
	enabled, err := a.enabledKeys(ctx)
	must(t, err)
	if n := len(alarms.MetricAlarms) + len(queues.QueueUrls) + len(functions.Functions) + len(roles.Roles) + len(policies.Policies) + len(groups.LogGroups) + len(secrets.SecretList) + enabled; n > 0 {
		t.Fatalf("left behind: %d secrets, %d alarms, %d queues, %d functions, %d roles, %d policies, %d log groups, %d enabled keys",
			len(secrets.SecretList), len(alarms.MetricAlarms), len(queues.QueueUrls), len(functions.Functions), len(roles.Roles), len(policies.Policies), len(groups.LogGroups), enabled)
	}
}

func (a *tenant) enabledKeys(ctx context.Context) (int, error) {
	keys, err := a.kms.ListKeys(ctx, &kms.ListKeysInput{})
	if err != nil {
		return 0, err
	}
	n := 0
	for _, k := range keys.Keys {
		out, err := a.kms.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: k.KeyId})
		if err != nil {
			return 0, err
		}
		if out.KeyMetadata.KeyState == kmstypes.KeyStateEnabled {
			n++
		}
	}
	return n, nil
}

// TestAccSecretNeverShown follows a sensitive environment value through plan,
// apply, errors, logs and state.
func TestAccSecretNeverShown(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	const canary = "canary-7f3a9c51d2"
	configuration := func(value, timeout string) string {
		return fmt.Sprintf(`
variable "secret" {
  default   = %q
  sensitive = true
}
provider "secure" {}
`, value) + unit(t, "x", "tfacc-canary", map[string]string{"environment": "{ SALT = var.secret }", "timeout": timeout})
	}
	c := newCore(t, a, configuration(canary, "10"))
	trace := filepath.Join(c.dir, "trace.log")
	look := func(what, text string) {
		t.Helper()
		if strings.Contains(text, canary) {
			i := strings.Index(text, canary)
			t.Errorf("%s shows the secret: %s", what, text[max(0, i-200):i+len(canary)])
		}
	}
	traced := []string{"TF_LOG=TRACE", "TF_LOG_PATH=" + trace}
	for _, arguments := range [][]string{{"plan"}, {"apply", "-auto-approve"}, {"plan"}, {"show"}} {
		stdout, stderr, code := c.runWith(traced, arguments...)
		if code != 0 {
			t.Fatalf("%v: %s", arguments, stderr)
		}
		look(arguments[0], stdout+stderr)
	}
	// An error of AWS that repeats what it was sent.
	c.write(configuration(strings.Repeat(canary, 500), "10"))
	stdout, stderr, code := c.runWith(traced, "apply", "-auto-approve")
	if code == 0 {
		t.Fatal("an environment over the limit was applied")
	}
	look("an error", stdout+stderr)
	log, err := os.ReadFile(trace)
	must(t, err)
	if !strings.Contains(string(log), "AWS call") {
		t.Error("the log does not name the AWS calls, so it proves nothing")
	}
	look("TF_LOG=TRACE", string(log))
	state := c.must("show", "-json")
	_, managed, found := strings.Cut(state, `"managed":`)
	if !found {
		t.Fatal("the state has no managed")
	}
	managed, _, _ = strings.Cut(managed, `"memory_size":null`)
	look("managed", managed)
}

// TestAccSavedPlanNeedsItsPackage changes the package between plan and apply.
func TestAccSavedPlanNeedsItsPackage(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	c := newCore(t, a, "")
	writeFile(t, filepath.Join(c.dir, "src", "app.py"), "def handler(event, context):\n    return 1\n")
	c.write(`provider "secure" {}` + "\n" + unit(t, "x", "tfacc-saved-plan", map[string]string{"code": `{ path = "${path.module}/src" }`}))
	c.must("plan", "-out=saved")
	writeFile(t, filepath.Join(c.dir, "src", "app.py"), "def handler(event, context):\n    return 2\n")
	mark := box.Recorder().Mark()
	_, stderr, code := c.run("apply", "saved")
	if code == 0 || !strings.Contains(stderr, "code_sha256") {
		t.Fatalf("exit %d, and the error does not name code_sha256:\n%s", code, stderr)
	}
	if writes := a.writes(mark); len(writes) > 0 {
		t.Fatalf("%d changes were made before the package was compared", len(writes))
	}
}

// TestAccOtherAccountIsRefused reads, plans and destroys a unit with the
// credentials of another account.
func TestAccOtherAccountIsRefused(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a, b := newTenant(t), newTenant(t)
	c := newCore(t, a, `provider "secure" {}`+"\n"+unit(t, "x", "tfacc-elsewhere", nil))
	c.must("apply", "-auto-approve")
	c.env = append(c.env, box.Env(b.id)...)
	for _, arguments := range [][]string{{"plan"}, {"plan", "-refresh=false"}, {"destroy", "-auto-approve"}, {"destroy", "-auto-approve", "-refresh=false"}} {
		_, stderr, code := c.run(arguments...)
		if code == 0 || !strings.Contains(stderr, "in another account or region") {
			t.Errorf("%v: exit %d\n%s", arguments, code, stderr)
		}
	}
	c.env = append(c.env, box.Env(a.id)...)
	c.empty()
}

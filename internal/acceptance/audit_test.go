package acceptance

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"golang.org/x/sync/errgroup"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox"
)

// auditReport is the JSON of the command audit.
type auditReport struct {
	Functions []struct {
		Name       string `json:"name"`
		Managed    bool   `json:"managed"`
		Score      int    `json:"score"`
		Judgements []struct {
			Control  string `json:"control"`
			Outcome  string `json:"outcome"`
			Evidence string `json:"evidence"`
		} `json:"judgements"`
	} `json:"functions"`
	Problems []struct {
		Call      string `json:"call"`
		Code      string `json:"code"`
		Functions int    `json:"functions"`
	} `json:"problems"`
}

// verdicts of a function by control.
func (r auditReport) verdicts(t *testing.T, name string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, f := range r.Functions {
		if f.Name == name {
			for _, j := range f.Judgements {
				out[j.Control] = j.Outcome
			}
		}
	}
	if len(out) == 0 {
		t.Fatalf("the audit does not have %s", name)
	}
	return out
}

// refuse denies a call from now on, and no other.
func (a *tenant) refuse(service, operation string) {
	box.SetFaults(a.id, sandbox.Fault{Service: service, Operation: operation, Harm: sandbox.Refuse, Status: http.StatusForbidden, Code: "AccessDeniedException", Message: "not allowed"})
}

// audit runs the command on the tenant's account.
func (a *tenant) audit(t *testing.T, arguments ...string) (out []byte, problems string, code int) {
	t.Helper()
	command := exec.CommandContext(t.Context(), binary, append([]string{"audit"}, arguments...)...)
	command.Env = append(os.Environ(), box.Env(a.id)...)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	err := command.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		code = exit.ExitCode()
	} else {
		must(t, err)
	}
	return stdout.Bytes(), stderr.String(), code
}

func (a *tenant) audited(t *testing.T, arguments ...string) auditReport {
	t.Helper()
	out, problems, code := a.audit(t, append(arguments, "--format", "json")...)
	if code != 0 {
		t.Fatalf("audit: exit %d\n%s", code, problems)
	}
	var report auditReport
	must(t, json.Unmarshal(out, &report))
	return report
}

// byHand makes functions that no unit knows of; every fifth is published and has
// an alias.
func (a *tenant) byHand(t *testing.T, count int) {
	t.Helper()
	ctx := t.Context()
	roles := map[string]*string{}
	for name, statement := range map[string]string{"by-hand-all": admin, "by-hand-read": `{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}`} {
		role, err := a.iam.CreateRole(ctx, &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: new(foreignTrust)})
		must(t, err)
		_, err = a.iam.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: &name, PolicyName: new("theirs"), PolicyDocument: new(statements(statement))})
		must(t, err)
		roles[name] = role.Role.Arn
	}
	create := func(i int) (name string, err error) {
		name = fmt.Sprintf("by-hand-%03d", i)
		role := roles["by-hand-read"]
		if i%5 == 0 {
			role = roles["by-hand-all"]
		}
		_, err = a.lambda.CreateFunction(ctx, &lambda.CreateFunctionInput{
			FunctionName: &name, Role: role, Runtime: lambdatypes.RuntimePython312, Handler: new("app.handler"),
			Code: &lambdatypes.FunctionCode{ZipFile: foreignZip}, Publish: i%5 == 0,
		})
		return name, err
	}
	for i := range min(2, count) {
		retry(t, func() error { // until the role is there for Lambda
			_, err := create(i)
			return err
		})
	}
	var group errgroup.Group
	group.SetLimit(8)
	for i := range count {
		group.Go(func() error {
			name, err := fmt.Sprintf("by-hand-%03d", i), error(nil)
			if i > 1 {
				_, err = create(i)
			}
			if err == nil && i%5 == 0 {
				_, err = a.lambda.CreateAlias(ctx, &lambda.CreateAliasInput{FunctionName: &name, Name: new("live"), FunctionVersion: new("1")})
			}
			return err
		})
	}
	must(t, group.Wait())
}

// lambdaBucket are the calls of which Lambda's API answers 15 a second together.
func lambdaBucket(c sandbox.Call) bool {
	return c.Service == "lambda" && c.Operation != "GetFunction" && c.Operation != "GetPolicy" && c.Operation != "Invoke"
}

// TestAlone_AuditOfTwoHundredFunctions judges an account that is mostly by other
// hands: in time, within the quotas, and in a file that can be mailed. It
// measures time, so scripts/test runs it while nothing else runs.
func TestAlone_AuditOfTwoHundredFunctions(t *testing.T) {
	t.Parallel()
	alone(t)
	needsSandbox(t)
	a := newTenant(t)
	a.byHand(t, 199)
	c := newCore(t, a, requireSecure+unit(t, "one", "made-well", nil))
	c.must("apply", "-auto-approve")

	page := filepath.Join(t.TempDir(), "audit.html")
	mark, started := box.Recorder().Mark(), time.Now()
	_, problems, code := a.audit(t, "--format", "html", "--output", page)
	took := time.Since(started)
	if code != 0 {
		t.Fatalf("audit: exit %d\n%s", code, problems)
	}
	var times []time.Time
	for _, call := range box.Recorder().Since(mark, sandbox.InAccount(a.id)) {
		if lambdaBucket(call) {
			times = append(times, call.At)
		}
	}
	most := 0
	for i := range times {
		n := 0
		for _, other := range times[i:] {
			if other.Sub(times[i]) < time.Second {
				n++
			}
		}
		most = max(most, n)
	}
	info, err := os.Stat(page)
	must(t, err)
	t.Logf("200 functions in %.1f s, %d calls of Lambda's shared quota, %d at most in a second, %d bytes of HTML", took.Seconds(), len(times), most, info.Size())
	if took > 30*time.Second {
		t.Errorf("the audit took %s", took)
	}
	if most > 15 {
		t.Errorf("%d calls of Lambda's shared quota in one second", most)
	}
	if info.Size() >= 1<<20 {
		t.Errorf("the page has %d bytes", info.Size())
	}

	report := a.audited(t, "--function", "*-00?")
	if len(report.Functions) != 10 {
		t.Errorf("--function: %d functions", len(report.Functions))
	}
	hand := report.verdicts(t, "by-hand-005")
	for control, want := range map[string]string{
		"no-wildcard-admin": "fail", "trust-confused-deputy": "fail", "alias-in-service": "pass", "no-inline-policies": "fail",
		"dead-letter-target": "fail", "supported-runtime": "pass", "tagged": "fail", "alarms-present": "fail",
	} {
		if hand[control] != want {
			t.Errorf("%s of a function by hand: %s, want %s", control, hand[control], want)
		}
	}
	if got := report.verdicts(t, "by-hand-001")["alias-in-service"]; got != "fail" {
		t.Errorf("alias-in-service of a function without versions: %s", got)
	}
	if _, problems, code := a.audit(t, "--function", "by-hand-001", "--minimum", "baseline"); code != 1 || !strings.Contains(problems, "1 of 1 functions do not meet the posture baseline") {
		t.Errorf("--minimum: exit %d, %s", code, problems)
	}
	if _, problems, code := a.audit(t, "--function", "made-well", "--minimum", "baseline"); code != 0 {
		t.Errorf("--minimum of a unit: exit %d, %s", code, problems)
	}
}

// TestAccAudit_SurvivesRefusals takes away what an audit reads, call by call.
func TestAccAudit_SurvivesRefusals(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	a.byHand(t, 2)
	c := newCore(t, a, requireSecure+unit(t, "one", "made-well", map[string]string{"environment": `{ TABLE = "orders" }`}))
	c.must("apply", "-auto-approve")
	for _, refused := range []struct{ service, operation, call, unknown string }{
		{"iam", "GetAccountAuthorizationDetails", "iam:GetAccountAuthorizationDetails", "no-wildcard-admin"},
		{"logs", "DescribeLogGroups", "logs:DescribeLogGroups", "log-retention"},
		{"monitoring", "DescribeAlarms", "cloudwatch:DescribeAlarms", "alarms-present"},
		{"lambda", "GetFunction", "lambda:GetFunction", "tagged"},
		{"lambda", "GetPolicy", "lambda:GetPolicy", "no-public-invoke"},
		{"lambda", "ListAliases", "lambda:ListAliases", "alias-in-service"},
		{"lambda", "ListCodeSigningConfigs", "lambda:ListFunctionsByCodeSigningConfig", "code-signing"},
		{"kms", "DescribeKey", "kms:DescribeKey", "key-enabled"},
		{"sqs", "GetQueueAttributes", "sqs:GetQueueAttributes", "queue-not-public"},
	} {
		a.refuse(refused.service, refused.operation)
		report := a.audited(t)
		verdicts := report.verdicts(t, "made-well")
		if verdicts[refused.unknown] != "unknown" {
			t.Errorf("%s refused: %s is %s", refused.call, refused.unknown, verdicts[refused.unknown])
		}
		if len(report.Functions) != 3 || len(report.Problems) != 1 || report.Problems[0].Call != refused.call || report.Problems[0].Code != "AccessDeniedException" {
			t.Errorf("%s refused: %d functions, %+v", refused.call, len(report.Functions), report.Problems)
		}
	}
	a.refuse("lambda", "ListFunctions")
	if _, problems, code := a.audit(t); code != 1 || !strings.Contains(problems, "list the functions") {
		t.Errorf("ListFunctions refused: exit %d, %s", code, problems)
	}
}

// TestAccAudit_AServiceNeedsASourceWhateverItEndsIn lets the services of Alexa invoke a
// function: they are not of amazonaws.com, and the configuration refuses them too.
func TestAccAudit_AServiceNeedsASourceWhateverItEndsIn(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	a.byHand(t, 2)
	for i, principal := range []string{"alexa-appkit.amazon.com", "alexa-connectedhome.amazon.com"} {
		name := fmt.Sprintf("by-hand-%03d", i)
		_, err := a.lambda.AddPermission(t.Context(), &lambda.AddPermissionInput{FunctionName: &name, StatementId: new("skill"), Action: new("lambda:InvokeFunction"), Principal: &principal})
		must(t, err)
		if got := a.audited(t).verdicts(t, name)["invoke-by-source"]; got != "fail" {
			t.Errorf("%s without a source: %s", principal, got)
		}
		c := newCore(t, a, unit(t, "x", "tfacc-skill", map[string]string{"permissions": fmt.Sprintf("{ skill = { principal = %q } }", principal)}))
		c.says(1, []string{"plan"}, principal+" could act for anybody")
	}
}

// TestAccAudit_AQueueEncryptedBySQSIsEncrypted judges the dead-letter queue of a
// function by hand as a unit judges one that it is given.
func TestAccAudit_AQueueEncryptedBySQSIsEncrypted(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	a.byHand(t, 1)
	ctx, name := t.Context(), "by-hand-000"
	for queue, c := range map[string]struct{ encrypted, want string }{"tfacc-sse": {"true", "pass"}, "tfacc-clear": {"false", "fail"}} {
		_, err := a.sqs.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: &queue, Attributes: map[string]string{"SqsManagedSseEnabled": c.encrypted}})
		must(t, err)
		target := new("arn:aws:sqs:" + region + ":" + a.id + ":" + queue)
		must(t, lambda.NewFunctionActiveV2Waiter(a.lambda, func(o *lambda.FunctionActiveV2WaiterOptions) { o.MinDelay = 50 * time.Millisecond }).Wait(ctx, &lambda.GetFunctionInput{FunctionName: &name}, time.Minute))
		must(t, reconfigured(lambda.UpdateFunctionConfigurationInput{DeadLetterConfig: &lambdatypes.DeadLetterConfig{TargetArn: target}})(ctx, a, name))
		must(t, lambda.NewFunctionUpdatedV2Waiter(a.lambda, func(o *lambda.FunctionUpdatedV2WaiterOptions) { o.MinDelay = 50 * time.Millisecond }).Wait(ctx, &lambda.GetFunctionInput{FunctionName: &name}, time.Minute))
		report := a.audited(t)
		if got := report.verdicts(t, name)["queue-encrypted"]; got != c.want {
			t.Errorf("%s: %s, %s", queue, got, report.evidence(name, "queue-encrypted"))
		}
	}
}

// TestAccAudit_ARefusalIsNamedAndNoMoreIsUnknown refuses the calls about keys one by
// one: what the others tell is judged all the same.
func TestAccAudit_ARefusalIsNamedAndNoMoreIsUnknown(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	key := a.sharedKey(t)
	_, err := a.kms.DisableKeyRotation(t.Context(), &kms.DisableKeyRotationInput{KeyId: &key})
	must(t, err)
	c := newCore(t, a, unit(t, "one", "own-key", nil)+unit(t, "two", "own-key-too", nil)+unit(t, "three", "given-key", map[string]string{"kms_key_arn": fmt.Sprintf("%q", key)}))
	c.must("apply", "-auto-approve")
	controls := []string{"key-rotation", "key-enabled", "key-policy-closed"}
	for operation, unknown := range map[string]string{"DescribeKey": "key-enabled", "GetKeyRotationStatus": "key-rotation", "GetKeyPolicy": "key-policy-closed"} {
		a.refuse("kms", operation)
		report := a.audited(t)
		for _, name := range []string{"own-key", "own-key-too"} {
			for _, control := range controls {
				got, evidence := report.verdicts(t, name)[control], report.evidence(name, control)
				if want := map[bool]string{true: "unknown", false: "pass"}[control == unknown]; got != want || got == "unknown" && !strings.Contains(evidence, "kms:"+operation) {
					t.Errorf("%s refused: %s of %s is %s: %s", operation, control, name, got, evidence)
				}
			}
		}
		if got := report.verdicts(t, "given-key")["key-rotation"]; got != "not_applicable" {
			t.Errorf("%s refused: key-rotation of a given key is %s", operation, got)
		}
	}
	a.refuse("kms", "ListResourceTags")
	report := a.audited(t)
	if got, evidence := report.verdicts(t, "given-key")["key-rotation"], report.evidence("given-key", "key-rotation"); got != "unknown" || !strings.Contains(evidence, "kms:ListResourceTags") {
		t.Errorf("tags are not read: key-rotation of a given key is %s: %s", got, evidence)
	}
	if got := report.verdicts(t, "own-key")["key-rotation"]; got != "pass" {
		t.Errorf("tags are not read: key-rotation of the unit's own key is %s", got)
	}
}

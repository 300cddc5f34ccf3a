package acceptance

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// rendered runs the command render.
func rendered(t *testing.T, file, format string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), binary, "render", file, "--format", format).CombinedOutput()
	if err != nil {
		t.Fatalf("render %s: %v\n%s", format, err, out)
	}
	return string(out)
}

// renderable is a unit with something of everything that renders.
func renderable(t *testing.T) string {
	t.Helper()
	return unit(t, "one", "rendered", map[string]string{
		"environment": `{ TABLE = "orders" }`, "concurrency": `{ reserved = 5 }`, "tags": `{ owner = "orders" }`,
		"access":      `{ table = { to = "arn:aws:dynamodb:eu-central-1:111122223333:table/orders", level = "read" } }`,
		"permissions": `{ rule = { principal = "events.amazonaws.com", source_arn = "arn:aws:events:eu-central-1:111122223333:rule/orders" } }`,
	})
}

// TestAccRender_PlanStateAndFunctionAlike renders a plan, the state that came of
// it, and the unit inside the configuration.
func TestAccRender_PlanStateAndFunctionAlike(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	c := newCore(t, a, requireSecure+renderable(t)+`
output "template" {
  sensitive = true # digests of the environment are, in any unit
  value     = provider::secure::render(secure_lambda.one, "cloudformation")
}
output "other" {
  value = try(provider::secure::render({ name = "no unit" }, "sam"), "refused")
}
`)
	plan, state := filepath.Join(c.dir, "plan.json"), filepath.Join(c.dir, "state.json")
	c.must("plan", "-out=new")
	writeFile(t, plan, c.must("show", "-json", "new"))
	c.must("apply", "new")
	writeFile(t, state, c.must("show", "-json"))
	for _, format := range []string{"cloudformation", "sam", "terraform"} {
		if before, after := rendered(t, plan, format), rendered(t, state, format); before != after {
			t.Errorf("%s of the plan differs from that of the state:\n%s\n---\n%s", format, before, after)
		}
	}
	var outputs map[string]struct{ Value string }
	must(t, json.Unmarshal([]byte(c.must("output", "-json")), &outputs))
	// A function is not told which variables are sensitive: none has a default.
	want := strings.ReplaceAll(rendered(t, state, "cloudformation"), "    Default: orders\n", "")
	if got := outputs["template"].Value; got != want {
		t.Errorf("the function renders\n%s\nwant\n%s", got, want)
	}
	if got := outputs["other"].Value; got != "refused" {
		t.Errorf("the function rendered what is no unit: %s", got)
	}
	c.empty()
}

// TestAccAudit_RenderedCopyIsJudgedAlike deploys the CloudFormation of a unit in
// another account, and audits both.
func TestAccAudit_RenderedCopyIsJudgedAlike(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a, b := newTenant(t), newTenant(t)
	c := newCore(t, a, requireSecure+renderable(t))
	c.must("apply", "-auto-approve")
	state := filepath.Join(c.dir, "state.json")
	writeFile(t, state, c.must("show", "-json"))
	template := strings.ReplaceAll(rendered(t, state, "cloudformation"), a.id, b.id)
	b.deploy(t, template)

	original, copied := a.audited(t).verdicts(t, "rendered"), b.audited(t).verdicts(t, "rendered")
	for _, control := range slices.Sorted(maps.Keys(original)) {
		if original[control] != copied[control] {
			t.Errorf("%s: %s of the unit, %s of its copy", control, original[control], copied[control])
		}
	}
}

// metricMath is the one alarm with an expression.
var metricMath = regexp.MustCompile(`(?s)  AlarmErrors:\n.*?\n(  Alarm[A-Z])`)

// deploy makes a stack and completes it: the emulator's CloudFormation refuses
// metric math, and leaves out settings of functions that it does not know.
func (a *tenant) deploy(t *testing.T, template string) {
	t.Helper()
	ctx := t.Context()
	a.bucket(t, "code-"+a.id)
	_, err := a.s3.PutObject(ctx, &s3.PutObjectInput{Bucket: new("code-" + a.id), Key: new("code.zip"), Body: strings.NewReader(string(foreignZip))})
	must(t, err)
	if !metricMath.MatchString(template) {
		t.Fatalf("the template has no alarm on errors:\n%s", template)
	}
	form := url.Values{
		"Action": {"CreateStack"}, "Version": {"2010-05-15"}, "StackName": {"copy"}, "TemplateBody": {metricMath.ReplaceAllString(template, "$1")},
		"Capabilities.member.1":              {"CAPABILITY_NAMED_IAM"},
		"Parameters.member.1.ParameterKey":   {"CodeBucket"},
		"Parameters.member.1.ParameterValue": {"code-" + a.id},
		"Parameters.member.2.ParameterKey":   {"CodeKey"},
		"Parameters.member.2.ParameterValue": {"code.zip"},
	}
	a.query(t, "cloudformation", form)
	var status string
	for range 100 {
		status = a.query(t, "cloudformation", url.Values{"Action": {"DescribeStacks"}, "Version": {"2010-05-15"}, "StackName": {"copy"}})
		if !strings.Contains(status, "IN_PROGRESS") {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if !strings.Contains(status, "<StackStatus>CREATE_COMPLETE</StackStatus>") {
		t.Fatalf("the stack: %s\n%s", status, a.query(t, "cloudformation", url.Values{"Action": {"DescribeStackEvents"}, "Version": {"2010-05-15"}, "StackName": {"copy"}}))
	}
	for _, setting := range []string{"KmsKeyArn: !GetAtt [Key, Arn]", "TargetArn: !GetAtt [DeadLetterQueue, Arn]", "ReservedConcurrentExecutions: 5", "Expression: IF(errors >= 1, 100*errors/invocations, 0)"} {
		if !strings.Contains(template, setting) {
			t.Errorf("the template lacks %q, which this test adds by hand", setting)
		}
	}
	must(t, a.configure(ctx, &lambda.UpdateFunctionConfigurationInput{
		FunctionName: new("rendered"), KMSKeyArn: new(fmt.Sprintf("arn:aws:kms:%s:%s:key/%s", region, a.id, aws.ToString(a.keyID(ctx, "rendered")))),
		DeadLetterConfig: &lambdatypes.DeadLetterConfig{TargetArn: new(fmt.Sprintf("arn:aws:sqs:%s:%s:rendered-dead-letter", region, a.id))},
	}))
	// What was published lacks them too, and an audit judges what callers get.
	published, err := a.lambda.PublishVersion(ctx, &lambda.PublishVersionInput{FunctionName: new("rendered")})
	must(t, err)
	_, err = a.lambda.UpdateAlias(ctx, &lambda.UpdateAliasInput{FunctionName: new("rendered"), Name: new("live"), FunctionVersion: published.Version})
	must(t, err)
	_, err = a.lambda.PutFunctionConcurrency(ctx, &lambda.PutFunctionConcurrencyInput{FunctionName: new("rendered"), ReservedConcurrentExecutions: new(int32(5))})
	must(t, err)
	_, err = a.cloudwatch.PutMetricAlarm(ctx, &cloudwatch.PutMetricAlarmInput{
		AlarmName: new("rendered-errors"), EvaluationPeriods: new(int32(1)), Threshold: new(1.0), ComparisonOperator: cwtypes.ComparisonOperatorGreaterThanThreshold,
		Metrics: []cwtypes.MetricDataQuery{
			{Id: new("result"), Expression: new("IF(errors >= 1, 100*errors, 0)"), ReturnData: new(true)},
			{Id: new("errors"), ReturnData: new(false), MetricStat: &cwtypes.MetricStat{Stat: new("Sum"), Period: new(int32(300)), Metric: &cwtypes.Metric{
				Namespace: new("AWS/Lambda"), MetricName: new("Errors"), Dimensions: []cwtypes.Dimension{{Name: new("FunctionName"), Value: new("rendered")}},
			}}},
		},
	})
	must(t, err)
}

// query calls a service in the Query protocol whose SDK module is not worth a
// dependency.
func (a *tenant) query(t *testing.T, service string, form url.Values) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, box.Endpoint()+"/", strings.NewReader(form.Encode()))
	must(t, err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Authorization", fmt.Sprintf("AWS4-HMAC-SHA256 Credential=%s/20260101/%s/%s/aws4_request, SignedHeaders=host, Signature=0", a.id, region, service))
	response, err := http.DefaultClient.Do(request)
	must(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	must(t, err)
	if response.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %d %s", service, form.Get("Action"), response.StatusCode, body)
	}
	return string(body)
}

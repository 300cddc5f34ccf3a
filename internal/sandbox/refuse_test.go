package sandbox

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
)

func TestUnsupported_IsRefusedWith501AndRecorded(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	ctx := t.Context()
	cases := map[string]func() error{
		"lambda.GetFunctionScalingConfig": func() error { // the emulator: 404
			_, err := c.lambda.GetFunctionScalingConfig(ctx, &lambda.GetFunctionScalingConfigInput{FunctionName: aws.String("f"), Qualifier: aws.String("1")})
			return err
		},
		"lambda.ListProvisionedConcurrencyConfigs": func() error { // the emulator: 200 with an invention
			_, err := c.lambda.ListProvisionedConcurrencyConfigs(ctx, &lambda.ListProvisionedConcurrencyConfigsInput{FunctionName: new("f")})
			return err
		},
		"logs.PutIndexPolicy": func() error { // the emulator: 400
			_, err := c.logs.PutIndexPolicy(ctx, &cloudwatchlogs.PutIndexPolicyInput{
				LogGroupIdentifier: aws.String("g"), PolicyDocument: aws.String("{}"),
			})
			return err
		},
	}
	for name, call := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, operation, _ := strings.Cut(name, ".")
			wantError(t, call(), unsupported, "does not implement "+operation)
			found := box.Recorder().Since(0, InAccount(c.account), func(call Call) bool { return call.Name() == name })
			if len(found) != 1 || !found[0].Unsupported || found[0].Status != http.StatusNotImplemented {
				t.Errorf("recorded as %+v", found)
			}
		})
	}
}

func TestUnsupported_ServiceIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	status, answer := c.post(t, "application-autoscaling", "AnyScaleFrontendService.DescribeScalableTargets", "{}")
	if status != http.StatusNotImplemented || !strings.Contains(answer.text("message"), "DescribeScalableTargets of application-autoscaling") {
		t.Errorf("got %d %v", status, answer)
	}
}

func TestUnnamed_IsRefusedWithMethodAndPath(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPatch, box.Endpoint()+"/2015-03-31/functions/f", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", authorization(c.account, "lambda"))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	calls := box.Recorder().Since(0, InAccount(c.account))
	if resp.StatusCode != http.StatusNotImplemented || len(calls) != 1 || calls[0].Operation != "PATCH /2015-03-31/functions/f" || !calls[0].Unsupported {
		t.Errorf("got %d %+v", resp.StatusCode, calls)
	}
}

func TestRefuse_SpeaksTheProtocolOfTheService(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		protocol protocol
		service  string
		want     string
	}{
		"query": {queryProtocol, "iam", "<ErrorResponse><Error><Type>Sender</Type><Code>C</Code><Message>a &lt; b</Message></Error>"},
		"ec2":   {queryProtocol, "ec2", "<Response><Errors><Error><Code>C</Code>"},
		"json":  {jsonProtocol, "kms", `"__type":"C"`},
		"cbor":  {cborProtocol, "monitoring", "\xa2\x66__type\x61C\x67message\x65a < b"},
		"rest":  {restJSON, "lambda", `"Type":"Sender"`},
		"s3":    {restXML, "s3", "<Error><Code>C</Code><Message>a &lt; b</Message></Error>"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := &exchange{protocol: c.protocol, call: Call{Service: c.service}}
			w := httptest.NewRecorder()
			refuse(w, x, refusal{http.StatusBadRequest, "C", "a < b"})
			if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), c.want) {
				t.Errorf("got %d %q", w.Code, w.Body)
			}
			if got := codeOf(w.Header(), w.Body.Bytes()); got != "C" {
				t.Errorf("read back as %q", got)
			}
		})
	}
}

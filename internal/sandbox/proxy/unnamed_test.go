package proxy_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/record"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/sandboxtest"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

func TestUnsupported_IsRefusedWith501AndRecorded(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	ctx := t.Context()
	cases := map[string]func() error{
		"lambda.GetFunctionScalingConfig": func() error { // the emulator: 404
			_, err := c.Lambda.GetFunctionScalingConfig(ctx, &lambda.GetFunctionScalingConfigInput{FunctionName: aws.String("f"), Qualifier: aws.String("1")})
			return err
		},
		"lambda.ListProvisionedConcurrencyConfigs": func() error { // the emulator: 200 with an invention
			_, err := c.Lambda.ListProvisionedConcurrencyConfigs(ctx, &lambda.ListProvisionedConcurrencyConfigsInput{FunctionName: new("f")})
			return err
		},
		"logs.PutIndexPolicy": func() error { // the emulator: 400
			_, err := c.Logs.PutIndexPolicy(ctx, &cloudwatchlogs.PutIndexPolicyInput{
				LogGroupIdentifier: aws.String("g"), PolicyDocument: aws.String("{}"),
			})
			return err
		},
	}
	for name, call := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, operation, _ := strings.Cut(name, ".")
			sandboxtest.WantError(t, call(), wire.Unsupported, "does not implement "+operation)
			found := sandboxtest.Box.Recorder().Since(0, record.InAccount(c.Account), func(call wire.Call) bool { return call.Name() == name })
			if len(found) != 1 || !found[0].Unsupported || found[0].Status != http.StatusNotImplemented {
				t.Errorf("recorded as %+v", found)
			}
		})
	}
}

func TestUnsupported_ServiceIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	status, answer := c.Post(t, "application-autoscaling", "AnyScaleFrontendService.DescribeScalableTargets", "{}")
	if status != http.StatusNotImplemented || !strings.Contains(answer.Text("message"), "DescribeScalableTargets of application-autoscaling") {
		t.Errorf("got %d %v", status, answer)
	}
}

func TestUnnamed_IsRefusedWithMethodAndPath(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPatch, sandboxtest.Box.Endpoint()+"/2015-03-31/functions/f", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", sandboxtest.Authorization(c.Account, "lambda"))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	calls := sandboxtest.Box.Recorder().Since(0, record.InAccount(c.Account))
	if resp.StatusCode != http.StatusNotImplemented || len(calls) != 1 || calls[0].Operation != "PATCH /2015-03-31/functions/f" || !calls[0].Unsupported {
		t.Errorf("got %d %+v", resp.StatusCode, calls)
	}
}

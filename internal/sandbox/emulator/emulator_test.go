package emulator_test

// What the pinned version of the emulator gets right and others rely on: these
// tests speak up when a new version does not.

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/sandboxtest"
)

func TestAlarm_KeepsItsTagsWhenPutAgain(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	for _, value := range []string{"first", "second"} {
		c.CloudWatch(t, "PutMetricAlarm", map[string]any{
			"AlarmName": "a", "MetricName": "m", "Namespace": "n", "Statistic": "Sum", "Period": int64(60), "EvaluationPeriods": int64(1),
			"Threshold": 1.0, "ComparisonOperator": "GreaterThanThreshold", "Tags": []any{map[string]any{"Key": "k", "Value": value}},
		})
	}
	arn := c.Alarm(t, "a").Text("AlarmArn")
	if _, answer := c.CloudWatch(t, "ListTagsForResource", map[string]any{"ResourceARN": arn}); !strings.Contains(fmt.Sprint(answer), "first") {
		t.Errorf("tags: %v", answer)
	}
}

func TestRole_GetsANewIdWhenCreatedAgain(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	id := func() string {
		c.FreshRole(t, "r", sandboxtest.Trust)
		out, err := c.IAM.GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("r")})
		if err != nil {
			t.Fatal(err)
		}
		return *out.Role.RoleId
	}
	first := id()
	if _, err := c.IAM.DeleteRole(t.Context(), &iam.DeleteRoleInput{RoleName: aws.String("r")}); err != nil {
		t.Fatal(err)
	}
	if second := id(); first == second {
		t.Errorf("%s twice", first)
	}
}

func TestInvoke_ThroughAnAliasRunsThePublishedVersion(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	c.Function(t)
	c.Live(t, c.Publish(t))
	c.Configure(t, "2")
	for qualifier, want := range map[string]string{"live": `"v": "1", "memory": 128, "version": "1"`, "$LATEST": `"v": "2"`} {
		out, err := c.Lambda.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("f"), Qualifier: &qualifier})
		if err != nil || !strings.Contains(string(out.Payload), want) {
			t.Errorf("%s: %s %v", qualifier, out.Payload, err)
		}
	}
}

func TestRevision_OfAStaleReadIsRefused(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	c.Function(t)
	c.Live(t, c.Publish(t))
	_, err := c.Lambda.UpdateFunctionConfiguration(t.Context(), &lambda.UpdateFunctionConfigurationInput{FunctionName: aws.String("f"), RevisionId: aws.String("stale")})
	sandboxtest.WantError(t, err, "PreconditionFailedException", "")
	_, err = c.Lambda.UpdateAlias(t.Context(), &lambda.UpdateAliasInput{FunctionName: aws.String("f"), Name: aws.String("live"), RevisionId: aws.String("stale")})
	sandboxtest.WantError(t, err, "PreconditionFailedException", "")
}

func TestStateDelay_IsWhatTheOptionSays(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	if _, err := c.Lambda.CreateFunction(t.Context(), sandboxtest.FunctionInput(t, "f", c.Role(t, "r", sandboxtest.Trust))); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	c.Settle(t, "f")
	if waited := time.Since(began); waited < sandboxtest.StateDelay/2 {
		t.Errorf("active after %s", waited)
	}
}

func TestInvoke_LogsIntoTheConfiguredGroup(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	input := sandboxtest.FunctionInput(t, "f", c.Role(t, "r", sandboxtest.Trust))
	input.LoggingConfig = &types.LoggingConfig{LogGroup: aws.String("/app/f")}
	if _, err := c.Lambda.CreateFunction(t.Context(), input); err != nil {
		t.Fatal(err)
	}
	c.Settle(t, "f")
	if _, err := c.Lambda.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("f")}); err != nil {
		t.Fatal(err)
	}
	out, err := c.Logs.FilterLogEvents(t.Context(), &cloudwatchlogs.FilterLogEventsInput{LogGroupName: aws.String("/app/f")})
	if err != nil || len(out.Events) == 0 || !strings.HasPrefix(*out.Events[0].Message, "START RequestId: ") {
		t.Errorf("%+v %v", out, err)
	}
}

func TestAccountSettings_HaveTheDefaultConcurrency(t *testing.T) {
	t.Parallel()
	out, err := sandboxtest.New(t).Lambda.GetAccountSettings(t.Context(), &lambda.GetAccountSettingsInput{})
	if err != nil || out.AccountLimit.ConcurrentExecutions != 1000 {
		t.Errorf("%+v %v", out, err)
	}
}

// The launcher sees to it.
func TestUpdate_LeavesTheWorkersOfOtherAccountsAlone(t *testing.T) {
	t.Parallel()
	c, other := sandboxtest.New(t), sandboxtest.New(t)
	input := sandboxtest.FunctionInput(t, "f", c.Role(t, "r", sandboxtest.Trust))
	input.Code.ZipFile = sandboxtest.Zipped(t, "import time\ndef handler(event, context):\n    time.sleep(0.8)\n")
	if _, err := c.Lambda.CreateFunction(t.Context(), input); err != nil {
		t.Fatal(err)
	}
	c.Settle(t, "f")
	other.Function(t)
	done := make(chan *string)
	go func() {
		out, err := c.Lambda.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("f")})
		if err != nil {
			t.Error(err)
		}
		done <- out.FunctionError
	}()
	time.Sleep(300 * time.Millisecond)
	other.Configure(t, "2")
	if problem := <-done; problem != nil {
		t.Errorf("the invocation ended with %s", *problem)
	}
}

package sandbox

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
)

func TestAlarm_KeepsItsTagsWhenPutAgain(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	for _, value := range []string{"first", "second"} {
		c.cloudWatch(t, "PutMetricAlarm", map[string]any{
			"AlarmName": "a", "MetricName": "m", "Namespace": "n", "Statistic": "Sum", "Period": int64(60), "EvaluationPeriods": int64(1),
			"Threshold": 1.0, "ComparisonOperator": "GreaterThanThreshold", "Tags": []any{map[string]any{"Key": "k", "Value": value}},
		})
	}
	arn := c.alarm(t, "a").text("AlarmArn")
	if _, answer := c.cloudWatch(t, "ListTagsForResource", map[string]any{"ResourceARN": arn}); !strings.Contains(fmt.Sprint(answer), "first") {
		t.Errorf("tags: %v", answer)
	}
}

func TestRole_GetsANewIdWhenCreatedAgain(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	id := func() string {
		c.freshRole(t, "r", lambdaTrust)
		out, err := c.iam.GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("r")})
		if err != nil {
			t.Fatal(err)
		}
		return *out.Role.RoleId
	}
	first := id()
	if _, err := c.iam.DeleteRole(t.Context(), &iam.DeleteRoleInput{RoleName: aws.String("r")}); err != nil {
		t.Fatal(err)
	}
	if second := id(); first == second {
		t.Errorf("%s twice", first)
	}
}

func TestInvoke_ThroughAnAliasRunsThePublishedVersion(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	c.function(t)
	c.live(t, c.publish(t))
	c.configure(t, "2")
	for qualifier, want := range map[string]string{"live": `"v": "1", "memory": 128, "version": "1"`, "$LATEST": `"v": "2"`} {
		out, err := c.lambda.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("f"), Qualifier: &qualifier})
		if err != nil || !strings.Contains(string(out.Payload), want) {
			t.Errorf("%s: %s %v", qualifier, out.Payload, err)
		}
	}
}

func TestRevision_OfAStaleReadIsRefused(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	c.function(t)
	c.live(t, c.publish(t))
	_, err := c.lambda.UpdateFunctionConfiguration(t.Context(), &lambda.UpdateFunctionConfigurationInput{FunctionName: aws.String("f"), RevisionId: aws.String("stale")})
	wantError(t, err, "PreconditionFailedException", "")
	_, err = c.lambda.UpdateAlias(t.Context(), &lambda.UpdateAliasInput{FunctionName: aws.String("f"), Name: aws.String("live"), RevisionId: aws.String("stale")})
	wantError(t, err, "PreconditionFailedException", "")
}

func TestStateDelay_IsWhatTheOptionSays(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	if _, err := c.lambda.CreateFunction(t.Context(), functionInput(t, "f", c.role(t, "r", lambdaTrust))); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	c.settle(t, "f")
	if waited := time.Since(began); waited < testStateDelay/2 {
		t.Errorf("active after %s", waited)
	}
}

func TestInvoke_LogsIntoTheConfiguredGroup(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	input := functionInput(t, "f", c.role(t, "r", lambdaTrust))
	input.LoggingConfig = &types.LoggingConfig{LogGroup: aws.String("/app/f")}
	if _, err := c.lambda.CreateFunction(t.Context(), input); err != nil {
		t.Fatal(err)
	}
	c.settle(t, "f")
	if _, err := c.lambda.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("f")}); err != nil {
		t.Fatal(err)
	}
	out, err := c.logs.FilterLogEvents(t.Context(), &cloudwatchlogs.FilterLogEventsInput{LogGroupName: aws.String("/app/f")})
	if err != nil || len(out.Events) == 0 || !strings.HasPrefix(*out.Events[0].Message, "START RequestId: ") {
		t.Errorf("%+v %v", out, err)
	}
}

func TestAccountSettings_HaveTheDefaultConcurrency(t *testing.T) {
	t.Parallel()
	out, err := newTenant(t).lambda.GetAccountSettings(t.Context(), &lambda.GetAccountSettingsInput{})
	if err != nil || out.AccountLimit.ConcurrentExecutions != 1000 {
		t.Errorf("%+v %v", out, err)
	}
}

// The launcher sees to it.
func TestUpdate_LeavesTheWorkersOfOtherAccountsAlone(t *testing.T) {
	t.Parallel()
	c, other := newTenant(t), newTenant(t)
	input := functionInput(t, "f", c.role(t, "r", lambdaTrust))
	input.Code.ZipFile = zipped(t, "import time\ndef handler(event, context):\n    time.sleep(0.8)\n")
	if _, err := c.lambda.CreateFunction(t.Context(), input); err != nil {
		t.Fatal(err)
	}
	c.settle(t, "f")
	other.function(t)
	done := make(chan *string)
	go func() {
		out, err := c.lambda.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("f")})
		if err != nil {
			t.Error(err)
		}
		done <- out.FunctionError
	}()
	time.Sleep(300 * time.Millisecond)
	other.configure(t, "2")
	if problem := <-done; problem != nil {
		t.Errorf("the invocation ended with %s", *problem)
	}
}

package services_test

import (
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/sandboxtest"
)

func TestAlarm_ComesBackAsItWasPut(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	metrics := []any{
		map[string]any{"Id": "rate", "Expression": "100*errors/invocations", "ReturnData": true},
		map[string]any{"Id": "errors", "ReturnData": false, "MetricStat": map[string]any{
			"Stat": "Sum", "Period": int64(300), "Metric": map[string]any{"Namespace": "AWS/Lambda", "MetricName": "Errors", "Dimensions": []any{}},
		}},
	}
	common := map[string]any{"EvaluationPeriods": int64(1), "Threshold": 1.0, "ComparisonOperator": "GreaterThanThreshold"}
	math := map[string]any{"AlarmName": "math", "Metrics": metrics}
	percentile := map[string]any{
		"AlarmName": "p99", "ExtendedStatistic": "p99", "EvaluateLowSampleCountPercentile": "ignore",
		"MetricName": "Duration", "Namespace": "AWS/Lambda", "Period": int64(300),
	}
	for _, request := range []map[string]any{math, percentile} {
		maps.Copy(request, common)
		if status, answer := c.CloudWatch(t, "PutMetricAlarm", request); status != http.StatusOK {
			t.Fatal(status, answer)
		}
	}
	got := c.Alarm(t, "math")
	if !reflect.DeepEqual(got["Metrics"], metrics) || got["Statistic"] != nil || got["Period"] != nil || got["Threshold"] != 1.0 {
		t.Errorf("metric math: %v", got)
	}
	got = c.Alarm(t, "p99")
	if got.Text("EvaluateLowSampleCountPercentile") != "ignore" || got.Text("ExtendedStatistic") != "p99" || got["Statistic"] != nil || got["Period"] != int64(300) {
		t.Errorf("percentile: %v", got)
	}
}

func TestAlarms_AreDescribedAHundredAtATime(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	ask := func(count int) int {
		status, _ := c.CloudWatch(t, "DescribeAlarms", map[string]any{"AlarmNames": slices.Repeat([]any{"a"}, count)})
		return status
	}
	if ask(100) != http.StatusOK || ask(101) != http.StatusBadRequest {
		t.Error("want 100 names accepted, 101 refused")
	}
}

func TestAlarms_AreDescribedByName(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	names := []string{"missing"}
	for i := range 60 {
		name := fmt.Sprintf("a%02d", i)
		c.PutAlarm(t, name)
		names = append(names, name)
	}
	out, err := c.Alarms().DescribeAlarms(t.Context(), &cloudwatch.DescribeAlarmsInput{AlarmNames: names, MaxRecords: aws.Int32(100)})
	if err != nil || len(out.MetricAlarms) != 60 {
		t.Errorf("%d alarms, %v", len(out.MetricAlarms), err)
	}
}

func TestAlarms_AreDeletedAHundredAtATime(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	c.PutAlarm(t, "a")
	remove := func(names ...string) error {
		_, err := c.Alarms().DeleteAlarms(t.Context(), &cloudwatch.DeleteAlarmsInput{AlarmNames: names})
		return err
	}
	sandboxtest.WantError(t, remove(slices.Repeat([]string{"a"}, 101)...), "ValidationError", "less than or equal to 100")
	c.Alarm(t, "a")
	if err := remove("missing", "a"); err != nil {
		t.Error(err)
	}
	out, err := c.Alarms().DescribeAlarms(t.Context(), &cloudwatch.DescribeAlarmsInput{})
	if err != nil || len(out.MetricAlarms) != 0 {
		t.Errorf("%+v %v", out, err)
	}
}

func TestAlarm_TagsChangeThroughTheirOwnOperations(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	ctx := t.Context()
	tag := func(value string) types.Tag { return types.Tag{Key: aws.String("k"), Value: &value} }
	c.PutAlarm(t, "a", tag("first"))
	c.PutAlarm(t, "a", tag("ignored"))
	arn := c.Alarm(t, "a").Text("AlarmArn")
	list := func() string {
		out, err := c.Alarms().ListTagsForResource(ctx, &cloudwatch.ListTagsForResourceInput{ResourceARN: &arn})
		if err != nil {
			t.Fatal(err)
		}
		found := ""
		for _, tag := range out.Tags {
			found += *tag.Value
		}
		return found
	}
	if got := list(); got != "first" {
		t.Errorf("put again: %s", got)
	}
	_, err := c.Alarms().TagResource(ctx, &cloudwatch.TagResourceInput{ResourceARN: &arn, Tags: []types.Tag{tag("second")}})
	if got := list(); err != nil || got != "second" {
		t.Errorf("tagged: %s %v", got, err)
	}
	_, err = c.Alarms().UntagResource(ctx, &cloudwatch.UntagResourceInput{ResourceARN: &arn, TagKeys: []string{"k"}})
	if got := list(); err != nil || got != "" {
		t.Errorf("untagged: %s %v", got, err)
	}
	arn += "-missing"
	_, err = c.Alarms().TagResource(ctx, &cloudwatch.TagResourceInput{ResourceARN: &arn, Tags: []types.Tag{tag("x")}})
	sandboxtest.WantError(t, err, "ResourceNotFoundException", "")
}

func TestAlarm_ActionsAreSwitchedOffAndOn(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	c.PutAlarm(t, "a")
	names := []string{"a"}
	_, err := c.Alarms().DisableAlarmActions(t.Context(), &cloudwatch.DisableAlarmActionsInput{AlarmNames: names})
	if got := c.Alarm(t, "a")["ActionsEnabled"]; err != nil || got != false {
		t.Errorf("off: %v %v", got, err)
	}
	_, err = c.Alarms().EnableAlarmActions(t.Context(), &cloudwatch.EnableAlarmActionsInput{AlarmNames: names})
	if got := c.Alarm(t, "a")["ActionsEnabled"]; err != nil || got != true {
		t.Errorf("on: %v %v", got, err)
	}
}

func TestAlarm_OfMetricMathHasOneResult(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	query := func(id string, shown bool) types.MetricDataQuery {
		return types.MetricDataQuery{Id: &id, ReturnData: &shown, MetricStat: &types.MetricStat{
			Stat: aws.String("Sum"), Period: aws.Int32(60), Metric: &types.Metric{Namespace: aws.String("n"), MetricName: aws.String("m")},
		}}
	}
	put := func(metrics ...types.MetricDataQuery) error {
		_, err := c.Alarms().PutMetricAlarm(t.Context(), &cloudwatch.PutMetricAlarmInput{
			AlarmName: aws.String("a"), EvaluationPeriods: aws.Int32(1), Threshold: aws.Float64(1),
			ComparisonOperator: types.ComparisonOperatorGreaterThanThreshold, Metrics: metrics,
		})
		return err
	}
	sandboxtest.WantError(t, put(query("a", true), query("b", true)), "ValidationError", "Exactly one element")
	if err := put(query("a", true), query("b", false)); err != nil {
		t.Fatal(err)
	}
	out, err := c.Alarms().DescribeAlarms(t.Context(), &cloudwatch.DescribeAlarmsInput{AlarmNames: []string{"a"}})
	if err != nil || len(out.MetricAlarms) != 1 || len(out.MetricAlarms[0].Metrics) != 2 || *out.MetricAlarms[0].Metrics[1].ReturnData {
		t.Errorf("%+v %v", out, err)
	}
}

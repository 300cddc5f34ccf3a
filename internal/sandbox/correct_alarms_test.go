package sandbox

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

func (c tenant) alarms() *cloudwatch.Client { return cloudwatch.NewFromConfig(c.config) }

// putAlarm creates or updates an alarm on a metric.
func (c tenant) putAlarm(t *testing.T, name string, tags ...types.Tag) {
	t.Helper()
	_, err := c.alarms().PutMetricAlarm(t.Context(), &cloudwatch.PutMetricAlarmInput{
		AlarmName: &name, MetricName: aws.String("m"), Namespace: aws.String("n"), Statistic: types.StatisticSum, Period: aws.Int32(60),
		EvaluationPeriods: aws.Int32(1), Threshold: aws.Float64(1), ComparisonOperator: types.ComparisonOperatorGreaterThanThreshold, Tags: tags,
	})
	if err != nil {
		t.Fatal(err)
	}
}

// cloudWatch calls CloudWatch as its Go client does.
func (c tenant) cloudWatch(t *testing.T, operation string, request map[string]any) (status int, answer object) {
	t.Helper()
	url := box.Endpoint() + "/service/GraniteServiceVersion20100801/operation/" + operation
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, bytes.NewReader(appendCBOR(nil, request)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", authorization(c.account, "monitoring"))
	req.Header.Set("Content-Type", "application/cbor")
	req.Header.Set("Smithy-Protocol", "rpc-v2-cbor")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	answer, err = parseTree(cborProtocol, raw)
	if err != nil {
		t.Fatalf("%d %q: %v", resp.StatusCode, raw, err)
	}
	return resp.StatusCode, answer
}

func (c tenant) alarm(t *testing.T, name string) object {
	t.Helper()
	status, answer := c.cloudWatch(t, "DescribeAlarms", map[string]any{"AlarmNames": []any{name}})
	list, _ := answer["MetricAlarms"].([]any)
	if status != http.StatusOK || len(list) != 1 {
		t.Fatal(status, answer)
	}
	found, _ := list[0].(map[string]any)
	return found
}

func TestAlarm_ComesBackAsItWasPut(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
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
		if status, answer := c.cloudWatch(t, "PutMetricAlarm", request); status != http.StatusOK {
			t.Fatal(status, answer)
		}
	}
	got := c.alarm(t, "math")
	if !reflect.DeepEqual(got["Metrics"], metrics) || got["Statistic"] != nil || got["Period"] != nil || got["Threshold"] != 1.0 {
		t.Errorf("metric math: %v", got)
	}
	got = c.alarm(t, "p99")
	if got.text("EvaluateLowSampleCountPercentile") != "ignore" || got.text("ExtendedStatistic") != "p99" || got["Statistic"] != nil || got["Period"] != int64(300) {
		t.Errorf("percentile: %v", got)
	}
}

func TestAlarms_AreDescribedAHundredAtATime(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	ask := func(count int) int {
		status, _ := c.cloudWatch(t, "DescribeAlarms", map[string]any{"AlarmNames": slices.Repeat([]any{"a"}, count)})
		return status
	}
	if ask(100) != http.StatusOK || ask(101) != http.StatusBadRequest {
		t.Error("want 100 names accepted, 101 refused")
	}
}

func TestAlarms_AreDescribedByName(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	names := []string{"missing"}
	for i := range 60 {
		name := fmt.Sprintf("a%02d", i)
		c.putAlarm(t, name)
		names = append(names, name)
	}
	out, err := c.alarms().DescribeAlarms(t.Context(), &cloudwatch.DescribeAlarmsInput{AlarmNames: names, MaxRecords: aws.Int32(100)})
	if err != nil || len(out.MetricAlarms) != 60 {
		t.Errorf("%d alarms, %v", len(out.MetricAlarms), err)
	}
}

func TestAlarms_AreDeletedAHundredAtATime(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	c.putAlarm(t, "a")
	remove := func(names ...string) error {
		_, err := c.alarms().DeleteAlarms(t.Context(), &cloudwatch.DeleteAlarmsInput{AlarmNames: names})
		return err
	}
	wantError(t, remove(slices.Repeat([]string{"a"}, 101)...), "ValidationError", "less than or equal to 100")
	c.alarm(t, "a")
	if err := remove("missing", "a"); err != nil {
		t.Error(err)
	}
	out, err := c.alarms().DescribeAlarms(t.Context(), &cloudwatch.DescribeAlarmsInput{})
	if err != nil || len(out.MetricAlarms) != 0 {
		t.Errorf("%+v %v", out, err)
	}
}

func TestAlarm_TagsChangeThroughTheirOwnOperations(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	ctx := t.Context()
	tag := func(value string) types.Tag { return types.Tag{Key: aws.String("k"), Value: &value} }
	c.putAlarm(t, "a", tag("first"))
	c.putAlarm(t, "a", tag("ignored"))
	arn := c.alarm(t, "a").text("AlarmArn")
	list := func() string {
		out, err := c.alarms().ListTagsForResource(ctx, &cloudwatch.ListTagsForResourceInput{ResourceARN: &arn})
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
	_, err := c.alarms().TagResource(ctx, &cloudwatch.TagResourceInput{ResourceARN: &arn, Tags: []types.Tag{tag("second")}})
	if got := list(); err != nil || got != "second" {
		t.Errorf("tagged: %s %v", got, err)
	}
	_, err = c.alarms().UntagResource(ctx, &cloudwatch.UntagResourceInput{ResourceARN: &arn, TagKeys: []string{"k"}})
	if got := list(); err != nil || got != "" {
		t.Errorf("untagged: %s %v", got, err)
	}
	arn += "-missing"
	_, err = c.alarms().TagResource(ctx, &cloudwatch.TagResourceInput{ResourceARN: &arn, Tags: []types.Tag{tag("x")}})
	wantError(t, err, "ResourceNotFoundException", "")
}

func TestAlarm_ActionsAreSwitchedOffAndOn(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	c.putAlarm(t, "a")
	names := []string{"a"}
	_, err := c.alarms().DisableAlarmActions(t.Context(), &cloudwatch.DisableAlarmActionsInput{AlarmNames: names})
	if got := c.alarm(t, "a")["ActionsEnabled"]; err != nil || got != false {
		t.Errorf("off: %v %v", got, err)
	}
	_, err = c.alarms().EnableAlarmActions(t.Context(), &cloudwatch.EnableAlarmActionsInput{AlarmNames: names})
	if got := c.alarm(t, "a")["ActionsEnabled"]; err != nil || got != true {
		t.Errorf("on: %v %v", got, err)
	}
}

func TestAlarm_OfMetricMathHasOneResult(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	query := func(id string, shown bool) types.MetricDataQuery {
		return types.MetricDataQuery{Id: &id, ReturnData: &shown, MetricStat: &types.MetricStat{
			Stat: aws.String("Sum"), Period: aws.Int32(60), Metric: &types.Metric{Namespace: aws.String("n"), MetricName: aws.String("m")},
		}}
	}
	put := func(metrics ...types.MetricDataQuery) error {
		_, err := c.alarms().PutMetricAlarm(t.Context(), &cloudwatch.PutMetricAlarmInput{
			AlarmName: aws.String("a"), EvaluationPeriods: aws.Int32(1), Threshold: aws.Float64(1),
			ComparisonOperator: types.ComparisonOperatorGreaterThanThreshold, Metrics: metrics,
		})
		return err
	}
	wantError(t, put(query("a", true), query("b", true)), "ValidationError", "Exactly one element")
	if err := put(query("a", true), query("b", false)); err != nil {
		t.Fatal(err)
	}
	out, err := c.alarms().DescribeAlarms(t.Context(), &cloudwatch.DescribeAlarmsInput{AlarmNames: []string{"a"}})
	if err != nil || len(out.MetricAlarms) != 1 || len(out.MetricAlarms[0].Metrics) != 2 || *out.MetricAlarms[0].Metrics[1].ReturnData {
		t.Errorf("%+v %v", out, err)
	}
}

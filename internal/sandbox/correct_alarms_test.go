package sandbox

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"testing"
)

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

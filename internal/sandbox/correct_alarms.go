package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"net/http"
	"regexp"
	"strings"
)

// describedAlarms is how many alarms one call can ask for by name.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
const describedAlarms = 100

// alarmsComeBackWhole: an alarm is described as it was put. The emulator loses
// the metrics of metric math and the treatment of few samples, and invents a
// statistic for alarms that have a percentile or metrics instead. It also
// answers for any number of names. In the old Query protocol, which boto3 still
// speaks here and there, it leaves the actions out of its answers.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
func alarmsComeBackWhole(alarms *ledger[object]) []correction {
	return []correction{
		{operations: []string{"monitoring.PutMetricAlarm"}, wrap: after(func(x *exchange, _ *answer) error {
			request, err := x.tree()
			if name := request.text("AlarmName"); err == nil && name != "" {
				alarms.put(x.scoped(name), request)
			}
			return err
		})},
		{operations: []string{"monitoring.DeleteAlarms"}, wrap: after(func(x *exchange, _ *answer) error {
			for _, name := range x.texts("AlarmNames") {
				alarms.drop(x.scoped(name))
			}
			return nil
		})},
		{operations: []string{"monitoring.DescribeAlarms"}, wrap: func(next handler) handler {
			return before(limitNames)(after(func(x *exchange, a *answer) error {
				return completeAlarms(x, a, alarms)
			})(next))
		}},
	}
}

func limitNames(_ context.Context, x *exchange) (*refusal, error) {
	if len(x.texts("AlarmNames")) <= describedAlarms {
		return nil, nil
	}
	return &refusal{
		http.StatusBadRequest, "ValidationError",
		"1 validation error detected: Value at 'alarmNames' failed to satisfy constraint: Member must have length less than or equal to 100",
	}, nil
}

func completeAlarms(x *exchange, a *answer, alarms *ledger[object]) error {
	if x.protocol == queryProtocol {
		a.body = alarmName.ReplaceAllFunc(a.body, func(found []byte) []byte {
			asked, known := alarms.get(x.scoped(html.UnescapeString(string(alarmName.FindSubmatch(found)[1]))))
			if !known {
				return found
			}
			return append(bytes.Clone(found), actionsXML(asked)...)
		})
		return nil
	}
	answer, err := parseTree(x.protocol, a.body)
	if err != nil {
		return err
	}
	list, _ := answer["MetricAlarms"].([]any)
	for _, entry := range list {
		described, _ := entry.(map[string]any)
		if asked, known := alarms.get(x.scoped(object(described).text("AlarmName"))); known {
			completeAlarm(described, asked)
		}
	}
	if len(list) == 0 {
		return nil
	}
	a.body, err = x.encodeTree(answer)
	return err
}

var alarmName = regexp.MustCompile(`<AlarmName>([^<]*)</AlarmName>`)

// actionsXML is what an alarm does, as the Query protocol says it.
func actionsXML(asked object) string {
	var out strings.Builder
	enabled, stated := asked["ActionsEnabled"].(bool)
	fmt.Fprintf(&out, "<ActionsEnabled>%t</ActionsEnabled>", enabled || !stated)
	for _, kind := range []string{"AlarmActions", "OKActions", "InsufficientDataActions"} {
		fmt.Fprintf(&out, "<%s>", kind)
		for _, arn := range textsIn(asked[kind]) {
			fmt.Fprintf(&out, "<member>%s</member>", html.EscapeString(arn))
		}
		fmt.Fprintf(&out, "</%s>", kind)
	}
	return out.String()
}

func completeAlarm(described, asked object) {
	for _, key := range []string{"Metrics", "ThresholdMetricId", "EvaluateLowSampleCountPercentile"} {
		if asked[key] != nil {
			described[key] = asked[key]
		}
	}
	if asked["Statistic"] == nil {
		delete(described, "Statistic")
	}
	if asked["Metrics"] != nil {
		for _, key := range []string{"MetricName", "Namespace", "Period", "Unit"} {
			delete(described, key)
		}
		described["Dimensions"] = []any{}
	}
}

// tree is the request as values that both protocols of CloudWatch can carry.
// It is empty for other protocols.
func (x *exchange) tree() (object, error) {
	body, err := x.body()
	if err != nil {
		return nil, err
	}
	return parseTree(x.protocol, body)
}

func parseTree(wire protocol, body []byte) (object, error) {
	if len(body) == 0 {
		return object{}, nil
	}
	switch wire {
	case cborProtocol:
		value, err := decodeCBOR(body)
		if err != nil {
			return nil, err
		}
		members, ok := value.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("%w: not a map", errCBOR)
		}
		return members, nil
	case jsonProtocol:
		members, err := parseObject(body)
		if err != nil {
			return nil, err
		}
		tree, _ := plainNumbers(map[string]any(members)).(map[string]any)
		return tree, nil
	case protocolUnknown, queryProtocol, restJSON, restXML:
	}
	return object{}, nil
}

func (x *exchange) encodeTree(tree object) ([]byte, error) {
	if x.protocol == cborProtocol {
		return appendCBOR(nil, map[string]any(tree)), nil
	}
	var out bytes.Buffer
	if err := json.NewEncoder(&out).Encode(tree); err != nil {
		return nil, fmt.Errorf("encoding an answer: %w", err)
	}
	return out.Bytes(), nil
}

// plainNumbers makes whole numbers int64 and others float64, as CBOR has them.
func plainNumbers(value any) any {
	switch v := value.(type) {
	case json.Number:
		if whole, err := v.Int64(); err == nil {
			return whole
		}
		fraction, err := v.Float64()
		if err != nil {
			return v.String()
		}
		return fraction
	case []any:
		for i := range v {
			v[i] = plainNumbers(v[i])
		}
		return v
	case map[string]any:
		for key := range maps.Keys(v) {
			v[key] = plainNumbers(v[key])
		}
		return v
	default:
		return value
	}
}

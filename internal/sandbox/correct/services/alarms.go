package services

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
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
func alarmsComeBackWhole(alarms *correct.Ledger[wire.Object]) []correct.Correction {
	return []correct.Correction{
		{Operations: []string{"monitoring.PutMetricAlarm"}, Wrap: correct.After(func(x *wire.Exchange, _ *wire.Answer) error {
			request, err := x.Tree()
			if name := request.Text("AlarmName"); err == nil && name != "" {
				alarms.Put(x.Scoped(name), request)
			}
			return err
		})},
		{Operations: []string{"monitoring.DeleteAlarms"}, Wrap: correct.After(func(x *wire.Exchange, _ *wire.Answer) error {
			for _, name := range x.Texts("AlarmNames") {
				alarms.Drop(x.Scoped(name))
			}
			return nil
		})},
		{Operations: []string{"monitoring.DescribeAlarms"}, Wrap: func(next wire.Handler) wire.Handler {
			return correct.Before(limitNames)(correct.After(func(x *wire.Exchange, a *wire.Answer) error {
				return completeAlarms(x, a, alarms)
			})(next))
		}},
	}
}

func limitNames(_ context.Context, x *wire.Exchange) (*wire.Refusal, error) {
	if len(x.Texts("AlarmNames")) <= describedAlarms {
		return nil, nil
	}
	return &wire.Refusal{
		Status: http.StatusBadRequest, Code: "ValidationError",
		Message: "1 validation error detected: Value at 'alarmNames' failed to satisfy constraint: Member must have length less than or equal to 100",
	}, nil
}

func completeAlarms(x *wire.Exchange, a *wire.Answer, alarms *correct.Ledger[wire.Object]) error {
	if x.Protocol == wire.QueryProtocol {
		a.Body = alarmName.ReplaceAllFunc(a.Body, func(found []byte) []byte {
			asked, known := alarms.Get(x.Scoped(html.UnescapeString(string(alarmName.FindSubmatch(found)[1]))))
			if !known {
				return found
			}
			return append(bytes.Clone(found), actionsXML(asked)...)
		})
		return nil
	}
	answer, err := wire.ParseTree(x.Protocol, a.Body)
	if err != nil {
		return err
	}
	list, _ := answer["MetricAlarms"].([]any)
	for _, entry := range list {
		described, _ := entry.(map[string]any)
		if asked, known := alarms.Get(x.Scoped(wire.Object(described).Text("AlarmName"))); known {
			completeAlarm(described, asked)
		}
	}
	if len(list) == 0 {
		return nil
	}
	a.Body, err = x.EncodeTree(answer)
	return err
}

var alarmName = regexp.MustCompile(`<AlarmName>([^<]*)</AlarmName>`)

// actionsXML is what an alarm does, as the Query protocol says it.
func actionsXML(asked wire.Object) string {
	var out strings.Builder
	enabled, stated := asked["ActionsEnabled"].(bool)
	fmt.Fprintf(&out, "<ActionsEnabled>%t</ActionsEnabled>", enabled || !stated)
	for _, kind := range []string{"AlarmActions", "OKActions", "InsufficientDataActions"} {
		fmt.Fprintf(&out, "<%s>", kind)
		for _, arn := range wire.TextsIn(asked[kind]) {
			fmt.Fprintf(&out, "<member>%s</member>", html.EscapeString(arn))
		}
		fmt.Fprintf(&out, "</%s>", kind)
	}
	return out.String()
}

func completeAlarm(described, asked wire.Object) {
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

// alarmChangesAreChecked: a hundred alarms are deleted at a time, metric math
// has one result, and tags of what does not exist are an error with a name of
// its own. The emulator takes any number of names and any list of metrics.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DeleteAlarms.html
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html
func alarmChangesAreChecked() []correct.Correction {
	return []correct.Correction{
		{Operations: []string{"monitoring.DeleteAlarms"}, Wrap: correct.Before(limitNames)},
		{Operations: []string{"monitoring.PutMetricAlarm"}, Wrap: correct.Before(oneResult)},
		{Operations: []string{"monitoring.TagResource", "monitoring.UntagResource", "monitoring.ListTagsForResource"}, Wrap: renameMissing},
	}
}

// oneResult looks at ReturnData, which is true unless it says otherwise.
func oneResult(_ context.Context, x *wire.Exchange) (*wire.Refusal, error) {
	request, err := x.Tree()
	if err != nil {
		return nil, err
	}
	metrics, _ := request["Metrics"].([]any)
	results := 0
	for _, entry := range metrics {
		query, _ := entry.(map[string]any)
		if shown, given := query["ReturnData"].(bool); shown || !given {
			results++
		}
	}
	switch {
	case len(metrics) > 0 && request.Text("MetricName") != "":
		return invalidAlarm("Metrics list cannot be used together with MetricName, Dimensions, Period, Namespace, Statistic and ExtendedStatistic."), nil
	case len(metrics) > 0 && results != 1:
		return invalidAlarm("Exactly one element of the metrics list should return data."), nil
	}
	return nil, nil
}

func invalidAlarm(message string) *wire.Refusal {
	return &wire.Refusal{Status: http.StatusBadRequest, Code: "ValidationError", Message: message}
}

// renameMissing: only the operations on tags call it an exception.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_TagResource.html
func renameMissing(next wire.Handler) wire.Handler {
	return func(w http.ResponseWriter, x *wire.Exchange) {
		a := wire.NewAnswer()
		next(a, x)
		if a.Status == http.StatusNotFound && bytes.Contains(a.Body, []byte("ResourceNotFound")) {
			wire.Refuse(w, x, wire.Refusal{Status: http.StatusNotFound, Code: "ResourceNotFoundException", Message: "Alarm resource does not exist: " + x.Call.Resource})
			return
		}
		a.Send(w)
	}
}

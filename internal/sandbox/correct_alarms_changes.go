package sandbox

import (
	"bytes"
	"context"
	"net/http"
)

// alarmChangesAreChecked: a hundred alarms are deleted at a time, metric math
// has one result, and tags of what does not exist are an error with a name of
// its own. The emulator takes any number of names and any list of metrics.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DeleteAlarms.html
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html
func alarmChangesAreChecked() []correction {
	return []correction{
		{operations: []string{"monitoring.DeleteAlarms"}, wrap: before(limitNames)},
		{operations: []string{"monitoring.PutMetricAlarm"}, wrap: before(oneResult)},
		{operations: []string{"monitoring.TagResource", "monitoring.UntagResource", "monitoring.ListTagsForResource"}, wrap: renameMissing},
	}
}

// oneResult looks at ReturnData, which is true unless it says otherwise.
func oneResult(_ context.Context, x *exchange) (*refusal, error) {
	request, err := x.tree()
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
	case len(metrics) > 0 && request.text("MetricName") != "":
		return invalidAlarm("Metrics list cannot be used together with MetricName, Dimensions, Period, Namespace, Statistic and ExtendedStatistic."), nil
	case len(metrics) > 0 && results != 1:
		return invalidAlarm("Exactly one element of the metrics list should return data."), nil
	}
	return nil, nil
}

func invalidAlarm(message string) *refusal {
	return &refusal{http.StatusBadRequest, "ValidationError", message}
}

// renameMissing: only the operations on tags call it an exception.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_TagResource.html
func renameMissing(next handler) handler {
	return func(w http.ResponseWriter, x *exchange) {
		a := newAnswer()
		next(a, x)
		if a.status == http.StatusNotFound && bytes.Contains(a.body, []byte("ResourceNotFound")) {
			refuse(w, x, refusal{http.StatusNotFound, "ResourceNotFoundException", "Alarm resource does not exist: " + x.call.Resource})
			return
		}
		a.send(w)
	}
}

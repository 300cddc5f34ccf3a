package sandbox

import (
	"context"
	"net/http"
	"strings"
	"time"
)

// queueNamesRest: the name of a deleted queue cannot be used again for 60
// seconds, here for Options.QueueRest. The emulator gives it away at once.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
func queueNamesRest(deleted *ledger[time.Time], rest time.Duration) []correction {
	return []correction{
		{operations: []string{"sqs.DeleteQueue"}, wrap: after(func(x *exchange, _ *answer) error {
			url := x.member("QueueUrl")
			deleted.put(x.scoped(url[strings.LastIndex(url, "/")+1:]), time.Now())
			return nil
		})},
		{operations: []string{"sqs.CreateQueue"}, wrap: before(func(_ context.Context, x *exchange) (*refusal, error) {
			at, found := deleted.get(x.scoped(x.member("QueueName")))
			if !found || time.Since(at) >= rest {
				return nil, nil
			}
			code := "QueueDeletedRecently"
			if x.protocol == queryProtocol {
				code = "AWS.SimpleQueueService.QueueDeletedRecently"
			}
			return &refusal{
				http.StatusBadRequest, code,
				"You must wait 60 seconds after deleting a queue before you can create another with the same name.",
			}, nil
		})},
	}
}

// member is a text member of a request in the JSON or the Query protocol.
func (x *exchange) member(key string) string {
	if x.protocol == queryProtocol {
		form, err := x.form()
		if err != nil {
			return ""
		}
		return form.Get(key)
	}
	request, err := x.json()
	if err != nil {
		return ""
	}
	return request.text(key)
}

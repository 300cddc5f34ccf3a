package rules

import (
	"slices"
	"strings"
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

func TestAnyARN_OffersTheARNOfWhatWasWritten(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{
		"https://sqs.eu-central-1.amazonaws.com/123456789012/images":     `not its URL: "arn:aws:sqs:eu-central-1:123456789012:images".`,
		"https://sqs.cn-north-1.amazonaws.com.cn/123456789012/jobs.fifo": `"arn:aws-cn:sqs:cn-north-1:123456789012:jobs.fifo".`,
		"https://eu-central-1.queue.amazonaws.com/123456789012/images":   `"arn:aws:sqs:eu-central-1:123456789012:images".`,
		"http://127.0.0.1:4566/123456789012/images":                      `such as "arn:aws:sqs:eu-west-1:123456789012:images" with the queue's region`,
		"images-trial/in/":                     `for objects in the bucket images-trial it is "arn:aws:s3:::images-trial/in/*".`,
		"images-trial/in/*":                    `it is "arn:aws:s3:::images-trial/in/*".`,
		"s3://images-trial/in/a.png":           `it is "arn:aws:s3:::images-trial/in/a.png".`,
		"s3://images-trial":                    `Write "arn:aws:s3:::images-trial".`,
		"s3://images-trial/":                   `it is "arn:aws:s3:::images-trial/*".`,
		"arn:aws:sqs:eu-central-1:1111:images": `such as "arn:aws:sqs:eu-central-1:111122223333:images".`,
		"orders":                               `Write an ARN such as "arn:aws:dynamodb:`,
	} {
		says(t, AnyARN(written), want)
	}
}

func TestPrincipal_OffersTheServiceThatWasMeant(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{
		"apigateway": `Write "apigateway.amazonaws.com".`, "API-Gateway": `Write "apigateway.amazonaws.com".`, "apigateway.amazon": `Write "apigateway.amazonaws.com".`,
		"s3": `Write "s3.amazonaws.com".`, "SNS.amazonaws.com": `Write "sns.amazonaws.com".`, "eventbridge": `Write "events.amazonaws.com".`,
		"sqs": `Write a service such as`, "orders": `Write a service such as "s3.amazonaws.com", an account`, "": `Write a service such as`,
	} {
		says(t, Principal(written), want)
	}
}

func TestIgnoredPath_OffersTheNearestSetting(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{
		"function.enviroment": `Write "function.environment".`, "environment": `Write "function.environment".`, "Function.Environment": `Write "function.environment".`,
		"reserved_concurrency": `Write "function.reserved_concurrency".`, "alarms.errors.treshold": `Write "alarms.errors.threshold".`, "errors.threshold": `Write "alarms.errors.threshold".`,
		"threshold": `Write a path into managed`, "function": `Write a path into managed`, "nonsense": `Write a path into managed`, "alarms.errors.bound": `Write a path into managed`, "": `Write a path into managed`,
	} {
		says(t, IgnoredPath(written), want)
	}
}

// TestIgnoredPath_OffersWhatItTakes takes every name that it says there is.
func TestIgnoredPath_OffersWhatItTakes(t *testing.T) {
	t.Parallel()
	for _, above := range []string{"", "function.", "role.", "log_group.", "alarms.", "alarms.errors.", "secret.", "key.", "dead_letter_queue.", "function.logging."} {
		err := IgnoredPath(above + "nonsense")
		if err == nil {
			t.Errorf("%snonsense is taken", above)
			continue
		}
		_, list, said := strings.Cut(err.Error(), "there are ")
		list, _, _ = strings.Cut(list, ". ")
		if !said || list == "" {
			t.Errorf("%s: nothing is offered: %v", above, err)
		}
		for name := range strings.SplitSeq(list, ", ") {
			path := above + name
			if IgnoredPath(path) != nil && !slices.ContainsFunc(blueprint.KeepPaths(), func(p string) bool { return strings.HasPrefix(p, path+".") }) {
				t.Errorf("%s is offered and refused: %v", path, IgnoredPath(path))
			}
		}
	}
}

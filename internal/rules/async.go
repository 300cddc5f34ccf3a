package rules

import (
	"fmt"
	"slices"
	"strings"
)

// Ranges of asynchronous invocations and dead letters.
// https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html
var (
	AsyncRetries = Range{
		Name: "max_retries", Unit: "retries", Floor: 0, Example: 2,
		Known: api("lambda", "PutFunctionEventInvokeConfig", "MaximumRetryAttempts"),
		Why:   "It is how often Lambda tries a failed event again",
	}
	AsyncEventAge = Range{
		Name: "max_event_age", Unit: "seconds", Floor: 1, Example: 21600,
		Known: api("lambda", "PutFunctionEventInvokeConfig", "MaximumEventAgeInSeconds"),
		Why:   "It is how long Lambda keeps an event that waits for its turn",
	}
	DeadLetterDays = Range{
		Name: "retention_days", Unit: "days", Floor: 1, Example: 14,
		Known: page("dead_letter_days"),
		Why:   "It is how long SQS keeps a message, and dead letters should outlast a long weekend",
	}
)

// Recipient describes what events can be delivered to.
type Recipient struct {
	What     string
	Services []string
	Example  string
}

// Recipients of dead letters and of reports.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
var (
	DeadLetterTarget = Recipient{
		What: "a dead-letter target", Services: []string{"sqs", "sns"},
		Example: "arn:aws:sqs:eu-west-1:111122223333:house-dead-letters",
	}
	SuccessDestination = Recipient{
		What: "a destination of successes", Services: []string{"sqs", "sns", "lambda", "events"},
		Example: "arn:aws:sqs:eu-west-1:111122223333:orders-done",
	}
	FailureDestination = Recipient{
		What: "a destination of failures", Services: []string{"sqs", "sns", "lambda", "events", "s3"},
		Example: "arn:aws:sqs:eu-west-1:111122223333:orders-failed",
	}
)

// resourcesOf is what the resource field of each service's ARN starts with.
var resourcesOf = map[string]string{"sqs": "", "sns": "", "lambda": "function:", "events": "event-bus/", "s3": ""}

// Check returns what is wrong with text as a recipient.
func (r Recipient) Check(text string) error {
	service := ServiceOf(text)
	if !slices.Contains(r.Services, service) {
		return &Violation{
			What:  fmt.Sprintf("%q cannot be %s", text, r.What),
			Why:   "Lambda delivers to ARNs of " + strings.Join(r.Services, ", ") + " only",
			Write: fmt.Sprintf("Write an ARN such as %q", r.Example),
		}
	}
	if service == "s3" {
		return bucketARN(text)
	}
	if err := (ARN{Service: service, Resource: resourcesOf[service], Example: r.Example}).Check(text); err != nil {
		return err
	}
	if strings.HasSuffix(text, ".fifo") {
		return &Violation{
			What:  fmt.Sprintf("%q is a FIFO queue or topic", text),
			Why:   "Lambda delivers to standard queues and topics only",
			Write: "Write the ARN of a standard one; from there a function of your own can forward in order",
		}
	}
	return nil
}

func bucketARN(text string) error {
	parts := strings.SplitN(text, ":::", 2)
	if len(parts) == 2 && bucket.MatchString(parts[1]) && strings.HasPrefix(parts[0], "arn:") {
		return nil
	}
	return &Violation{
		What:  fmt.Sprintf("%q is not the ARN of a bucket", text),
		Why:   "Failures go to a whole bucket, without a key, and its ARN has neither region nor account",
		Write: "Write an ARN such as \"arn:aws:s3:::acme-failed-events\"",
	}
}

package emulator_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/sandboxtest"
)

// polling fails at orders that are not whole, and says through boto3 in which
// account.
const polling = `import boto3
def handler(event, context):
    account = boto3.client("sts").get_caller_identity()["Account"]
    for record in event["Records"]:
        if record["body"] == "half":
            raise ValueError("an order of " + account + " is not whole")
`

// logged waits for a line in the log group of the function f.
func logged(t *testing.T, c sandboxtest.Tenant, group, want string) {
	t.Helper()
	var lines []string
	for range 200 {
		out, err := c.Logs.FilterLogEvents(t.Context(), &cloudwatchlogs.FilterLogEventsInput{LogGroupName: &group})
		if err == nil {
			lines = nil
			for _, e := range out.Events {
				lines = append(lines, *e.Message)
			}
			if slices.ContainsFunc(lines, func(line string) bool { return strings.Contains(line, want) }) {
				return
			}
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Errorf("%s says nothing of %q:\n%s", group, want, strings.Join(lines, "\n"))
}

// poll puts the function f behind a queue of orders and sends it some.
func poll(t *testing.T, c sandboxtest.Tenant, source string, bodies ...string) {
	t.Helper()
	url := c.Queue(t, "orders", nil)
	role := c.Role(t, "r", sandboxtest.Trust)
	c.Allow(t, "consume", `"Action":["sqs:ReceiveMessage","sqs:DeleteMessage","sqs:GetQueueAttributes"],"Resource":"`+c.QueueARN("orders")+`"`)
	input := sandboxtest.FunctionInput(t, "f", role)
	input.Code.ZipFile = sandboxtest.Zipped(t, source)
	input.LoggingConfig = &types.LoggingConfig{LogGroup: aws.String("/orders/f")}
	if _, err := c.Lambda.CreateFunction(t.Context(), input); err != nil {
		t.Fatal(err)
	}
	c.Settle(t, "f")
	c.Live(t, c.Publish(t))
	if _, err := c.Lambda.CreateEventSourceMapping(t.Context(), &lambda.CreateEventSourceMappingInput{
		EventSourceArn: aws.String(c.QueueARN("orders")), FunctionName: aws.String("f:live"),
	}); err != nil {
		t.Fatal(err)
	}
	for _, body := range bodies {
		if _, err := c.SQS().SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: &url, MessageBody: &body}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPoll_FailureIsInTheLogGroup_AndTheRuntimeHasBoto3(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	poll(t, c, polling, "whole", "half")
	logged(t, c, "/orders/f", "ValueError: an order of "+c.Account+" is not whole")
}

func TestPoll_FunctionThatDoesNotStart_SaysWhyInTheLogGroup(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	poll(t, c, "import nowhere\ndef handler(event, context): pass\n", "whole")
	logged(t, c, "/orders/f", "No module named 'nowhere'")
}

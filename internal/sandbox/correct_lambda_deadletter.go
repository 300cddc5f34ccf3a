package sandbox

import (
	"context"
	"net/http"
	"strings"
)

// sendCall is what a role needs for a target of a service, and how Lambda's
// refusal names it.
type sendCall struct{ action, call, service string }

var sendCalls = map[string]sendCall{
	"sqs":    {"sqs:SendMessage", "SendMessage", "SQS"},
	"sns":    {"sns:Publish", "Publish", "SNS"},
	"lambda": {"lambda:InvokeFunction", "Invoke", "Lambda"},
	"events": {"events:PutEvents", "PutEvents", "EventBridge"},
	"s3":     {"s3:PutObject", "PutObject", "S3"},
}

func serviceOf(arn string) string {
	parts := strings.SplitN(arn, ":", 4)
	if len(parts) < 4 {
		return ""
	}
	return parts[2]
}

// sendCallTo is the call that delivers to a target.
func sendCallTo(target string) (call sendCall, known bool) {
	call, known = sendCalls[serviceOf(target)]
	return call, known
}

// sending is the permission to deliver to a target.
func sending(target string) permission {
	service := serviceOf(target)
	if service == "s3" {
		target += "/*"
	}
	return permission{action: sendCalls[service].action, resource: target}
}

// deadLetterMustBeAllowed: when a function gets a dead-letter queue or another
// role, Lambda checks that the role may send there. The emulator does not.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
func deadLetterMustBeAllowed(e *emulator) correction {
	return correction{
		operations: []string{"lambda.CreateFunction", "lambda.UpdateFunctionConfiguration"},
		wrap: before(func(ctx context.Context, x *exchange) (*refusal, error) {
			request, err := x.json()
			if err != nil {
				return nil, err
			}
			role, letters := request["Role"], request.object("DeadLetterConfig")
			if x.call.Operation == "UpdateFunctionConfiguration" && (role != nil || letters != nil) {
				name, _ := functionRef(x)
				config, err := e.functionConfig(ctx, x, name, "")
				if err != nil {
					return nil, err
				}
				if role == nil {
					role = config["Role"]
				}
				if letters == nil {
					letters = config.object("DeadLetterConfig")
				}
			}
			arn, _ := role.(string)
			target := letters.text("TargetArn")
			call, known := sendCallTo(target)
			if arn == "" || !known {
				return nil, nil
			}
			allowed, err := e.roleMay(ctx, x, arn, x.sendingTo(arn, target, "")...)
			if err != nil || allowed {
				return nil, err
			}
			return &refusal{
				http.StatusBadRequest, "InvalidParameterValueException",
				"The provided execution role does not have permissions to call " + call.call + " on " + call.service,
			}, nil
		}),
	}
}

// Package roles is what Lambda and its pollers do in the name of a function's
// role: which calls they make, whether the role may make them, and which it could
// not make when a function ran.
package roles

import (
	"fmt"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/policy"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// What Lambda and its pollers call in a role's name, with the condition keys
// that AWS documents for each. lambda:SourceFunctionArn goes with calls from
// where the function runs, and not with those of the service around it.
// https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html

// running are the keys of calls from where the function runs.
func running(x *wire.Exchange, role, function string) policy.Keys {
	return KeysOf(x, role).With(policy.KeySourceFunction, x.FunctionARN(function))
}

// Logging is what a function that runs writes its log with.
func Logging(x *wire.Exchange, role, function, group string) []policy.Permission {
	stream := x.LogGroupARN(group) + ":log-stream:any"
	keys := running(x, role, function)
	return []policy.Permission{{Action: "logs:CreateLogStream", Resource: stream, Keys: keys}, {Action: "logs:PutLogEvents", Resource: stream, Keys: keys}}
}

// Tracing is the same for traces. When a function is configured with tracing,
// Lambda asks whether the role may write segments, without the function's ARN.
func Tracing(x *wire.Exchange, role, function string) []policy.Permission {
	keys := running(x, role, function)
	return []policy.Permission{{Action: "xray:PutTraceSegments", Resource: "*", Keys: keys}, {Action: "xray:PutTelemetryRecords", Resource: "*", Keys: keys}}
}

// TracingConfigured is what Lambda asks for when a function gets active tracing.
func TracingConfigured(x *wire.Exchange, role string) policy.Permission {
	return policy.Permission{Action: "xray:PutTraceSegments", Resource: "*", Keys: KeysOf(x, role)}
}

// ReadingEnvironment is how Lambda decrypts variables for the function.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
func ReadingEnvironment(x *wire.Exchange, role, function, key string) policy.Permission {
	arn := x.FunctionARN(function)
	return policy.Permission{Action: "kms:Decrypt", Resource: key, Keys: KeysOf(x, role).With(
		policy.KeyViaService, "lambda."+x.Call.Region+".amazonaws.com",
		policy.KeyContext+"aws:lambda:functionarn", arn, policy.KeyContextKeys, "aws:lambda:FunctionArn",
	)}
}

// Mounting is how Lambda mounts a file system through an access point.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-filesystem.html
func Mounting(x *wire.Exchange, role, accessPoint, fileSystem string) []policy.Permission {
	keys := KeysOf(x, role).With(policy.KeyAccessPoint, accessPoint)
	arn := fmt.Sprintf("arn:%s:elasticfilesystem:%s:%s:file-system/%s", wire.Partition(x.Call.Region), x.Call.Region, x.Call.Account, fileSystem)
	return []policy.Permission{{Action: "elasticfilesystem:ClientMount", Resource: arn, Keys: keys}}
}

// encryptsWith is the encryption context in which a service uses its key: the
// ARN of the queue or topic.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
var encryptsWith = map[string]string{"sqs": "aws:sqs:arn", "sns": "aws:sns:topicArn"}

// SendingTo is the delivery to a target, and the use of the key it has.
func SendingTo(x *wire.Exchange, role, target, key string) []policy.Permission {
	wanted := sending(target)
	wanted.Keys = KeysOf(x, role)
	all := []policy.Permission{wanted}
	if key != "" {
		keys := wanted.Keys.With(policy.KeyViaService, wire.ServiceOf(target)+"."+x.Call.Region+".amazonaws.com")
		if name, known := encryptsWith[wire.ServiceOf(target)]; known {
			keys = keys.With(policy.KeyContext+strings.ToLower(name), target, policy.KeyContextKeys, name)
		}
		all = append(all, policy.Permission{Action: "kms:GenerateDataKey", Resource: key, Keys: keys}, policy.Permission{Action: "kms:Decrypt", Resource: key, Keys: keys})
	}
	return all
}

// KeysOf are the keys of every call in a role's name.
func KeysOf(x *wire.Exchange, role string) policy.Keys {
	return policy.Keys{}.With(policy.KeySecure, "true", policy.KeyRegion, x.Call.Region, policy.KeyAccount, x.Call.Account, policy.KeyPrincipal, role)
}

// SendCall is what a role needs for a target of a service, and how Lambda's
// refusal names it.
type SendCall struct{ action, Call, Service string }

var sendCalls = map[string]SendCall{
	"sqs":    {"sqs:SendMessage", "SendMessage", "SQS"},
	"sns":    {"sns:Publish", "Publish", "SNS"},
	"lambda": {"lambda:InvokeFunction", "Invoke", "Lambda"},
	"events": {"events:PutEvents", "PutEvents", "EventBridge"},
	"s3":     {"s3:PutObject", "PutObject", "S3"},
}

// SendCallTo is the call that delivers to a target.
func SendCallTo(target string) (call SendCall, known bool) {
	call, known = sendCalls[wire.ServiceOf(target)]
	return call, known
}

// sending is the permission to deliver to a target.
func sending(target string) policy.Permission {
	service := wire.ServiceOf(target)
	if service == "s3" {
		target += "/*"
	}
	return policy.Permission{Action: sendCalls[service].action, Resource: target}
}

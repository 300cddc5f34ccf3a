package sandbox

import (
	"context"
	"fmt"
	"net/http"
	"strings"
)

// What Lambda and its pollers call in a role's name, with the condition keys
// that AWS documents for each. lambda:SourceFunctionArn goes with calls from
// where the function runs, and not with those of the service around it.
// https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html

// running are the keys of calls from where the function runs.
func (x *exchange) running(role, function string) requestKeys {
	return x.asRole(role).with(keySourceFunction, x.functionARN(function))
}

// logging is what a function that runs writes its log with.
func (x *exchange) logging(role, function, group string) []permission {
	stream := x.logGroupARN(group) + ":log-stream:any"
	keys := x.running(role, function)
	return []permission{{"logs:CreateLogStream", stream, keys}, {"logs:PutLogEvents", stream, keys}}
}

// tracing is the same for traces. When a function is configured with tracing,
// Lambda asks whether the role may write segments, without the function's ARN.
func (x *exchange) tracing(role, function string) []permission {
	keys := x.running(role, function)
	return []permission{{"xray:PutTraceSegments", "*", keys}, {"xray:PutTelemetryRecords", "*", keys}}
}

func (x *exchange) tracingConfigured(role string) permission {
	return permission{"xray:PutTraceSegments", "*", x.asRole(role)}
}

// readingEnvironment: Lambda decrypts variables for the function.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
func (x *exchange) readingEnvironment(role, function, key string) permission {
	arn := x.functionARN(function)
	return permission{"kms:Decrypt", key, x.asRole(role).with(
		keyViaService, "lambda."+x.call.Region+".amazonaws.com",
		keyContext+"aws:lambda:functionarn", arn, keyContextKeys, "aws:lambda:FunctionArn",
	)}
}

// mounting: Lambda mounts a file system through an access point.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-filesystem.html
func (x *exchange) mounting(role, accessPoint, fileSystem string) []permission {
	keys := x.asRole(role).with(keyAccessPoint, accessPoint)
	arn := fmt.Sprintf("arn:%s:elasticfilesystem:%s:%s:file-system/%s", partition(x.call.Region), x.call.Region, x.call.Account, fileSystem)
	return []permission{{"elasticfilesystem:ClientMount", arn, keys}}
}

// encryptsWith is the encryption context in which a service uses its key: the
// ARN of the queue or topic.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
var encryptsWith = map[string]string{"sqs": "aws:sqs:arn", "sns": "aws:sns:topicArn"}

// sendingTo is the delivery to a target, and the use of the key it has.
func (x *exchange) sendingTo(role, target, key string) []permission {
	wanted := sending(target)
	wanted.keys = x.asRole(role)
	all := []permission{wanted}
	if key != "" {
		keys := wanted.keys.with(keyViaService, serviceOf(target)+"."+x.call.Region+".amazonaws.com")
		if name, known := encryptsWith[serviceOf(target)]; known {
			keys = keys.with(keyContext+strings.ToLower(name), target, keyContextKeys, name)
		}
		all = append(all, permission{"kms:GenerateDataKey", key, keys}, permission{"kms:Decrypt", key, keys})
	}
	return all
}

// polled are the calls by which pollers read each kind of source, and what
// Lambda says when the role may not make them.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html
var polled = map[string]struct {
	actions []string
	refusal string
}{
	"sqs": {
		[]string{"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"},
		"The provided execution role does not have permissions to call ReceiveMessage on SQS",
	},
	"kinesis": {
		[]string{"kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStream", "kinesis:ListShards"},
		"Cannot access stream %s. Please ensure the role can perform the GetRecords, GetShardIterator, DescribeStream, ListShards, and ListStreams Actions on your stream in IAM.",
	},
	"dynamodb": {
		[]string{"dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream"},
		"Cannot access stream %s. Please ensure the role can perform the GetRecords, GetShardIterator, DescribeStream, and ListStreams Actions on your stream in IAM.",
	},
}

// rolesAreAsked: Lambda checks a role when a function gets active tracing or a
// source that is polled. The emulator does not.
// https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
func rolesAreAsked(e *emulator) []correction {
	return []correction{
		{operations: []string{"lambda.CreateFunction", "lambda.UpdateFunctionConfiguration"}, wrap: before(
			func(ctx context.Context, x *exchange) (*refusal, error) { return e.mayTrace(ctx, x) })},
		{operations: []string{"lambda.CreateEventSourceMapping"}, wrap: before(
			func(ctx context.Context, x *exchange) (*refusal, error) { return e.mayPoll(ctx, x) })},
	}
}

func (e *emulator) mayTrace(ctx context.Context, x *exchange) (*refusal, error) {
	request, err := x.json()
	if err != nil {
		return nil, err
	}
	role, tracing := request.text("Role"), request.object("TracingConfig")
	if role == "" && tracing == nil {
		return nil, nil
	}
	if x.call.Operation == "UpdateFunctionConfiguration" && (role == "" || tracing == nil) {
		name, _ := functionRef(x)
		config, err := e.functionConfig(ctx, x, name, "")
		if err != nil {
			return nil, err
		}
		if role == "" {
			role = config.text("Role")
		}
		if tracing == nil {
			tracing = config.object("TracingConfig")
		}
	}
	if tracing.text("Mode") != "Active" {
		return nil, nil
	}
	allowed, err := e.roleMay(ctx, x, role, x.tracingConfigured(role))
	if err != nil || allowed {
		return nil, err
	}
	return badPackage("The provided execution role does not have permissions to call PutTraceSegments on XRAY"), nil
}

func (e *emulator) mayPoll(ctx context.Context, x *exchange) (*refusal, error) {
	request, err := x.json()
	if err != nil {
		return nil, err
	}
	source := request.text("EventSourceArn")
	poll, known := polled[serviceOf(source)]
	if !known {
		return nil, nil
	}
	name := request.text("FunctionName")
	if _, rest, isARN := strings.Cut(name, ":function:"); isARN {
		name = rest
	}
	name, _, _ = strings.Cut(name, ":")
	config, err := e.functionConfig(ctx, x, name, "")
	if err != nil || config == nil {
		return nil, err // which says that there is no such function
	}
	role := config.text("Role")
	var wanted []permission
	for _, action := range poll.actions {
		wanted = append(wanted, permission{action, source, x.asRole(role)})
	}
	allowed, err := e.roleMay(ctx, x, role, wanted...)
	if err != nil || allowed {
		return nil, err
	}
	message := poll.refusal
	if strings.Contains(message, "%s") {
		message = fmt.Sprintf(message, source)
	}
	return &refusal{http.StatusBadRequest, "InvalidParameterValueException", message}, nil
}

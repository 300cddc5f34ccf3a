package lambda

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct/lambda/function"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct/services"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/emulator"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/policy"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/roles"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

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
func rolesAreAsked(e *emulator.Client) []correct.Correction {
	return []correct.Correction{
		{Operations: []string{"lambda.CreateFunction", "lambda.UpdateFunctionConfiguration"}, Wrap: correct.Before(
			func(ctx context.Context, x *wire.Exchange) (*wire.Refusal, error) { return mayTrace(ctx, e, x) })},
		{Operations: []string{"lambda.CreateEventSourceMapping"}, Wrap: correct.Before(
			func(ctx context.Context, x *wire.Exchange) (*wire.Refusal, error) { return mayPoll(ctx, e, x) })},
	}
}

func mayTrace(ctx context.Context, e *emulator.Client, x *wire.Exchange) (*wire.Refusal, error) {
	request, err := x.JSON()
	if err != nil {
		return nil, err
	}
	role, tracing := request.Text("Role"), request.Object("TracingConfig")
	if role == "" && tracing == nil {
		return nil, nil
	}
	if x.Call.Operation == "UpdateFunctionConfiguration" && (role == "" || tracing == nil) {
		name, _ := function.Ref(x)
		config, err := function.Config(ctx, e, x, name, "")
		if err != nil {
			return nil, err
		}
		if role == "" {
			role = config.Text("Role")
		}
		if tracing == nil {
			tracing = config.Object("TracingConfig")
		}
	}
	if tracing.Text("Mode") != "Active" {
		return nil, nil
	}
	allowed, err := roles.May(ctx, e, x, role, roles.TracingConfigured(x, role))
	if err != nil || allowed {
		return nil, err
	}
	return badPackage("The provided execution role does not have permissions to call PutTraceSegments on XRAY"), nil
}

func mayPoll(ctx context.Context, e *emulator.Client, x *wire.Exchange) (*wire.Refusal, error) {
	request, err := x.JSON()
	if err != nil {
		return nil, err
	}
	source := request.Text("EventSourceArn")
	poll, known := polled[wire.ServiceOf(source)]
	if !known {
		return nil, nil
	}
	name := request.Text("FunctionName")
	if _, rest, isARN := strings.Cut(name, ":function:"); isARN {
		name = rest
	}
	name, _, _ = strings.Cut(name, ":")
	config, err := function.Config(ctx, e, x, name, "")
	if err != nil || config == nil {
		return nil, err // which says that there is no such function
	}
	role := config.Text("Role")
	var wanted []policy.Permission
	for _, action := range poll.actions {
		wanted = append(wanted, policy.Permission{Action: action, Resource: source, Keys: roles.KeysOf(x, role)})
	}
	allowed, err := roles.May(ctx, e, x, role, wanted...)
	if err != nil || allowed {
		return nil, err
	}
	message := poll.refusal
	if strings.Contains(message, "%s") {
		message = fmt.Sprintf(message, source)
	}
	return &wire.Refusal{Status: http.StatusBadRequest, Code: "InvalidParameterValueException", Message: message}, nil
}

// rolesAct asks at an invocation what the function's role may do. The function
// runs whatever the answer.
func rolesAct(e *emulator.Client, d *roles.Denials) correct.Correction {
	return correct.Correction{
		Operations: []string{"lambda.Invoke"},
		Wrap: correct.Before(func(ctx context.Context, x *wire.Exchange) (*wire.Refusal, error) {
			name, qualifier := function.Ref(x)
			if !d.Due(x, name+":"+qualifier) {
				return nil, nil
			}
			config, err := function.Config(ctx, e, x, name, qualifier)
			if err != nil || config == nil {
				return nil, err
			}
			wanted, err := actsOf(ctx, e, x, name, config)
			if err != nil {
				return nil, err
			}
			role := config.Text("Role")
			for _, p := range wanted {
				allowed, err := roles.May(ctx, e, x, role, p)
				if err == nil && !allowed && p.Action == "kms:Decrypt" {
					allowed, err = roles.KeyLets(ctx, e, x, role, p)
				}
				if err != nil {
					return nil, err
				}
				if !allowed {
					d.Keep(roles.Denial{Account: x.Call.Account, Function: name, Action: p.Action, Resource: p.Resource})
				}
			}
			return nil, nil
		}),
	}
}

// actsOf are the calls that a function's configuration leads to.
func actsOf(ctx context.Context, e *emulator.Client, x *wire.Exchange, name string, config wire.Object) ([]policy.Permission, error) {
	role := config.Text("Role")
	completeLogging(config)
	wanted := roles.Logging(x, role, name, config.Object("LoggingConfig").Text("LogGroup"))
	if config.Object("TracingConfig").Text("Mode") == "Active" {
		wanted = append(wanted, roles.Tracing(x, role, name)...)
	}
	if key := config.Text("KMSKeyArn"); key != "" && len(config.Object("Environment").Object("Variables")) > 0 {
		wanted = append(wanted, roles.ReadingEnvironment(x, role, name, key))
	}
	systems, _ := config["FileSystemConfigs"].([]any)
	for _, entry := range systems {
		system, _ := entry.(map[string]any)
		arn := wire.Object(system).Text("Arn")
		if wire.ServiceOf(arn) != "elasticfilesystem" {
			continue
		}
		point, err := services.AccessPoint(ctx, e, x, arn[strings.LastIndex(arn, "/")+1:])
		if err != nil {
			return nil, err
		}
		wanted = append(wanted, roles.Mounting(x, role, arn, point.Text("FileSystemId"))...)
	}
	return wanted, nil
}

package async

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct/lambda/function"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct/services"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/emulator"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/roles"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// delivery is what Lambda sends when it is done with an event.
type delivery struct {
	target, role string
	body         []byte
	attributes   []messageAttribute
	metric       string // counts deliveries that failed
	succeeded    bool   // the invocation, not the delivery
}

type messageAttribute struct{ name, kind, value string }

// deliver sends with the function's role. What the role may not do is lost, as
// it is on AWS, and counted in a metric.
// https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
func (q *Queue) deliver(ctx context.Context, ev *event, d delivery) error {
	key, usable, err := targetKey(ctx, q.emulator, ev.x, d.target)
	if err != nil {
		return err
	}
	allowed := usable
	if allowed {
		if allowed, err = roles.May(ctx, q.emulator, ev.x, d.role, roles.SendingTo(ev.x, d.role, d.target, key)...); err != nil {
			return err
		}
	}
	status := http.StatusForbidden
	if allowed {
		if status, err = q.sendTo(ctx, ev, d); err != nil {
			return err
		}
	}
	if status < http.StatusMultipleChoices {
		return nil
	}
	_, _, err = q.emulator.AskJSON(ctx, ev.x, "monitoring", "GraniteServiceVersion20100801.PutMetricData", wire.Object{
		"Namespace": "AWS/Lambda", "MetricData": []wire.Object{{
			"MetricName": d.metric, "Value": 1, "Unit": "Count",
			"Dimensions": []wire.Object{{"Name": "FunctionName", "Value": ev.name}},
		}},
	})
	return err
}

// masterKey is the attribute of queues and topics that has their key.
const masterKey = "KmsMasterKeyId"

// targetKey is the customer key that encrypts a queue or topic, and whether it
// can be used. Keys of AWS need no permission.
func targetKey(ctx context.Context, e *emulator.Client, x *wire.Exchange, target string) (arn string, usable bool, err error) {
	id := ""
	switch wire.ServiceOf(target) {
	case "sqs":
		_, answer, err := e.AskJSON(ctx, x, "sqs", "AmazonSQS.GetQueueAttributes", wire.Object{"QueueUrl": e.QueueURL(target), "AttributeNames": []string{masterKey}})
		if err != nil {
			return "", false, err
		}
		id = answer.Object("Attributes").Text(masterKey)
	case "sns":
		_, body, err := e.AskForm(ctx, x, "sns", url.Values{"Action": {"GetTopicAttributes"}, "TopicArn": {target}})
		if err != nil {
			return "", false, err
		}
		if _, rest, found := strings.Cut(string(body), "<key>"+masterKey+"</key><value>"); found {
			id, _, _ = strings.Cut(rest, "<")
		}
	}
	if id == "" || strings.HasPrefix(id, "alias/aws/") {
		return "", true, nil
	}
	key, err := services.DescribeKey(ctx, e, x, id)
	return key.ARN, key.State == "Enabled", err
}

// sendTo reports the status of the target's service.
func (q *Queue) sendTo(ctx context.Context, ev *event, d delivery) (status int, err error) {
	name := d.target[strings.LastIndex(d.target, ":")+1:]
	switch wire.ServiceOf(d.target) {
	case "sqs":
		status, _, err = q.emulator.AskJSON(ctx, ev.x, "sqs", "AmazonSQS.SendMessage", wire.Object{
			"QueueUrl": q.emulator.QueueURL(d.target), "MessageBody": string(d.body), "MessageAttributes": queueAttributes(d.attributes),
		})
	case "sns":
		status, _, err = q.emulator.AskForm(ctx, ev.x, "sns", topicMessage(d))
	case "events":
		status, _, err = q.emulator.AskJSON(ctx, ev.x, "events", "AWSEvents.PutEvents", wire.Object{"Entries": []wire.Object{{
			"Source": "lambda", "DetailType": detailType(d.succeeded), "Detail": string(d.body),
			"Resources": []string{ev.x.FunctionARN(ev.name) + ":" + ev.qualifier}, "EventBusName": d.target,
		}}})
	case "s3":
		at := time.Now().UTC()
		key := fmt.Sprintf("aws/lambda/async/%s/%s/%s-%s", ev.name, at.Format("2006/01/02"), at.Format("2006-01-02T15.04.05"), ev.requestID)
		status, _, err = q.emulator.Ask(ctx, ev.x, "s3", http.MethodPut, "/"+name+"/"+key, nil, d.body)
	case "lambda":
		_, qualified, _ := strings.Cut(d.target, ":function:")
		called, qualifier, found := strings.Cut(qualified, ":")
		if !found {
			qualifier = function.Latest
		}
		next := *ev
		next.name, next.qualifier, next.payload = called, qualifier, d.body
		return http.StatusOK, q.handle(ctx, &next)
	}
	return status, err
}

func detailType(succeeded bool) string {
	if succeeded {
		return "Lambda Function Invocation Result - Success"
	}
	return "Lambda Function Invocation Result - Failure"
}

func queueAttributes(attributes []messageAttribute) wire.Object {
	members := wire.Object{}
	for _, a := range attributes {
		members[a.name] = wire.Object{"DataType": a.kind, "StringValue": a.value}
	}
	return members
}

func topicMessage(d delivery) url.Values {
	form := url.Values{"Action": {"Publish"}, "TopicArn": {d.target}, "Message": {string(d.body)}}
	for i, a := range d.attributes {
		entry := fmt.Sprintf("MessageAttributes.entry.%d.", i+1)
		form.Set(entry+"Name", a.name)
		form.Set(entry+"Value.DataType", a.kind)
		form.Set(entry+"Value.StringValue", a.value)
	}
	return form
}

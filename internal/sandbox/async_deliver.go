package sandbox

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
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
func (q *eventQueue) deliver(ctx context.Context, ev *event, d delivery) error {
	key, usable, err := q.emulator.targetKey(ctx, ev.x, d.target)
	if err != nil {
		return err
	}
	allowed := usable
	if allowed {
		if allowed, err = q.emulator.roleMay(ctx, ev.x, d.role, ev.x.sendingTo(d.role, d.target, key)...); err != nil {
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
	_, _, err = q.emulator.askJSON(ctx, ev.x, "monitoring", "GraniteServiceVersion20100801.PutMetricData", object{
		"Namespace": "AWS/Lambda", "MetricData": []object{{
			"MetricName": d.metric, "Value": 1, "Unit": "Count",
			"Dimensions": []object{{"Name": "FunctionName", "Value": ev.name}},
		}},
	})
	return err
}

// masterKey is the attribute of queues and topics that has their key.
const masterKey = "KmsMasterKeyId"

// targetKey is the customer key that encrypts a queue or topic, and whether it
// can be used. Keys of AWS need no permission.
func (e *emulator) targetKey(ctx context.Context, x *exchange, target string) (arn string, usable bool, err error) {
	id := ""
	switch serviceOf(target) {
	case "sqs":
		_, answer, err := e.askJSON(ctx, x, "sqs", "AmazonSQS.GetQueueAttributes", object{"QueueUrl": e.queueURL(target), "AttributeNames": []string{masterKey}})
		if err != nil {
			return "", false, err
		}
		id = answer.object("Attributes").text(masterKey)
	case "sns":
		_, body, err := e.askForm(ctx, x, "sns", url.Values{"Action": {"GetTopicAttributes"}, "TopicArn": {target}})
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
	key, err := e.describeKey(ctx, x, id)
	return key.arn, key.state == "Enabled", err
}

// sendTo reports the status of the target's service.
func (q *eventQueue) sendTo(ctx context.Context, ev *event, d delivery) (status int, err error) {
	name := d.target[strings.LastIndex(d.target, ":")+1:]
	switch serviceOf(d.target) {
	case "sqs":
		status, _, err = q.emulator.askJSON(ctx, ev.x, "sqs", "AmazonSQS.SendMessage", object{
			"QueueUrl": q.emulator.queueURL(d.target), "MessageBody": string(d.body), "MessageAttributes": queueAttributes(d.attributes),
		})
	case "sns":
		status, _, err = q.emulator.askForm(ctx, ev.x, "sns", topicMessage(d))
	case "events":
		status, _, err = q.emulator.askJSON(ctx, ev.x, "events", "AWSEvents.PutEvents", object{"Entries": []object{{
			"Source": "lambda", "DetailType": detailType(d.succeeded), "Detail": string(d.body),
			"Resources": []string{ev.x.functionARN(ev.name) + ":" + ev.qualifier}, "EventBusName": d.target,
		}}})
	case "s3":
		at := time.Now().UTC()
		key := fmt.Sprintf("aws/lambda/async/%s/%s/%s-%s", ev.name, at.Format("2006/01/02"), at.Format("2006-01-02T15.04.05"), ev.requestID)
		status, _, err = q.emulator.ask(ctx, ev.x, "s3", http.MethodPut, "/"+name+"/"+key, nil, d.body)
	case "lambda":
		_, qualified, _ := strings.Cut(d.target, ":function:")
		called, qualifier, found := strings.Cut(qualified, ":")
		if !found {
			qualifier = latest
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

func queueAttributes(attributes []messageAttribute) object {
	members := object{}
	for _, a := range attributes {
		members[a.name] = object{"DataType": a.kind, "StringValue": a.value}
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

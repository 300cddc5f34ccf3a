package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
)

// The attributes that say how a queue is encrypted.
const (
	queueKey      = "KmsMasterKeyId"
	queueKeyReuse = "KmsDataKeyReusePeriodSeconds"
	queueManaged  = "SqsManagedSseEnabled"
)

// queueAttributesAreSQS: a queue is encrypted with SQS's own keys unless it
// has a KMS key, an emptied attribute is gone, nothing is answered that was
// not asked for, and a queue that exists is not created with other attributes
// or tags. The emulator keeps what it is told and compares only attributes
// that the queue has. Clients of the Query protocol pass as they are.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
func queueAttributesAreSQS(e *emulator) []correction {
	return []correction{
		{operations: []string{"sqs.CreateQueue", "sqs.SetQueueAttributes"}, wrap: before(completeQueueRequest)},
		{operations: []string{"sqs.CreateQueue"}, wrap: before(func(ctx context.Context, x *exchange) (*refusal, error) {
			return sameQueue(ctx, x, e)
		})},
		{operations: []string{"sqs.GetQueueAttributes"}, wrap: showQueueAttributes},
	}
}

func badQueueAttribute(message string) *refusal {
	return &refusal{status: http.StatusBadRequest, code: "InvalidAttributeValue", message: message}
}

// completeQueueRequest refuses what SQS does and adds what a KMS key implies.
func completeQueueRequest(_ context.Context, x *exchange) (*refusal, error) {
	if x.protocol != jsonProtocol {
		return nil, nil
	}
	request, err := x.json()
	if err != nil {
		return nil, err
	}
	attributes := request.object("Attributes")
	if attributes == nil {
		return nil, nil
	}
	switch {
	case attributes.text(queueKey) != "" && attributes.text(queueManaged) == "true":
		return badQueueAttribute("You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE."), nil
	case !isPolicy(attributes.text("Policy")):
		return badQueueAttribute("Invalid value for the parameter Policy."), nil
	case attributes.text(queueKey) != "":
		attributes[queueManaged] = "false"
	case attributes.text(queueManaged) == "true":
		attributes[queueKey] = ""
	default:
		return nil, nil
	}
	body, err := json.Marshal(request)
	if err != nil {
		return nil, fmt.Errorf("encoding the request: %w", err)
	}
	x.setBody(body)
	return nil, nil
}

// isPolicy is lenient with none.
func isPolicy(text string) bool {
	var document policyDocument
	return text == "" || json.Unmarshal([]byte(text), &document) == nil && len(document.Statement) > 0
}

// sameQueue compares the request with the queue of that name, if there is one.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
func sameQueue(ctx context.Context, x *exchange, e *emulator) (*refusal, error) {
	if x.protocol != jsonProtocol {
		return nil, nil
	}
	request, err := x.json()
	if err != nil {
		return nil, err
	}
	status, found, err := e.askJSON(ctx, x, "sqs", "AmazonSQS.GetQueueUrl", object{"QueueName": request.text("QueueName")})
	if err != nil || status != http.StatusOK {
		return nil, err
	}
	url := object{"QueueUrl": found.text("QueueUrl")}
	_, answer, err := e.askJSON(ctx, x, "sqs", "AmazonSQS.GetQueueAttributes", object{"QueueUrl": url["QueueUrl"], "AttributeNames": []string{"All"}})
	if err != nil {
		return nil, err
	}
	existing := completeQueue(answer.object("Attributes"))
	asked := completeQueue(maps.Clone(request.object("Attributes")))
	for _, name := range slices.Sorted(maps.Keys(request.object("Attributes"))) {
		if !sameQueueAttribute(name, asked.text(name), existing.text(name)) {
			return queueExists("attribute " + name), nil
		}
	}
	tags := request.object("tags")
	if len(tags) == 0 {
		return nil, nil
	}
	_, listed, err := e.askJSON(ctx, x, "sqs", "AmazonSQS.ListQueueTags", url)
	if err != nil || maps.EqualFunc(tags, listed.object("Tags"), func(a, b any) bool { return a == b }) {
		return nil, err
	}
	return queueExists("tag(s)"), nil
}

func queueExists(what string) *refusal {
	return &refusal{status: http.StatusBadRequest, code: "QueueNameExists", message: "A queue already exists with the same name and a different value for " + what}
}

// sameQueueAttribute compares policies as documents.
func sameQueueAttribute(name, a, b string) bool {
	if name != "Policy" && name != "RedrivePolicy" {
		return a == b
	}
	var first, second any
	if json.Unmarshal([]byte(a), &first) != nil || json.Unmarshal([]byte(b), &second) != nil {
		return a == b
	}
	return reflect.DeepEqual(first, second)
}

// showQueueAttributes asks the emulator for all attributes, because one may
// depend on another that was not asked for.
func showQueueAttributes(next handler) handler {
	return func(w http.ResponseWriter, x *exchange) {
		if x.protocol != jsonProtocol {
			next(w, x)
			return
		}
		asked := x.texts("AttributeNames")
		request, err := x.json()
		if err != nil {
			refuse(w, x, failure(err))
			return
		}
		body, err := json.Marshal(object{"QueueUrl": request["QueueUrl"], "AttributeNames": []string{"All"}})
		if err != nil {
			refuse(w, x, failure(err))
			return
		}
		x.setBody(body)
		after(func(_ *exchange, a *answer) error {
			members, err := parseObject(a.body)
			if err != nil {
				return err
			}
			shown := completeQueue(members.object("Attributes"))
			maps.DeleteFunc(shown, func(name string, _ any) bool {
				return !slices.Contains(asked, "All") && !slices.Contains(asked, name)
			})
			if len(shown) == 0 {
				return a.setJSON(object{})
			}
			return a.setJSON(object{"Attributes": shown})
		})(next)(w, x)
	}
}

// completeQueue makes the attributes agree with each other.
func completeQueue(attributes object) object {
	if attributes == nil {
		return object{}
	}
	for name := range attributes {
		if attributes.text(name) == "" {
			delete(attributes, name)
		}
	}
	if attributes.text(queueKey) == "" {
		delete(attributes, queueKeyReuse)
		if attributes.text(queueManaged) == "" {
			attributes[queueManaged] = "true"
		}
		return attributes
	}
	attributes[queueManaged] = "false"
	if attributes.text(queueKeyReuse) == "" {
		attributes[queueKeyReuse] = "300"
	}
	return attributes
}

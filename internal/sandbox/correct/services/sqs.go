package services

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/emulator"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/policy"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// queueNamesRest: the name of a deleted queue cannot be used again for 60
// seconds, here for Options.QueueRest. The emulator gives it away at once.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
func queueNamesRest(deleted *correct.Ledger[time.Time], rest time.Duration) []correct.Correction {
	return []correct.Correction{
		{Operations: []string{"sqs.DeleteQueue"}, Wrap: correct.After(func(x *wire.Exchange, _ *wire.Answer) error {
			url := x.Member("QueueUrl")
			deleted.Put(x.Scoped(url[strings.LastIndex(url, "/")+1:]), time.Now())
			return nil
		})},
		{Operations: []string{"sqs.CreateQueue"}, Wrap: correct.Before(func(_ context.Context, x *wire.Exchange) (*wire.Refusal, error) {
			at, found := deleted.Get(x.Scoped(x.Member("QueueName")))
			if !found || time.Since(at) >= rest {
				return nil, nil
			}
			code := "QueueDeletedRecently"
			if x.Protocol == wire.QueryProtocol {
				code = "AWS.SimpleQueueService.QueueDeletedRecently"
			}
			return &wire.Refusal{
				Status: http.StatusBadRequest, Code: code,
				Message: "You must wait 60 seconds after deleting a queue before you can create another with the same name.",
			}, nil
		})},
	}
}

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
func queueAttributesAreSQS(e *emulator.Client) []correct.Correction {
	return []correct.Correction{
		{Operations: []string{"sqs.CreateQueue", "sqs.SetQueueAttributes"}, Wrap: correct.Before(completeQueueRequest)},
		{Operations: []string{"sqs.CreateQueue"}, Wrap: correct.Before(func(ctx context.Context, x *wire.Exchange) (*wire.Refusal, error) {
			return sameQueue(ctx, x, e)
		})},
		{Operations: []string{"sqs.GetQueueAttributes"}, Wrap: showQueueAttributes},
	}
}

func badQueueAttribute(message string) *wire.Refusal {
	return &wire.Refusal{Status: http.StatusBadRequest, Code: "InvalidAttributeValue", Message: message}
}

// completeQueueRequest refuses what SQS does and adds what a KMS key implies.
func completeQueueRequest(_ context.Context, x *wire.Exchange) (*wire.Refusal, error) {
	if x.Protocol != wire.JSONProtocol {
		return nil, nil
	}
	request, err := x.JSON()
	if err != nil {
		return nil, err
	}
	attributes := request.Object("Attributes")
	if attributes == nil {
		return nil, nil
	}
	switch {
	case attributes.Text(queueKey) != "" && attributes.Text(queueManaged) == "true":
		return badQueueAttribute("You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE."), nil
	case !isPolicy(attributes.Text("Policy")):
		return badQueueAttribute("Invalid value for the parameter Policy."), nil
	case attributes.Text(queueKey) != "":
		attributes[queueManaged] = "false"
	case attributes.Text(queueManaged) == "true":
		attributes[queueKey] = ""
	default:
		return nil, nil
	}
	body, err := json.Marshal(request)
	if err != nil {
		return nil, fmt.Errorf("encoding the request: %w", err)
	}
	x.SetBody(body)
	return nil, nil
}

// isPolicy is lenient with none.
func isPolicy(text string) bool {
	var document policy.Document
	return text == "" || json.Unmarshal([]byte(text), &document) == nil && len(document.Statement) > 0
}

// sameQueue compares the request with the queue of that name, if there is one.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
func sameQueue(ctx context.Context, x *wire.Exchange, e *emulator.Client) (*wire.Refusal, error) {
	if x.Protocol != wire.JSONProtocol {
		return nil, nil
	}
	request, err := x.JSON()
	if err != nil {
		return nil, err
	}
	status, found, err := e.AskJSON(ctx, x, "sqs", "AmazonSQS.GetQueueUrl", wire.Object{"QueueName": request.Text("QueueName")})
	if err != nil || status != http.StatusOK {
		return nil, err
	}
	url := wire.Object{"QueueUrl": found.Text("QueueUrl")}
	_, answer, err := e.AskJSON(ctx, x, "sqs", "AmazonSQS.GetQueueAttributes", wire.Object{"QueueUrl": url["QueueUrl"], "AttributeNames": []string{"All"}})
	if err != nil {
		return nil, err
	}
	existing := completeQueue(answer.Object("Attributes"))
	asked := completeQueue(maps.Clone(request.Object("Attributes")))
	for _, name := range slices.Sorted(maps.Keys(request.Object("Attributes"))) {
		if !sameQueueAttribute(name, asked.Text(name), existing.Text(name)) {
			return queueExists("attribute " + name), nil
		}
	}
	tags := request.Object("tags")
	if len(tags) == 0 {
		return nil, nil
	}
	_, listed, err := e.AskJSON(ctx, x, "sqs", "AmazonSQS.ListQueueTags", url)
	if err != nil || maps.EqualFunc(tags, listed.Object("Tags"), func(a, b any) bool { return a == b }) {
		return nil, err
	}
	return queueExists("tag(s)"), nil
}

func queueExists(what string) *wire.Refusal {
	return &wire.Refusal{Status: http.StatusBadRequest, Code: "QueueNameExists", Message: "A queue already exists with the same name and a different value for " + what}
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
func showQueueAttributes(next wire.Handler) wire.Handler {
	return func(w http.ResponseWriter, x *wire.Exchange) {
		if x.Protocol != wire.JSONProtocol {
			next(w, x)
			return
		}
		asked := x.Texts("AttributeNames")
		request, err := x.JSON()
		if err != nil {
			wire.Refuse(w, x, wire.Failure(err))
			return
		}
		body, err := json.Marshal(wire.Object{"QueueUrl": request["QueueUrl"], "AttributeNames": []string{"All"}})
		if err != nil {
			wire.Refuse(w, x, wire.Failure(err))
			return
		}
		x.SetBody(body)
		correct.After(func(_ *wire.Exchange, a *wire.Answer) error {
			members, err := wire.ParseObject(a.Body)
			if err != nil {
				return err
			}
			shown := completeQueue(members.Object("Attributes"))
			maps.DeleteFunc(shown, func(name string, _ any) bool {
				return !slices.Contains(asked, "All") && !slices.Contains(asked, name)
			})
			if len(shown) == 0 {
				return a.SetJSON(wire.Object{})
			}
			return a.SetJSON(wire.Object{"Attributes": shown})
		})(next)(w, x)
	}
}

// completeQueue makes the attributes agree with each other.
func completeQueue(attributes wire.Object) wire.Object {
	if attributes == nil {
		return wire.Object{}
	}
	for name := range attributes {
		if attributes.Text(name) == "" {
			delete(attributes, name)
		}
	}
	if attributes.Text(queueKey) == "" {
		delete(attributes, queueKeyReuse)
		if attributes.Text(queueManaged) == "" {
			attributes[queueManaged] = "true"
		}
		return attributes
	}
	attributes[queueManaged] = "false"
	if attributes.Text(queueKeyReuse) == "" {
		attributes[queueKeyReuse] = "300"
	}
	return attributes
}

package sandbox

import (
	"bytes"
	"cmp"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// refusal is an error answer, before it has the form of a protocol.
type refusal struct {
	status  int
	code    string
	message string
}

// unsupported is the code of calls that nobody here knows.
const unsupported = "NotImplemented"

// refuse answers a call with an error in the wire format of its service.
func refuse(w http.ResponseWriter, x *exchange, r refusal) {
	x.call.ErrorCode = r.code
	header, body := r.encode(x)
	maps.Copy(w.Header(), header)
	w.WriteHeader(r.status)
	_, _ = w.Write(body) // fails only when the client is gone
}

// refuseFor is refuse with the reason that Lambda gives for throttling.
func refuseFor(w http.ResponseWriter, x *exchange, r refusal, reason string) {
	x.call.ErrorCode = r.code
	header, _ := r.encode(x)
	body := jsonError(map[string]string{"Type": "User", "Reason": reason, "message": r.message})
	header.Set("Content-Length", strconv.Itoa(len(body)))
	maps.Copy(w.Header(), header)
	w.WriteHeader(r.status)
	_, _ = w.Write(body) // fails only when the client is gone
}

func (r refusal) encode(x *exchange) (header http.Header, body []byte) {
	header = http.Header{"X-Amzn-Requestid": {fmt.Sprintf("sandbox-%d", x.call.Seq)}}
	switch x.protocol {
	case queryProtocol:
		header.Set("Content-Type", "text/xml")
		body = r.queryXML(x.call.Service)
	case restXML:
		header.Set("Content-Type", "application/xml")
		body = fmt.Appendf(nil, "<Error><Code>%s</Code><Message>%s</Message></Error>", escapeXML(r.code), escapeXML(r.message))
	case cborProtocol:
		header.Set("Content-Type", "application/cbor")
		header.Set("Smithy-Protocol", "rpc-v2-cbor")
		body = appendCBOR(nil, map[string]any{"__type": r.code, "message": r.message})
	case jsonProtocol:
		header.Set("Content-Type", "application/x-amz-json-1.1")
		body = jsonError(map[string]string{"__type": r.code, "message": r.message})
		if x.call.Service == "sqs" {
			// Clients take the code from here, as it was in the Query protocol.
			header.Set("X-Amzn-Query-Error", cmp.Or(queueQueryCodes[r.code], r.code)+";"+r.fault())
		}
	case restJSON, protocolUnknown:
		header.Set("Content-Type", "application/json")
		header.Set("X-Amzn-Errortype", r.code)
		body = jsonError(map[string]string{"Type": r.fault(), "message": r.message})
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	return header, body
}

// queueQueryCodes are the codes of SQS that have another name in the Query
// protocol.
var queueQueryCodes = map[string]string{
	"QueueDoesNotExist":    "AWS.SimpleQueueService.NonExistentQueue",
	"QueueNameExists":      "QueueAlreadyExists",
	"QueueDeletedRecently": "AWS.SimpleQueueService.QueueDeletedRecently",
}

// queryXML has one shape for ec2 and another for all other Query services.
func (r refusal) queryXML(service string) []byte {
	code, message := escapeXML(r.code), escapeXML(r.message)
	if service == "ec2" {
		return fmt.Appendf(nil, "<Response><Errors><Error><Code>%s</Code><Message>%s</Message></Error></Errors><RequestID>sandbox</RequestID></Response>", code, message)
	}
	return fmt.Appendf(nil, "<ErrorResponse><Error><Type>%s</Type><Code>%s</Code><Message>%s</Message></Error><RequestId>sandbox</RequestId></ErrorResponse>", r.fault(), code, message)
}

func (r refusal) fault() string {
	if r.status >= http.StatusInternalServerError {
		return "Receiver"
	}
	return "Sender"
}

func jsonError(members map[string]string) []byte {
	body, err := json.Marshal(members)
	if err != nil {
		return []byte("{}") // strings always marshal
	}
	return body
}

func escapeXML(text string) string {
	var out bytes.Buffer
	_ = xml.EscapeText(&out, []byte(text)) // a buffer does not fail
	return out.String()
}

// refuseUnnamed stops calls whose operation nobody can name: whatever the
// emulator would answer, no test could say what was asked.
func refuseUnnamed(next handler) handler {
	return func(w http.ResponseWriter, x *exchange) {
		if x.call.Service != "" && x.call.Operation != "" && !neverSupported[x.call.Name()] && !absentServices[x.call.Service] {
			next(w, x)
			return
		}
		if x.call.Operation == "" {
			x.call.Operation = x.request.Method + " " + x.request.URL.Path
		}
		refuse(w, x, x.unsupported())
	}
}

func (x *exchange) unsupported() refusal {
	x.call.Unsupported = true
	service := x.call.Service
	if service == "" {
		service = "an unsigned request"
	}
	return refusal{
		http.StatusNotImplemented, unsupported,
		fmt.Sprintf("the sandbox does not implement %s of %s", x.call.Operation, service),
	}
}

// absentServices are known to be missing. The emulator finds that out by
// reading the models of all services, which holds up everybody for seconds.
var absentServices = map[string]bool{
	"application-autoscaling": true, "codedeploy": true, "xray": true, "access-analyzer": true,
	"synthetics": true, "guardduty": true, "securityhub": true, "ce": true, "pricing": true,
	"servicequotas": true, "sso": true, "fis": true, "compute-optimizer": true,
}

// neverSupported are operations the emulator takes for others and answers with
// an invention.
var neverSupported = map[string]bool{
	"lambda.ListProvisionedConcurrencyConfigs": true,
	"lambda.InvokeAsync":                       true,
}

// admissions are the ways in which the emulator says that it does not know an
// operation, a service or a path.
var admissions = regexp.MustCompile(`Unknown (IAM |EC2 )?(action|operation|target|endpoint)|Unsupported (service|operation|action):|UnknownOperationException|InvalidAction|is not valid for this web service|Function not found: /|No route for|not implemented`)

// errorCode finds the code in an error of any protocol.
var errorCode = regexp.MustCompile(`<Code>([^<]+)</Code>|"(?:__type|code|Code)"\s*:\s*"(?:[^"#]*#)?([^"]+)"`)

func codeOf(header http.Header, body []byte) string {
	for _, key := range []string{"X-Amzn-Errortype", "X-Amzn-Query-Error"} {
		if value := header.Get(key); value != "" {
			value, _, _ = strings.Cut(value, ";")
			value, _, _ = strings.Cut(value, ":")
			return value
		}
	}
	if m := errorCode.FindSubmatch(body); m != nil {
		return string(m[1]) + string(m[2])
	}
	if members, err := parseTree(cborProtocol, body); err == nil {
		code := members.text("__type")
		return code[strings.LastIndex(code, "#")+1:]
	}
	return "Unknown"
}

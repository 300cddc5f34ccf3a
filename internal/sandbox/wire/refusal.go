package wire

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

// Refusal is an error answer, before it has the form of a protocol.
type Refusal struct {
	Status  int
	Code    string
	Message string
}

// Unsupported is the code of calls that nobody here knows.
const Unsupported = "NotImplemented"

// Refuse answers a call with an error in the wire format of its service.
func Refuse(w http.ResponseWriter, x *Exchange, r Refusal) {
	x.Call.ErrorCode = r.Code
	header, body := r.Encode(x)
	maps.Copy(w.Header(), header)
	w.WriteHeader(r.Status)
	_, _ = w.Write(body) // fails only when the client is gone
}

// RefuseFor is Refuse with the reason that Lambda gives for throttling.
func RefuseFor(w http.ResponseWriter, x *Exchange, r Refusal, reason string) {
	x.Call.ErrorCode = r.Code
	header, _ := r.Encode(x)
	body := jsonError(map[string]string{"Type": "User", "Reason": reason, "message": r.Message})
	header.Set("Content-Length", strconv.Itoa(len(body)))
	maps.Copy(w.Header(), header)
	w.WriteHeader(r.Status)
	_, _ = w.Write(body) // fails only when the client is gone
}

// Failure is a defect of the sandbox itself, never of the caller.
func Failure(err error) Refusal {
	return Refusal{http.StatusInternalServerError, "SandboxFailure", err.Error()}
}

// Unsupported is the refusal of a call that nobody here knows, and marks it as one.
func (x *Exchange) Unsupported() Refusal {
	x.Call.Unsupported = true
	service := x.Call.Service
	if service == "" {
		service = "an unsigned request"
	}
	return Refusal{
		http.StatusNotImplemented, Unsupported,
		fmt.Sprintf("the sandbox does not implement %s of %s", x.Call.Operation, service),
	}
}

// Encode gives the refusal the form of the protocol of a call.
func (r Refusal) Encode(x *Exchange) (header http.Header, body []byte) {
	header = http.Header{"X-Amzn-Requestid": {fmt.Sprintf("sandbox-%d", x.Call.Seq)}}
	switch x.Protocol {
	case QueryProtocol:
		header.Set("Content-Type", "text/xml")
		body = r.queryXML(x.Call.Service)
	case RESTXML:
		header.Set("Content-Type", "application/xml")
		body = fmt.Appendf(nil, "<Error><Code>%s</Code><Message>%s</Message></Error>", escapeXML(r.Code), escapeXML(r.Message))
	case CBORProtocol:
		header.Set("Content-Type", "application/cbor")
		header.Set("Smithy-Protocol", "rpc-v2-cbor")
		body = AppendCBOR(nil, map[string]any{"__type": r.Code, "message": r.Message})
	case JSONProtocol:
		header.Set("Content-Type", "application/x-amz-json-1.1")
		body = jsonError(map[string]string{"__type": r.Code, "message": r.Message})
		if x.Call.Service == "sqs" {
			// Clients take the code from here, as it was in the Query protocol.
			header.Set("X-Amzn-Query-Error", cmp.Or(queueQueryCodes[r.Code], r.Code)+";"+r.fault())
		}
	case RESTJSON, ProtocolUnknown:
		header.Set("Content-Type", "application/json")
		header.Set("X-Amzn-Errortype", r.Code)
		body = jsonError(map[string]string{"Type": r.fault(), "message": r.Message})
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
func (r Refusal) queryXML(service string) []byte {
	code, message := escapeXML(r.Code), escapeXML(r.Message)
	if service == "ec2" {
		return fmt.Appendf(nil, "<Response><Errors><Error><Code>%s</Code><Message>%s</Message></Error></Errors><RequestID>sandbox</RequestID></Response>", code, message)
	}
	return fmt.Appendf(nil, "<ErrorResponse><Error><Type>%s</Type><Code>%s</Code><Message>%s</Message></Error><RequestId>sandbox</RequestId></ErrorResponse>", r.fault(), code, message)
}

func (r Refusal) fault() string {
	if r.Status >= http.StatusInternalServerError {
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

// errorCode finds the code in an error of any protocol.
var errorCode = regexp.MustCompile(`<Code>([^<]+)</Code>|"(?:__type|code|Code)"\s*:\s*"(?:[^"#]*#)?([^"]+)"`)

// CodeOf is the code in an error answer of any protocol.
func CodeOf(header http.Header, body []byte) string {
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
	if members, err := ParseTree(CBORProtocol, body); err == nil {
		code := members.Text("__type")
		return code[strings.LastIndex(code, "#")+1:]
	}
	return "Unknown"
}

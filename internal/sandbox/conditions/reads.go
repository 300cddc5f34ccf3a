package conditions

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// laggingRead is a question whose answer a write changes.
type laggingRead struct {
	service, operation string
	// member names what is asked about, and of is its value.
	member, of string
	// more are members that the question needs besides.
	more map[string]any
	lag  func(Consistency) time.Duration
}

func ofQueues(c Consistency) time.Duration { return c.Queues }

func ofQueueAttributes(c Consistency) time.Duration { return c.QueueAttributes }

func ofKeys(c Consistency) time.Duration { return c.Keys }

func ofRoles(c Consistency) time.Duration { return c.Roles }

// lastingReads are the operations that can show the past, each with the members
// that say what it is about.
var lastingReads = map[string][]string{
	"sqs.GetQueueAttributes":       {"QueueUrl"},
	"kms.GetKeyRotationStatus":     {"KeyId"},
	"kms.GetKeyPolicy":             {"KeyId"},
	"kms.DescribeKey":              {"KeyId"},
	"iam.GetRole":                  {"RoleName"},
	"iam.ListAttachedRolePolicies": {"RoleName"},
	"iam.ListRolePolicies":         {"RoleName"},
	"iam.GetRolePolicy":            {"RoleName", "PolicyName"},
	"iam.GetPolicy":                {"PolicyArn"},
	"iam.GetPolicyVersion":         {"PolicyArn", "VersionId"},
	"iam.ListPolicyVersions":       {"PolicyArn"},
}

// shownBy is the key under which a read's past is kept.
func shownBy(x *wire.Exchange) (key string, lasting bool) {
	members, lasting := lastingReads[x.Call.Name()]
	if !lasting {
		return "", false
	}
	var about []string
	for _, member := range members {
		about = append(about, subject(x.Call.Service, x.Member(member)))
	}
	return x.Scoped(x.Call.Name(), strings.Join(about, "\n")), true
}

// subject makes the names of one thing alike: queues have a URL, keys an ARN.
func subject(service, name string) string {
	switch {
	case service == "sqs":
		return name[strings.LastIndex(name, "/")+1:]
	case service == "kms" && strings.Contains(name, ":alias/"):
		return name[strings.Index(name, ":alias/")+1:]
	case service == "kms" && !strings.HasPrefix(name, "alias/"):
		return name[strings.LastIndex(name, "/")+1:]
	}
	return name
}

func (r laggingRead) key() string {
	about := []string{subject(r.service, r.of)}
	for _, member := range lastingReads[r.service+"."+r.operation][1:] {
		text, _ := r.more[member].(string)
		about = append(about, text)
	}
	return r.service + "." + r.operation + "/" + strings.Join(about, "\n")
}

// hiddenBy lists the reads that do not see a write for a while.
func hiddenBy(x *wire.Exchange) []laggingRead {
	role := func(operation string) laggingRead {
		return laggingRead{service: "iam", operation: operation, member: "RoleName", of: x.Member("RoleName"), lag: ofRoles}
	}
	policy := func(operation string) laggingRead {
		return laggingRead{service: "iam", operation: operation, member: "PolicyArn", of: x.Member("PolicyArn"), lag: ofRoles}
	}
	key := func(operation, member string) laggingRead {
		return laggingRead{service: "kms", operation: operation, member: "KeyId", of: x.Member(member), lag: ofKeys}
	}
	switch x.Call.Name() {
	case "sqs.CreateQueue":
		return []laggingRead{attributesOf(x.Member("QueueName"), ofQueues)}
	case "sqs.SetQueueAttributes", "sqs.DeleteQueue":
		return []laggingRead{attributesOf(x.Member("QueueUrl"), ofQueueAttributes)}
	case "kms.EnableKeyRotation", "kms.DisableKeyRotation":
		return []laggingRead{key("GetKeyRotationStatus", "KeyId")}
	case "kms.PutKeyPolicy":
		read := key("GetKeyPolicy", "KeyId")
		read.more = map[string]any{"PolicyName": "default"}
		return []laggingRead{read}
	case "kms.CreateAlias", "kms.UpdateAlias", "kms.DeleteAlias":
		return []laggingRead{key("DescribeKey", "AliasName")}
	case "iam.CreateRole", "iam.DeleteRole":
		return []laggingRead{role("GetRole"), role("ListAttachedRolePolicies"), role("ListRolePolicies")}
	case "iam.UpdateRole", "iam.UpdateAssumeRolePolicy", "iam.TagRole", "iam.UntagRole",
		"iam.PutRolePermissionsBoundary", "iam.DeleteRolePermissionsBoundary":
		return []laggingRead{role("GetRole")}
	case "iam.AttachRolePolicy", "iam.DetachRolePolicy":
		return []laggingRead{role("ListAttachedRolePolicies")}
	case "iam.PutRolePolicy", "iam.DeleteRolePolicy":
		one := role("GetRolePolicy")
		one.more = map[string]any{"PolicyName": x.Member("PolicyName")}
		return []laggingRead{role("ListRolePolicies"), one}
	case "iam.CreatePolicyVersion", "iam.SetDefaultPolicyVersion":
		return []laggingRead{policy("GetPolicy"), policy("ListPolicyVersions")}
	case "iam.DeletePolicyVersion":
		// While a policy shows an old version as its default, that can be read.
		one := policy("GetPolicyVersion")
		one.more = map[string]any{"VersionId": x.Member("VersionId")}
		return []laggingRead{policy("ListPolicyVersions"), one}
	case "iam.TagPolicy", "iam.UntagPolicy":
		return []laggingRead{policy("GetPolicy")}
	}
	return nil
}

func attributesOf(queue string, lag func(Consistency) time.Duration) laggingRead {
	return laggingRead{
		service: "sqs", operation: "GetQueueAttributes", member: "QueueUrl", of: queue,
		more: map[string]any{"AttributeNames": []string{"All"}}, lag: lag,
	}
}

// jsonTargets are the prefixes of services that name an operation in a header.
var jsonTargets = map[string]string{"sqs": "AmazonSQS.", "kms": "TrentService."}

// before asks the question now, through all that corrects its answer, and past
// the recorder.
func (r laggingRead) before(write *wire.Exchange, next wire.Handler) past {
	request := write.Request.Clone(write.Request.Context())
	request.Method, request.URL = http.MethodPost, &url.URL{Path: "/"}
	request.Header = http.Header{"Authorization": write.Request.Header["Authorization"]}
	x := &wire.Exchange{Request: request, Call: wire.Call{
		Seq: write.Call.Seq, Account: write.Call.Account, Region: write.Call.Region, Service: r.service, Operation: r.operation, Kind: wire.Read,
	}}
	if target, isJSON := jsonTargets[r.service]; isJSON {
		x.Protocol = wire.JSONProtocol
		members := map[string]any{r.member: r.of}
		maps.Copy(members, r.more)
		body, _ := json.Marshal(members) // strings and lists of them
		request.Header.Set("X-Amz-Target", target+r.operation)
		request.Header.Set("Content-Type", "application/x-amz-json-1.0")
		x.SetBody(body)
	} else {
		x.Protocol = wire.QueryProtocol
		form := url.Values{"Action": {r.operation}, "Version": {"2010-05-08"}, r.member: {r.of}}
		for name, value := range r.more {
			text, _ := value.(string)
			form.Set(name, text)
		}
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		x.SetBody([]byte(form.Encode()))
	}
	a := wire.NewAnswer()
	next(a, x)
	return past{answer: a, code: x.Call.ErrorCode}
}

// selected cuts attributes of a queue down to those that were asked for. All
// other answers are whole.
func selected(x *wire.Exchange, a *wire.Answer) *wire.Answer {
	seen := wire.AnswerOf(a.Status, a.Header().Clone(), a.Body)
	names := x.Texts("AttributeNames")
	if x.Call.Operation != "GetQueueAttributes" || a.Status != http.StatusOK || slices.Contains(names, "All") {
		return seen
	}
	members, err := wire.ParseObject(a.Body)
	if err != nil {
		return seen
	}
	attributes := members.Object("Attributes")
	for name := range attributes {
		if !slices.Contains(names, name) {
			delete(attributes, name)
		}
	}
	if seen.SetJSON(members) != nil {
		seen.Body = a.Body
	}
	return seen
}

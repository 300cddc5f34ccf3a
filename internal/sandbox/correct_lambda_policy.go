package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// A function, each version and each alias has a resource policy of its own:
// the same statement id may occur once in each, a policy shows its statements
// only, and one without statements does not exist. The emulator keeps one
// policy for all, so ids travel with their qualifier in front.
// https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
// https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html

const qualifierMark = "|" // in no qualifier and in no statement id

func qualifiedSid(qualifier, sid string) string {
	if qualifier == "" {
		return sid
	}
	return qualifier + qualifierMark + sid
}

func plainSid(sid string) string { return sid[strings.LastIndex(sid, qualifierMark)+1:] }

func policyPerQualifier() []correction {
	return []correction{
		{operations: []string{"lambda.AddPermission"}, wrap: func(next handler) handler {
			return before(qualifyStatement)(after(showStatement)(next))
		}},
		{operations: []string{"lambda.GetPolicy"}, wrap: showPolicy},
		{operations: []string{"lambda.RemovePermission"}, wrap: before(qualifyRemoval)},
	}
}

func qualifyStatement(_ context.Context, x *exchange) (*refusal, error) {
	_, qualifier := functionRef(x)
	if qualifier == latest {
		return &refusal{
			http.StatusBadRequest, "InvalidParameterValueException",
			"We currently do not support adding policies for $LATEST.",
		}, nil
	}
	request, err := x.json()
	if err != nil {
		return nil, err
	}
	request["StatementId"] = qualifiedSid(qualifier, request.text("StatementId"))
	body, err := json.Marshal(request)
	if err != nil {
		return nil, fmt.Errorf("encoding the request: %w", err)
	}
	x.setBody(body)
	return nil, nil
}

func showStatement(_ *exchange, a *answer) error {
	members, err := parseObject(a.body)
	if err != nil {
		return err
	}
	statement, err := parseObject([]byte(members.text("Statement")))
	if err != nil {
		return err
	}
	statement["Sid"] = plainSid(statement.text("Sid"))
	text, err := json.Marshal(statement)
	if err != nil {
		return fmt.Errorf("encoding a statement: %w", err)
	}
	members["Statement"] = string(text)
	return a.setJSON(members)
}

func qualifyRemoval(_ context.Context, x *exchange) (*refusal, error) {
	_, qualifier := functionRef(x)
	sid := x.path["StatementId"]
	path := x.request.URL.EscapedPath()
	path = path[:strings.LastIndex(path, "/")+1] + url.PathEscape(qualifiedSid(qualifier, sid))
	plain, err := url.PathUnescape(path)
	if err != nil {
		return nil, fmt.Errorf("statement id: %w", err)
	}
	x.request.URL.Path, x.request.URL.RawPath = plain, path
	return nil, nil
}

// showPolicy is not after(): a policy that turns out empty is an error.
func showPolicy(next handler) handler {
	return func(w http.ResponseWriter, x *exchange) {
		a := newAnswer()
		next(a, x)
		empty := bytes.Contains(a.body, []byte("No policy is associated"))
		if a.status != http.StatusOK && !empty {
			a.send(w)
			return
		}
		found, err := false, error(nil)
		if !empty {
			found, err = filterPolicy(x, a)
		}
		switch {
		case err != nil:
			refuse(w, x, failure(err))
		case !found:
			refuse(w, x, refusal{http.StatusNotFound, "ResourceNotFoundException", "The resource you requested does not exist."})
		default:
			a.send(w)
		}
	}
}

func filterPolicy(x *exchange, a *answer) (found bool, err error) {
	members, err := parseObject(a.body)
	if err != nil {
		return false, err
	}
	policy, err := parseObject([]byte(members.text("Policy")))
	if err != nil {
		return false, err
	}
	name, qualifier := functionRef(x)
	resource := x.functionARN(name)
	if qualifier != "" {
		resource += ":" + qualifier
	}
	statements, _ := policy["Statement"].([]any)
	kept := []any{}
	for _, entry := range statements {
		statement, _ := entry.(map[string]any)
		if object(statement).text("Resource") == resource {
			statement["Sid"] = plainSid(object(statement).text("Sid"))
			asService(statement)
			kept = append(kept, statement)
		}
	}
	policy["Statement"] = kept
	text, err := json.Marshal(policy)
	if err != nil {
		return false, fmt.Errorf("encoding a policy: %w", err)
	}
	members["Policy"] = string(text)
	return len(kept) > 0, a.setJSON(members)
}

// asService shows a service as one, whatever it ends in: the emulator knows those of
// amazonaws.com only, and takes alexa-appkit.amazon.com for an account.
// https://developer.amazon.com/en-US/docs/alexa/custom-skills/host-a-custom-skill-as-an-aws-lambda-function.html
func asService(statement map[string]any) {
	principal, _ := statement["Principal"].(map[string]any)
	name, _ := principal["AWS"].(string)
	if strings.Contains(name, ".") && !strings.Contains(name, ":") {
		statement["Principal"] = map[string]any{"Service": name}
	}
}

package lambda

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct/lambda/function"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
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

func policyPerQualifier() []correct.Correction {
	return []correct.Correction{
		{Operations: []string{"lambda.AddPermission"}, Wrap: func(next wire.Handler) wire.Handler {
			return correct.Before(qualifyStatement)(correct.After(showStatement)(next))
		}},
		{Operations: []string{"lambda.GetPolicy"}, Wrap: showPolicy},
		{Operations: []string{"lambda.RemovePermission"}, Wrap: correct.Before(qualifyRemoval)},
	}
}

func qualifyStatement(_ context.Context, x *wire.Exchange) (*wire.Refusal, error) {
	_, qualifier := function.Ref(x)
	if qualifier == function.Latest {
		return &wire.Refusal{
			Status: http.StatusBadRequest, Code: "InvalidParameterValueException",
			Message: "We currently do not support adding policies for $LATEST.",
		}, nil
	}
	request, err := x.JSON()
	if err != nil {
		return nil, err
	}
	request["StatementId"] = qualifiedSid(qualifier, request.Text("StatementId"))
	body, err := json.Marshal(request)
	if err != nil {
		return nil, fmt.Errorf("encoding the request: %w", err)
	}
	x.SetBody(body)
	return nil, nil
}

func showStatement(_ *wire.Exchange, a *wire.Answer) error {
	members, err := wire.ParseObject(a.Body)
	if err != nil {
		return err
	}
	statement, err := wire.ParseObject([]byte(members.Text("Statement")))
	if err != nil {
		return err
	}
	statement["Sid"] = plainSid(statement.Text("Sid"))
	text, err := json.Marshal(statement)
	if err != nil {
		return fmt.Errorf("encoding a statement: %w", err)
	}
	members["Statement"] = string(text)
	return a.SetJSON(members)
}

func qualifyRemoval(_ context.Context, x *wire.Exchange) (*wire.Refusal, error) {
	_, qualifier := function.Ref(x)
	sid := x.Path["StatementId"]
	path := x.Request.URL.EscapedPath()
	path = path[:strings.LastIndex(path, "/")+1] + url.PathEscape(qualifiedSid(qualifier, sid))
	plain, err := url.PathUnescape(path)
	if err != nil {
		return nil, fmt.Errorf("statement id: %w", err)
	}
	x.Request.URL.Path, x.Request.URL.RawPath = plain, path
	return nil, nil
}

// showPolicy is not after(): a policy that turns out empty is an error.
func showPolicy(next wire.Handler) wire.Handler {
	return func(w http.ResponseWriter, x *wire.Exchange) {
		a := wire.NewAnswer()
		next(a, x)
		empty := bytes.Contains(a.Body, []byte("No policy is associated"))
		if a.Status != http.StatusOK && !empty {
			a.Send(w)
			return
		}
		found, err := false, error(nil)
		if !empty {
			found, err = filterPolicy(x, a)
		}
		switch {
		case err != nil:
			wire.Refuse(w, x, wire.Failure(err))
		case !found:
			wire.Refuse(w, x, wire.Refusal{Status: http.StatusNotFound, Code: "ResourceNotFoundException", Message: "The resource you requested does not exist."})
		default:
			a.Send(w)
		}
	}
}

func filterPolicy(x *wire.Exchange, a *wire.Answer) (found bool, err error) {
	members, err := wire.ParseObject(a.Body)
	if err != nil {
		return false, err
	}
	policy, err := wire.ParseObject([]byte(members.Text("Policy")))
	if err != nil {
		return false, err
	}
	name, qualifier := function.Ref(x)
	resource := x.FunctionARN(name)
	if qualifier != "" {
		resource += ":" + qualifier
	}
	statements, _ := policy["Statement"].([]any)
	kept := []any{}
	for _, entry := range statements {
		statement, _ := entry.(map[string]any)
		if wire.Object(statement).Text("Resource") == resource {
			statement["Sid"] = plainSid(wire.Object(statement).Text("Sid"))
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
	return len(kept) > 0, a.SetJSON(members)
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

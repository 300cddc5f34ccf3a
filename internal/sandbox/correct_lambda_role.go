package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// noteRoles remembers when roles were created.
func noteRoles(born *ledger[time.Time]) correction {
	return correction{
		operations: []string{"iam.CreateRole"},
		wrap: after(func(x *exchange, _ *answer) error {
			form, err := x.form()
			if err != nil {
				return err
			}
			born.put(x.call.Account+"/"+form.Get("RoleName"), time.Now())
			return nil
		}),
	}
}

// roleMustBeAssumable: Lambda assumes the role when a function gets it, which
// fails for a role that does not exist, that does not trust Lambda, or that was
// created moments ago and has not spread yet. The emulator takes any ARN.
// Conditions of the trust policy are not evaluated.
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
func roleMustBeAssumable(e *emulator, born *ledger[time.Time], propagation func(account string) time.Duration) correction {
	return correction{
		operations: []string{"lambda.CreateFunction", "lambda.UpdateFunctionConfiguration"},
		wrap: before(func(ctx context.Context, x *exchange) (*refusal, error) {
			request, err := x.json()
			if err != nil {
				return nil, err
			}
			arn := request.text("Role")
			if arn == "" {
				return nil, nil
			}
			name := arn[strings.LastIndex(arn, "/")+1:]
			created, seen := born.get(x.call.Account + "/" + name)
			fresh := seen && time.Since(created) < propagation(x.call.Account)
			if !fresh {
				trusted, err := e.trustsLambda(ctx, x, name)
				if err != nil || trusted {
					return nil, err
				}
			}
			return &refusal{http.StatusBadRequest, "InvalidParameterValueException", "The role defined for the function cannot be assumed by Lambda."}, nil
		}),
	}
}

var trustPolicy = regexp.MustCompile(`(?s)<AssumeRolePolicyDocument>(.*?)</AssumeRolePolicyDocument>`)

func (e *emulator) trustsLambda(ctx context.Context, x *exchange, role string) (bool, error) {
	status, body, err := e.askIAM(ctx, x, url.Values{"Action": {"GetRole"}, "RoleName": {role}})
	if err != nil || status != http.StatusOK {
		return false, err
	}
	found := trustPolicy.FindSubmatch(body)
	if found == nil {
		return false, nil
	}
	text, err := url.QueryUnescape(html.UnescapeString(string(found[1])))
	if err != nil {
		return false, fmt.Errorf("trust policy of %s: %w", role, err)
	}
	var document policyDocument
	if err := json.Unmarshal([]byte(text), &document); err != nil {
		return false, fmt.Errorf("trust policy of %s: %w", role, err)
	}
	for _, statement := range document.Statement {
		if statement.allowsService("lambda.amazonaws.com", "sts:AssumeRole") {
			return true, nil
		}
	}
	return false, nil
}

// json is the request body as an object.
func (x *exchange) json() (object, error) {
	body, err := x.body()
	if err != nil {
		return nil, err
	}
	return parseObject(body)
}

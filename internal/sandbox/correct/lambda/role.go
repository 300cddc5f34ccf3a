package lambda

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

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/emulator"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/policy"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// noteRoles remembers when roles were created.
func noteRoles(born *correct.Ledger[time.Time]) correct.Correction {
	return correct.Correction{
		Operations: []string{"iam.CreateRole"},
		Wrap: correct.After(func(x *wire.Exchange, _ *wire.Answer) error {
			form, err := x.Form()
			if err != nil {
				return err
			}
			born.Put(x.Call.Account+"/"+form.Get("RoleName"), time.Now())
			return nil
		}),
	}
}

// roleMustBeAssumable: Lambda assumes the role when a function gets it, which
// fails for a role that does not exist, that does not trust Lambda, or that was
// created moments ago and has not spread yet. The emulator takes any ARN.
// Conditions of the trust policy are not evaluated.
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
func roleMustBeAssumable(e *emulator.Client, born *correct.Ledger[time.Time], propagation func(account string) time.Duration) correct.Correction {
	return correct.Correction{
		Operations: []string{"lambda.CreateFunction", "lambda.UpdateFunctionConfiguration"},
		Wrap: correct.Before(func(ctx context.Context, x *wire.Exchange) (*wire.Refusal, error) {
			request, err := x.JSON()
			if err != nil {
				return nil, err
			}
			arn := request.Text("Role")
			if arn == "" {
				return nil, nil
			}
			name := arn[strings.LastIndex(arn, "/")+1:]
			created, seen := born.Get(x.Call.Account + "/" + name)
			fresh := seen && time.Since(created) < propagation(x.Call.Account)
			if !fresh {
				trusted, err := trustsLambda(ctx, e, x, name)
				if err != nil || trusted {
					return nil, err
				}
			}
			return &wire.Refusal{Status: http.StatusBadRequest, Code: "InvalidParameterValueException", Message: "The role defined for the function cannot be assumed by Lambda."}, nil
		}),
	}
}

var trustPolicy = regexp.MustCompile(`(?s)<AssumeRolePolicyDocument>(.*?)</AssumeRolePolicyDocument>`)

func trustsLambda(ctx context.Context, e *emulator.Client, x *wire.Exchange, role string) (bool, error) {
	status, body, err := e.AskIAM(ctx, x, url.Values{"Action": {"GetRole"}, "RoleName": {role}})
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
	var document policy.Document
	if err := json.Unmarshal([]byte(text), &document); err != nil {
		return false, fmt.Errorf("trust policy of %s: %w", role, err)
	}
	for _, statement := range document.Statement {
		if statement.AllowsService("lambda.amazonaws.com", "sts:AssumeRole") {
			return true, nil
		}
	}
	return false, nil
}

package lambda

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct/lambda/async"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct/lambda/function"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/emulator"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/policy"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// aliasTakesItsOwnAlong: the policy and the configuration for asynchronous
// invocation of an alias end with it. AWS says so nowhere, but both are reached
// through the alias only; the emulator gives them to the next alias of that
// name.
// https://docs.aws.amazon.com/lambda/latest/api/API_DeleteAlias.html
func aliasTakesItsOwnAlong(e *emulator.Client) correct.Correction {
	return correct.Correction{
		Operations: []string{"lambda.DeleteAlias"},
		Wrap: correct.Before(func(ctx context.Context, x *wire.Exchange) (*wire.Refusal, error) {
			name, _ := function.Ref(x)
			alias := x.Path["Name"]
			if _, _, err := e.Ask(ctx, x, "lambda", http.MethodDelete, async.ConfigPath(name, alias), nil, nil); err != nil {
				return nil, err
			}
			path := "/2015-03-31/functions/" + url.PathEscape(name) + "/policy"
			status, body, err := e.Ask(ctx, x, "lambda", http.MethodGet, path, nil, nil)
			if err != nil || status != http.StatusOK {
				return nil, err
			}
			members, err := wire.ParseObject(body)
			if err != nil {
				return nil, err
			}
			var document policy.Document
			if err := json.Unmarshal([]byte(members.Text("Policy")), &document); err != nil {
				return nil, fmt.Errorf("policy of %s: %w", name, err)
			}
			for _, s := range document.Statement {
				if !strings.HasPrefix(s.Sid, alias+qualifierMark) {
					continue
				}
				if _, _, err := e.Ask(ctx, x, "lambda", http.MethodDelete, path+"/"+url.PathEscape(s.Sid), nil, nil); err != nil {
					return nil, err
				}
			}
			return nil, nil
		}),
	}
}

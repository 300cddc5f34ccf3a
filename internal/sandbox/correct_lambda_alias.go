package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// aliasTakesItsOwnAlong: the policy and the configuration for asynchronous
// invocation of an alias end with it. AWS says so nowhere, but both are reached
// through the alias only; the emulator gives them to the next alias of that
// name.
// https://docs.aws.amazon.com/lambda/latest/api/API_DeleteAlias.html
func aliasTakesItsOwnAlong(e *emulator) correction {
	return correction{
		operations: []string{"lambda.DeleteAlias"},
		wrap: before(func(ctx context.Context, x *exchange) (*refusal, error) {
			name, _ := functionRef(x)
			alias := x.path["Name"]
			if _, _, err := e.ask(ctx, x, "lambda", http.MethodDelete, eventConfigPath(name, alias), nil, nil); err != nil {
				return nil, err
			}
			path := "/2015-03-31/functions/" + url.PathEscape(name) + "/policy"
			status, body, err := e.ask(ctx, x, "lambda", http.MethodGet, path, nil, nil)
			if err != nil || status != http.StatusOK {
				return nil, err
			}
			members, err := parseObject(body)
			if err != nil {
				return nil, err
			}
			var document policyDocument
			if err := json.Unmarshal([]byte(members.text("Policy")), &document); err != nil {
				return nil, fmt.Errorf("policy of %s: %w", name, err)
			}
			for _, s := range document.Statement {
				if !strings.HasPrefix(s.Sid, alias+qualifierMark) {
					continue
				}
				if _, _, err := e.ask(ctx, x, "lambda", http.MethodDelete, path+"/"+url.PathEscape(s.Sid), nil, nil); err != nil {
					return nil, err
				}
			}
			return nil, nil
		}),
	}
}

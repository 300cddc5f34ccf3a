package lambda

import (
	"context"
	"net/http"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct/lambda/function"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/emulator"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/roles"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// deadLetterMustBeAllowed: when a function gets a dead-letter queue or another
// role, Lambda checks that the role may send there. The emulator does not.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
func deadLetterMustBeAllowed(e *emulator.Client) correct.Correction {
	return correct.Correction{
		Operations: []string{"lambda.CreateFunction", "lambda.UpdateFunctionConfiguration"},
		Wrap: correct.Before(func(ctx context.Context, x *wire.Exchange) (*wire.Refusal, error) {
			request, err := x.JSON()
			if err != nil {
				return nil, err
			}
			role, letters := request["Role"], request.Object("DeadLetterConfig")
			if x.Call.Operation == "UpdateFunctionConfiguration" && (role != nil || letters != nil) {
				name, _ := function.Ref(x)
				config, err := function.Config(ctx, e, x, name, "")
				if err != nil {
					return nil, err
				}
				if role == nil {
					role = config["Role"]
				}
				if letters == nil {
					letters = config.Object("DeadLetterConfig")
				}
			}
			arn, _ := role.(string)
			target := letters.Text("TargetArn")
			call, known := roles.SendCallTo(target)
			if arn == "" || !known {
				return nil, nil
			}
			allowed, err := roles.May(ctx, e, x, arn, roles.SendingTo(x, arn, target, "")...)
			if err != nil || allowed {
				return nil, err
			}
			return &wire.Refusal{
				Status: http.StatusBadRequest, Code: "InvalidParameterValueException",
				Message: "The provided execution role does not have permissions to call " + call.Call + " on " + call.Service,
			}, nil
		}),
	}
}

package lambda

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct/services"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/emulator"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// environmentNeedsKey: while a function's key cannot be used, Lambda answers
// with an error where the variables would be. The emulator always has them.
// https://docs.aws.amazon.com/lambda/latest/api/API_EnvironmentResponse.html
func environmentNeedsKey(e *emulator.Client) []correct.Correction {
	// Most accounts never disable a key: those are not asked about it.
	var troubled sync.Map
	return []correct.Correction{
		{
			Operations: []string{"kms.DisableKey", "kms.ScheduleKeyDeletion"},
			Wrap: correct.After(func(x *wire.Exchange, _ *wire.Answer) error {
				troubled.Store(x.Call.Account, true)
				return nil
			}),
		},
		{
			Operations: []string{"lambda.GetFunction", "lambda.GetFunctionConfiguration"},
			Wrap: correct.After(func(x *wire.Exchange, a *wire.Answer) error {
				if _, ok := troubled.Load(x.Call.Account); !ok {
					return nil
				}
				members, err := wire.ParseObject(a.Body)
				if err != nil {
					return err
				}
				config := members
				if x.Call.Operation == "GetFunction" {
					config = members.Object("Configuration")
				}
				arn := config.Text("KMSKeyArn")
				if arn == "" || len(config.Object("Environment").Object("Variables")) == 0 {
					return nil
				}
				key, err := services.DescribeKey(x.Request.Context(), e, x, arn)
				if err != nil {
					return err
				}
				if problem := key.Problem(arn); problem != nil {
					config["Environment"] = wire.Object{"Error": wire.Object{
						"ErrorCode": "AccessDeniedException",
						"Message": "Lambda was unable to decrypt your environment variables because the KMS access was denied. " +
							"Please check your KMS permissions. KMS Exception: " + problem.Code + " KMS Message: " + problem.Message,
					}}
				}
				return a.SetJSON(members)
			}),
		},
	}
}

// environmentLimit is the size in bytes of all names and values together, as
// the JSON text that Lambda's own message repeats.
// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const environmentLimit = 4096

// reservedVariables are set by Lambda and cannot be set by the user. (Others
// that it sets, such as PATH, can be.)
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
var reservedVariables = []string{
	"_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV",
	"AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION",
	"AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME",
	"AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN",
	"AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR",
}

// environmentMustFit checks size and names. The emulator checks neither.
func environmentMustFit() correct.Correction {
	return correct.Correction{
		Operations: []string{"lambda.CreateFunction", "lambda.UpdateFunctionConfiguration"},
		Wrap: correct.Before(func(_ context.Context, x *wire.Exchange) (*wire.Refusal, error) {
			request, err := x.JSON()
			if err != nil {
				return nil, err
			}
			var reserved []string
			variables := request.Object("Environment").Object("Variables")
			for name := range variables {
				if slices.Contains(reservedVariables, name) {
					reserved = append(reserved, name)
				}
			}
			var measured bytes.Buffer
			encoder := json.NewEncoder(&measured)
			encoder.SetEscapeHTML(false)
			if err := encoder.Encode(variables); err != nil {
				return nil, err
			}
			const cannot = "Lambda was unable to configure your environment variables because the environment variables you have provided "
			switch {
			case len(reserved) > 0:
				slices.Sort(reserved)
				return &wire.Refusal{
					Status: http.StatusBadRequest, Code: "InvalidParameterValueException", Message: cannot +
						"contains reserved keys that are currently not supported for modification. Reserved keys used in this request: " + strings.Join(reserved, ", "),
				}, nil
			case measured.Len()-1 > environmentLimit:
				return &wire.Refusal{Status: http.StatusBadRequest, Code: "InvalidParameterValueException", Message: cannot + "exceeded the 4KB limit. String measured: " + strings.TrimSpace(measured.String())}, nil
			}
			return nil, nil
		}),
	}
}

// keyMustBeUsable: Lambda creates a grant on the function's key, which fails
// for a key that is missing or not enabled. The emulator takes any ARN.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
func keyMustBeUsable(e *emulator.Client) correct.Correction {
	return correct.Correction{
		Operations: []string{"lambda.CreateFunction", "lambda.UpdateFunctionConfiguration"},
		Wrap: correct.Before(func(ctx context.Context, x *wire.Exchange) (*wire.Refusal, error) {
			request, err := x.JSON()
			if err != nil {
				return nil, err
			}
			arn := request.Text("KMSKeyArn")
			if arn == "" {
				return nil, nil
			}
			key, err := services.DescribeKey(ctx, e, x, arn)
			if err != nil {
				return nil, err
			}
			problem := key.Problem(arn)
			if problem == nil {
				return nil, nil
			}
			return &wire.Refusal{
				Status: http.StatusBadRequest, Code: "InvalidParameterValueException",
				Message: "Lambda was unable to configure access to your environment variables because the KMS key is invalid for CreateGrant. " +
					"Please check your KMS key settings. KMS Exception: " + problem.Code + " KMS Message: " + problem.Message,
			}, nil
		}),
	}
}

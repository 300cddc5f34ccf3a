package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

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
func environmentMustFit() correction {
	return correction{
		operations: []string{"lambda.CreateFunction", "lambda.UpdateFunctionConfiguration"},
		wrap: before(func(_ context.Context, x *exchange) (*refusal, error) {
			request, err := x.json()
			if err != nil {
				return nil, err
			}
			var reserved []string
			variables := request.object("Environment").object("Variables")
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
				return &refusal{
					http.StatusBadRequest, "InvalidParameterValueException", cannot +
						"contains reserved keys that are currently not supported for modification. Reserved keys used in this request: " + strings.Join(reserved, ", "),
				}, nil
			case measured.Len()-1 > environmentLimit:
				return &refusal{http.StatusBadRequest, "InvalidParameterValueException", cannot + "exceeded the 4KB limit. String measured: " + strings.TrimSpace(measured.String())}, nil
			}
			return nil, nil
		}),
	}
}

// keyMustBeUsable: Lambda creates a grant on the function's key, which fails
// for a key that is missing or not enabled. The emulator takes any ARN.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
func keyMustBeUsable(e *emulator) correction {
	return correction{
		operations: []string{"lambda.CreateFunction", "lambda.UpdateFunctionConfiguration"},
		wrap: before(func(ctx context.Context, x *exchange) (*refusal, error) {
			request, err := x.json()
			if err != nil {
				return nil, err
			}
			arn := request.text("KMSKeyArn")
			if arn == "" {
				return nil, nil
			}
			key, err := e.describeKey(ctx, x, arn)
			if err != nil {
				return nil, err
			}
			problem := key.problem(arn)
			if problem == nil {
				return nil, nil
			}
			return &refusal{
				http.StatusBadRequest, "InvalidParameterValueException",
				"Lambda was unable to configure access to your environment variables because the KMS key is invalid for CreateGrant. " +
					"Please check your KMS key settings. KMS Exception: " + problem.code + " KMS Message: " + problem.message,
			}, nil
		}),
	}
}

package api

import (
	"errors"
	"net/http"
	"slices"
	"testing"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/secure-lambda/terraform-provider-secure/internal/engine"
)

// TestErrors_SortsWhatAWSSays tells what a region does not offer from what the
// caller may not, and what is late from what is wrong.
func TestErrors_SortsWhatAWSSays(t *testing.T) {
	t.Parallel()
	api := func(code, message string) error { return &smithy.GenericAPIError{Code: code, Message: message} }
	status := func(n int) error {
		return &awshttp.ResponseError{ResponseError: &smithyhttp.ResponseError{Response: &smithyhttp.Response{Response: &http.Response{StatusCode: n}}, Err: errors.New("no body")}}
	}
	waits := func(err error) bool {
		return slices.ContainsFunc(waits, func(c engine.Class) bool { return c.Match(err) })
	}
	for name, c := range map[string]struct {
		err                       error
		notOffered, denied, waits bool
	}{
		"unknown operation":              {err: api("UnknownOperationException", ""), notOffered: true},
		"unknown action":                 {err: api("InvalidAction", "Could not find operation X"), notOffered: true},
		"Lambda without the path":        {err: api("AccessDeniedException", "Unable to determine service/operation name to be authorized"), notOffered: true, denied: true},
		"501":                            {err: status(501), notOffered: true},
		"500":                            {err: status(500)},
		"not allowed":                    {err: api("AccessDeniedException", "User is not authorized to perform lambda:GetFunction"), denied: true},
		"key not usable by Logs":         {err: api("AccessDeniedException", "The specified KMS key does not exist or is not allowed to be used with Arn 'x'"), denied: true, waits: true},
		"the same under its usual code":  {err: api("InvalidParameterException", "The specified KMS key does not exist or is not allowed to be used"), waits: true},
		"KMS not allowed":                {err: api("AccessDeniedException", "Access to KMS is not allowed"), denied: true, waits: true},
		"an update at the same time":     {err: api("ResourceConflictException", "The function could not be updated due to a concurrent update operation."), waits: true},
		"a function that exists":         {err: api("ResourceConflictException", "Function already exist: x")},
		"a destination that is new":      {err: api("InvalidParameterValueException", "The destination ARN arn:aws:sqs:x is invalid."), waits: true},
		"another parameter":              {err: api("InvalidParameterValueException", "The runtime parameter is invalid.")},
		"rotation that is not let in":    {err: api("AccessDeniedException", "Secrets Manager cannot invoke the specified Lambda function."), denied: true, waits: true},
		"a role that is not assumed yet": {err: api("InvalidParameterValueException", "The role defined for the function cannot be assumed by Lambda."), waits: true},
	} {
		if NotOffered(c.err) != c.notOffered || Denied(c.err) != c.denied || waits(c.err) != c.waits {
			t.Errorf("%s: not offered %v, denied %v, waits %v", name, NotOffered(c.err), Denied(c.err), waits(c.err))
		}
	}
}

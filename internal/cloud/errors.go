package cloud

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// ErrorCode returns AWS's error code, or nothing when err is not AWS's.
func ErrorCode(err error) string {
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		return api.ErrorCode()
	}
	return ""
}

// hasCode matches an error by code and, when given, by a part of its message.
func hasCode(code string, messages ...string) func(error) bool {
	return func(err error) bool {
		api, ok := errors.AsType[smithy.APIError](err)
		if !ok || api.ErrorCode() != code {
			return false
		}
		for _, m := range messages {
			if strings.Contains(strings.ToLower(api.ErrorMessage()), strings.ToLower(m)) {
				return true
			}
		}
		return len(messages) == 0
	}
}

// says matches an error by a part of its message under any of some codes: the
// same trouble comes under several.
func says(message string, codes ...string) func(error) bool {
	return func(err error) bool {
		return slices.ContainsFunc(codes, func(code string) bool { return hasCode(code, message)(err) })
	}
}

// notOffered matches what a region or partition answers to an operation that it
// does not have. The feature is then as it is without anybody's doing. Lambda,
// whose operations are told apart by their paths, denies access to a path that
// it does not know.
func notOffered(err error) bool {
	switch ErrorCode(err) {
	case "UnknownOperationException", "UnknownOperation", "NotImplemented", "InvalidAction", "UnsupportedOperation", "UnsupportedOperationException":
		return true
	}
	if hasCode("AccessDeniedException", "Unable to determine service/operation name to be authorized")(err) {
		return true
	}
	answer, ok := errors.AsType[*awshttp.ResponseError](err)
	return ok && answer.Response != nil && answer.HTTPStatusCode() == http.StatusNotImplemented
}

// ignoreNotOffered drops the error for a feature that is not offered here, and
// for an absent object.
func ignoreNotOffered(err error) error {
	if notOffered(err) {
		return nil
	}
	return ignoreMissing(err)
}

// missing matches what the services of a unit answer for an absent object.
func missing(err error) bool {
	switch ErrorCode(err) {
	case "ResourceNotFoundException", "NoSuchEntity", "NotFoundException", "NotFound", "NoSuchKey", "NoSuchBucket",
		"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist":
		return true
	}
	return false
}

// denied matches what services answer to callers without the permission.
func denied(err error) bool {
	switch ErrorCode(err) {
	case "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError":
		return true
	}
	return false
}

// ignoreMissing drops the error for an object that is already gone.
func ignoreMissing(err error) error {
	if missing(err) {
		return nil
	}
	return err
}

func requestID(metadata middleware.Metadata) (string, bool) {
	return awsmiddleware.GetRequestIDMetadata(metadata)
}

// unreadBecause says why something could not be read.
func unreadBecause(err error, action string) string {
	if missing(err) {
		return "does not exist"
	}
	return fmt.Sprintf("could not be read (%s): it takes %s", cmp.Or(ErrorCode(err), "no answer"), action)
}

func unreadable(err error, action string) bp.Writing {
	return bp.Writing{Unread: unreadBecause(err, action), Action: action, Cause: ignoreMissing(err)}
}

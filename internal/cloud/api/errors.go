package api

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

// HasCode matches an error by code and, when given, by a part of its message.
func HasCode(code string, messages ...string) func(error) bool {
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
		return slices.ContainsFunc(codes, func(code string) bool { return HasCode(code, message)(err) })
	}
}

// NotOffered matches what a region or partition answers to an operation that it
// does not have. The feature is then as it is without anybody's doing. Lambda,
// whose operations are told apart by their paths, denies access to a path that
// it does not know.
func NotOffered(err error) bool {
	switch ErrorCode(err) {
	case "UnknownOperationException", "UnknownOperation", "NotImplemented", "InvalidAction", "UnsupportedOperation", "UnsupportedOperationException":
		return true
	}
	if HasCode("AccessDeniedException", "Unable to determine service/operation name to be authorized")(err) {
		return true
	}
	answer, ok := errors.AsType[*awshttp.ResponseError](err)
	return ok && answer.Response != nil && answer.HTTPStatusCode() == http.StatusNotImplemented
}

// IgnoreNotOffered drops the error for a feature that is not offered here, and
// for an absent object.
func IgnoreNotOffered(err error) error {
	if NotOffered(err) {
		return nil
	}
	return IgnoreMissing(err)
}

// Missing matches what the services of a unit answer for an absent object.
func Missing(err error) bool {
	switch ErrorCode(err) {
	case "ResourceNotFoundException", "NoSuchEntity", "NotFoundException", "NotFound", "NoSuchKey", "NoSuchBucket",
		"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist":
		return true
	}
	return false
}

// Denied matches what services answer to callers without the permission.
func Denied(err error) bool {
	switch ErrorCode(err) {
	case "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError":
		return true
	}
	return false
}

// IgnoreMissing drops the error for an object that is already gone.
func IgnoreMissing(err error) error {
	if Missing(err) {
		return nil
	}
	return err
}

func requestID(metadata middleware.Metadata) (string, bool) {
	return awsmiddleware.GetRequestIDMetadata(metadata)
}

// UnreadBecause says why something could not be read.
func UnreadBecause(err error, action string) string {
	if Missing(err) {
		return "does not exist"
	}
	return fmt.Sprintf("could not be read (%s): it takes %s", cmp.Or(ErrorCode(err), "no answer"), action)
}

// Unreadable is what others wrote where it could not be read, with the action that it
// takes.
func Unreadable(err error, action string) bp.Writing {
	return bp.Writing{Unread: UnreadBecause(err, action), Action: action, Cause: IgnoreMissing(err)}
}

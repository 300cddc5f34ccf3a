package sandbox

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
)

// codeSource is where a request has its archive.
func codeSource(x *exchange, request object) object {
	if x.call.Operation == "CreateFunction" {
		return request.object("Code")
	}
	return request
}

// codeMustBeThere: an archive is fetched from S3 when a function gets it. The
// emulator creates a function without code.
// https://docs.aws.amazon.com/lambda/latest/api/API_FunctionCode.html
func codeMustBeThere(e *emulator) correction {
	return correction{
		operations: []string{"lambda.CreateFunction"},
		wrap: before(func(ctx context.Context, x *exchange) (*refusal, error) {
			request, err := x.json()
			if err != nil {
				return nil, err
			}
			code := request.object("Code")
			if code.text("S3Bucket") == "" {
				return nil, nil
			}
			a, err := e.send(ctx, x, "s3", http.MethodHead, objectPath(code), nil, nil)
			if err != nil || a.status == http.StatusOK {
				return nil, err
			}
			return badPackage("Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist."), nil
		}),
	}
}

func objectPath(code object) string {
	path := (&url.URL{Path: "/" + code.text("S3Bucket") + "/" + code.text("S3Key")}).EscapedPath()
	if version := code.text("S3ObjectVersion"); version != "" {
		path += "?versionId=" + url.QueryEscape(version)
	}
	return path
}

// archive is the code that a request brings or names; empty when there is
// none.
func (e *emulator) archive(ctx context.Context, x *exchange, code object) ([]byte, error) {
	if text := code.text("ZipFile"); text != "" {
		archive, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return nil, fmt.Errorf("ZipFile: %w", err)
		}
		return archive, nil
	}
	if code.text("S3Bucket") == "" {
		return nil, nil
	}
	status, archive, err := e.ask(ctx, x, "s3", http.MethodGet, objectPath(code), nil, nil)
	if err != nil || status != http.StatusOK {
		return nil, err
	}
	return archive, nil
}

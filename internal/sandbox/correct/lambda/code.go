package lambda

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/emulator"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// codeSource is where a request has its archive.
func codeSource(x *wire.Exchange, request wire.Object) wire.Object {
	if x.Call.Operation == "CreateFunction" {
		return request.Object("Code")
	}
	return request
}

// codeMustBeThere: an archive is fetched from S3 when a function gets it. The
// emulator creates a function without code.
// https://docs.aws.amazon.com/lambda/latest/api/API_FunctionCode.html
func codeMustBeThere(e *emulator.Client) correct.Correction {
	return correct.Correction{
		Operations: []string{"lambda.CreateFunction"},
		Wrap: correct.Before(func(ctx context.Context, x *wire.Exchange) (*wire.Refusal, error) {
			request, err := x.JSON()
			if err != nil {
				return nil, err
			}
			code := request.Object("Code")
			if code.Text("S3Bucket") == "" {
				return nil, nil
			}
			a, err := e.Send(ctx, x, "s3", http.MethodHead, objectPath(code), nil, nil)
			if err != nil || a.Status == http.StatusOK {
				return nil, err
			}
			return badPackage("Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist."), nil
		}),
	}
}

func objectPath(code wire.Object) string {
	path := (&url.URL{Path: "/" + code.Text("S3Bucket") + "/" + code.Text("S3Key")}).EscapedPath()
	if version := code.Text("S3ObjectVersion"); version != "" {
		path += "?versionId=" + url.QueryEscape(version)
	}
	return path
}

// archive is the code that a request brings or names; empty when there is
// none.
func archive(ctx context.Context, e *emulator.Client, x *wire.Exchange, code wire.Object) ([]byte, error) {
	if text := code.Text("ZipFile"); text != "" {
		archive, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return nil, fmt.Errorf("ZipFile: %w", err)
		}
		return archive, nil
	}
	if code.Text("S3Bucket") == "" {
		return nil, nil
	}
	status, archive, err := e.Ask(ctx, x, "s3", http.MethodGet, objectPath(code), nil, nil)
	if err != nil || status != http.StatusOK {
		return nil, err
	}
	return archive, nil
}

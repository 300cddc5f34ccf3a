// Package function is what all corrections of Lambda know of a function: which one
// a call is about, what the emulator says of it, and how many of it run.
package function

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/emulator"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// Ref is the function a call is about: name, and qualifier if any. The
// path may carry a name, a partial or a full ARN, each with a qualifier.
func Ref(x *wire.Exchange) (name, qualifier string) {
	name = x.Path["FunctionName"]
	if _, rest, isARN := strings.Cut(name, ":function:"); isARN {
		name = rest
	}
	name, qualifier, _ = strings.Cut(name, ":")
	if asked := x.Request.URL.Query().Get("Qualifier"); asked != "" {
		qualifier = asked
	}
	return name, qualifier
}

// Config asks for a function's configuration. Nil without error: there
// is no such function or qualifier.
func Config(ctx context.Context, e *emulator.Client, x *wire.Exchange, name, qualifier string) (wire.Object, error) {
	path := "/2015-03-31/functions/" + url.PathEscape(name) + "/configuration"
	if qualifier != "" {
		path += "?Qualifier=" + url.QueryEscape(qualifier)
	}
	status, body, err := e.Ask(ctx, x, "lambda", http.MethodGet, path, nil, nil)
	if err != nil || status != http.StatusOK {
		return nil, err
	}
	return wire.ParseObject(body)
}

// Versions lists the versions of a function, $LATEST among them.
func Versions(ctx context.Context, e *emulator.Client, x *wire.Exchange, name string) ([]wire.Object, error) {
	status, body, err := e.Ask(ctx, x, "lambda", http.MethodGet, "/2015-03-31/functions/"+url.PathEscape(name)+"/versions", nil, nil)
	if err != nil || status != http.StatusOK {
		return nil, err
	}
	members, err := wire.ParseObject(body)
	if err != nil {
		return nil, err
	}
	return Listed(members["Versions"]), nil
}

// Listed gives versions that were published with their creation or update
// their own ARN: in the emulator they have the function's.
func Listed(list any) []wire.Object {
	var configs []wire.Object
	elements, _ := list.([]any)
	for _, element := range elements {
		config, _ := element.(map[string]any)
		if version := wire.Object(config).Text("Version"); version != "" && version != Latest {
			config["FunctionArn"] = unqualified(wire.Object(config).Text("FunctionArn")) + ":" + version
		}
		configs = append(configs, config)
	}
	return configs
}

// Latest is the version in the making.
const Latest = "$LATEST"

// unqualified strips the qualifier of a function's ARN.
func unqualified(arn string) string {
	parts := strings.Split(arn, ":")
	return strings.Join(parts[:min(len(parts), 7)], ":")
}

// InvalidMember is what Lambda says of a value outside its API model.
func InvalidMember(value, member, must string) *wire.Refusal {
	return &wire.Refusal{
		Status: http.StatusBadRequest, Code: "ValidationException",
		Message: fmt.Sprintf("1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: Member must %s", value, member, must),
	}
}

// NewID is a random UUID.
func NewID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

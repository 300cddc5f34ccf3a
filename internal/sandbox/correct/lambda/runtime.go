package lambda

import (
	"context"
	"maps"
	"net/http"
	"regexp"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct/lambda/function"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/emulator"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// versionForm is what a runtime is managed for: not an alias.
var versionForm = regexp.MustCompile(`^(\$LATEST|[0-9]+)$`)

// runtimeManagement is an API that the emulator lacks. Settings are kept by
// function and version; what is not set is Auto. No runtime changes here.
// https://docs.aws.amazon.com/lambda/latest/api/API_PutRuntimeManagementConfig.html
func runtimeManagement(e *emulator.Client, settings *correct.Ledger[map[string]wire.Object]) []correct.Correction {
	return []correct.Correction{
		{Operations: []string{"lambda.GetRuntimeManagementConfig", "lambda.PutRuntimeManagementConfig"}, Wrap: func(wire.Handler) wire.Handler {
			return correct.Before(func(ctx context.Context, x *wire.Exchange) (*wire.Refusal, error) { return managedVersion(ctx, e, x) })(
				func(w http.ResponseWriter, x *wire.Exchange) {
					if r := manageRuntime(w, x, settings); r != nil {
						wire.Refuse(w, x, *r)
					}
				})
		}},
		{Operations: []string{"lambda.DeleteFunction"}, Wrap: correct.After(func(x *wire.Exchange, _ *wire.Answer) error {
			if name, qualifier := function.Ref(x); qualifier == "" {
				settings.Drop(x.Scoped(name))
			}
			return nil
		})},
	}
}

// managedVersion refuses what has no runtime to manage.
func managedVersion(ctx context.Context, e *emulator.Client, x *wire.Exchange) (*wire.Refusal, error) {
	name, qualifier := function.Ref(x)
	if qualifier != "" && !versionForm.MatchString(qualifier) {
		return function.InvalidMember(qualifier, "qualifier", "satisfy regular expression pattern: \\$(LATEST(\\.PUBLISHED)?)|[0-9]+"), nil
	}
	config, err := function.Config(ctx, e, x, name, qualifier)
	if err != nil {
		return nil, err
	}
	if config == nil {
		return functionMissing(x, name, qualifier), nil
	}
	if config.Text("PackageType") == imagePackage && x.Call.Operation == "PutRuntimeManagementConfig" {
		return &wire.Refusal{Status: http.StatusBadRequest, Code: "InvalidParameterValueException", Message: "Runtime management is not supported for functions with packageType Image."}, nil
	}
	return nil, nil
}

func functionMissing(x *wire.Exchange, name, qualifier string) *wire.Refusal {
	arn := x.FunctionARN(name)
	if qualifier != "" {
		arn += ":" + qualifier
	}
	return &wire.Refusal{Status: http.StatusNotFound, Code: "ResourceNotFoundException", Message: "Function not found: " + arn}
}

func manageRuntime(w http.ResponseWriter, x *wire.Exchange, settings *correct.Ledger[map[string]wire.Object]) *wire.Refusal {
	name, qualifier := function.Ref(x)
	key, version := x.Scoped(name), qualifier
	if version == "" {
		version = function.Latest
	}
	byVersion, _ := settings.Get(key)
	answer := wire.Object{"UpdateRuntimeOn": "Auto"}
	if set, found := byVersion[version]; found {
		answer = maps.Clone(set)
	}
	if x.Call.Operation == "PutRuntimeManagementConfig" {
		request, err := x.JSON()
		if err != nil {
			r := wire.Failure(err)
			return &r
		}
		mode, arn := request.Text("UpdateRuntimeOn"), request.Text("RuntimeVersionArn")
		switch {
		case mode != "Auto" && mode != "FunctionUpdate" && mode != "Manual":
			return function.InvalidMember(mode, "updateRuntimeOn", "satisfy enum value set: [Auto, Manual, FunctionUpdate]")
		case mode == "Manual" && arn == "":
			return &wire.Refusal{Status: http.StatusBadRequest, Code: "InvalidParameterValueException", Message: "RuntimeVersionArn must be specified with UpdateRuntimeOn Manual."}
		}
		answer = wire.Object{"UpdateRuntimeOn": mode}
		if mode == "Manual" {
			answer["RuntimeVersionArn"] = arn
		}
		changed := maps.Clone(byVersion)
		if changed == nil {
			changed = map[string]wire.Object{}
		}
		changed[version] = maps.Clone(answer)
		settings.Put(key, changed)
	}
	answer["FunctionArn"] = x.FunctionARN(name) + ":" + version
	correct.RespondJSON(w, x, http.StatusOK, answer)
	return nil
}

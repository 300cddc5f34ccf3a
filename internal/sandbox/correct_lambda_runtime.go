package sandbox

import (
	"context"
	"maps"
	"net/http"
	"regexp"
)

// versionForm is what a runtime is managed for: not an alias.
var versionForm = regexp.MustCompile(`^(\$LATEST|[0-9]+)$`)

// runtimeManagement is an API that the emulator lacks. Settings are kept by
// function and version; what is not set is Auto. No runtime changes here.
// https://docs.aws.amazon.com/lambda/latest/api/API_PutRuntimeManagementConfig.html
func runtimeManagement(e *emulator, settings *ledger[map[string]object]) []correction {
	return []correction{
		{operations: []string{"lambda.GetRuntimeManagementConfig", "lambda.PutRuntimeManagementConfig"}, wrap: func(handler) handler {
			return before(func(ctx context.Context, x *exchange) (*refusal, error) { return e.managedVersion(ctx, x) })(
				func(w http.ResponseWriter, x *exchange) {
					if r := manageRuntime(w, x, settings); r != nil {
						refuse(w, x, *r)
					}
				})
		}},
		{operations: []string{"lambda.DeleteFunction"}, wrap: after(func(x *exchange, _ *answer) error {
			if name, qualifier := functionRef(x); qualifier == "" {
				settings.drop(x.scoped(name))
			}
			return nil
		})},
	}
}

// managedVersion refuses what has no runtime to manage.
func (e *emulator) managedVersion(ctx context.Context, x *exchange) (*refusal, error) {
	name, qualifier := functionRef(x)
	if qualifier != "" && !versionForm.MatchString(qualifier) {
		return invalidMember(qualifier, "qualifier", "satisfy regular expression pattern: \\$(LATEST(\\.PUBLISHED)?)|[0-9]+"), nil
	}
	config, err := e.functionConfig(ctx, x, name, qualifier)
	if err != nil {
		return nil, err
	}
	if config == nil {
		return functionMissing(x, name, qualifier), nil
	}
	if config.text("PackageType") == imagePackage && x.call.Operation == "PutRuntimeManagementConfig" {
		return &refusal{http.StatusBadRequest, "InvalidParameterValueException", "Runtime management is not supported for functions with packageType Image."}, nil
	}
	return nil, nil
}

func functionMissing(x *exchange, name, qualifier string) *refusal {
	arn := x.functionARN(name)
	if qualifier != "" {
		arn += ":" + qualifier
	}
	return &refusal{http.StatusNotFound, "ResourceNotFoundException", "Function not found: " + arn}
}

func manageRuntime(w http.ResponseWriter, x *exchange, settings *ledger[map[string]object]) *refusal {
	name, qualifier := functionRef(x)
	key, version := x.scoped(name), qualifier
	if version == "" {
		version = latest
	}
	byVersion, _ := settings.get(key)
	answer := object{"UpdateRuntimeOn": "Auto"}
	if set, found := byVersion[version]; found {
		answer = maps.Clone(set)
	}
	if x.call.Operation == "PutRuntimeManagementConfig" {
		request, err := x.json()
		if err != nil {
			r := failure(err)
			return &r
		}
		mode, arn := request.text("UpdateRuntimeOn"), request.text("RuntimeVersionArn")
		switch {
		case mode != "Auto" && mode != "FunctionUpdate" && mode != "Manual":
			return invalidMember(mode, "updateRuntimeOn", "satisfy enum value set: [Auto, Manual, FunctionUpdate]")
		case mode == "Manual" && arn == "":
			return &refusal{http.StatusBadRequest, "InvalidParameterValueException", "RuntimeVersionArn must be specified with UpdateRuntimeOn Manual."}
		}
		answer = object{"UpdateRuntimeOn": mode}
		if mode == "Manual" {
			answer["RuntimeVersionArn"] = arn
		}
		changed := maps.Clone(byVersion)
		if changed == nil {
			changed = map[string]object{}
		}
		changed[version] = maps.Clone(answer)
		settings.put(key, changed)
	}
	answer["FunctionArn"] = x.functionARN(name) + ":" + version
	respondJSON(w, x, http.StatusOK, answer)
	return nil
}

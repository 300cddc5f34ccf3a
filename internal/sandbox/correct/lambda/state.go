package lambda

import (
	"net/http"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct/lambda/function"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/emulator"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// refuseWhileBusy: a function that is being created or updated takes no other
// update. The emulator takes it.
// https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
func refuseWhileBusy(e *emulator.Client, locks *correct.Locks) correct.Correction {
	return correct.Correction{
		Operations: []string{"lambda.UpdateFunctionCode", "lambda.UpdateFunctionConfiguration", "lambda.PublishVersion"},
		Wrap: func(next wire.Handler) wire.Handler {
			return func(w http.ResponseWriter, x *wire.Exchange) {
				name, _ := function.Ref(x)
				// Two updates at once: one of them finds the other in progress.
				defer locks.Lock(x.Scoped(name))()
				config, err := function.Config(x.Request.Context(), e, x, name, "")
				if err != nil {
					wire.Refuse(w, x, wire.Failure(err))
					return
				}
				if r := busy(x, name, config); r != nil {
					x.Violates("FunctionName", "no update while one is under way: "+r.Message)
					wire.Refuse(w, x, *r)
					return
				}
				next(w, x)
			}
		},
	}
}

func busy(x *wire.Exchange, name string, config wire.Object) *wire.Refusal {
	const notNow = "The operation cannot be performed at this time. "
	switch {
	case config.Text("State") == "Pending" && config.Text("StateReasonCode") != updating:
		return &wire.Refusal{Status: http.StatusConflict, Code: "ResourceConflictException", Message: notNow + "The function is currently in the following state: Pending"}
	case config.Text("LastUpdateStatus") == "InProgress":
		return &wire.Refusal{Status: http.StatusConflict, Code: "ResourceConflictException", Message: notNow + "An update is in progress for resource: " + x.FunctionARN(name)}
	}
	return nil
}

// updating is the emulator's StateReasonCode of a function under update, for
// which AWS has no state of its own.
const updating = "Updating"

// describeAsLambda edits the configurations in answers:
//
//   - A function under update stays Active, only LastUpdateStatus says
//     InProgress; the emulator makes it Pending.
//     https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
//   - LoggingConfig comes back with its defaults filled in; the emulator
//     returns the part that was sent.
//     https://docs.aws.amazon.com/lambda/latest/api/API_LoggingConfig.html
//   - Members without a value are left out; the emulator sends empty strings.
//   - FunctionArn carries the qualifier that was asked for, Version the number
//     behind it; the emulator gives the ARN of that version.
//     https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html
//   - Functions of images have a digest and no members of archives, and signed
//     code names its signer.
//     https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html
func describeAsLambda(signing *codeSigning) correct.Correction {
	return correct.Correction{
		Operations: []string{
			"lambda.CreateFunction", "lambda.GetFunction", "lambda.GetFunctionConfiguration",
			"lambda.UpdateFunctionCode", "lambda.UpdateFunctionConfiguration", "lambda.PublishVersion",
			"lambda.ListFunctions", "lambda.ListVersionsByFunction",
		},
		Wrap: correct.After(func(x *wire.Exchange, a *wire.Answer) error {
			members, err := wire.ParseObject(a.Body)
			if err != nil {
				return err
			}
			for _, config := range configsIn(x, members) {
				completeConfig(config)
				signing.describe(x, config)
			}
			switch x.Call.Operation {
			case "GetFunction":
				describeImageCode(members.Object("Code"))
				qualify(x, members.Object("Configuration"))
			case "GetFunctionConfiguration":
				qualify(x, members)
			}
			return a.SetJSON(members)
		}),
	}
}

// configsIn are the configurations in an answer.
func configsIn(x *wire.Exchange, members wire.Object) []wire.Object {
	switch x.Call.Operation {
	case "GetFunction":
		return []wire.Object{members.Object("Configuration")}
	case "ListFunctions":
		return function.Listed(members["Functions"])
	case "ListVersionsByFunction":
		return function.Listed(members["Versions"])
	default:
		return []wire.Object{members}
	}
}

func qualify(x *wire.Exchange, config wire.Object) {
	name, qualifier := function.Ref(x)
	if qualifier != "" && config != nil {
		config["FunctionArn"] = x.FunctionARN(name) + ":" + qualifier
	}
}

func completeConfig(config wire.Object) {
	if config == nil {
		return
	}
	if config.Text("StateReasonCode") == updating {
		config["State"], config["StateReason"], config["StateReasonCode"] = "Active", "", ""
	}
	for _, key := range []string{"StateReason", "StateReasonCode", "LastUpdateStatusReason", "LastUpdateStatusReasonCode", "KMSKeyArn"} {
		if config.Text(key) == "" {
			delete(config, key)
		}
	}
	if config.Object("DeadLetterConfig").Text("TargetArn") == "" {
		delete(config, "DeadLetterConfig")
	}
	if config.Object("RuntimeVersionConfig").Text("RuntimeVersionArn") == "" {
		delete(config, "RuntimeVersionConfig")
	}
	if layers, ok := config["Layers"].([]any); ok && len(layers) == 0 {
		delete(config, "Layers")
	}
	describeImage(config)
	completeLogging(config)
}

func completeLogging(config wire.Object) {
	logging := config.Object("LoggingConfig")
	if logging == nil {
		logging = wire.Object{}
	}
	fill := func(key, value string) {
		if logging.Text(key) == "" {
			logging[key] = value
		}
	}
	fill("LogGroup", "/aws/lambda/"+config.Text("FunctionName"))
	fill("LogFormat", "Text")
	if logging.Text("LogFormat") == "JSON" {
		fill("ApplicationLogLevel", "INFO")
		fill("SystemLogLevel", "INFO")
	}
	config["LoggingConfig"] = map[string]any(logging)
}

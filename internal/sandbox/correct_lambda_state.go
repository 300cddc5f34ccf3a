package sandbox

import "net/http"

// refuseWhileBusy: a function that is being created or updated takes no other
// update. The emulator takes it.
// https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
func refuseWhileBusy(e *emulator, locks *keyedLocks) correction {
	return correction{
		operations: []string{"lambda.UpdateFunctionCode", "lambda.UpdateFunctionConfiguration", "lambda.PublishVersion"},
		wrap: func(next handler) handler {
			return func(w http.ResponseWriter, x *exchange) {
				name, _ := functionRef(x)
				// Two updates at once: one of them finds the other in progress.
				defer locks.lock(x.scoped(name))()
				config, err := e.functionConfig(x.request.Context(), x, name, "")
				if err != nil {
					refuse(w, x, failure(err))
					return
				}
				if r := busy(x, name, config); r != nil {
					x.violates("FunctionName", "no update while one is under way: "+r.message)
					refuse(w, x, *r)
					return
				}
				next(w, x)
			}
		},
	}
}

func busy(x *exchange, name string, config object) *refusal {
	const notNow = "The operation cannot be performed at this time. "
	switch {
	case config.text("State") == "Pending" && config.text("StateReasonCode") != updating:
		return &refusal{http.StatusConflict, "ResourceConflictException", notNow + "The function is currently in the following state: Pending"}
	case config.text("LastUpdateStatus") == "InProgress":
		return &refusal{http.StatusConflict, "ResourceConflictException", notNow + "An update is in progress for resource: " + x.functionARN(name)}
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
func describeAsLambda(signing *codeSigning) correction {
	return correction{
		operations: []string{
			"lambda.CreateFunction", "lambda.GetFunction", "lambda.GetFunctionConfiguration",
			"lambda.UpdateFunctionCode", "lambda.UpdateFunctionConfiguration", "lambda.PublishVersion",
			"lambda.ListFunctions", "lambda.ListVersionsByFunction",
		},
		wrap: after(func(x *exchange, a *answer) error {
			members, err := parseObject(a.body)
			if err != nil {
				return err
			}
			for _, config := range configsIn(x, members) {
				completeConfig(config)
				signing.describe(x, config)
			}
			switch x.call.Operation {
			case "GetFunction":
				describeImageCode(members.object("Code"))
				qualify(x, members.object("Configuration"))
			case "GetFunctionConfiguration":
				qualify(x, members)
			}
			return a.setJSON(members)
		}),
	}
}

// configsIn are the configurations in an answer.
func configsIn(x *exchange, members object) []object {
	switch x.call.Operation {
	case "GetFunction":
		return []object{members.object("Configuration")}
	case "ListFunctions":
		return listed(members["Functions"])
	case "ListVersionsByFunction":
		return listed(members["Versions"])
	default:
		return []object{members}
	}
}

func qualify(x *exchange, config object) {
	name, qualifier := functionRef(x)
	if qualifier != "" && config != nil {
		config["FunctionArn"] = x.functionARN(name) + ":" + qualifier
	}
}

// listed gives versions that were published with their creation or update
// their own ARN: in the emulator they have the function's.
func listed(list any) []object {
	var configs []object
	elements, _ := list.([]any)
	for _, element := range elements {
		config, _ := element.(map[string]any)
		if version := object(config).text("Version"); version != "" && version != latest {
			config["FunctionArn"] = unqualified(object(config).text("FunctionArn")) + ":" + version
		}
		configs = append(configs, config)
	}
	return configs
}

const latest = "$LATEST"

func completeConfig(config object) {
	if config == nil {
		return
	}
	if config.text("StateReasonCode") == updating {
		config["State"], config["StateReason"], config["StateReasonCode"] = "Active", "", ""
	}
	for _, key := range []string{"StateReason", "StateReasonCode", "LastUpdateStatusReason", "LastUpdateStatusReasonCode", "KMSKeyArn"} {
		if config.text(key) == "" {
			delete(config, key)
		}
	}
	if config.object("DeadLetterConfig").text("TargetArn") == "" {
		delete(config, "DeadLetterConfig")
	}
	if config.object("RuntimeVersionConfig").text("RuntimeVersionArn") == "" {
		delete(config, "RuntimeVersionConfig")
	}
	if layers, ok := config["Layers"].([]any); ok && len(layers) == 0 {
		delete(config, "Layers")
	}
	describeImage(config)
	completeLogging(config)
}

func completeLogging(config object) {
	logging := config.object("LoggingConfig")
	if logging == nil {
		logging = object{}
	}
	fill := func(key, value string) {
		if logging.text(key) == "" {
			logging[key] = value
		}
	}
	fill("LogGroup", "/aws/lambda/"+config.text("FunctionName"))
	fill("LogFormat", "Text")
	if logging.text("LogFormat") == "JSON" {
		fill("ApplicationLogLevel", "INFO")
		fill("SystemLogLevel", "INFO")
	}
	config["LoggingConfig"] = map[string]any(logging)
}

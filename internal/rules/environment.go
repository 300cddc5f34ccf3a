package rules

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// environmentBytes is how many bytes all names and values may have together,
// written as one JSON object, which is what Lambda measures.
var environmentBytes = page("environment_bytes")

var variableName = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_]+$`)

// reservedVariables are set by Lambda itself.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
var reservedVariables = []string{
	"_HANDLER", "_X_AMZN_TRACE_ID",
	"AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV",
	"AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION",
	"AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME",
	"AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
	"AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR",
}

// VariableName checks the name of an environment variable.
func VariableName(name string) error {
	if slices.Contains(reservedVariables, name) {
		return &Violation{
			What:  fmt.Sprintf("%s is set by Lambda", name),
			Why:   "Lambda reserves this variable and refuses a function that sets it",
			Write: "Leave it out and read the value Lambda provides, or use another name",
		}
	}
	if variableName.MatchString(name) {
		return nil
	}
	return &Violation{
		What:  fmt.Sprintf("%q is not the name of an environment variable", name),
		Why:   "Lambda takes a letter followed by at least one letter, digit or underscore",
		Write: "Write a name of two or more characters, such as \"TABLE_NAME\"",
	}
}

// VariableValue checks the value of an environment variable, without ever
// repeating it.
func VariableValue(value string) error {
	if !strings.ContainsRune(value, 0) {
		return nil
	}
	return &Violation{
		What:  "The value holds a NUL character",
		Why:   "The environment of a process ends a value there, so Lambda refuses it",
		Write: "Encode binary values, in base64 for instance",
	}
}

func jsonSize(variables map[string]string) int {
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if len(variables) == 0 || encoder.Encode(variables) != nil {
		return 0
	}
	return out.Len() - len("\n")
}

// escapedSize is the size of the same object with characters outside of ASCII
// written as \u00fc.
func escapedSize(variables map[string]string) int64 {
	size := int64(jsonSize(variables))
	for name, value := range variables {
		for _, r := range name + value {
			if r >= utf8.RuneSelf {
				size += int64(len(`\u0000`)*len(utf16.AppendRune(nil, r)) - utf8.RuneLen(r))
			}
		}
	}
	return size
}

// EnvironmentSize checks the environment as a whole. The values are counted
// and never repeated. How Lambda counts characters outside of ASCII is not
// documented, so what is too large in one of two ways is a doubt.
func EnvironmentSize(variables map[string]string) error {
	known := environmentBytes()
	if plain, escaped := int64(jsonSize(variables)), escapedSize(variables); plain <= known.most() && escaped > known.most() {
		return &Doubt{
			What:  fmt.Sprintf("The environment may be too large: it has %d bytes, and %d with characters outside of ASCII as \\u00fc", plain, escaped),
			Why:   fmt.Sprintf("The limit is the %d that %s, and which of the two counts is not documented", known.most(), known.on()),
			Write: known.decide("move large values to SSM Parameter Store or AppConfig, and pass their name instead"),
		}
	}
	return tooMany("The environment has", int64(jsonSize(variables)), "bytes", environmentBytes(),
		"Lambda measures names and values of all variables together, written as JSON, those that the provider adds for Powertools included",
		"move large values to SSM Parameter Store or AppConfig, and pass their name instead")
}

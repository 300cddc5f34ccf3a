package rules

import (
	"fmt"
	"regexp"
	"slices"
)

// ARNs of what a function is put together of.
var (
	AccessPointARN = ARN{
		Service: "elasticfilesystem", Resource: "access-point/",
		Example: "arn:aws:elasticfilesystem:eu-west-1:111122223333:access-point/fsap-0123456789abcdef0",
	}
	CodeSigningARN = ARN{
		Service: "lambda", Resource: "code-signing-config:",
		Example: "arn:aws:lambda:eu-west-1:111122223333:code-signing-config:csc-0123456789abcdef0",
	}
)

var (
	mountPath   = regexp.MustCompile(`^/mnt/[a-zA-Z0-9-_.]+$`)
	mountLength = api("lambda", "CreateFunction", "FileSystemConfigs", "[]", "LocalMountPath")
)

var (
	subnet        = regexp.MustCompile(`^subnet-[0-9a-z]+$`)
	securityGroup = regexp.MustCompile(`^sg-[0-9a-zA-Z]+$`)
)

func count(n int, what string, known source) error {
	const why, write = "The function's network interfaces are made with them", "ame at least two subnets in different availability zones, and one group that allows what the function calls"
	if n < 1 {
		return &Violation{What: fmt.Sprintf("There are %d %s", n, what), Why: why, Write: "N" + write}
	}
	return tooMany("There are", int64(n), what, known(), why, "leave some out: n"+write)
}

// Choices of what a function is put together of.
var (
	UpdateRuntimeOn = Choice{
		Name: "update_runtime_on", Known: api("lambda", "PutRuntimeManagementConfig", "UpdateRuntimeOn"),
		Aliases: map[string]string{
			"automatic": "Auto", "automatically": "Auto", "always": "Auto", "never": "Manual", "none": "Manual",
			"update": "FunctionUpdate", "on_update": "FunctionUpdate", "function": "FunctionUpdate",
		},
		Why: "Auto patches by itself, FunctionUpdate with the next change, Manual never",
	}
	LogClass = Choice{
		Name: "class", Known: api("logs", "CreateLogGroup", "logGroupClass"),
		Aliases: map[string]string{
			"infrequent": "INFREQUENT_ACCESS", "ia": "INFREQUENT_ACCESS", "standard_ia": "INFREQUENT_ACCESS", "default": "STANDARD",
		},
		Why: "INFREQUENT_ACCESS costs half to ingest and cannot be filtered, subscribed to or masked",
	}
	SystemLevel = Choice{
		Name: "system_level", Known: api("lambda", "CreateFunction", "LoggingConfig", "SystemLogLevel"),
		// Lambda's own lines have nothing above WARN.
		Aliases: map[string]string{"warning": "WARN", "critical": "WARN", "fatal": "WARN", "severe": "WARN", "information": "INFO", "trace": "DEBUG", "verbose": "DEBUG"},
		Why:     "Lambda drops its own log lines below this level; WARN drops the REPORT lines too",
	}
	LogsOnDestroy = Choice{
		Name: "on_destroy", Values: []string{"delete", "retain"},
		Aliases: map[string]string{"keep": "retain", "skip": "retain", "force": "delete", "destroy": "delete", "remove": "delete"},
		Why:     "The log group goes with the unit, or stays with its key",
	}
)

// Repeats returns the first text that is listed twice.
func Repeats(texts []string) (string, bool) {
	for i, text := range texts {
		if slices.Contains(texts[:i], text) {
			return text, true
		}
	}
	return "", false
}

package rules

import (
	"fmt"
	"regexp"
	"time"
)

// Ranges of the function's settings.
// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
var (
	MemorySize = Range{
		Name: "memory_size", Unit: "MB", Floor: 1, Example: 512,
		Known: within(page("memory_size"), api("lambda", "CreateFunction", "MemorySize")),
		Why:   "It is the memory of one invocation, and processor power grows with it",
	}
	Timeout = Range{
		Name: "timeout", Unit: "seconds", Floor: 1, Example: 10,
		Known: within(page("timeout"), api("lambda", "CreateFunction", "Timeout")),
		Why:   "Lambda stops an invocation then; only functions on managed instances, which a unit is not, run for longer",
	}
	EphemeralStorage = Range{
		Name: "ephemeral_storage", Unit: "MB", Floor: 1, Example: 512,
		Known: within(page("ephemeral_storage"), api("lambda", "CreateFunction", "EphemeralStorage", "Size")),
		Why:   "It is the size of /tmp",
	}
)

// Day checks a calendar day.
func Day(text string) error {
	if _, err := time.Parse(time.DateOnly, text); err == nil {
		return nil
	}
	return &Violation{What: fmt.Sprintf("%q is not a day", text), Why: "It is compared with the calendar", Write: "Write year, month and day, such as \"2027-01-31\""}
}

// Choices of the unit.
var (
	Architecture = Choice{
		Name: "architecture", Known: api("lambda", "CreateFunction", "Architectures", "[]"),
		Aliases: map[string]string{
			"amd64": "x86_64", "amd": "x86_64", "x64": "x86_64", "x86": "x86_64", "x86-64": "x86_64", "x8664": "x86_64", "intel": "x86_64",
			"i386": "x86_64", "i486": "x86_64", "i586": "x86_64", "i686": "x86_64", "ia32": "x86_64", "x86_32": "x86_64",
			"aarch64": "arm64", "arm": "arm64", "arm-64": "arm64", "arm_64": "arm64", "arm64v8": "arm64", "armv7": "arm64", "armv8": "arm64", "armhf": "arm64",
			"graviton": "arm64", "graviton2": "arm64", "graviton3": "arm64", "graviton4": "arm64",
		},
		Why: "It is the processor that the function runs on; arm64 costs a fifth less for the same time",
	}
	Tracing = Choice{
		Name: "tracing", Known: api("lambda", "CreateFunction", "TracingConfig", "Mode"),
		Aliases: map[string]string{
			"on": "Active", "enabled": "Active", "true": "Active", "xray": "Active", "x-ray": "Active",
			"off": "PassThrough", "disabled": "PassThrough", "false": "PassThrough", "none": "PassThrough", "passive": "PassThrough",
		},
		Why: "Active samples requests itself, PassThrough only follows a caller that does",
	}
	Recursion = Choice{
		Name: "recursion", Known: api("lambda", "PutFunctionRecursionConfig", "RecursiveLoop"),
		Aliases: map[string]string{
			"allowed": "Allow", "on": "Allow", "true": "Allow", "enabled": "Allow",
			"deny": "Terminate", "stop": "Terminate", "block": "Terminate", "off": "Terminate", "false": "Terminate", "disabled": "Terminate",
		},
		Why: "Lambda stops a loop, or lets it run and costs what it costs",
	}
	LogFormat = Choice{
		Name: "format", Known: api("lambda", "CreateFunction", "LoggingConfig", "LogFormat"),
		Aliases: map[string]string{
			"plain": "Text", "plaintext": "Text", "plain_text": "Text", "plain-text": "Text", "raw": "Text",
			"structured": "JSON", "application/json": "JSON",
		},
		Why: "Levels and queries by field need JSON",
	}
	LogLevel = Choice{
		Name: "application_level", Known: api("lambda", "CreateFunction", "LoggingConfig", "ApplicationLogLevel"),
		Aliases: levelAliases,
		Why:     "Lambda drops the function's log lines below this level",
	}
)

var (
	handler       = regexp.MustCompile(`^\S+$`)
	handlerLength = api("lambda", "CreateFunction", "Handler")
)

// NotEmpty checks that a text is there.
func NotEmpty(text string) error {
	if text != "" {
		return nil
	}
	return &Violation{
		What:  "The value is empty",
		Why:   "An empty text says nothing that AWS could use",
		Write: "Write a value, or leave the attribute out",
	}
}

package rules

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
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

// SnapStartStorage checks the size of /tmp of a function that starts from
// snapshots.
func SnapStartStorage(size int64) error {
	return tooMany("With SnapStart, ephemeral_storage is", size, "MB", page("snapstart_storage")(),
		"Lambda keeps /tmp in the snapshot", "write a smaller ephemeral_storage, or leave snap_start out")
}

// Day checks a calendar day.
func Day(text string) error {
	if _, err := time.Parse(time.DateOnly, text); err == nil {
		return nil
	}
	return &Violation{What: fmt.Sprintf("%q is not a day", text), Why: "It is compared with the calendar", Write: "Write year, month and day, such as \"2027-01-31\""}
}

// periods are those that CloudWatch Logs offers, beside 0.
var periods = list("retention_days")

// RetentionDays checks how long log events are kept.
func RetentionDays(days int64) error {
	known := periods()
	if days == 0 || slices.Contains(known.Values, strconv.FormatInt(days, 10)) {
		return nil
	}
	longer := int64(0)
	for _, text := range known.Values { // never "for ever" for a slip
		if d, _ := strconv.ParseInt(text, 10, 64); d > days {
			longer = d
			break
		}
	}
	if days < 0 || days > math.MaxInt32 {
		return &Violation{
			What:  fmt.Sprintf("%d days is not a retention period", days),
			Why:   "Log events are kept for a number of days, or for ever, which is 0",
			Write: fmt.Sprintf("Write %d", longer),
		}
	}
	return &Doubt{
		What:  fmt.Sprintf("%d days is not one of the retention periods that %s", days, known.on()),
		Why:   "CloudWatch Logs offered " + joined(known.Values) + " days, and 0 to keep log events for ever",
		Write: known.decide(fmt.Sprintf("write %d", longer)),
	}
}

// levelAliases are what loggers call the levels.
var levelAliases = map[string]string{"warning": "WARN", "critical": "FATAL", "severe": "FATAL", "information": "INFO", "verbose": "DEBUG"}

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

// described is how long a description may be.
var described = api("lambda", "CreateFunction", "Description")

// Description checks a function's description. One character less than Lambda
// takes is left to the user: the mark of a version that had to be made again
// needs it.
func Description(text string) error {
	if strings.HasSuffix(text, " ") {
		return &Violation{
			What:  "The description ends in a space",
			Why:   "The provider marks a function with one when it needs a new version of the same settings, and could not tell the two apart",
			Write: "Leave the space out",
		}
	}
	const shorten = "one sentence, and keep the rest in the code's own documentation"
	known, n := described(), int64(len([]rune(text)))
	if n == known.most() {
		return &Violation{
			What:  fmt.Sprintf("The description has %d characters, more than %d", n, n-1),
			Why:   fmt.Sprintf("Of the %d characters that %s the provider keeps one, with which it marks a version that has to be made again", n, known.on()),
			Write: "Write " + shorten,
		}
	}
	return tooMany("The description has", n, "characters", known, "Lambda keeps the description beside the function", "write "+shorten)
}

var (
	handler       = regexp.MustCompile(`^\S+$`)
	handlerLength = api("lambda", "CreateFunction", "Handler")
)

// Handler checks what holds for the handler of every runtime.
// https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
func Handler(text string) error {
	if !handler.MatchString(text) {
		return &Violation{
			What:  fmt.Sprintf("%q is not a handler", text),
			Why:   "A handler is one word without spaces",
			Write: "Write the entry point in the form of the runtime, such as \"app.handler\" for Python",
		}
	}
	return tooMany("The handler has", runes(text), "characters", handlerLength(),
		"Lambda finds the function's entry point by it", "shorten the names of modules and functions")
}

var bucket = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

// Bucket checks an S3 bucket's name.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
func Bucket(name string) error {
	if bucket.MatchString(name) {
		return nil
	}
	return &Violation{
		What:  fmt.Sprintf("%q is not a bucket name", name),
		Why:   "S3 takes 3 to 63 lower-case letters, digits, dots and hyphens; an ARN or URL is not a name",
		Write: "Write the name alone, such as \"acme-artifacts\"",
	}
}

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

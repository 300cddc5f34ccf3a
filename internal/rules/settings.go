package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Range bounds a whole number.
type Range struct {
	Name, Unit string
	Min, Max   int64
	Why        string
	Example    int64
}

// Ranges of the function's settings.
// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
var (
	MemorySize = Range{
		Name: "memory_size", Unit: "MB", Min: 128, Max: 10240, Example: 512,
		Why: "Lambda gives a function between 128 MB and 10,240 MB, and processor power in proportion",
	}
	Timeout = Range{
		Name: "timeout", Unit: "seconds", Min: 1, Max: 900, Example: 10,
		Why: "Lambda stops an invocation after 15 minutes at the latest",
	}
	EphemeralStorage = Range{
		Name: "ephemeral_storage", Unit: "MB", Min: 512, Max: 10240, Example: 512,
		Why: "Lambda gives /tmp between 512 MB and 10,240 MB",
	}
)

// Day checks a calendar day.
func Day(text string) error {
	if _, err := time.Parse(time.DateOnly, text); err == nil {
		return nil
	}
	return &Violation{What: fmt.Sprintf("%q is not a day", text), Why: "It is compared with the calendar", Write: "Write year, month and day, such as \"2027-01-31\""}
}

// Check returns what is wrong with n.
func (r Range) Check(n int64) error {
	if n >= r.Min && n <= r.Max {
		return nil
	}
	return &Violation{
		What:  fmt.Sprintf("%s is %d %s, outside %d to %d", r.Name, n, r.Unit, r.Min, r.Max),
		Why:   r.Why,
		Write: fmt.Sprintf("Write a number between %d and %d, such as %d", r.Min, r.Max, r.Example),
	}
}

// retentionDays are the periods CloudWatch Logs offers.
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
var retentionDays = []int64{
	0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731,
	1096, 1827, 2192, 2557, 2922, 3288, 3653,
}

// RetentionDays checks how long log events are kept; 0 is for ever.
func RetentionDays(days int64) error {
	if slices.Contains(retentionDays, days) {
		return nil
	}
	longer := int64(0)
	for _, d := range retentionDays[1:] { // never "for ever" for a slip
		if d > days {
			longer = d
			break
		}
	}
	return &Violation{
		What:  fmt.Sprintf("%d days is not a retention period of CloudWatch Logs", days),
		Why:   "It offers " + join(retentionDays) + " days, where 0 keeps log events for ever",
		Write: fmt.Sprintf("Write %d", longer),
	}
}

func join(numbers []int64) string {
	texts := make([]string, len(numbers))
	for i, n := range numbers {
		texts[i] = fmt.Sprint(n)
	}
	return strings.Join(texts, ", ")
}

// Choice is an attribute that takes one of a few words.
type Choice struct {
	Name   string
	Values []string
	Why    string
}

// Choices of the unit.
var (
	Architecture = Choice{
		Name: "architecture", Values: []string{"arm64", "x86_64"},
		Why: "Lambda runs on these two; arm64 costs a fifth less for the same time",
	}
	Tracing = Choice{
		Name: "tracing", Values: []string{"Active", "PassThrough"},
		Why: "Active samples requests itself, PassThrough only follows a caller that does",
	}
	Recursion = Choice{
		Name: "recursion", Values: []string{"Terminate", "Allow"},
		Why: "Lambda stops a loop, or lets it run and costs what it costs",
	}
	LogFormat = Choice{
		Name: "format", Values: []string{"JSON", "Text"},
		Why: "Levels and queries by field need JSON",
	}
	LogLevel = Choice{
		Name: "application_level", Values: []string{"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"},
		Why: "Lambda drops the function's log lines below this level",
	}
)

// Check returns what is wrong with text.
func (c Choice) Check(text string) error {
	if slices.Contains(c.Values, text) {
		return nil
	}
	suggestion := c.Values[0]
	for _, v := range c.Values {
		if strings.EqualFold(v, text) {
			suggestion = v
		}
	}
	return &Violation{
		What:  fmt.Sprintf("%q is not a value of %s", text, c.Name),
		Why:   c.Why + "; it takes " + strings.Join(c.Values, ", "),
		Write: fmt.Sprintf("Write %q", suggestion),
	}
}

// MaxDescription is the longest description in characters: one less than
// Lambda takes, for the mark of a version that had to be made again.
const MaxDescription = 255

// Description checks a function's description.
func Description(text string) error {
	if strings.HasSuffix(text, " ") {
		return &Violation{
			What:  "The description ends in a space",
			Why:   "The provider marks a function with one when it needs a new version of the same settings, and could not tell the two apart",
			Write: "Leave the space out",
		}
	}
	if len([]rune(text)) <= MaxDescription {
		return nil
	}
	return &Violation{
		What:  fmt.Sprintf("The description has %d characters, more than %d", len([]rune(text)), MaxDescription),
		Why:   "Lambda refuses a longer one",
		Write: "Write one sentence, and keep the rest in the code's own documentation",
	}
}

var handler = regexp.MustCompile(`^\S{1,128}$`)

// Handler checks what holds for the handler of every runtime.
func Handler(text string) error {
	if handler.MatchString(text) {
		return nil
	}
	return &Violation{
		What:  fmt.Sprintf("%q is not a handler", text),
		Why:   "Lambda takes 1 to 128 characters without spaces",
		Write: "Write the entry point in the form of the runtime, such as \"app.handler\" for Python",
	}
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

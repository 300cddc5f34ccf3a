package rules

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// LogGroupName checks a log group's name. CloudWatch Logs takes a # in a name,
// but not in the ARN that its calls about tags want: such a group could never be
// told from others' or deleted.
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
func LogGroupName(name string) error {
	if logGroup.MatchString(name) && !strings.HasPrefix(name, "aws/") {
		return tooMany("The log group's name has", runes(name), "characters", logGroupLength(), "It is part of the group's ARN", "write a shorter name")
	}
	if strings.Contains(name, "#") {
		return &Violation{
			What:  fmt.Sprintf("%q cannot be the log group of a unit", name),
			Why:   "CloudWatch Logs accepts a # in a name but not in the ARN by which a group is tagged, so the unit could neither mark the group as its own nor delete it",
			Write: "Write a name without #, such as \"/orders/api\"",
		}
	}
	return &Violation{
		What:  fmt.Sprintf("%q is not a log group name", name),
		Why:   "CloudWatch takes letters, digits and any of . - _ /, and keeps names that start with aws/ for itself",
		Write: "Leave logs.group_name out to use /aws/lambda/NAME, or write a name such as \"/orders/api\"",
	}
}

var dataIdentifier = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*(-[A-Z]{2})?$`)

// DataIdentifier checks the name of a managed data identifier.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/protect-sensitive-log-data-types.html
func DataIdentifier(text string) error {
	if dataIdentifier.MatchString(text) {
		return nil
	}
	return &Violation{
		What:  fmt.Sprintf("%q is not the name of a data identifier", text),
		Why:   "CloudWatch Logs names the kinds of data it recognises, some with a country",
		Write: "Write a name such as \"EmailAddress\" or \"PhoneNumber-US\"",
	}
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

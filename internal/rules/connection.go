package rules

import (
	"fmt"
	"net/url"
	"slices"
	"time"
)

// Settings of the provider block.
var (
	MaxRetries = Range{
		Name: "max_retries", Unit: "tries", Floor: 1, Most: 100, Example: 25,
		Why: "A call is tried at least once, and more than a hundred tries outlast every timeout",
	}
	RetryMode = Choice{
		Name: "retry_mode", Values: []string{"standard", "adaptive"},
		Why: "adaptive also slows down before AWS throttles",
	}
)

// AccountID checks an AWS account id.
func AccountID(id string) error {
	if accountID.MatchString(id) {
		return nil
	}
	return &Violation{
		What:  fmt.Sprintf("%q is not an account id", id),
		Why:   "An account id has 12 digits, with leading zeros",
		Write: "Write it as a string, such as \"111122223333\"",
	}
}

// Region checks the form of a region's name. Which regions there are is AWS's
// to say.
// https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
func Region(name string) error {
	if regionName.MatchString(name) {
		return nil
	}
	return &Violation{
		What:  fmt.Sprintf("%q is not a region", name),
		Why:   "A region's name is an area, a place and a number; names of places and availability zones are not regions",
		Write: "Write a region such as \"eu-west-1\"",
	}
}

// Endpoint returns a check of the endpoint of a service.
func Endpoint(service string) func(string) error {
	return func(text string) error {
		u, err := url.Parse(text)
		if err == nil && u.Host != "" && slices.Contains([]string{"http", "https"}, u.Scheme) {
			return nil
		}
		return &Violation{
			What:  "The endpoint is not a URL",
			Why:   fmt.Sprintf("%q has no scheme http or https, or no host, so no call could be sent", text),
			Write: fmt.Sprintf("Write a URL such as \"https://%s.eu-west-1.amazonaws.com\"", service),
		}
	}
}

// SessionDuration checks how long an assumed role's session lasts.
func SessionDuration(text string) error {
	if d, err := time.ParseDuration(text); err == nil && d > 0 {
		return nil
	}
	return &Violation{
		What:  fmt.Sprintf("%q is not a duration", text),
		Why:   "A session needs a length of time to last",
		Write: "Write a number with a unit, such as \"1h\" or \"90m\"",
	}
}

// QuotaShare checks how much of the account's quotas may be used.
func QuotaShare(share float64) error {
	if share >= 0.1 && share <= 1 {
		return nil
	}
	return &Violation{
		What:  fmt.Sprintf("quota_share is %v", share),
		Why:   "It is the part of the account's API quotas that the provider uses: less than a tenth would make every plan time out, and more than all is refused",
		Write: "Write a number from 0.1 to 1, such as 0.67",
	}
}

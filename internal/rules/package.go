package rules

import (
	"fmt"
	"regexp"
)

var signingProfile = regexp.MustCompile(`^\w{2,64}$`)

// SigningProfile checks the name of a signing profile.
// https://docs.aws.amazon.com/signer/latest/api/API_PutSigningProfile.html
func SigningProfile(text string) error {
	if signingProfile.MatchString(text) {
		return nil
	}
	return &Violation{
		What:  fmt.Sprintf("%q is not the name of a signing profile", text),
		Why:   "AWS Signer's names have 2 to 64 letters, digits and underscores; ARNs are not taken",
		Write: "Write the profile's name, such as \"acme_lambda\"",
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

package rules

import (
	"fmt"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// ImageURI checks the address of a container image.
func ImageURI(text string) error {
	if _, ok := blueprint.ParseImage(text); ok {
		return nil
	}
	return &Violation{
		What:  fmt.Sprintf("%q is not the address of an image in Amazon ECR", text),
		Why:   "Lambda takes images from ECR only, by one tag or by digest",
		Write: "Write an address such as \"111122223333.dkr.ecr.eu-west-1.amazonaws.com/orders:1.2.3\"",
	}
}

// workingDirectory is how long a working directory may be.
var workingDirectory = api("lambda", "CreateFunction", "ImageConfig", "WorkingDirectory")

// WorkingDirectory checks where an image starts.
// https://docs.aws.amazon.com/lambda/latest/api/API_ImageConfig.html
func WorkingDirectory(text string) error {
	if !strings.HasPrefix(text, "/") {
		return &Violation{
			What:  fmt.Sprintf("%q is not a working directory", text),
			Why:   "It is an absolute path in the image",
			Write: "Write a path such as \"/var/task\"",
		}
	}
	return tooMany("The working directory has", runes(text), "characters", workingDirectory(), "The image starts in it", "write a shorter path")
}

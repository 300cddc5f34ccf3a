package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// LayerCount checks the number of layers.
func LayerCount(n int) error {
	return tooMany("There are", int64(n), "layers", page("layers")(),
		"Lambda lays few layers over each other", "put what belongs together into one layer, or into the package")
}

var layerVersion = regexp.MustCompile(`^arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}:layer:[A-Za-z0-9-_]+:\d+$`)

// LayerARN checks the ARN of a layer version.
func LayerARN(text string) error {
	wrong := func(why, write string) error {
		return &Violation{What: fmt.Sprintf("%q is not the ARN of a layer version", text), Why: why, Write: write}
	}
	switch {
	case layerVersion.MatchString(text):
		return (ARN{Service: "lambda", Resource: "layer:", Example: "arn:aws:lambda:eu-west-1:111122223333:layer:tools:3"}).Check(text)
	case strings.Contains(text, ":layer:") && layerVersion.MatchString(text+":1"):
		return wrong("Lambda wants to know which version of the layer", fmt.Sprintf("Write the version behind it, such as %q", text+":1"))
	}
	return wrong("A layer version's ARN ends in layer:NAME:VERSION", "Write an ARN such as \"arn:aws:lambda:eu-west-1:111122223333:layer:tools:3\"")
}

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

var runtimeVersion = regexp.MustCompile(`^arn:[a-z-]+:lambda:[a-z0-9-]+::runtime:.+$`)

// RuntimeVersionARN checks the ARN of a runtime version.
func RuntimeVersionARN(text string) error {
	if runtimeVersion.MatchString(text) {
		return nil
	}
	return &Violation{
		What:  fmt.Sprintf("%q is not the ARN of a runtime version", text),
		Why:   "It names one build of a runtime, without an account: arn:aws:lambda:REGION::runtime:HASH",
		Write: "Copy it from the INIT_START line of the function's log",
	}
}

var (
	mountPath   = regexp.MustCompile(`^/mnt/[a-zA-Z0-9-_.]+$`)
	mountLength = api("lambda", "CreateFunction", "FileSystemConfigs", "[]", "LocalMountPath")
)

// MountPath checks where a file system is mounted.
func MountPath(text string) error {
	if !mountPath.MatchString(text) {
		return &Violation{
			What:  fmt.Sprintf("%q is not a mount path", text),
			Why:   "Lambda mounts file systems one level below /mnt",
			Write: "Write a path such as \"/mnt/data\"",
		}
	}
	return tooMany("The mount path has", runes(text), "characters", mountLength(), "Lambda mounts a file system at it", "write a shorter one")
}

var (
	subnet        = regexp.MustCompile(`^subnet-[0-9a-z]+$`)
	securityGroup = regexp.MustCompile(`^sg-[0-9a-zA-Z]+$`)
)

// SubnetID checks the id of a subnet.
func SubnetID(text string) error {
	return resourceID(subnet, text, "a subnet", "subnet-0123456789abcdef0")
}

// SecurityGroupID checks the id of a security group.
func SecurityGroupID(text string) error {
	return resourceID(securityGroup, text, "a security group", "sg-0123456789abcdef0")
}

func resourceID(form *regexp.Regexp, text, what, example string) error {
	if form.MatchString(text) {
		return nil
	}
	return &Violation{
		What:  fmt.Sprintf("%q is not the id of %s", text, what),
		Why:   "EC2 ids are a prefix and a hexadecimal number; names and ARNs do not do",
		Write: fmt.Sprintf("Write an id such as %q", example),
	}
}

// SubnetCount checks the number of subnets.
func SubnetCount(n int) error {
	return count(n, "subnets", api("lambda", "CreateFunction", "VpcConfig", "SubnetIds"))
}

// SecurityGroupCount checks the number of security groups.
func SecurityGroupCount(n int) error {
	return count(n, "security groups", api("lambda", "CreateFunction", "VpcConfig", "SecurityGroupIds"))
}

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

// Repeats returns the first text that is there twice.
func Repeats(texts []string) (string, bool) {
	for i, text := range texts {
		if slices.Contains(texts[:i], text) {
			return text, true
		}
	}
	return "", false
}

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

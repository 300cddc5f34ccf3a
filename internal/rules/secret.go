package rules

import (
	"fmt"
	"math"
	"regexp"
	"strings"
)

var (
	secretARN = ARN{
		Service: "secretsmanager", Resource: "secret:",
		Example: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders/db-AbCdEf",
	}
	parameterARN = ARN{
		Service: "ssm", Resource: "parameter/",
		Example: "arn:aws:ssm:eu-west-1:111122223333:parameter/orders/db",
	}

	secretName    = regexp.MustCompile(`:secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}$`)
	parameterName = regexp.MustCompile(`:parameter/[A-Za-z0-9_./-]+$`)
	stageName     = regexp.MustCompile(`^[A-Za-z0-9/_+=.@-]{1,256}$`)
)

// SecretARN checks the ARN of a secret of Secrets Manager or of a parameter of
// Systems Manager.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_iam-permissions.html
func SecretARN(text string) error {
	wrong := func(why, write string) error {
		return &Violation{What: fmt.Sprintf("%q is not a valid ARN here", text), Why: why, Write: write}
	}
	switch ServiceOf(text) {
	case parameterARN.Service:
		if err := parameterARN.Check(text); err != nil {
			return err
		}
		if !parameterName.MatchString(text) {
			return wrong("It is not the ARN of one parameter", fmt.Sprintf("Write an ARN such as %q", parameterARN.Example))
		}
		return nil
	case secretARN.Service:
		if err := secretARN.Check(text); err != nil {
			return err
		}
		if strings.Count(text, ":") > strings.Count(secretARN.Example, ":") {
			return wrong("What follows the name is not part of a secret's ARN", "Write json_key and version_stage beside the ARN instead")
		}
		if !secretName.MatchString(text) {
			return wrong("The ARN of a secret ends in a hyphen and six characters that Secrets Manager chose, and a policy without them allows nothing",
				fmt.Sprintf("Write the whole ARN, such as %q", secretARN.Example))
		}
		return nil
	}
	return wrong("It is neither a secret of Secrets Manager nor a parameter of Systems Manager",
		fmt.Sprintf("Write an ARN such as %q or %q", secretARN.Example, parameterARN.Example))
}

// JSONKey checks the key of one value in a secret that is a JSON object. The
// reference separates it by colons.
func JSONKey(text string) error {
	if text != "" && !strings.Contains(text, ":") {
		return VariableValue(text)
	}
	return &Violation{
		What: fmt.Sprintf("%q cannot be a key in a reference", text), Why: "The reference that the function gets separates its parts by colons",
		Write: "Write a key without a colon, or leave json_key out and pick the value in the function's code",
	}
}

// VersionStage checks a staging label of a secret's versions.
func VersionStage(text string) error {
	if stageName.MatchString(text) {
		return nil
	}
	return &Violation{
		What: fmt.Sprintf("%q is not a staging label", text), Why: "Secrets Manager takes 1 to 256 letters, digits and any of / _ + = . @ -",
		Write: "Write \"AWSPREVIOUS\" or a label of your own, or leave version_stage out for the current version",
	}
}

// Rules about the unit's own secret.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
var (
	RotationFunction = ARN{
		Service: "lambda", Resource: "function:",
		Example: "arn:aws:lambda:eu-west-1:111122223333:function:rotate",
	}
	RotationDays = Range{
		Name: "days", Unit: "days", Min: 1, Max: 1000, Example: 30,
		Why: "Secrets Manager rotates every 1 to 1,000 days",
	}
	SecretVersion = Range{
		Name: "secret_values_wo_version", Unit: "as a number", Min: 1, Max: math.MaxInt32, Example: 1,
		Why: "It counts how often values were put",
	}
)

// MaxSecret is how many bytes a secret holds.
const MaxSecret = 65536

// SecretValues checks the values as a whole. They are counted and never repeated.
func SecretValues(values map[string]string) error {
	if len(values) == 0 {
		return &Violation{What: "There is no value", Why: "A secret without values is paid for and holds nothing", Write: "Write at least one value, or leave secret_values_wo out"}
	}
	total := jsonSize(values)
	if total <= MaxSecret {
		return nil
	}
	return &Violation{
		What: fmt.Sprintf("The values have %d bytes, more than %d", total, MaxSecret), Why: "Secrets Manager limits a secret, here all values together as JSON, to 64 KB",
		Write: "Put large ones into secrets of their own, and name those in secrets",
	}
}

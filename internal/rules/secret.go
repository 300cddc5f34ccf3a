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
	stageName     = regexp.MustCompile(`^[A-Za-z0-9/_+=.@-]+$`)
	stageLength   = api("secretsmanager", "PutSecretValue", "VersionStages", "[]")
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
	if !stageName.MatchString(text) {
		return &Violation{
			What: fmt.Sprintf("%q is not a staging label", text), Why: "Secrets Manager takes letters, digits and any of / _ + = . @ -",
			Write: "Write \"AWSPREVIOUS\" or a label of your own, or leave version_stage out for the current version",
		}
	}
	return tooMany("The staging label has", runes(text), "characters", stageLength(),
		"Secrets Manager finds a version by it", "write a shorter one")
}

// Rules about the unit's own secret.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
var (
	RotationFunction = ARN{
		Service: "lambda", Resource: "function:",
		Example: "arn:aws:lambda:eu-west-1:111122223333:function:rotate",
	}
	RotationDays = Range{
		Name: "days", Unit: "days", Floor: 1, Example: 30,
		Known: api("secretsmanager", "RotateSecret", "RotationRules", "AutomaticallyAfterDays"),
		Why:   "It is how many days Secrets Manager waits between two rotations",
	}
	SecretVersion = Range{
		Name: "secret_values_wo_version", Unit: "as a number", Floor: 1, Most: math.MaxInt32, Example: 1,
		Why: "It counts how often values were put",
	}
)

// secretSize is the size of a secret's text.
var secretSize = api("secretsmanager", "CreateSecret", "SecretString")

// SecretValues checks the values as a whole. They are counted and never repeated.
func SecretValues(values map[string]string) error {
	if len(values) == 0 {
		return &Violation{What: "There is no value", Why: "A secret without values is paid for and holds nothing", Write: "Write at least one value, or leave secret_values_wo out"}
	}
	return tooMany("The values have", int64(jsonSize(values)), "bytes", secretSize(),
		"They are kept in one secret, all together as JSON", "put large ones into secrets of their own, and name those in secrets")
}

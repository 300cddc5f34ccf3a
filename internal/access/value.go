package access

import (
	"fmt"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// values are the actions that read one value and list nothing beside it.
var values = map[string]string{
	"secretsmanager": "secretsmanager:GetSecretValue",
	"ssm":            "ssm:GetParameter",
}

// GiveValue gives the value of one secret or parameter: less than the level
// read, which also describes a secret and lists the parameters below a path.
func GiveValue(of, key string) (Given, error) {
	given, err := Give(of, "read", key)
	if err != nil {
		return Given{}, err
	}
	t, err := find(of)
	if err != nil {
		return Given{}, err
	}
	action, ok := values[t.service]
	if !ok {
		return Given{}, &GiveError{
			At: "to", What: fmt.Sprintf("%q is neither a secret nor a parameter", of), Why: "Only those have a value to read",
			Write: "Write the ARN of a secret of Secrets Manager or of a parameter of Systems Manager",
		}
	}
	given.Statement.Actions = bp.Known(bp.SetOf(action))
	return given, nil
}

package blueprint

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Secret is the secret of Secrets Manager that belongs to the unit.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html
type Secret struct {
	Name          String                   `attr:"name" doc:"Secret name."`
	ARN           String                   `attr:"arn" doc:"ARN of the secret."`
	KMSKeyARN     String                   `attr:"kms_key_arn" doc:"Key that encrypts the values."`
	Available     Value[bool]              `attr:"available" doc:"Whether the values can be read. False while the secret is scheduled for deletion."`
	ValuesVersion Value[int64]             `attr:"values_version" doc:"The secret_values_wo_version under which the unit last put values; null before it has."`
	Rotation      Value[Rotation]          `attr:"rotation" doc:"What rotates the values; null while nothing does."`
	Unexpected    Value[map[string]String] `attr:"unexpected_policy" doc:"Statements of a resource policy, by Sid, as JSON. The unit has none; those listed are removed by the next apply."`
	Tags          Value[map[string]String] `attr:"tags" doc:"Tags of the secret where they differ from the unit's; null while they are the same."`
}

// Rotation says what rotates a secret, and how often.
type Rotation struct {
	FunctionARN String       `attr:"function_arn" doc:"Function that rotates it."`
	Days        Value[int64] `attr:"days" doc:"Days between two rotations; null for a schedule that is not in days."`
}

// SecretVariable is the environment variable that holds the secret's ARN.
const SecretVariable = "SECRET_VALUES_ARN"

// SecretName derives the name of the unit's own secret.
func SecretName(unit string) string { return "secure/" + unit }

// SecretDescription is that of the unit's own secret.
func SecretDescription(unit string) string { return "Values for the Lambda function " + unit }

// tokenLength is how much of a token stands for the generation. Secrets Manager
// takes 32 to 64 characters.
const tokenLength = 32

// ValuesToken is the id of the version that holds the values of a number. A put
// that is repeated makes no second one.
func ValuesToken(generation string, number int64) string {
	return fmt.Sprintf("%s-%d", HashText(generation)[:tokenLength], number)
}

// ValuesNumber reads the number back; null for a version that has none.
func ValuesNumber(version string) Value[int64] {
	if len(version) <= tokenLength || version[tokenLength] != '-' || strings.Contains(version[:tokenLength], "-") {
		return Null[int64]()
	}
	number, err := strconv.ParseInt(version[tokenLength+1:], 10, 64)
	if err != nil {
		return Null[int64]()
	}
	return Known(number)
}

// IsSecretARN reports whether an ARN is that of a secret of Secrets Manager.
func IsSecretARN(arn string) bool { return isARN(arn, "secretsmanager", "secret:") }

// SecretNameOf is the name in a secret's ARN, with the hyphen and the six characters
// that AWS puts behind it.
func SecretNameOf(arn string) string { return resourceOf(arn, "secret:") }

// ComponentSecret names the unit's own secret.
const ComponentSecret = "secret"

// SecretComponent describes it.
func SecretComponent() Component {
	c := owned(ComponentSecret, func(b *Blueprint) *Value[Secret] { return &b.Secret }, func(s Secret) String { return s.ARN },
		func(i *Inventory) *Value[Identity] { return &i.Secret })
	c.Allotted, c.Optional = true, true
	return c
}

// wordBehind matches the end of an ARN whose six characters are a word or a number.
var wordBehind = regexp.MustCompile(`:secret:.*-([a-z]{6}|[0-9]{6})$`)

// SecretMayLackSuffix reports whether the last six characters of a secret's ARN may
// belong to its name: they are a word or a number, which Secrets Manager hardly ever
// chooses.
func SecretMayLackSuffix(arn string) bool { return wordBehind.MatchString(arn) }

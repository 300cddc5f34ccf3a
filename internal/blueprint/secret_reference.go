package blueprint

import "strings"

// SecretSpec is a secret of Secrets Manager or a parameter of Systems Manager
// that the function reads. Its ARN reaches the function, its value does not.
type SecretSpec struct {
	ARN          String `attr:"arn"`
	KMSKeyARN    String `attr:"kms_key_arn"`
	JSONKey      String `attr:"json_key"`
	VersionStage String `attr:"version_stage"`
}

// RotationSpec has the unit's own secret rotated.
type RotationSpec struct {
	FunctionARN String       `attr:"function_arn"`
	Days        Value[int64] `attr:"days"`
}

// Reference is what the function finds in its environment: the ARN, and behind
// it the JSON key and the version stage in the form that ECS gave them.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
func (s SecretSpec) Reference() String {
	if s.JSONKey.IsNull() && s.VersionStage.IsNull() {
		return s.ARN
	}
	none := Known("")
	return Format("%s:%s:%s:", s.ARN, s.JSONKey.Else(none), s.VersionStage.Else(none))
}

// Fields of a secret's ARN, and of a reference with key and stage: the last one
// would be a version id.
const (
	secretFields    = 7
	referenceFields = secretFields + 3
)

// ParseSecret reads a reference back.
func ParseSecret(reference string) (SecretSpec, bool) {
	fields := strings.Split(reference, ":")
	spec := SecretSpec{ARN: Known(reference)}
	if len(fields) == referenceFields {
		spec.ARN = Known(strings.Join(fields[:secretFields], ":"))
		for i, field := range []*String{&spec.JSONKey, &spec.VersionStage} {
			if text := fields[secretFields+i]; text != "" {
				*field = Known(text)
			}
		}
	}
	_, isARN := PlaceOf(reference)
	return spec, isARN && spec.Reference() == Known(reference)
}

// Statements about secrets are named after the variable that holds the ARN. A
// Sid takes no underscore.
const (
	sidSecretOf = "SecureSecretOf"
	sidKeyOf    = "SecureKeyOf"
)

var (
	variableToSid = strings.NewReplacer("_", "x0", "x", "x1")
	sidToVariable = strings.NewReplacer("x0", "_", "x1", "x")
)

// prefixed makes Sids of variables, and variables of Sids.
func prefixed(prefix string) (sid func(string) string, name func(string) (string, bool)) {
	sid = func(variable string) string { return prefix + variableToSid.Replace(variable) }
	return sid, func(text string) (string, bool) {
		rest, ok := strings.CutPrefix(text, prefix)
		variable := sidToVariable.Replace(rest)
		return variable, ok && rest != "" && sid(variable) == text
	}
}

// family is a set of statements that the user names.
type family struct {
	statements *Value[map[string]Value[Statement]]
	sid        func(name string) string
	name       func(sid string) (string, bool)
}

// families are those of a policy, in the order of their statements.
func (p *PolicyStatements) families() []family {
	secret, secretName := prefixed(sidSecretOf)
	key, keyName := prefixed(sidKeyOf)
	return []family{{&p.Access, Sid, Label}, {&p.Secrets, secret, secretName}, {&p.SecretKeys, key, keyName}}
}

package draft

import (
	"github.com/secure-lambda/terraform-provider-secure/internal/access"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

type statementsByName = map[string]bp.Value[bp.Statement]

// secretStatements let the function's own code read each secret's value.
func (d *drafter) secretStatements() bp.Value[statementsByName] {
	return bp.Then(d.spec.Secrets, func(secrets map[string]bp.Value[bp.SecretSpec]) bp.Value[statementsByName] {
		out := statementsByName{}
		for name, secret := range secrets {
			out[name] = bp.Then(secret, func(s bp.SecretSpec) bp.Value[bp.Statement] {
				return bp.Then(s.ARN, func(arn string) bp.Value[bp.Statement] { return readValue(arn, d.functionARN) })
			})
		}
		return noneNamed(out)
	})
}

// readValue reads one secret's value. What cannot be read stays unknown: the
// checks of the configuration say why.
func readValue(arn string, function bp.String) bp.Value[bp.Statement] {
	given, err := access.GiveValue(arn, "")
	if err != nil {
		return bp.Unknown[bp.Statement]()
	}
	given.Statement.Conditions = bp.Known(bp.Conditions{arnEquals: condition(sourceFunction, function)})
	return bp.Known(given.Statement)
}

// secretKeyStatements let Secrets Manager and Systems Manager decrypt the
// values on the function's behalf. The service calls KMS, so the statement is
// bound to it and to the secret, not to the function's own calls.
func (d *drafter) secretKeyStatements() bp.Value[statementsByName] {
	return bp.Then(d.spec.Secrets, func(secrets map[string]bp.Value[bp.SecretSpec]) bp.Value[statementsByName] {
		out := statementsByName{}
		for name, secret := range secrets {
			entry, _ := secret.Get()
			if secret.IsUnknown() || entry.KMSKeyARN.IsUnknown() {
				return bp.Unknown[statementsByName]() // which of them have a key is not known
			}
			if key, ok := entry.KMSKeyARN.Get(); ok {
				out[name] = bp.Then(entry.ARN, func(arn string) bp.Value[bp.Statement] {
					given, err := access.GiveValue(arn, key)
					if err != nil {
						return bp.Unknown[bp.Statement]()
					}
					return given.Key
				})
			}
		}
		return noneNamed(out)
	})
}

func noneNamed(statements statementsByName) bp.Value[statementsByName] {
	if len(statements) == 0 {
		return bp.Null[statementsByName]()
	}
	return bp.Known(statements)
}

// inferSecrets recognises a variable that holds a reference together with the
// statement that reads it. Any other variable that holds an ARN is an entry of
// the environment, and any other statement one of access, or drift.
func inferSecrets(observed bp.Blueprint, environment map[string]string) bp.Value[map[string]bp.Value[bp.SecretSpec]] {
	function, _ := observed.Function.Get()
	policy, _ := observed.Policy.Get()
	statements, _ := policy.Statements.Get()
	out := map[string]bp.Value[bp.SecretSpec]{}
	for name, statement := range statements.Secrets.Or(nil) {
		secret, ok := bp.ParseSecret(environment[name])
		if !ok || !bp.Equal(statement, readValue(secret.ARN.Or(""), function.ARN)) {
			continue
		}
		key, _ := statements.SecretKeys.Or(nil)[name].Get()
		if keys := key.Resources.Or(nil); len(keys) == 1 {
			secret.KMSKeyARN = keys[0]
		}
		out[name] = bp.Known(secret)
	}
	if len(out) == 0 {
		return bp.Null[map[string]bp.Value[bp.SecretSpec]]()
	}
	return bp.Known(out)
}

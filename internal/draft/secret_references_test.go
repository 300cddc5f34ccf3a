package draft_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
	"github.com/secure-lambda/terraform-provider-secure/internal/draft"
)

const (
	someSecret    = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders/db-AbCdEf"
	someParameter = "arn:aws:ssm:eu-west-1:111122223333:parameter/orders/limit"
)

func (s specs) secrets() bp.Value[map[string]bp.Value[bp.SecretSpec]] {
	names := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"DB_PASSWORD", "xX_x0", "Limit"}), 0, 3, rapid.ID).Draw(s.T, "secrets")
	out := map[string]bp.Value[bp.SecretSpec]{}
	for _, name := range names {
		secret := bp.SecretSpec{ARN: bp.Known(someParameter), KMSKeyARN: one(s, "secret's key", givenKey, houseKey)}
		if rapid.Bool().Draw(s.T, "of Secrets Manager") {
			secret.ARN = bp.Known(someSecret)
			secret.JSONKey = one(s, "json key", "password", "user name")
			secret.VersionStage = one(s, "stage", "AWSPREVIOUS", "AWSCURRENT")
		}
		out[name] = bp.Known(secret)
	}
	if len(out) == 0 {
		return bp.Null[map[string]bp.Value[bp.SecretSpec]]()
	}
	return bp.Known(out)
}

func withSecret(secret bp.Value[bp.SecretSpec]) bp.Spec {
	spec := fourLines()
	spec.Secrets = bp.Known(map[string]bp.Value[bp.SecretSpec]{"DB_PASSWORD": secret})
	return spec
}

func TestDraft_SecretGivesItsReferenceAndTheReadOfItsValueAlone(t *testing.T) {
	t.Parallel()
	bound := bp.Known(bp.Conditions{"ArnEquals": equals("lambda:SourceFunctionArn", "arn:aws:lambda:eu-west-1:111122223333:function:orders")})
	for label, c := range map[string]struct {
		secret            bp.SecretSpec
		variable, action  string
		service, contexts string
	}{
		"secret": {
			bp.SecretSpec{ARN: bp.Known(someSecret)}, someSecret, "secretsmanager:GetSecretValue", "", "",
		},
		"key of a secret": {
			bp.SecretSpec{ARN: bp.Known(someSecret), JSONKey: bp.Known("password")}, someSecret + ":password::", "secretsmanager:GetSecretValue", "", "",
		},
		"stage of a secret": {
			bp.SecretSpec{ARN: bp.Known(someSecret), VersionStage: bp.Known("AWSPREVIOUS")}, someSecret + "::AWSPREVIOUS:", "secretsmanager:GetSecretValue", "", "",
		},
		"encrypted secret": {
			bp.SecretSpec{ARN: bp.Known(someSecret), KMSKeyARN: bp.Known(givenKey), JSONKey: bp.Known("password"), VersionStage: bp.Known("AWSCURRENT")},
			someSecret + ":password:AWSCURRENT:", "secretsmanager:GetSecretValue", "secretsmanager.eu-west-1.amazonaws.com", "kms:EncryptionContext:SecretARN",
		},
		"encrypted parameter": {
			bp.SecretSpec{ARN: bp.Known(someParameter), KMSKeyARN: bp.Known(givenKey)},
			someParameter, "ssm:GetParameter", "ssm.eu-west-1.amazonaws.com", "kms:EncryptionContext:PARAMETER_ARN",
		},
	} {
		t.Run(label, func(t *testing.T) {
			t.Parallel()
			spec := withSecret(bp.Known(c.secret))
			same(t, "variable", draft.Environment(spec, bp.Known(ownSecret)).Or(nil)["DB_PASSWORD"], bp.Known(c.variable))
			got := statements(draft.Draft(spec, knownFacts()))
			noDifference(t, "statement", got.Secrets.Or(nil)["DB_PASSWORD"], bp.Known(bp.Statement{
				Effect: bp.Known("Allow"), Actions: bp.Known(bp.SetOf(c.action)), Resources: bp.Known(bp.Set{c.secret.ARN}), Conditions: bound,
			}))
			if c.service == "" {
				same(t, "keys", got.SecretKeys.IsNull(), true)
				return
			}
			noDifference(t, "statement about the key", got.SecretKeys.Or(nil)["DB_PASSWORD"], bp.Known(bp.Statement{
				Effect: bp.Known("Allow"), Actions: bp.Known(bp.SetOf("kms:Decrypt")), Resources: bp.Known(bp.SetOf(givenKey)),
				Conditions: bp.Known(bp.Conditions{
					"StringEquals": equals("kms:ViaService", c.service), "StringLike": equals(c.contexts, c.secret.ARN.Or("")),
				}),
			}))
		})
	}
}

func TestDraft_SecretThatIsNotKnownYet(t *testing.T) {
	t.Parallel()
	unknown := bp.Unknown[string]()
	for label, c := range map[string]struct {
		secret   bp.Value[bp.SecretSpec]
		unknowns []string
	}{
		"whole":  {bp.Unknown[bp.SecretSpec](), []string{"secret_keys", `secrets["DB_PASSWORD"]`}},
		"arn":    {bp.Known(bp.SecretSpec{ARN: unknown, KMSKeyARN: bp.Known(givenKey)}), []string{`secret_keys["DB_PASSWORD"]`, `secrets["DB_PASSWORD"]`}},
		"key":    {bp.Known(bp.SecretSpec{ARN: bp.Known(someSecret), KMSKeyARN: unknown}), []string{"secret_keys"}},
		"nested": {bp.Known(bp.SecretSpec{ARN: bp.Known(someSecret), JSONKey: unknown}), nil},
	} {
		t.Run(label, func(t *testing.T) {
			t.Parallel()
			spec := withSecret(c.secret)
			got := unknowns(statements(draft.Draft(spec, knownFacts())))
			slices.Sort(got)
			same(t, "unknown statements", got, c.unknowns)
			_, there := draft.Environment(spec, bp.Known(ownSecret)).Or(nil)["DB_PASSWORD"]
			same(t, "the variable is there", there, true)
		})
	}
	spec := fourLines()
	spec.Secrets = bp.Unknown[map[string]bp.Value[bp.SecretSpec]]()
	same(t, "environment", draft.Environment(spec, bp.Known(ownSecret)).IsUnknown(), true)
	same(t, "statements", statements(draft.Draft(spec, knownFacts())).Secrets.IsUnknown(), true)
}

func TestInfer_VariableWithAnotherStatementIsNoSecret(t *testing.T) {
	t.Parallel()
	spec := withSecret(bp.Known(bp.SecretSpec{ARN: bp.Known(someSecret)}))
	environment := values(spec)
	observed := draft.Draft(spec, knownFacts())
	environment["DB_PASSWORD"] = someParameter
	got := draft.Infer(observed, environment, knownFacts())
	same(t, "secrets", got.Secrets.IsNull(), true)
	same(t, "environment", got.Environment.Or(nil)["DB_PASSWORD"], bp.Known(someParameter))
	// An ARN that a statement of access reads stays where it is.
	spec = fourLines()
	spec.Environment = bp.Known(map[string]bp.String{"DB_PASSWORD": bp.Known(someSecret)})
	spec.Access = bp.Known(map[string]bp.Value[bp.AccessSpec]{"db": bp.Known(bp.AccessSpec{
		Actions: bp.Known(bp.SetOf("secretsmanager:GetSecretValue")), Resources: bp.Known(bp.SetOf(someSecret)),
	})})
	got = draft.Infer(draft.Draft(spec, knownFacts()), values(spec), knownFacts())
	noDifference(t, "environment and access", got, spec)
}

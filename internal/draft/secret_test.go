package draft_test

import (
	"testing"

	"pgregory.net/rapid"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
	"github.com/secure-lambda/terraform-provider-secure/internal/draft"
)

func (s specs) ownSecret() (bp.Value[int64], bp.Value[bp.RotationSpec]) {
	if !rapid.Bool().Draw(s.T, "own secret") {
		return bp.Null[int64](), bp.Null[bp.RotationSpec]()
	}
	function := bp.Known("arn:aws:lambda:eu-west-1:111122223333:function:rotate")
	return bp.Known(int64(7)), oneOr(s, "rotation",
		[]bp.RotationSpec{{FunctionARN: function}, {FunctionARN: function, Days: bp.Known[int64](90)}},
		[]bp.RotationSpec{{FunctionARN: function, Days: bp.Known[int64](draft.DefaultRotationDays)}})
}

func withValues() bp.Spec {
	spec := fourLines()
	spec.SecretVersion = bp.Known[int64](3)
	return spec
}

func TestDraft_OwnSecretIsReadByTheFunctionAlone(t *testing.T) {
	t.Parallel()
	b := draft.Draft(withValues(), knownFacts())
	secret, _ := b.Secret.Get()
	same(t, "name", secret.Name, bp.Known("secure/orders"))
	same(t, "key", secret.KMSKeyARN, bp.Known(ownKey))
	same(t, "number", secret.ValuesVersion, bp.Known[int64](3))
	same(t, "rotation", secret.Rotation.IsNull(), true)
	same(t, "variable", draft.Environment(withValues(), bp.Known(ownSecret)).Or(nil)[bp.SecretVariable], bp.Known(ownSecret))
	got := statements(b)
	noDifference(t, "statement", got.SecretValues, bp.Known(bp.Statement{
		Effect: bp.Known("Allow"), Actions: bp.Known(bp.SetOf("secretsmanager:GetSecretValue")), Resources: bp.Known(bp.SetOf(ownSecret)),
		Conditions: bp.Known(bp.Conditions{"ArnEquals": equals("lambda:SourceFunctionArn", "arn:aws:lambda:eu-west-1:111122223333:function:orders")}),
	}))
	key, _ := got.SecretValuesKey.Get()
	same(t, "key of the statement", key.Resources, bp.Known(bp.SetOf(ownKey)))
}

func TestDraft_OwnSecretOfANewUnitHasNoARNYet(t *testing.T) {
	t.Parallel()
	b := draft.Draft(withValues(), newFacts())
	same(t, "unknown of the secret", unknowns(b.Secret.Or(bp.Secret{})), []string{"arn", "kms_key_arn"})
	function, _, policy, _ := parts(b)
	same(t, "overflow is known", policy.Overflow.IsUnknown(), false)
	_, there := function.Environment.Or(nil)[bp.SecretVariable]
	same(t, "the variable is there", there, true)
	without := draft.Draft(fourLines(), newFacts())
	same(t, "without a number", without.Secret.IsNull() && statements(without).SecretValues.IsNull(), true)
	spec := fourLines()
	spec.SecretVersion = bp.Unknown[int64]()
	later := draft.Draft(spec, knownFacts())
	same(t, "with an unknown number", later.Secret.IsUnknown() && statements(later).SecretValuesKey.IsUnknown(), true)
}

func TestValuesToken_SaysItsNumber(t *testing.T) {
	t.Parallel()
	for _, number := range []int64{1, 42, 1<<31 - 1} {
		token := bp.ValuesToken("generation", number)
		same(t, "number", bp.ValuesNumber(token), bp.Known(number))
		same(t, "length", len(token) >= 32 && len(token) <= 64, true)
		same(t, "another generation", bp.ValuesToken("other", number) == token, false)
	}
	for _, foreign := range []string{"", "1", "01234567-89ab-cdef-0123-456789abcdef", "terraform-20261125000000000000000001"} {
		same(t, foreign, bp.ValuesNumber(foreign).IsNull(), true)
	}
}

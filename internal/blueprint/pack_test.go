package blueprint_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// grant is a statement on so many tables.
func grant(tables int) bp.Value[bp.Statement] {
	var resources []string
	for i := range tables {
		resources = append(resources, fmt.Sprintf("arn:aws:dynamodb:eu-west-1:111122223333:table/orders-%03d", i))
	}
	return bp.Known(bp.Statement{
		Effect: bp.Known("Allow"), Actions: bp.Known(bp.SetOf("dynamodb:GetItem", "dynamodb:Query")), Resources: bp.Known(bp.SetOf(resources...)),
	})
}

// TestPack_FillsPoliciesInOrder holds for any statements: each is in exactly
// one policy, in order, no policy is too long, and none could have taken the
// first statement of the next.
func TestPack_FillsPoliciesInOrder(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T) {
		access := map[string]bp.Value[bp.Statement]{}
		for i, n := range rapid.SliceOfN(rapid.IntRange(1, 80), 1, 30).Draw(t, "tables") {
			access[fmt.Sprintf("e%d", i)] = grant(n)
		}
		p := bp.PolicyStatements{Logs: grant(1), Access: bp.Known(access)}
		packed, err := bp.Pack(p.Statements())
		if err != nil {
			t.Fatal(err)
		}
		same(t, "all of them in order", sids(slices.Concat(packed...)), sids(p.Statements()))
		same(t, "as many as foreseen", p.Parts(), bp.Known(len(packed)))
		for i, part := range packed {
			if n := size(t, part); n > bp.MaxPolicySize {
				t.Errorf("policy %d has %d characters", i, n)
			}
			if i > 0 && size(t, append(slices.Clone(packed[i-1]), part[0])) <= bp.MaxPolicySize {
				t.Errorf("policy %d has room for %s", i-1, part[0].Sid)
			}
		}
	})
}

func size(t interface{ Fatal(args ...any) }, statements []bp.Named) int {
	document, err := bp.Document(statements)
	if err != nil {
		t.Fatal(err)
	}
	return len([]rune(document))
}

// TestParts_IsUnknownOnlyNearTheLimit: what is not known yet matters only
// where it could decide.
func TestParts_IsUnknownOnlyNearTheLimit(t *testing.T) {
	t.Parallel()
	unknownTable := bp.Known(bp.Statement{Effect: bp.Known("Allow"), Actions: bp.Known(bp.SetOf("dynamodb:GetItem")), Resources: bp.Known(bp.Set{bp.Unknown[string]()})})
	parts := func(access map[string]bp.Value[bp.Statement]) bp.Value[int] {
		return bp.PolicyStatements{Logs: grant(1), Access: bp.Known(access)}.Parts()
	}
	for name, c := range map[string]struct {
		got, want bp.Value[int]
	}{
		"nothing granted":      {parts(nil), bp.Known(1)},
		"few, one unknown":     {parts(map[string]bp.Value[bp.Statement]{"a": grant(3), "b": unknownTable}), bp.Known(1)},
		"an unknown statement": {parts(map[string]bp.Value[bp.Statement]{"a": bp.Unknown[bp.Statement]()}), bp.Known(1)},
		"nearly full":          {parts(map[string]bp.Value[bp.Statement]{"a": grant(90), "b": unknownTable, "c": unknownTable, "d": unknownTable}), bp.Unknown[int]()},
		"full and one unknown": {parts(map[string]bp.Value[bp.Statement]{"a": grant(90), "b": grant(20), "c": unknownTable}), bp.Known(2)},
		"access unknown":       {bp.PolicyStatements{Access: bp.Unknown[map[string]bp.Value[bp.Statement]]()}.Parts(), bp.Unknown[int]()},
		"two policies' worth":  {parts(map[string]bp.Value[bp.Statement]{"a": grant(60), "b": grant(60)}), bp.Known(2)},
	} {
		same(t, name, c.got, c.want)
	}
}

func TestPolicyPart_NamesFollowTheFirst(t *testing.T) {
	t.Parallel()
	const arn = "arn:aws:iam::111122223333:policy/service/orders-eu-west-1"
	same(t, "first", bp.PolicyPart(arn, 0), arn)
	same(t, "second", bp.PolicyPart(arn, 1), arn+"-2")
	long := "arn:aws:iam::111122223333:policy/" + strings.Repeat("n", 128)
	third := bp.PolicyPart(long, 2)
	same(t, "no longer than IAM takes", len(third), len(long))
	same(t, "others are other", third != bp.PolicyPart(long, 3), true)
}

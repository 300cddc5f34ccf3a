package posture_test

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/secure-lambda/terraform-provider-secure/internal/draft"
	"github.com/secure-lambda/terraform-provider-secure/internal/posture"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// TestJudge_NeverContradictsAPlan hides attributes of a unit as a plan does
// that does not know them yet: what is judged all the same must not change when
// they become known, or Terraform refuses the apply.
func TestJudge_NeverContradictsAPlan(t *testing.T) {
	t.Parallel()
	fields := reflect.TypeFor[bp.Spec]().NumField()
	rapid.Check(t, func(t *rapid.T) {
		spec, known := complete()
		hidden := spec
		at := func(s *bp.Spec, field int) bp.Settable {
			value, ok := reflect.TypeAssert[bp.Settable](reflect.ValueOf(s).Elem().Field(field).Addr())
			if !ok {
				t.Fatalf("field %d is no value", field)
			}
			return value
		}
		for range rapid.IntRange(1, 4).Draw(t, "hide") {
			field := rapid.IntRange(1, fields-1).Draw(t, "field") // never the name
			at(&hidden, field).Assign(bp.StateUnknown, nil)
			if rapid.Bool().Draw(t, "null") {
				at(&spec, field).Assign(bp.StateNull, nil)
			}
		}
		// What a state shows does not ask the account.
		planned, final := posture.Facts{Account: place.Account, SecretsOpen: hidden.Environment.IsUnknown() || hidden.Tags.IsUnknown() || hidden.Description.IsUnknown()}, posture.Facts{Account: place.Account}
		applied := posture.Judge(draft.Draft(spec, known), final)
		for i, j := range posture.Judge(draft.Draft(hidden, known), planned) {
			if now := applied[i]; j.Outcome != posture.Unknown && (j.Outcome != now.Outcome || (j.Outcome == posture.Fail || j.Outcome == posture.NeedsInput) && j.Evidence != now.Evidence) {
				t.Errorf("%s was %s (%s) and is %s (%s)", j.ID, j.Outcome, j.Evidence, now.Outcome, now.Evidence)
			}
		}
	})
}

package kinds

import (
	"regexp"
	"testing"

	"pgregory.net/rapid"
)

// TestAnnounce_ATagHoldsEveryRole and gives it back: the name of a role may have
// a comma, the value of a tag may not.
func TestAnnounce_ATagHoldsEveryRole(t *testing.T) {
	t.Parallel()
	allowed := regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)
	rapid.Check(t, func(t *rapid.T) {
		arn := "arn:aws:iam::111122223333:role/" + rapid.StringMatching(`[\w+=,.@-]{1,64}`).Draw(t, "name")
		value := tagSafe.Replace(arn)
		if !allowed.MatchString(value) {
			t.Fatalf("%q", value)
		}
		if back := AnnouncedBy(map[string]string{"secure:next-role": value}); len(back) != 1 || back["secure:next-role"] != arn {
			t.Fatalf("%q came back as %v", arn, back)
		}
	})
}

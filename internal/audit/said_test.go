package audit

import (
	"strings"
	"testing"
	"time"

	"github.com/secure-lambda/terraform-provider-secure/internal/posture"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

const arn = "arn:aws:lambda:eu-west-1:111122223333:function:orders"

// TestReadSaid reads waivers and reasons out of both forms of a state.
func TestReadSaid(t *testing.T) {
	t.Parallel()
	const attributes = `{"arn":"` + arn + `","access":{"bus":{"reason":"serves any team"},"table":{"reason":null}},"waivers":{"in-vpc":{"reason":"talks to public APIs only","expires":"2027-01-31"}}}`
	for form, text := range map[string]string{
		"show":  `{"values":{"root_module":{"child_modules":[{"resources":[{"type":"aws_sqs_queue","values":{"arn":"x"}},{"type":"secure_lambda","values":` + attributes + `}]}]}}}`,
		"pull":  `{"version":4,"resources":[{"type":"secure_lambda","instances":[{"attributes":` + attributes + `}]}]}`,
		"empty": `{}`,
	} {
		said, err := ReadSaid([]byte(text))
		if err != nil {
			t.Fatalf("%s: %v", form, err)
		}
		if form == "empty" {
			if len(said) > 0 {
				t.Errorf("an empty state says %v", said)
			}
			continue
		}
		unit := said[arn]
		if len(said) != 1 || len(unit.Reasons) != 1 || unit.Waivers["in-vpc"].Expires.Or("") != "2027-01-31" {
			t.Errorf("%s: %+v", form, said)
		}
		for _, c := range []struct {
			on     string
			waived bool
		}{{"2026-11-29", true}, {"2028-01-01", false}} {
			now, _ := time.Parse(time.DateOnly, c.on)
			judgements := posture.Judge(bp.Blueprint{}, posture.Facts{})
			for i := range judgements {
				judgements[i].Outcome = posture.NeedsInput
			}
			waived := unit.waived(judgements, now)
			if _, is := waived["in-vpc"]; is != c.waived || len(waived) > 1 {
				t.Errorf("%s, on %s: %v", form, c.on, waived)
			}
		}
	}
	if _, err := ReadSaid([]byte("serial: 4")); err == nil || !strings.Contains(err.Error(), "not a state") {
		t.Errorf("what is no JSON: %v", err)
	}
}

package audit_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"github.com/secure-lambda/terraform-provider-secure/internal/audit"
	"github.com/secure-lambda/terraform-provider-secure/internal/draft"
	"github.com/secure-lambda/terraform-provider-secure/internal/posture"
	"github.com/secure-lambda/terraform-provider-secure/internal/posture/worse"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// hostileSid is what a policy of a queue may hold in a Sid.
const hostileSid = `\u001b[2J<img src=x onerror=alert(1)>|\u202e**a** [here](https://example.com)\u0000\u2028`

// besieged is a report on a function whose policies and tags others wrote to harm
// whoever reads it.
func besieged() audit.Report {
	b := draft.Draft(worse.Start(), draft.Facts{
		Place: worse.Place, CodeSHA256: bp.Known("q1w2e3"), Generation: bp.Known("g1"), SecretARN: bp.Unknown[string](), KeyARN: bp.Unknown[string](),
	})
	facts := posture.Facts{Account: worse.Place.Account, Secrets: []string{"tags.\x1b]0;<svg/onload=alert(2)>\u202e (github-pat)"}}
	worse.QueuePolicy(`{"Sid":"`+hostileSid+`","Effect":"Allow","Principal":"*","Action":"sqs:SendMessage","Resource":"*"}`, false)(&b, &facts)
	worse.Policy(`{"Sid":"`+hostileSid+`","Effect":"Allow","Action":"*","Resource":"*"}`)(&b, &facts)
	worse.Trust(`{"Sid":"`+hostileSid+`","Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}`)(&b, &facts)
	worse.KeyPolicy(`{"Sid":"`+hostileSid+`","Effect":"Allow","Principal":{"AWS":"*"},"Action":"kms:*","Resource":"*"}`)(&b, &facts)
	worse.Attach("arn:aws:iam::111122223333:policy/theirs", `{"Sid":"`+hostileSid+`","Effect":"Allow","Action":"*","Resource":"*"}`)(&b, &facts)
	return report(of("orders", "eu-central-1", judgedOutside(b, facts)))
}

// TestWrite_HostileSidsAndTags writes evidence that repeats what others wrote: in
// no format does it move a cursor, turn a line round, or become markup or a link.
func TestWrite_HostileSidsAndTags(t *testing.T) {
	t.Parallel()
	for _, format := range audit.Formats() {
		text := written(t, format, besieged())
		for _, r := range text {
			ours := r == '\n' || r == '\t' || format == "html" && r >= ' ' && r < unicode.MaxLatin1
			if !ours && !unicode.IsPrint(r) {
				t.Errorf("%s has %q", format, r)
				break
			}
		}
		switch format {
		case "html":
			if strings.Contains(text, "<img") || strings.Contains(text, "<svg/onload") {
				t.Error("the page has somebody else's markup")
			}
		case "json", "sarif":
			if !json.Valid([]byte(text)) {
				t.Errorf("%s cannot be read", format)
			}
		}
		if format == "sarif" && strings.Contains(text, "[here](") {
			t.Error("the log has somebody else's link")
		}
		if format != "table" && !strings.Contains(text, "alert(1)") { // the table has counts alone
			t.Errorf("%s does not repeat the evidence", format)
		}
	}
}

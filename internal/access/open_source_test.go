package access

import (
	"strings"
	"testing"
)

// TestOpenSources names the part of an ARN that leaves its owner open, and the ARN
// to write where the account is all that is missing.
func TestOpenSources(t *testing.T) {
	t.Parallel()
	for arn, want := range map[string]struct{ part, instead string }{
		"arn:aws:events:*:*:rule/orders":               {"in place of the account", "arn:aws:events:*:111122223333:rule/orders"},
		"arn:aws:events:eu-central-1:1111*:rule/*":     {"in place of the account", "arn:aws:events:eu-central-1:111122223333:rule/*"},
		"arn:aws:*:eu-central-1:*:orders":              {"in place of the service", ""},
		"arn:aws:s3:::*":                               {"in place of the bucket's name", ""},
		"arn:aws:s3:::orders":                          {"names no account", ""},
		"arn:aws:apigateway:eu-central-1::/restapis/*": {"wildcard in the resource", ""},
		"*": {"in place of service and account", ""},
		"arn:aws:sns:eu-central-1:${aws:PrincipalAccount}:all": {"which the request itself fills in", ""},
		"arn:aws:events:eu-central-1:111122223333:rule/*":      {"", ""},
	} {
		g := Grant{Allow: true, Conditions: map[string]map[string][]string{"ArnLike": {"AWS:SourceArn": {arn}}}}
		got := strings.Join(g.OpenSources(), "; ")
		if (want.part == "") != (got == "") || !strings.Contains(got, want.part) {
			t.Errorf("%s: %q, want %q", arn, got, want.part)
		}
		if instead := SourceOf(arn, "111122223333"); instead != want.instead {
			t.Errorf("%s: write %q, want %q", arn, instead, want.instead)
		}
	}
}

package posture_test

import (
	"strings"
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/draft"
	"github.com/secure-lambda/terraform-provider-secure/internal/posture/worse"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// TestEvidence_NamesAStatementWithoutASid by its place and by what it says.
func TestEvidence_NamesAStatementWithoutASid(t *testing.T) {
	t.Parallel()
	const arn = "arn:aws:iam::111122223333:policy/shared"
	written, err := bp.ParseDocument(`{"Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::orders/*"},
		{"Effect":"Allow","Action":["kms:Decrypt","s3:PutObject"],"Resource":"*"},{"Sid":"Named","Effect":"Allow","Action":"s3:PutObject","Resource":"*"}]}`)
	if err != nil {
		t.Fatal(err)
	}
	b := draft.Draft(complete())
	f := facts()
	worse.Attach(arn, `{}`)(&b, &f)
	f.Around.Policies[arn] = bp.Writing{Statements: written}
	got := judged(t, b, f)["no-wildcard-resources"].Evidence
	if want := "the 2nd statement of policy " + arn + " (actions kms:Decrypt, s3:PutObject), " + arn + ": Named"; !strings.Contains(got, want) {
		t.Errorf("%q lacks %q", got, want)
	}
	b = draft.Draft(complete())
	worse.Trust(`{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::444455556666:root","*"]},"Action":"sts:AssumeRole"}`)(&b, &f)
	got = judged(t, b, facts())["trust-lambda-only"].Evidence
	if want := "a statement without a Sid (principals *, arn:aws:iam::444455556666:root, action sts:AssumeRole)"; !strings.Contains(got, want) {
		t.Errorf("%q lacks %q", got, want)
	}
}

// TestInvokeBySource_SaysWhatIsOpen names the part of a source that names nobody, and
// the line to write.
func TestInvokeBySource_SaysWhatIsOpen(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"":                                "(no condition names a source)",
		"arn:aws:events:*:*:rule/orders":  `has a wildcard in place of the account, so a source of any account passes; write source_arn = "arn:aws:events:*:111122223333:rule/orders")`,
		"arn:aws:apigateway:eu-west-1::*": `names no account and has a wildcard in the resource, so a source of any account passes; write source_account = "111122223333")`,
	} {
		spec, given := complete()
		grant := bp.PermissionSpec{Principal: bp.Known("events.amazonaws.com")}
		if source != "" {
			grant.SourceARN = bp.Known(source)
		}
		spec.Permissions = bp.Known(map[string]bp.Value[bp.PermissionSpec]{"rule": bp.Known(grant)})
		if got := judged(t, draft.Draft(spec, given), facts())["invoke-by-source"].Evidence; !strings.Contains(got, "rule ") || !strings.Contains(got, want) {
			t.Errorf("%s: %q lacks %q", source, got, want)
		}
	}
}

package draft_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/draft"
	"github.com/secure-lambda/terraform-provider-secure/internal/posture/worse"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// printed are the statements of a policy that the encryption guide prints.
func printed(t *testing.T, marker string) []bp.Parsed {
	t.Helper()
	page, err := os.ReadFile("../../templates/guides/encryption.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "<!-- "+marker+" -->\n```json\n")
	text, _, _ := strings.Cut(rest, "```")
	statements, err := bp.ParseDocument(text)
	if err != nil || len(statements) == 0 {
		t.Fatalf("no policy %q in the guide: %v", marker, err)
	}
	return statements
}

func TestGuide_HouseKeyIsWhatThePlanAsksFor(t *testing.T) {
	t.Parallel()
	asked, err := bp.Document([]bp.Named{{Sid: "AllowCloudWatchLogs", Statement: draft.HouseKeyStatement(worse.Place)}})
	if err != nil {
		t.Fatal(err)
	}
	want, err := bp.ParseDocument(asked)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(printed(t, "house key"), func(s bp.Parsed) bool { return s.JSON == want[0].JSON }) {
		t.Errorf("the guide's policy lacks %s", want[0].JSON)
	}
}

func TestGuide_BoundaryHasEveryActionThatARoleGets(t *testing.T) {
	t.Parallel()
	allowed, granted := map[string]bool{}, map[string]bool{}
	for _, s := range printed(t, "boundary") {
		actions, _ := s.Statement.Actions.Or(nil).Strings()
		for _, action := range actions {
			allowed[action] = true
		}
	}
	for _, target := range []string{
		"arn:aws:sns:eu-central-1:111122223333:t", "arn:aws:sqs:eu-central-1:111122223333:q", "arn:aws:s3:::b",
		"arn:aws:lambda:eu-central-1:111122223333:function:f", "arn:aws:events:eu-central-1:111122223333:event-bus/b",
	} {
		spec := worse.Start()
		spec.Access = bp.Null[map[string]bp.Value[bp.AccessSpec]]()
		spec.Async = bp.Known(bp.AsyncSpec{OnSuccess: bp.Known(target), KMSKeyARNs: bp.Known(bp.SetOf("arn:aws:kms:eu-central-1:111122223333:key/k"))})
		spec.FileSystem = bp.Known(bp.FileSystemSpec{ARN: bp.Known("arn:aws:elasticfilesystem:eu-central-1:111122223333:access-point/fsap-0"), LocalMountPath: bp.Known("/mnt/data")})
		spec.Secrets = bp.Known(map[string]bp.Value[bp.SecretSpec]{
			"A": bp.Known(bp.SecretSpec{ARN: bp.Known("arn:aws:secretsmanager:eu-central-1:111122223333:secret:a-AbCdEf")}),
			"B": bp.Known(bp.SecretSpec{ARN: bp.Known("arn:aws:ssm:eu-central-1:111122223333:parameter/b")}),
		})
		if strings.Contains(target, ":sns:") {
			spec.DeadLetter = bp.Known(bp.DeadLetterSpec{TargetARN: bp.Known(target)})
		}
		policy, _ := draft.Draft(spec, draft.Facts{Place: worse.Place}).Policy.Get()
		statements, _ := policy.Statements.Get()
		for _, s := range statements.Statements() {
			if s.Statement.Effect != bp.Known("Allow") {
				continue
			}
			actions, known := s.Statement.Actions.Or(nil).Strings()
			if !known || len(actions) == 0 {
				t.Fatalf("%s: the actions of %s are not known", target, s.Sid)
			}
			for _, action := range actions {
				granted[action] = true
			}
		}
	}
	for action := range granted {
		if !allowed[action] {
			t.Errorf("a role gets %s, which the guide's boundary leaves out", action)
		}
	}
	for action := range allowed {
		if !granted[action] {
			t.Errorf("the guide's boundary has %s, which no role gets", action)
		}
	}
}

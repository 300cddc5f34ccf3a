package audit_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/secure-lambda/terraform-provider-secure/internal/audit"
	"github.com/secure-lambda/terraform-provider-secure/internal/draft"
	"github.com/secure-lambda/terraform-provider-secure/internal/posture"
	"github.com/secure-lambda/terraform-provider-secure/internal/posture/worse"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// judged is a function of the account with these controls worse than they
// could be.
func judged(name, region string, controls ...string) audit.Function {
	b := draft.Draft(worse.Start(), draft.Facts{
		Place: worse.Place, CodeSHA256: bp.Known("q1w2e3"), Generation: bp.Known("0a1b2c3d-0000-1111-2222-333344445555"),
		SecretARN: bp.Known("arn:aws:secretsmanager:eu-central-1:111122223333:secret:secure/orders-AbCdEf"), KeyARN: bp.Known("arn:aws:kms:eu-central-1:111122223333:key/0a1b2c3d-0000-1111-2222-333344445555"),
	})
	f := posture.Facts{Zones: bp.Known[int64](2), Account: worse.Place.Account, Around: &bp.Around{}}
	for _, c := range worse.Cases() {
		if slices.Contains(controls, c.Control) {
			c.Worsen(&b, &f)
		}
	}
	return of(name, region, judgedOutside(b, f))
}

func of(name, region string, judgements []posture.Judgement) audit.Function {
	return audit.Function{
		Name: name, Region: region, ARN: "arn:aws:lambda:" + region + ":111122223333:function:" + name, Runtime: "python3.14",
		Score: posture.Score(judgements, func(string) bool { return false }), Judgements: judgements,
	}
}

// blind is a function of which nothing could be read.
func blind(name, region string) audit.Function {
	judgements := judgedOutside(bp.Blueprint{}, posture.Facts{})
	for i := range judgements {
		judgements[i].Outcome, judgements[i].Evidence = posture.Unknown, "the function could not be read"
	}
	return of(name, region, judgements)
}

// hostile are names that Lambda would not take, from an AWS that lies.
var hostile = []string{
	`<script>alert(1)</script>`,
	`</script><img src=x onerror=alert(2)>`,
	"a\x1b[2Jb\nc\u202ed\x00",
	strings.Repeat("long", 200),
	`"'--><svg/onload=alert(3)>`,
}

func report(functions ...audit.Function) audit.Report {
	return audit.Report{
		Version: "1.4.0", At: time.Date(2026, 11, 25, 9, 30, 0, 0, time.UTC), Account: worse.Place.Account,
		Minimum: posture.PCI, Functions: functions,
	}
}

// small has a function for each standing, and a call that was refused.
func small() audit.Report {
	meets := judged("orders", "eu-central-1")
	meets.Managed = true
	r := report(
		meets,
		blind("legacy", "us-east-1"),
		judged("checkout", "eu-central-1", "no-administrator-policy", "tracing-active", "alarm-actions"),
		judged("thumbnails", "us-east-1", "in-vpc", "log-retention", "environment-encrypted"),
	)
	r.Problems = []audit.Problem{{
		Region: "us-east-1", Call: "lambda:GetFunction", Code: "AccessDeniedException", Functions: 1,
		Message: "User: arn:aws:iam::111122223333:user/auditor is not authorized to perform: lambda:GetFunction",
	}}
	return r
}

// many has functions as an account has them: each worse in something else, and
// with evidence that names the function where it is not met.
func many(n int) audit.Report {
	cases := worse.Cases()
	r := report()
	for i := range n {
		var controls []string
		for k := range i * i % 31 {
			// A function outside a VPC has no subnets to be worse in.
			if c := cases[(i*7+k*11)%len(cases)].Control; c != "vpc-multi-az" {
				controls = append(controls, c)
			}
		}
		f := judged(fmt.Sprintf("service-%03d-worker", i), []string{"eu-central-1", "us-east-1", "ap-southeast-2"}[i%3], controls...)
		for at := range f.Judgements {
			if j := &f.Judgements[at]; j.Outcome == posture.Fail {
				j.Evidence += " (" + f.Name + ")"
			}
		}
		f.Managed = i%4 == 0
		r.Functions = append(r.Functions, f)
	}
	return r
}

func written(t *testing.T, format string, r audit.Report) string {
	t.Helper()
	var out strings.Builder
	if err := audit.Write(&out, format, r); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// judgedOutside is what an audit can judge: not the package.
func judgedOutside(b bp.Blueprint, f posture.Facts) []posture.Judgement {
	return slices.DeleteFunc(posture.Judge(b, f), func(j posture.Judgement) bool { return j.CodeOnly })
}

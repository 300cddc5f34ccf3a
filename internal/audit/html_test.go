package audit_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/audit"
)

// TestHTML_Size keeps a report small enough for a mail.
func TestHTML_Size(t *testing.T) {
	t.Parallel()
	const limit = 1_000_000
	if size := len(written(t, "html", many(200))); size >= limit {
		t.Errorf("200 functions take %d bytes, want less than %d", size, limit)
	}
}

// TestHTML_LoadsNothing looks for whatever makes a browser ask for more than
// the file. Links to follow are not that.
func TestHTML_LoadsNothing(t *testing.T) {
	t.Parallel()
	page := written(t, "html", small())
	if !strings.Contains(page, "default-src &#39;none&#39;") {
		t.Error("the page has no policy that forbids to load anything")
	}
	for _, what := range []string{`<link`, `\ssrc=`, `@import`, `url\(`, `<iframe`, `<object`, `\bfetch\(`, `XMLHttpRequest`, `WebSocket`, `sendBeacon`, `\sstyle=`, `\son\w+="`} {
		if found := regexp.MustCompile(what).FindString(page); found != "" {
			t.Errorf("the page has %s", found)
		}
	}
}

// hostileReport has hostile text in every field that AWS fills.
func hostileReport() audit.Report {
	r := report()
	for _, text := range hostile {
		f := judged("orders", "eu-central-1", "in-vpc", "tracing-active")
		f.Name, f.Runtime, f.Region, f.ARN = text, text, text, text
		for i := range f.Judgements {
			f.Judgements[i].Evidence = text
		}
		r.Functions = append(r.Functions, f)
		r.Problems = append(r.Problems, audit.Problem{Region: text, Call: text, Code: text, Message: text})
	}
	r.Account, r.Version = hostile[0], hostile[1]
	return r
}

func TestHTML_EscapesHostileText(t *testing.T) {
	t.Parallel()
	page := written(t, "html", hostileReport())
	for _, markup := range []string{"<script>alert", "<img", "onerror=alert(2)>", "<svg/onload"} {
		if strings.Contains(page, markup) {
			t.Errorf("the page has %s", markup)
		}
	}
	if opened, closed := strings.Count(page, "<script"), strings.Count(page, "</script"); opened != 2 || closed != 2 {
		t.Errorf("the page opens %d scripts and closes %d, want its own two", opened, closed)
	}
}

func TestHTML_NothingFound(t *testing.T) {
	t.Parallel()
	page := written(t, "html", report())
	for _, want := range []string{"No functions were found.", "AWS refused no call."} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

// TestHTML_ReadsWithoutScript finds what is not met in the page itself.
func TestHTML_ReadsWithoutScript(t *testing.T) {
	t.Parallel()
	page, _, _ := strings.Cut(written(t, "html", small()), `<script type="application/json"`)
	for _, want := range []string{`<th scope="row">checkout</th>`, "no-administrator-policy, critical: role.attached_policies: arn:aws:iam::aws:policy/AdministratorAccess is an administrator", "lambda:GetFunction", "Take the policy out of additional_policy_arns"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not show %q without its script", want)
		}
	}
}

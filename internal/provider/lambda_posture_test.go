package provider

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/secure-lambda/terraform-provider-secure/internal/posture"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// TestControls_PointToAttributes: an error at an attribute that does not exist
// is printed without a line of the configuration.
func TestControls_PointToAttributes(t *testing.T) {
	t.Parallel()
	var resp resource.SchemaResponse
	(&lambdaResource{}).Schema(context.Background(), resource.SchemaRequest{}, &resp)
	for _, c := range posture.Controls() {
		if _, diags := resp.Schema.AttributeAtPath(context.Background(), attributePath(c.At)); diags.HasError() {
			t.Errorf("%s points to %s: %v", c.ID, c.At, diags)
		}
	}
}

func objection(t *testing.T, id string, outcome posture.Outcome, stops bool) posture.Objection {
	t.Helper()
	control, ok := posture.Lookup(id)
	if !ok {
		t.Fatalf("there is no control %s", id)
	}
	return posture.Objection{Judgement: posture.Judgement{Control: control, Outcome: outcome, Evidence: "something is so"}, Stops: stops, By: "its severity is high"}
}

// TestObjections_SayTheFaultFirst walks all controls.
func TestObjections_SayTheFaultFirst(t *testing.T) {
	t.Parallel()
	for _, c := range posture.Controls() {
		found := objectionsToDiagnostics([]posture.Objection{objection(t, c.ID, posture.Fail, true)})
		if len(found) != 1 || found[0].Summary() != c.Fault || !strings.HasPrefix(found[0].Detail(), "Control "+c.ID+" is not met: something is so. This stops the change because its severity is high. "+c.Remedy) ||
			strings.Contains(found[0].Detail(), c.Title) {
			t.Errorf("%s: %v", c.ID, found)
		}
	}
}

func TestUnmet_IsOneWarningThatSaysWhatItStops(t *testing.T) {
	t.Parallel()
	public, untraced := objection(t, "no-public-invoke", posture.Fail, true), objection(t, "tracing-active", posture.Fail, false)
	open, wanting := objection(t, "queue-not-public", posture.Fail, true), objection(t, "in-vpc", posture.NeedsInput, false)
	expired := posture.Remark{ID: "in-vpc", What: "The waiver of in-vpc expired on 2026-11-22", Why: "It still counts", Write: "Meet the control"}
	for name, c := range map[string]struct {
		fill             func(u *unmet)
		at, summary      string
		says, doesNotSay string
	}{
		"nothing":        {func(*unmet) {}, "", "", "", ""},
		"only input":     {func(u *unmet) { u.addAdvice([]posture.Objection{wanting}, nil) }, "", "", "", ""},
		"advice":         {func(u *unmet) { u.addAdvice([]posture.Objection{untraced, wanting}, nil) }, "tracing", "Unit orders: 1 control is not met", "X-Ray does not trace the function: something is so", "is refused"},
		"beyond minimum": {func(u *unmet) { u.addAdvice([]posture.Objection{untraced}, posture.Minimums{{Standard: posture.PCI}}) }, "", "", "", ""},
		"unchanged":      {func(u *unmet) { u.addHeld([]posture.Objection{public}, false) }, "permissions", "Unit orders: 1 control is not met", "This plan changes nothing of the unit and goes ahead. The next change is refused until no-public-invoke is met or waived.", "stops the change"},
		"concurrency":    {func(u *unmet) { u.addHeld([]posture.Objection{public, open}, true) }, "posture", "Unit orders: 2 controls are not met", "Any other change is refused until no-public-invoke and queue-not-public are met or waived.", "stops the change"},
		"waiver":         {func(u *unmet) { u.addWaiver(expired) }, `waivers["in-vpc"]`, "The waiver of in-vpc expired on 2026-11-22", "It still counts. Meet the control.", "stop"},
		"waivers":        {func(u *unmet) { u.addWaiver(expired); u.addWaiver(expired) }, "posture", "Unit orders: 2 waivers need attention", "expired on 2026-11-22", "stop"},
		"all":            {func(u *unmet) { u.addWaiver(expired); u.addHeld([]posture.Objection{public}, false) }, "posture", "Unit orders: 1 control is not met, and 1 waiver needs attention", "expired on 2026-11-22", "stops the change"},
	} {
		u := unmet{unit: "orders"}
		c.fill(&u)
		found := u.warning()
		if c.summary == "" {
			if len(found) > 0 {
				t.Errorf("%s: %v", name, found)
			}
			continue
		}
		if len(found) != 1 || found[0].Severity() != diag.SeverityWarning || found[0].Summary() != c.summary || !strings.Contains(found[0].Detail(), c.says) || strings.Contains(found[0].Detail(), c.doesNotSay) {
			t.Errorf("%s: %v", name, found)
			continue
		}
		if at, ok := found[0].(diag.DiagnosticWithPath); !ok || at.Path().String() != c.at {
			t.Errorf("%s is at %v, want %s", name, found[0], c.at)
		}
	}
}

// TestInOrder_ErrorsThenMistakesThenPosture is the order of one unit's plan.
func TestInOrder_ErrorsThenMistakesThenPosture(t *testing.T) {
	t.Parallel()
	var found, judged diag.Diagnostics
	found.AddAttributeWarning(path.Root("logs"), "mistake", "")
	found.AddAttributeError(path.Root("code"), "error", "")
	judged.AddAttributeWarning(path.Root("posture"), "posture", "")
	judged.AddAttributeError(path.Root("access"), "control", "")
	var order []string
	for _, d := range inOrder(found, judged) {
		order = append(order, d.Summary())
	}
	if got := strings.Join(order, " "); got != "error control mistake posture" {
		t.Errorf("the order is %s", got)
	}
}

func TestIntent_LeavingMoreToOthersIsAChange(t *testing.T) {
	t.Parallel()
	leaving := func(before, now bp.Value[bp.Set]) intent {
		in := intent{spec: bp.Spec{IgnoreDrift: now}}
		in.prior.spec.IgnoreDrift = before
		return in
	}
	none, some, more := bp.Null[bp.Set](), bp.Known(bp.SetOf("permissions.unexpected")), bp.Known(bp.SetOf("permissions.unexpected", "function.tracing"))
	concurrency := []bp.Difference{{Path: "function.reserved_concurrency"}}
	for name, c := range map[string]struct {
		in      intent
		changes []bp.Difference
		binds   bool
	}{
		"nothing changes":       {leaving(none, none), nil, false},
		"the same is left":      {leaving(some, some), nil, false},
		"less is left":          {leaving(more, some), nil, false},
		"more is left":          {leaving(some, more), nil, true},
		"some is left":          {leaving(none, some), nil, true},
		"concurrency alone":     {leaving(some, some), concurrency, false},
		"concurrency, and more": {leaving(none, some), concurrency, true},
		"something else":        {leaving(none, none), []bp.Difference{{Path: "function.timeout"}}, true},
	} {
		if got := c.in.binds(c.changes); got != c.binds {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// Variables that the configuration leaves to the function are judged by their
// names, and else not at all: no pass for what nobody looked at.
func TestIntent_KeptVariablesAreNoPass(t *testing.T) {
	t.Parallel()
	judged := func(stated map[string]bp.String, have ...string) posture.Judgement {
		in := intent{spec: bp.Spec{Name: bp.Known("orders"), Environment: bp.Null[map[string]bp.String](), Powertools: bp.Known(false)}}
		if stated != nil {
			in.spec.Environment = bp.Known(stated)
		}
		variables := map[string]bp.Value[bp.Environment]{}
		for _, name := range have {
			variables[name] = bp.Known(bp.Environment{})
		}
		function := bp.Function{Name: bp.Known("orders"), Environment: bp.Known(variables)}
		for _, j := range in.judge(bp.Blueprint{Function: bp.Known(function)}) {
			if j.ID == "no-plaintext-secrets" {
				return j
			}
		}
		t.Fatal("no judgement")
		return posture.Judgement{}
	}
	for name, c := range map[string]struct {
		posture.Judgement

		want posture.Outcome
	}{
		"stated":                    {judged(map[string]bp.String{"TABLE": bp.Known("orders")}, "TABLE"), posture.Pass},
		"kept under a secret name":  {judged(nil, "DB_PASSWORD"), posture.Fail},
		"kept under another name":   {judged(nil, "TABLE"), posture.Unknown},
		"one stated, another added": {judged(map[string]bp.String{"TABLE": bp.Known("orders")}, "TABLE", "API_TOKEN"), posture.Fail},
	} {
		if c.Outcome != c.want {
			t.Errorf("%s: %v (%s), want %v", name, c.Outcome, c.Evidence, c.want)
		}
	}
}

// The provider's tags are on the unit too, where it does not replace them, and are
// named as what they are.
func TestIntent_DefaultTagsAreJudged(t *testing.T) {
	t.Parallel()
	tag := func(key, value string) bp.Value[map[string]bp.String] {
		return bp.Known(map[string]bp.String{key: bp.Known(value)})
	}
	none := bp.Null[map[string]bp.String]()
	for name, c := range map[string]struct {
		house, own bp.Value[map[string]bp.String]
		found      []string
		open       bool
	}{
		"secret":            {house: tag("deploy-token", "x9f3k2m7q1"), own: none, found: []string{"default_tags.deploy-token (its name)"}},
		"secret by form":    {house: tag("contact", "https://a:x9f3k2m7@b.example.com"), own: none, found: []string{"default_tags.contact (password in a URL)"}},
		"none":              {house: tag("team", "orders"), own: none},
		"replaced":          {house: tag("deploy-token", "x9f3k2m7q1"), own: tag("deploy-token", "none")},
		"not known":         {house: bp.Unknown[map[string]bp.String](), own: none, open: true},
		"value not known":   {house: bp.Known(map[string]bp.String{"team": bp.Unknown[string]()}), own: none, open: true},
		"of the unit alone": {house: none, own: tag("deploy-token", "x9f3k2m7q1"), found: []string{"tags.deploy-token (its name)"}},
	} {
		found, open := plaintext(bp.Spec{Tags: c.own}, c.house, nil)
		if !slices.Equal(found, c.found) || open != c.open {
			t.Errorf("%s: %v, open %v", name, found, open)
		}
	}
}

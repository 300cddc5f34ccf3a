package acceptance

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// secretText stands for what no diagnostic may repeat.
const secretText = "correct-horse-battery-staple"

// badInput is one mistake and the one diagnostic it must get: no second one,
// and none at an earlier stage.
type badInput struct {
	says            string
	with            settings // over a configuration without mistakes
	at              string
	summary, detail string
}

// stage is a moment at which mistakes are found, in Terraform's order.
type stage struct {
	label    string
	severity tfprotov6.DiagnosticSeverity
	rows     []badInput
	find     func(t *testing.T, a *tenant, with settings) []*tfprotov6.Diagnostic
}

// TestAccBadInput makes one mistake after the other. Each must be found as
// early as it can be, at its attribute, with what to write instead, and before
// anything changes.
func TestAccBadInput(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	shared := newWire(t)
	keys, files, around := newKeys(t, a), newFiles(t), newSurroundings(t, a)
	if found := shared.connect(t, a.block()); len(found) > 0 {
		t.Fatal(describe(found))
	}
	validate := func(t *testing.T, _ *tenant, with settings) []*tfprotov6.Diagnostic {
		return shared.validate(t, good(t, with))
	}
	plan := func(t *testing.T, _ *tenant, with settings) []*tfprotov6.Diagnostic {
		// In one run all of them would be of one name.
		run := newWire(t)
		if found := run.connect(t, a.block()); len(found) > 0 {
			t.Fatal(describe(found))
		}
		return run.planned(t, with)
	}
	const wrong, warned = tfprotov6.DiagnosticSeverityError, tfprotov6.DiagnosticSeverityWarning
	mark := box.Recorder().Mark()
	t.Run("stages", func(t *testing.T) {
		for _, s := range []stage{
			{"validate function", wrong, functionMistakes, validate},
			{"validate environment", wrong, environmentMistakes, validate},
			{"validate secrets", wrong, secretMistakes, validate},
			{"validate security", wrong, securityMistakes, validate},
			{"validate operation", wrong, operationMistakes, validate},
			{"validate package", wrong, packageMistakes, validate},
			{"validate network", wrong, networkMistakes, validate},
			{"validate async", wrong, asyncMistakes, validate},
			{"validate alarms", wrong, alarmMistakes, validate},
			{"validate limits", warned, limitWarnings, validate},
			{"validate classes", warned, classWarnings, validate},
			{"validate runtime", warned, runtimeWarnings, validate},
			{"validate provider", wrong, blockMistakes, validateBlock},
			{"validate limits of the provider", warned, blockLimitWarnings, validateBlock},
			{"connect", wrong, connectionMistakes(a), connect},
			{"plan files", wrong, fileMistakes(files), plan},
			{"plan account", wrong, accountMistakes(a, keys), plan},
			{"plan limits", warned, accountWarnings, plan},
			{"plan parts", wrong, partMistakes(a, around), plan},
			{"plan access", wrong, accessMistakes, plan},
			{"plan tags", wrong, tagTotals, planWithDefaultTags},
			{"validate refused", wrong, refusedMistakes, validate},
			{"plan cases", wrong, caseTotals, planWithDefaultTags},
			{"plan places", wrong, placeMistakes(a), plan},
		} {
			for _, row := range s.rows {
				t.Run(s.label+"/"+row.says, func(t *testing.T) {
					t.Parallel()
					row.check(t, s.severity, s.find(t, a, row.with))
				})
			}
		}
	})
	if calls := a.writes(mark); len(calls) > 0 {
		t.Errorf("finding mistakes changed the account: %v", calls)
	}
}

// check asserts that the mistake, the whole mistake and nothing but the
// mistake was reported.
func (row badInput) check(t *testing.T, severity tfprotov6.DiagnosticSeverity, found []*tfprotov6.Diagnostic) {
	t.Helper()
	text := describe(found)
	if strings.Contains(text, secretText) {
		t.Errorf("the diagnostic repeats a secret:\n%s", text)
	}
	if len(found) != 1 {
		t.Fatalf("%d diagnostics, want one at %s:\n%s", len(found), row.at, text)
	}
	d := found[0]
	if d.Severity != severity {
		t.Errorf("severity %s, want %s:\n%s", d.Severity, severity, text)
	}
	if at := pathText(d.Attribute); at != row.at {
		t.Errorf("reported at %q, want %q:\n%s", at, row.at, text)
	}
	if !strings.Contains(d.Summary, row.summary) || row.summary == "" {
		t.Errorf("summary lacks %q:\n%s", row.summary, text)
	}
	if !strings.Contains(d.Detail, row.detail) || row.detail == "" {
		t.Errorf("detail lacks %q:\n%s", row.detail, text)
	}
}

func describe(found []*tfprotov6.Diagnostic) string {
	var out strings.Builder
	for _, d := range found {
		fmt.Fprintf(&out, "%s at %q: %s\n  %s\n", d.Severity, pathText(d.Attribute), d.Summary, d.Detail)
	}
	return out.String()
}

// good is a unit without mistakes; what is given replaces what it has.
func good(t *testing.T, with settings) settings {
	t.Helper()
	all := settings{
		"name": "orders-api", "code": settings{"path": hello(t)}, "runtime": "python3.14", "handler": "app.handler",
		"environment": settings{"SALT": secretText},
	}
	maps.Copy(all, with)
	return all
}

// block connects the provider to the tenant's account.
func (a *tenant) block() settings {
	return settings{"access_key": a.id, "secret_key": secretText, "region": region, "s3_use_path_style": true}
}

func validateBlock(t *testing.T, a *tenant, with settings) []*tfprotov6.Diagnostic {
	t.Helper()
	all := a.block()
	maps.Copy(all, with)
	return newWire(t).validateBlock(t, all)
}

// connect configures a provider whose block says nothing that can never be
// right.
func connect(t *testing.T, a *tenant, with settings) []*tfprotov6.Diagnostic {
	t.Helper()
	all := a.block()
	maps.Copy(all, with)
	w := newWire(t)
	if found := w.validateBlock(t, all); len(found) > 0 {
		t.Fatalf("found before connecting:\n%s", describe(found))
	}
	return w.connect(t, all)
}

// planned plans a unit that says nothing that can never be right.
func (w *wire) planned(t *testing.T, with settings) []*tfprotov6.Diagnostic {
	t.Helper()
	all := good(t, with)
	if found := w.validate(t, all); len(found) > 0 {
		t.Fatalf("found before planning:\n%s", describe(found))
	}
	return w.plan(t, all)
}

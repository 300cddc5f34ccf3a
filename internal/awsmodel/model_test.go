package awsmodel

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"
)

func models(t *testing.T) *Model {
	t.Helper()
	m, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestEveryCallOfTheProviderHasItsModel(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../deployer/calls.json")
	if err != nil {
		t.Fatal(err)
	}
	var phases map[string][]string
	if err := json.Unmarshal(raw, &phases); err != nil {
		t.Fatal(err)
	}
	for phase, names := range phases {
		for _, name := range names {
			service, operation, _ := strings.Cut(name, ".")
			if _, known := models(t).Request(service, operation); !known {
				t.Errorf("%s: %s has no model, run go generate ./internal/awsmodel", phase, name)
			}
		}
	}
}

func TestModelsAreThoseThatArePinned(t *testing.T) {
	t.Parallel()
	pinned, err := os.ReadFile("../../facts/botocore.txt")
	if err != nil {
		t.Fatal(err)
	}
	m := models(t)
	if !strings.HasPrefix(string(pinned), "botocore=="+m.Botocore+" ") {
		t.Errorf("models of botocore %s, pinned is %s", m.Botocore, pinned)
	}
	if _, err := time.Parse(time.DateOnly, m.Date); err != nil {
		t.Error(err)
	}
}

func TestEveryPatternCompiles(t *testing.T) {
	t.Parallel()
	patterns := 0
	for service, s := range models(t).Services {
		for name, shape := range s.Shapes {
			if shape.Pattern == "" {
				continue
			}
			patterns++
			if _, err := shape.matches(""); err != nil {
				t.Errorf("%s.%s: %v", service, name, err)
			}
		}
	}
	if patterns == 0 {
		t.Error("no shape has a pattern")
	}
}

func TestPatternsMeanWhatTheyMeanInJava(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{`[\u0020-\u00FF]+`, "aé", true},
		{`[\u0020-\u00FF]+`, "ł", false},
		{`[\p{L}\p{Z}\p{N}_.:/=+\-@]*`, "é ٣", true},
		{`\d+`, "٣", false},
		{`\w+`, "é", false},
		{`(?!^[0-9]+$)([a-zA-Z0-9-_]+)`, "12", false},
		{`(?!^[0-9]+$)([a-zA-Z0-9-_]+)`, "12a", true},
		{`[a-z\.]*(?<!\.)`, "a.", false},
		{`a|b`, "ab", false},
		{`^[a-z]+$`, "a\n", false},
	} {
		expression, err := Compile(c.pattern)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := expression.MatchString(c.text); got != c.want || err != nil {
			t.Errorf("%s on %q: %v %v", c.pattern, c.text, got, err)
		}
	}
	if _, err := Compile(`a*+`); err == nil {
		t.Error("a possessive quantifier passes for a pattern")
	}
}

func TestBoundsAreFoundByTheirMembers(t *testing.T) {
	t.Parallel()
	create, known := models(t).Request("lambda", "CreateFunction")
	if !known {
		t.Fatal("no CreateFunction")
	}
	if timeout := create.At("Timeout"); timeout == nil || timeout.Max == nil || *timeout.Max < 900 {
		t.Errorf("Timeout: %+v", timeout)
	}
	if arch := create.At("Architectures", "[]"); arch == nil || len(arch.Enum) < 2 {
		t.Errorf("Architectures: %+v", arch)
	}
	if value := create.At("Environment", "Variables", "{}"); value == nil || value.Type != "string" {
		t.Errorf("variables: %+v", value)
	}
	if nothing := create.At("Timeout", "More"); nothing != nil {
		t.Errorf("found %+v where nothing is", nothing)
	}
}

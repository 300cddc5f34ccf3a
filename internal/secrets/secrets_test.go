package secrets

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestCorpus measures what is found and what is taken for a secret and is none,
// and prints both.
func TestCorpus(t *testing.T) {
	t.Parallel()
	kinds, found := map[string]int{}, map[string]int{}
	bad := corpusSecrets()
	hits := 0
	for _, s := range bad {
		kinds[s.kind]++
		if _, hit := Find(s.name, s.value); hit {
			found[s.kind]++
			hits++
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		fmt.Printf("secrets: %-32s %d of %d found\n", kind, found[kind], kinds[kind])
	}
	alarms := 0
	good := corpusBenign()
	for _, s := range good {
		if reason, hit := Find(s.name, s.value); hit {
			alarms++
			fmt.Printf("secrets: false alarm on %s %s = %s: %s\n", s.kind, s.name, s.value, reason)
		}
	}
	printed(t, fmt.Sprintf("%d of %d secrets of %d kinds found, %d false alarms on %d values", hits, len(bad), len(kinds), alarms, len(good)))
	if len(bad) < 80 || len(kinds) < 40 || len(good) < 400 {
		t.Errorf("the corpus is too small: %d secrets of %d kinds, %d other values", len(bad), len(kinds), len(good))
	}
	if hits*100 < len(bad)*97 {
		t.Errorf("%d of %d found, want 97 of a hundred", hits, len(bad))
	}
	if sampled := len(sampled()); sampled < 200 {
		t.Errorf("%d values of public samples, want 200", sampled)
	}
	if alarms > 1 {
		t.Errorf("%d false alarms, want at most one", alarms)
	}
}

// printed prints a figure, and wants the guide to say the same.
func printed(t *testing.T, figure string) {
	t.Helper()
	fmt.Println("secrets: " + figure)
	guide, err := os.ReadFile("../../templates/guides/secrets.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(guide), "* "+figure+"\n") {
		t.Errorf("templates/guides/secrets.md does not say %q", figure)
	}
}

// BenchmarkFind is what a value costs once the rules are compiled.
func BenchmarkFind(b *testing.B) {
	values := corpusBenign()
	Find("WARM", values[0].value+"-to-compile-the-rules")
	for i := 0; b.Loop(); i++ {
		s := values[i%len(values)]
		Find(s.name, s.value)
	}
}

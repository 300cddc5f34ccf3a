package artifact

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"regexp"
	"slices"
	"testing"
	"time"
)

func runtime(t *testing.T, id string) Runtime {
	t.Helper()
	r, ok := LookupRuntime(id)
	if !ok {
		t.Fatalf("%s is not in the table", id)
	}
	return r
}

func TestRuntimes_TableIsWhole(t *testing.T) {
	t.Parallel()
	var file runtimeTable
	reader, err := gzip.NewReader(bytes.NewReader(runtimesGZ))
	must(t, err)
	must(t, json.NewDecoder(reader).Decode(&file))
	table := file.Runtimes
	if RuntimesRead().Year() < 2026 {
		t.Errorf("read on %q", file.AsOf)
	}
	if len(table) < 20 {
		t.Errorf("only %d runtimes", len(table))
	}
	for id, r := range table {
		if len(r.Architectures) == 0 || r.HandlerForm == "" {
			t.Errorf("%s: %+v", id, r)
		}
		for _, a := range r.Architectures {
			if a != "x86_64" && a != "arm64" {
				t.Errorf("%s runs on %q", id, a)
			}
		}
		if _, err := regexp.Compile(r.HandlerRegex); err != nil || r.HandlerRegex == "" {
			t.Errorf("%s: handler %q: %v", id, r.HandlerRegex, err)
		}
		if _, err := time.Parse(time.DateOnly, r.Deprecated); err != nil && r.Deprecated != "" {
			t.Errorf("%s: %v", id, err)
		}
		if _, ok := table[r.Successor]; !ok && r.Successor != "" {
			t.Errorf("%s is followed by %q, which is not in the table", id, r.Successor)
		}
		found, ok := LookupRuntime(id)
		same(t, id, []any{found, ok}, []any{r, true})
	}
	same(t, "ids", len(RuntimeIDs()), len(table))
	same(t, "lists python", slices.Contains(RuntimeIDs(), "python3.13"), true)
}

func TestLookupRuntime_UnknownIsNotFound(t *testing.T) {
	t.Parallel()
	_, ok := LookupRuntime("cobol74")
	same(t, "found", ok, false)
}

func TestDeprecatedAt_BeginsOnTheDay(t *testing.T) {
	t.Parallel()
	r := Runtime{Deprecated: "2024-10-14"}
	for day, want := range map[string]bool{
		"2024-10-13T23:59:59Z": false, "2024-10-14T00:00:00Z": true, "2031-01-01T00:00:00Z": true,
	} {
		now, err := time.Parse(time.RFC3339, day)
		must(t, err)
		same(t, day, r.DeprecatedAt(now), want)
	}
	same(t, "without a day", Runtime{}.DeprecatedAt(time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)), false)
}

func TestTakesHandler_KnowsTheFormOfEveryFamily(t *testing.T) {
	t.Parallel()
	for id, c := range map[string]struct{ takes, refuses []string }{
		"python3.13":      {[]string{"app.handler", "pkg/app.handler", "a.b.handler"}, []string{"app", "", "app handler", "app."}},
		"nodejs22.x":      {[]string{"index.handler", "dist/index.handler"}, []string{"index", "", "index handler"}},
		"java21":          {[]string{"com.acme.App::handle", "com.acme.App"}, []string{"", "com.acme.App::", "com acme"}},
		"dotnet8":         {[]string{"Asm::Ns.Type::Method", "Asm"}, []string{"", "Asm::Type", "A B"}},
		"ruby3.3":         {[]string{"app.handler", "app.Mod::Cls.process"}, []string{"app", ""}},
		"provided.al2023": {[]string{"bootstrap", "hello.handler"}, []string{""}},
	} {
		r := runtime(t, id)
		for _, h := range c.takes {
			same(t, id+" takes "+h, r.TakesHandler(h), true)
		}
		for _, h := range c.refuses {
			same(t, id+" takes "+h, r.TakesHandler(h), false)
		}
	}
}

func TestTakesHandler_WithoutAUsableFormTakesAll(t *testing.T) {
	t.Parallel()
	same(t, "taken", Runtime{HandlerRegex: "("}.TakesHandler("anything"), true)
}

func TestRuntimes_Newest(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		"python3.10": "python3.14", "python3.14": "python3.14", "nodejs22.x": "nodejs24.x", "java17": "java25", "ruby3.3": "ruby4.0",
		"dotnet8": "dotnet10", "provided.al2023": "", "no such": "",
	} {
		if got := NewestRuntime(id); got != want {
			t.Errorf("NewestRuntime(%s) = %q, want %q", id, got, want)
		}
	}
}

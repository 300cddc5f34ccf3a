package audit_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/secure-lambda/terraform-provider-secure/internal/audit"
)

var update = flag.Bool("update", false, "write the golden files")

func TestWrite_Golden(t *testing.T) {
	t.Parallel()
	for format, file := range map[string]string{"table": "small.txt", "json": "small.json", "sarif": "small.sarif"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			got := written(t, format, small())
			path := filepath.Join("testdata", file)
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s is not what %s says; go test ./internal/audit -run Golden -update writes it anew:\n%s", format, path, got)
			}
		})
	}
}

func TestWrite_UnknownFormatNamesThem(t *testing.T) {
	t.Parallel()
	err := audit.Write(&strings.Builder{}, "pdf", small())
	if err == nil || !strings.Contains(err.Error(), strings.Join(audit.Formats(), ", ")) {
		t.Errorf("the error is %v", err)
	}
}

// TestTable_EscapesHostileText keeps a name from moving the cursor, from
// starting a line of its own and from filling the screen.
func TestTable_EscapesHostileText(t *testing.T) {
	t.Parallel()
	table := written(t, "table", hostileReport())
	for _, r := range table {
		if r != '\n' && !unicode.IsPrint(r) {
			t.Errorf("the table has %q", r)
		}
	}
	if want := `a\x1b[2Jb\nc\u202ed\x00`; !strings.Contains(table, want) {
		t.Errorf("the table does not show %s", want)
	}
	if got, want := strings.Count(table, "\n"), 2*(1+len(hostile)+1)+1; got != want {
		t.Errorf("the table has %d lines, want %d", got, want)
	}
	if strings.Contains(table, strings.Repeat("long", 17)) {
		t.Error("a name of 800 characters is not cut")
	}
}

// TestTable_WithoutMinimum says nothing of one.
func TestTable_WithoutMinimum(t *testing.T) {
	t.Parallel()
	r := small()
	r.Minimum = ""
	if table := written(t, "table", r); strings.Contains(table, "minimum") || strings.Contains(table, "Undecided") {
		t.Errorf("the table speaks of a minimum that nobody asked for:\n%s", table)
	}
}

func TestStanding(t *testing.T) {
	t.Parallel()
	r := small()
	want := map[string]string{"orders": "meets", "legacy": "undecided", "checkout": "below", "thumbnails": "below"}
	for _, f := range r.Functions {
		if got := r.Standing(f); got != want[f.Name] {
			t.Errorf("%s %s, want %s", f.Name, got, want[f.Name])
		}
	}
	r.Minimum = ""
	if got := r.Standing(r.Functions[0]); got != "" {
		t.Errorf("without a minimum a function is %q", got)
	}
}

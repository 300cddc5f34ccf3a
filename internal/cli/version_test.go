package cli

import (
	"strings"
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/tables"
)

func TestVersion_Verbose_PrintsTheDayOfEveryTable(t *testing.T) {
	t.Parallel()
	_, short, _ := run(t, "version")
	code, out, problems := run(t, "version", "--verbose")
	if code != Success || problems != "" || !strings.HasPrefix(out, short) {
		t.Fatalf("exit %d, %q\n%s", code, problems, out)
	}
	all, err := tables.All()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(strings.TrimPrefix(out, short)), "\n")
	if len(lines) != len(all) {
		t.Fatalf("%d lines of %d tables:\n%s", len(lines), len(all), out)
	}
	for i, table := range all {
		for _, part := range []string{table.Name, table.Day, table.Source} {
			if !strings.Contains(lines[i], part) {
				t.Errorf("%q lacks %q", lines[i], part)
			}
		}
	}
	if strings.Count(short, "\n") != 1 {
		t.Errorf("without --verbose more than a line is printed:\n%s", short)
	}
}

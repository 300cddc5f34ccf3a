package audit_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

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

package judges

import (
	"bytes"
	"path/filepath"
	"testing"
)

// TestCfnLint wants no word about the templates of either kind.
func TestCfnLint(t *testing.T) {
	t.Parallel()
	tool(t, "cfn-lint")
	dir := t.TempDir()
	var files []string
	golden, err := filepath.Glob("../render/testdata/*.yaml")
	must(t, err)
	files = append(files, golden...)
	if len(files) != 4 {
		t.Fatalf("templates: %v", files)
	}
	if out := scanQuietly(t, "cfn-lint", append([]string{"--include-checks", "I", "--"}, files...)...); len(bytes.TrimSpace(out)) > 0 {
		t.Errorf("cfn-lint:\n%s", out)
	}
	bad := filepath.Join(dir, "bad.yaml")
	write(t, bad, "Resources:\n  Function:\n    Type: AWS::Lambda::Function\n    Properties:\n      Tymeout: 3\n")
	if out := scanQuietly(t, "cfn-lint", bad); !bytes.Contains(out, []byte("Tymeout")) {
		t.Errorf("cfn-lint finds nothing in a template with a property that does not exist: %s", out)
	}
	t.Logf("cfn-lint: %d templates, 0 findings", len(files))
}

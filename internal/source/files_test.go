package source

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestRead_TwinsAreNobodys: OpenTofu and Terraform read one of two such files
// each, and which of the two cores runs is not known.
func TestRead_TwinsAreNobodys(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"a.tf", "a.tofu", "b.tf", "c.tofu", "d.tf.json", "d.tofu.json"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var read []string
	for _, f := range filesIn(dir) {
		read = append(read, filepath.Base(f.path))
	}
	if !slices.Equal(read, []string{"b.tf", "c.tofu"}) {
		t.Errorf("read %v", read)
	}
}

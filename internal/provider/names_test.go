package provider

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/source"
)

var fenced = regexp.MustCompile("(?ms)^```(?:terraform|hcl)\n(.*?)^```")

// TestNames_Documents writes no name in the documentation that Terraform would
// drop, nor one that is refused.
func TestNames_Documents(t *testing.T) {
	t.Parallel()
	schema := published(t)
	subject := source.Subject{
		Address: "secure-lambda/secure", Name: "secure", Provider: shapeOf(schema.Provider.ValueType(), nil),
		Resources: map[string]*source.Shape{"secure_lambda": shapeOf(schema.ResourceSchemas["secure_lambda"].ValueType(), nil)},
	}
	samples, read := 0, 0
	for _, root := range []string{"../../templates", "../../docs", "../../README.md"} {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			// The guide about names shows wrong ones.
			if err != nil || entry.IsDir() || strings.HasPrefix(entry.Name(), "names.") {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, sample := range fenced.FindAllStringSubmatch(string(text), -1) {
				samples++
				dir := t.TempDir()
				// Some samples are attributes alone.
				for name, content := range map[string]string{"whole.tf": sample[1], "attributes.tf": "resource \"secure_lambda\" \"attributes\" {\n" + sample[1] + "\n}\n"} {
					if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
						return err
					}
				}
				for _, block := range source.Read(dir, ".terraform", subject) {
					read++
					for _, f := range block.Findings {
						t.Errorf("%s: %s, in\n%s", path, notAnAttribute(f.Name, f.At), sample[1])
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if samples == 0 || read < samples {
		t.Errorf("%d blocks were read in %d samples", read, samples)
	}
}

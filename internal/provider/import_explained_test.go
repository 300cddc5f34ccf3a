package provider

import (
	"strings"
	"testing"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

func TestImportText_SaysWhetherWhatRunsChanges(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		paths, want []string
		not         string
	}{
		{
			[]string{"alias", "function.tracing", "key", "tags.secure:unit", "version"},
			[]string{"Nothing that runs changes", "Made or changed around it: alias, function.tracing, key, tags."}, "version",
		},
		{
			[]string{"function.code_sha256", "function.environment.A", "function.environment.B"},
			[]string{"only in what the configuration states: function.code_sha256, function.environment."}, "Made or changed",
		},
	} {
		var differences []bp.Difference
		for _, path := range c.paths {
			differences = append(differences, bp.Difference{Path: path})
		}
		text := importText(differences)
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("%v: %q is missing in\n%s", c.paths, want, text)
			}
		}
		if strings.Contains(text, c.not) {
			t.Errorf("%v: %q is in\n%s", c.paths, c.not, text)
		}
	}
}

package acceptance

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// pnpmFolder is a Node.js package laid out as pnpm does, with links to folders.
func pnpmFolder(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	const store = "node_modules/.pnpm/greeting@1.0.0/node_modules/greeting"
	must(t, os.MkdirAll(filepath.Join(root, store), 0o755))
	must(t, os.WriteFile(filepath.Join(root, store, "index.js"), []byte("module.exports = 'hello'\n"), 0o644))
	must(t, os.Symlink(".pnpm/greeting@1.0.0/node_modules/greeting", filepath.Join(root, "node_modules/greeting")))
	must(t, os.WriteFile(filepath.Join(root, "index.mjs"), []byte("import greeting from 'greeting'\nexport const handler = async () => greeting\n"), 0o644))
	return root
}

// TestAccPackage_LinksOfPnpm plans and deploys a package with links to folders.
func TestAccPackage_LinksOfPnpm(t *testing.T) {
	t.Parallel()
	a := newTenant(t)
	c := newCore(t, a, a.providerBlock()+unit(t, "x", "tfacc-package-pnpm", map[string]string{
		"runtime": `"nodejs24.x"`, "handler": `"index.handler"`, "code": fmt.Sprintf("{ path = %q }", pnpmFolder(t)),
	}))
	c.says(0, []string{"plan"}, "1 to add")
	c.says(0, []string{"apply", "-auto-approve"}, "1 added")
	c.empty()
}

package acceptance

import (
	"archive/zip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox"
)

// TestAccAWS_NothingIsSentThatOnlySaysADefault makes units without options, of
// runtimes with and without SnapStart, and updates them. That no request carries a
// member that says what AWS does anyway, and none SnapStart for a runtime that
// does not have it, is checked at the end of this test as of every other.
func TestAccAWS_NothingIsSentThatOnlySaysADefault(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	mark := box.Recorder().Mark()
	for runtime, unit := range map[string]settings{
		"python3.14":      {"handler": "app.handler", "code": settings{"path": testdata(t, "hello")}},
		"nodejs24.x":      {"handler": "index.handler", "code": settings{"path": codeOf(t, "index.mjs", "export const handler = async () => ({});\n")}},
		"ruby3.4":         {"handler": "app.handler", "code": settings{"path": codeOf(t, "app.rb", "def handler(event:, context:)\n  {}\nend\n")}},
		"provided.al2023": {"architecture": "x86_64", "code": settings{"path": codeOf(t, "bootstrap", "#!/bin/sh\n")}},
	} {
		unit["name"], unit["runtime"] = "tfacc-"+strings.ReplaceAll(runtime, ".", "-"), runtime
		m := newMachine(t, a, unit)
		if m.apply() {
			t.Fatalf("%s: %s", runtime, describe(m.replies))
		}
		m.config["timeout"] = int64(4)
		if m.apply() || !m.quiet() {
			t.Fatalf("%s: %s", runtime, describe(m.replies))
		}
		if m.destroy() {
			t.Fatalf("%s: %s", runtime, describe(m.replies))
		}
	}
	created := 0
	for _, c := range box.Recorder().Since(mark, sandbox.InAccount(a.id)) {
		if c.Name() == "lambda.CreateFunction" && c.Status < 300 { // others wait for the role
			created++
		}
	}
	if created != 4 {
		t.Errorf("%d functions were made", created)
	}
}

// codeOf is a package with one file, which may be executed.
func codeOf(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "package.zip")
	out, err := os.Create(path)
	must(t, err)
	defer out.Close()
	archive := zip.NewWriter(out)
	header := &zip.FileHeader{Name: name, Method: zip.Deflate}
	header.SetMode(0o755)
	file, err := archive.CreateHeader(header)
	must(t, err)
	_, err = file.Write([]byte(content))
	must(t, err)
	must(t, archive.Close())
	return path
}

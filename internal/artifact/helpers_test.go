package artifact

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n got %v\nwant %v", what, got, want)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, root, name, content string, mode fs.FileMode) {
	t.Helper()
	path := filepath.Join(root, name)
	must(t, os.MkdirAll(filepath.Dir(path), 0o755))
	must(t, os.WriteFile(path, []byte(content), mode))
	must(t, os.Chmod(path, mode))
}

func link(t *testing.T, target, root, name string) {
	t.Helper()
	must(t, os.Symlink(target, filepath.Join(root, name)))
}

// fixture is a small function with a library and an executable.
var fixture = map[string]string{
	"app.py":         "import lib.util\n\ndef handler(event, context):\n    return lib.util.answer()\n",
	"lib/util.py":    "def answer():\n    return 42\n" + strings.Repeat("# a line that compresses well, again and again\n", 200),
	"lib/empty.txt":  "",
	"bin/extension":  "#!/bin/sh\nexit 0\n",
	"data-ü/file 1":  "text",
	"lib.py":         "sorts between lib/ and the rest",
	".hidden/config": "kept",
}

func executable(name string) bool { return strings.HasPrefix(name, "bin/") }

// writeFixture writes the fixture in an order of its own.
func writeFixture(t *testing.T, names []string, file, program fs.FileMode) string {
	t.Helper()
	root := t.TempDir()
	for _, name := range names {
		mode := file
		if executable(name) {
			mode = program
		}
		write(t, root, name, fixture[name], mode)
	}
	return root
}

func names() []string { return slices.Sorted(maps.Keys(fixture)) }

func newZip(t *testing.T, build func(*zip.Writer)) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	build(w)
	must(t, w.Close())
	return out.Bytes()
}

func zipFile(t *testing.T, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "function.zip")
	must(t, os.WriteFile(path, content, 0o644))
	return path
}

func smallZip(t *testing.T) []byte {
	t.Helper()
	return newZip(t, func(w *zip.Writer) {
		f, err := w.Create("app.py")
		must(t, err)
		_, err = f.Write([]byte("print(1)\n"))
		must(t, err)
	})
}

// packed is what is in a package: modes and contents by name.
type packed struct {
	mode    fs.FileMode
	content string
}

func open(t *testing.T, path string) ([]*zip.File, map[string]packed) {
	t.Helper()
	raw, _, err := Read(path)
	must(t, err)
	archive, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	must(t, err)
	out := map[string]packed{}
	for _, f := range archive.File {
		in, err := f.Open()
		must(t, err)
		content, err := io.ReadAll(in)
		must(t, err)
		out[f.Name] = packed{f.Mode(), string(content)}
	}
	return archive.File, out
}

// refused checks that both ways to read a package give the same error, and
// that it names each of the texts.
func refused(t *testing.T, path, summary string, texts ...string) {
	t.Helper()
	_, inspected := Inspect(path, false)
	_, _, read := Read(path)
	for _, err := range []error{inspected, read} {
		refusal(t, err, summary, texts...)
	}
}

func refusal(t *testing.T, err error, summary string, texts ...string) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Errorf("got %v, want %q", err, summary)
		return
	}
	same(t, "summary", e.Summary, summary)
	for _, text := range texts {
		if !strings.Contains(e.Detail, text) {
			t.Errorf("%q does not say %q", e.Detail, text)
		}
	}
	same(t, "text", e.Error(), e.Summary+": "+e.Detail)
}

package artifact

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPack_SingleFile packs a file that is no archive at the root.
func TestPack_SingleFile(t *testing.T) {
	t.Parallel()
	program := elfOf(elfARM)
	carrier := program + string(smallZip(t))
	for name, c := range map[string]struct {
		file, content string
		is, want      fs.FileMode
	}{
		"source":                 {"handler.py", "def handler(event, context): pass\n", 0o644, 0o644},
		"source of one's own":    {"handler.py", "def handler(event, context): pass\n", 0o600, 0o644},
		"module":                 {"index.mjs", "export const handler = 1\n", 0o664, 0o644},
		"text that begins alike": {"keys.py", "PK = 'id'\n", 0o644, 0o644},
		"program":                {"bootstrap", program, 0o755, 0o755},
		"program without a mode": {"main", program, 0o644, 0o755},
		"program with a zip":     {"bootstrap", carrier, 0o755, 0o755},
		"script":                 {"run.sh", "#!/bin/sh\nexit 0\n", 0o644, 0o755},
		"bootstrap of any kind":  {"bootstrap", "echo", 0o644, 0o755},
		"marked as a program":    {"tool.py", "print(1)\n", 0o755, 0o755},
		"name with spaces":       {"my handler.rb", "def handler; end\n", 0o644, 0o644},
	} {
		root := t.TempDir()
		write(t, root, c.file, c.content, c.is)
		_, got := open(t, filepath.Join(root, c.file))
		same(t, name, got, map[string]packed{c.file: {c.want, c.content}})
	}
}

// TestPack_SingleFileAsItsFolder gives the bytes that the folder gives.
func TestPack_SingleFileAsItsFolder(t *testing.T) {
	t.Parallel()
	root, beside := t.TempDir(), t.TempDir()
	write(t, root, "app.py", pythonApp.text, 0o644)
	link(t, filepath.Join(root, "app.py"), beside, "app.py")
	_, folder, err := Read(root)
	must(t, err)
	for _, path := range []string{filepath.Join(root, "app.py"), filepath.Join(beside, "app.py")} {
		got, err := Inspect(path, false)
		must(t, err)
		same(t, path, got.SHA256, folder)
		same(t, "unpacked", got.Unpacked, int64(len(pythonApp.text)))
		wantRemark(t, path, examined(t, path, pythonRun), "", false, "")
	}
	run := pythonRun
	run.Handler = "main.handler"
	wantRemark(t, "another handler", examined(t, filepath.Join(root, "app.py"), run), "handler", true, "taken as a package of that one file")
	wantRemark(t, "another handler of the folder", examined(t, root, run), "handler", true, `"main.py" or "main/__init__.py"`)
}

func TestMeantHandler(t *testing.T) {
	t.Parallel()
	app := shipped{name: "app.py", text: "def handler(event, context): pass\n"}
	for name, c := range map[string]struct {
		runtime, handler string
		file             shipped
		want             string
	}{
		"python":              {"python3.14", "app", app, "app.handler"},
		"name of the console": {"python3.14", "app", shipped{name: "app.py", text: "def lambda_handler(event, context): pass\n"}, "app.lambda_handler"},
		"node":                {"nodejs24.x", "dist/index", shipped{name: "dist/index.mjs", text: "export const handler = async () => 1\n"}, "dist/index.handler"},
		"another file":        {"python3.14", "main", app, ""},
		"another function":    {"python3.14", "app", shipped{name: "app.py", text: "def run(event, context): pass\n"}, ""},
		"java":                {"java25", "app", app, ""},
	} {
		run := Run{Runtime: c.runtime, Handler: c.handler}
		same(t, name, MeantHandler(zipOf(t, c.file), run), c.want)
		same(t, name+" in a folder", MeantHandler(folderOf(t, c.file), run), c.want)
	}
	same(t, "no package", MeantHandler("no/such/package", Run{Runtime: "python3.14", Handler: "app"}), "")
}

// TestPack_ArchivesAreNoSingleFiles keeps what is meant as an archive one.
func TestPack_ArchivesAreNoSingleFiles(t *testing.T) {
	t.Parallel()
	zipped := string(smallZip(t))
	for name, c := range map[string]struct{ file, content, summary string }{
		"damaged zip":              {"function.zip", zipped[:40], "The code package is not a zip archive"},
		"damaged jar":              {"App.JAR", "text", "The code package is not a zip archive"},
		"damaged, without a name":  {"function", zipped[:40], "The code package is not a zip archive"},
		"tar":                      {"app.tar", strings.Repeat("\x00", tarMagicAt) + "ustar\x0000", "The code package is not a zip archive"},
		"tar, gzipped":             {"app.tgz", "\x1f\x8b\x08\x00", "The code package is not a zip archive"},
		"7z":                       {"app.7z", "7z\xbc\xaf\x27\x1c\x00", "The code package is not a zip archive"},
		"xz":                       {"app", "\xfd7zXZ\x00", "The code package is not a zip archive"},
		"nothing":                  {"handler.py", "", "The code package is empty"},
		"zip of another name":      {"function.bin", zipped, ""},
		"zip with a program first": {"app", "#!/usr/bin/env python3\n" + zipped, ""},
	} {
		root := t.TempDir()
		write(t, root, c.file, c.content, 0o644)
		path := filepath.Join(root, c.file)
		if c.summary != "" {
			t.Log(name)
			refused(t, path, c.summary, path)
			continue
		}
		raw, _, err := Read(path)
		must(t, err)
		same(t, name, string(raw), c.content)
	}
}

func TestPack_DevicesHaveNoContents(t *testing.T) {
	t.Parallel()
	refused(t, os.DevNull, "The code package is not a file", "Give code.path a .zip file")
}

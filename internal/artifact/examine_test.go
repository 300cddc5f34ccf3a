package artifact

import (
	"archive/zip"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// shipped is a file of a test's package.
type shipped struct {
	name, text string
	mode       fs.FileMode
}

// elfOf is the beginning of a binary for a machine.
func elfOf(machine byte) string {
	text := []byte(elfMagic + strings.Repeat("\x00", 60))
	text[18] = machine
	return string(text)
}

func zipOf(t *testing.T, files ...shipped) string {
	t.Helper()
	at := filepath.Join(t.TempDir(), "package.zip")
	out, err := os.Create(at)
	must(t, err)
	defer out.Close()
	archive := zip.NewWriter(out)
	for _, f := range files {
		header := &zip.FileHeader{Name: f.name, Method: zip.Deflate}
		mode := f.mode
		if mode == 0 {
			mode = 0o644
		}
		header.SetMode(mode)
		w, err := archive.CreateHeader(header)
		must(t, err)
		_, err = w.Write([]byte(f.text))
		must(t, err)
	}
	must(t, archive.Close())
	return at
}

func folderOf(t *testing.T, files ...shipped) string {
	t.Helper()
	root := t.TempDir()
	for _, f := range files {
		at := filepath.Join(root, filepath.FromSlash(f.name))
		must(t, os.MkdirAll(filepath.Dir(at), 0o755))
		mode := f.mode
		if mode == 0 {
			mode = 0o644
		}
		must(t, os.WriteFile(at, []byte(f.text), mode.Perm()))
	}
	return root
}

func TestExamine(t *testing.T) {
	t.Parallel()
	python := Run{Runtime: "python3.14", Handler: "app.handler", Architecture: "arm64"}
	node := Run{Runtime: "nodejs24.x", Handler: "dist/index.handler", Architecture: "arm64"}
	custom := Run{Runtime: "provided.al2023", Architecture: "arm64"}
	app := shipped{name: "app.py", text: "def handler(event, context):\n    return 1\n"}
	for name, c := range map[string]struct {
		run   Run
		files []shipped
		at    string
		stops bool
		says  string
	}{
		"python":                     {python, []shipped{app}, "", false, ""},
		"python in a folder":         {Run{Runtime: "python3.14", Handler: "pkg.app.handler"}, []shipped{{name: "pkg/app.py", text: "handler = 1"}}, "", false, ""},
		"python package":             {Run{Runtime: "python3.14", Handler: "pkg.handler"}, []shipped{{name: "pkg/__init__.py", text: "from .app import handler"}}, "", false, ""},
		"python compiled":            {python, []shipped{{name: "app.cpython-314-aarch64-linux-gnu.so", text: elfOf(183)}}, "", false, ""},
		"python imports all":         {python, []shipped{{name: "app.py", text: "from main import *"}}, "", false, ""},
		"python in a layer":          {Run{Runtime: "python3.14", Handler: "wrapper.handler", Layers: true}, []shipped{app}, "", false, ""},
		"python elsewhere":           {python, []shipped{{name: "src/app.py", text: app.text}}, "handler", true, `has neither; it has "src/app.py". Did you mean handler = "src/app.handler"? Correct`},
		"python of another case":     {python, []shipped{{name: "App.py", text: app.text}}, "handler", true, `has neither; it has "App.py". Did you mean handler = "App.handler"?`},
		"python misspelt":            {Run{Runtime: "python3.14", Handler: "src.ordres.handler"}, []shipped{{name: "src/orders.py", text: app.text}}, "handler", true, `it has "src/orders.py". Did you mean handler = "src/orders.handler"?`},
		"python nothing like it":     {Run{Runtime: "python3.14", Handler: "a.handler"}, []shipped{{name: "b.py", text: app.text}}, "handler", true, `has neither. Correct`},
		"python without it":          {python, []shipped{{name: "main.py", text: app.text}}, "handler", true, `"app.py" or "app/__init__.py"`},
		"python of another name":     {python, []shipped{{name: "app.py", text: "def lambda_handler(event, context): pass"}}, "handler", true, `Write handler = "app.lambda_handler"`},
		"node":                       {node, []shipped{{name: "dist/index.mjs", text: "export const handler = async () => 1"}}, "", false, ""},
		"node that hands on":         {node, []shipped{{name: "dist/index.js", text: "module.exports = require('./main')"}}, "", false, ""},
		"nested export":              {Run{Runtime: "nodejs24.x", Handler: "index.api.handler"}, []shipped{{name: "index.js", text: "exports.api = { handler: 1 }"}}, "", false, ""},
		"node without it":            {node, []shipped{{name: "index.js", text: "exports.handler = 1"}}, "handler", true, `"dist/index.js" or "dist/index.mjs"`},
		"node of another name":       {node, []shipped{{name: "dist/index.js", text: "exports.main = 1"}}, "handler", true, `Write handler = "dist/index.main"`},
		"ruby":                       {Run{Runtime: "ruby3.4", Handler: "app.Orders.call"}, []shipped{{name: "app.rb", text: "class Orders; def self.call; end; end"}}, "", false, ""},
		"ruby without it":            {Run{Runtime: "ruby3.4", Handler: "app.call"}, []shipped{{name: "main.rb", text: ""}}, "handler", true, `"app.rb", and the package does not have it. Correct`},
		"java":                       {Run{Runtime: "java25", Handler: "com.example.Orders::handle"}, []shipped{{name: "com/example/Orders.class", text: "x"}}, "", false, ""},
		"java in a broken jar":       {Run{Runtime: "java25", Handler: "com.example.Orders"}, []shipped{{name: "lib/orders.jar", text: "x"}}, "", false, ""},
		"java without it":            {Run{Runtime: "java25", Handler: "com.example.Orders"}, []shipped{{name: "com/example/Order.class", text: "x"}}, "handler", true, `"com/example/Orders.class"`},
		"dotnet":                     {Run{Runtime: "dotnet10", Handler: "Orders::Orders.Function::Handle"}, []shipped{{name: "Orders.dll", text: "x"}, {name: "Orders.runtimeconfig.json", text: "{}"}, {name: "Orders.deps.json", text: "{}"}}, "", false, ""},
		"dotnet without it":          {Run{Runtime: "dotnet10", Handler: "Orders::Orders.Function::Handle"}, []shipped{{name: "bin/Orders.dll", text: "x"}}, "handler", true, `"Orders.dll"`},
		"custom":                     {custom, []shipped{{name: "bootstrap", text: elfOf(183), mode: 0o755}}, "", false, ""},
		"custom script":              {custom, []shipped{{name: "bootstrap", text: "#!/bin/sh\nexec ./run\n", mode: 0o755}}, "", false, ""},
		"custom without it":          {custom, []shipped{{name: "bin/bootstrap", text: elfOf(183), mode: 0o755}}, "code", true, `but "bin/bootstrap"`},
		"custom not executable":      {custom, []shipped{{name: "bootstrap", text: elfOf(183)}}, "code", true, "chmod 755"},
		"custom for another system":  {custom, []shipped{{name: "bootstrap", text: "MZ this is Windows, truly", mode: 0o755}}, "code", true, "GOOS=linux"},
		"custom for another machine": {custom, []shipped{{name: "bootstrap", text: elfOf(62), mode: 0o755}}, "architecture", true, "The package is built for x86_64"},
		"wheel for another machine": {python, []shipped{app, {name: "orjson/orjson.cpython-314-x86_64-linux-gnu.so", text: elfOf(62)}, {name: "orjson-3.11.4.dist-info/RECORD", text: "x"}},
			"architecture", true, "orjson (orjson-3.11.4) is built for x86_64"},
		"prebuilt for several": {node, []shipped{{name: "dist/index.js", text: "exports.handler = 1"},
			{name: "node_modules/argon2/prebuilds/linux-x64/argon2.node", text: elfOf(62)}, {name: "node_modules/argon2/prebuilds/linux-arm64/argon2.node", text: elfOf(183)}}, "", false, ""},
		"public certificate": {python, []shipped{app, {name: "certs/ca.pem", text: "-----BEGIN CERTIFICATE-----\n"}}, "", false, ""},
		"settings file":      {python, []shipped{app, {name: ".env", text: "A=1"}}, "code", false, `".env" goes with the code`},
	} {
		for form, at := range map[string]string{"zip": zipOf(t, c.files...), "folder": folderOf(t, c.files...)} {
			found, err := Examine(at, c.run)
			must(t, err)
			remarks := found.Remarks
			if c.says == "" {
				if len(remarks) > 0 {
					t.Errorf("%s as %s: %+v", name, form, remarks)
				}
				continue
			}
			if len(remarks) != 1 || remarks[0].At != c.at || remarks[0].Stops != c.stops || !strings.Contains(remarks[0].Summary+" "+remarks[0].Detail, c.says) {
				t.Errorf("%s as %s: %+v does not say %q at %s", name, form, remarks, c.says, c.at)
			}
		}
	}
}

// TestExamine_Archives meets what only an archive can hold.
func TestExamine_Archives(t *testing.T) {
	t.Parallel()
	app := shipped{name: "app.py", text: "def handler(event, context): pass"}
	run := Run{Runtime: "python3.14", Handler: "app.handler"}
	for name, c := range map[string]struct {
		file  shipped
		stops bool
		says  string
	}{
		"absolute name":  {shipped{name: "/etc/passwd", text: "x"}, true, "leads out of the package"},
		"name upwards":   {shipped{name: "../app.py", text: "x"}, true, "leads out of the package"},
		"name of a disk": {shipped{name: `C:\app.py`, text: "x"}, true, "leads out of the package"},
		"link out":       {shipped{name: "cfg", text: "/srv/cfg", mode: 0o777 | fs.ModeSymlink}, true, "which is not in the package"},
		"link inside":    {shipped{name: "lib/cfg", text: "../app.py", mode: 0o777 | fs.ModeSymlink}, false, ""},
		"world-writable": {shipped{name: "cfg.json", text: "{}", mode: 0o666}, false, "may change is not the code that was reviewed"},
		"owner's alone":  {shipped{name: "cfg.json", text: "{}", mode: 0o600}, false, `"cfg.json" of mode 0600 or alike`},
		"backslash":      {shipped{name: `lib\cfg.json`, text: "{}"}, false, "is a part of the name and makes no folder"},
	} {
		found, err := Examine(zipOf(t, app, c.file), run)
		must(t, err)
		remarks := found.Remarks
		if c.says == "" && len(remarks) == 0 {
			continue
		}
		if len(remarks) != 1 || remarks[0].Stops != c.stops || c.says == "" || !strings.Contains(remarks[0].Detail, c.says) {
			t.Errorf("%s: %+v does not say %q", name, remarks, c.says)
		}
	}
}

// TestExamine_FolderOfWindows finds the handler behind a name with backslashes.
func TestExamine_FolderOfWindows(t *testing.T) {
	t.Parallel()
	found := examined(t, zipOf(t, shipped{name: `src\app.py`, text: pythonApp.text}), Run{Runtime: "python3.14", Handler: "src.app.handler"})
	if len(found.Remarks) != 2 || !strings.Contains(found.Remarks[0].Detail, `it has "src\\app.py"`) || !strings.Contains(found.Remarks[1].Detail, "makes no folder") {
		t.Errorf("%+v", found)
	}
}

func TestExamine_NamesTheHeaviest(t *testing.T) {
	t.Parallel()
	root := folderOf(t, shipped{name: "app.py", text: "handler = 1"}, shipped{name: "pandas/core.py", text: "x"}, shipped{name: "numpy/core.py", text: "x"})
	must(t, os.Truncate(filepath.Join(root, "pandas", "core.py"), 40<<20))
	must(t, os.Truncate(filepath.Join(root, "numpy", "core.py"), 20<<20))
	found, err := Examine(root, Run{Runtime: "python3.14", Handler: "app.handler"})
	must(t, err)
	remarks := found.Remarks
	if len(remarks) != 1 || remarks[0].Stops || !strings.Contains(remarks[0].Detail, "pandas: 40.0 MB\n  numpy: 20.0 MB") {
		t.Errorf("%+v", remarks)
	}
}

package artifact

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/unicode"
)

// Put together here, so that this file holds neither.
var (
	testKey   = "-----BEGIN RSA " + "PRIVATE KEY-----\n" + strings.Repeat("MIIEpAIBAAKCAQEA7yL0wq2fWm5Zx8c1Rk3nT9vB4uHs6JdPqXeYgGoLzAaCiVbN\n", 3)
	testToken = "ghp_" + "x7Kq2mW9tR4vB8nL3jH6pD1sF5gZ0cYaEuXo"
)

func utf16Of(t *testing.T, text string) string {
	t.Helper()
	out, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
	must(t, err)
	return out
}

func TestExamine_Secrets(t *testing.T) {
	t.Parallel()
	token := "TOKEN = '" + testToken + "'\n"
	record := func(name string) shipped {
		return shipped{name: name, text: "vendored/__init__.py,sha256=x,1\nsix.py,sha256=x,1\n"}
	}
	for name, c := range map[string]struct {
		run     Run
		files   []shipped
		secrets []string
		remark  string
	}{
		"token in the handler":         {pythonRun, []shipped{{name: "app.py", text: pythonApp.text + token}}, []string{"app.py:3 (github-pat)"}, ""},
		"token in own settings":        {nodeRun, []shipped{nodeApp, {name: "config/prod.json", text: "{\n\"t\": \"" + testToken + "\"}"}}, []string{"config/prod.json:2 (github-pat)"}, ""},
		"key beside the code":          {pythonRun, []shipped{pythonApp, {name: "certs/server.key", text: testKey}}, []string{"certs/server.key:1 (private-key)"}, ""},
		"key cut short":                {pythonRun, []shipped{pythonApp, {name: "id_rsa", text: testKey[:40]}}, []string{"id_rsa:1 (private-key)"}, ""},
		"key in code":                  {pythonRun, []shipped{pythonApp, {name: "keys.py", text: "K = '''" + testKey + "'''"}}, []string{"keys.py:1 (private-key)"}, ""},
		"certificate":                  {pythonRun, []shipped{pythonApp, {name: "certs/ca.pem", text: "-----BEGIN CERTIFICATE-----\nMIIB\n"}}, nil, ""},
		"key for tests, node":          {nodeRun, []shipped{nodeApp, {name: "node_modules/https-proxy/test/test.key", text: testKey}}, nil, `"node_modules/https-proxy/test/test.key:1 (private-key)"`},
		"token in a dependency":        {nodeRun, []shipped{nodeApp, {name: "node_modules/gh/README.md", text: token}}, nil, "(github-pat)"},
		"key in a wheel":               {pythonRun, []shipped{pythonApp, record("vendored-1.0.dist-info/RECORD"), {name: "vendored/tests/test.key", text: testKey}}, nil, "vendored/tests/test.key"},
		"module of a wheel":            {pythonRun, []shipped{pythonApp, record("six-1.0.dist-info/RECORD"), {name: "six.py", text: token}}, nil, "six.py:1"},
		"own folder beside wheels":     {pythonRun, []shipped{pythonApp, record("vendored-1.0.dist-info/RECORD"), {name: "orders/db.py", text: token}}, []string{"orders/db.py:1 (github-pat)"}, ""},
		"own code installed by pip":    {pythonRun, []shipped{pythonApp, record("vendored-1.0.dist-info/RECORD"), {name: "vendored-1.0.dist-info/direct_url.json", text: `{"url": "file:///src"}`}, {name: "vendored/a.py", text: token}}, []string{"vendored/a.py:1 (github-pat)"}, ""},
		"handler that pip installed":   {Run{Runtime: "python3.14", Handler: "vendored.app.handler"}, []shipped{record("vendored-1.0.dist-info/RECORD"), {name: "vendored/app.py", text: pythonApp.text}, {name: "vendored/a.py", text: token}}, []string{"vendored/a.py:1 (github-pat)"}, ""},
		"gem":                          {Run{Runtime: "ruby3.4", Handler: "app.call"}, []shipped{{name: "app.rb", text: "def call; end"}, {name: "vendor/bundle/ruby/3.4.0/gems/x/spec/key.pem", text: testKey}}, nil, "spec/key.pem"},
		"name and entropy, own":        {nodeRun, []shipped{nodeApp, {name: "lib.js", text: "const apiKey = 'x7Kq2mW9tR4vB8nL3jH6pD1sF5gZ0cYa'\n"}}, []string{"lib.js:1 (generic-api-key)"}, ""},
		"name and entropy, dependency": {nodeRun, []shipped{nodeApp, {name: "node_modules/a/lib.js", text: "const apiKey = 'x7Kq2mW9tR4vB8nL3jH6pD1sF5gZ0cYa'\n"}}, nil, ""},
		"binary":                       {pythonRun, []shipped{pythonApp, {name: "model.bin", text: "\x00\x01" + token}}, nil, ""},
		"UTF-16 of Windows":            {pythonRun, []shipped{pythonApp, {name: "settings.ini", text: utf16Of(t, "a\n"+token)}}, []string{"settings.ini:2 (github-pat)"}, ""},
		"UTF-16, not a text":           {pythonRun, []shipped{pythonApp, {name: "model.bin", text: "\xff\xfe\x00\x00\x01" + token}}, nil, ""},
		"past the bound":               {pythonRun, []shipped{pythonApp, {name: "data.csv", text: strings.Repeat("a,b\n", textLooked/4) + token}}, nil, ""},
	} {
		for form, at := range map[string]string{"zip": zipOf(t, c.files...), "folder": folderOf(t, c.files...)} {
			found := examined(t, at, c.run)
			var got []string
			for _, s := range found.Secrets {
				got = append(got, s.String())
			}
			if !slices.Equal(got, c.secrets) {
				t.Errorf("%s as %s: %v, want %v", name, form, got, c.secrets)
			}
			found.Secrets = nil
			wantRemark(t, name+" as "+form, found, "code", false, c.remark)
		}
	}
}

// TestExamine_NeverRepeatsASecret looks into everything that is said of one.
func TestExamine_NeverRepeatsASecret(t *testing.T) {
	t.Parallel()
	found := examined(t, zipOf(t, pythonApp, shipped{name: "a.py", text: "T = '" + testToken + "'"}, shipped{name: ".env", text: "PASSWORD=hunter2hunter2"}), pythonRun)
	if len(found.Secrets) != 2 {
		t.Fatalf("%+v", found)
	}
	for _, s := range found.Secrets {
		for _, value := range []string{testToken[4:], "hunter2"} {
			if strings.Contains(s.String(), value) {
				t.Errorf("%s says the secret", s)
			}
		}
	}
}

// TestExamine_Binaries stops only for what is sure to be loaded.
func TestExamine_Binaries(t *testing.T) {
	t.Parallel()
	x86, arm, ppc := elfOf(62), elfOf(183), elfOf(21)
	mac := "\xcf\xfa\xed\xfe" + strings.Repeat("\x00", 60)
	for name, c := range map[string]struct {
		run   Run
		files []shipped
		stops bool
		says  string
	}{
		"wheel":                    {pythonRun, []shipped{pythonApp, {name: "fast/fast.cpython-314-x86_64-linux-gnu.so", text: x86}}, true, `"fast/fast.cpython-314-x86_64-linux-gnu.so": built for x86_64`},
		"stable wheel":             {pythonRun, []shipped{pythonApp, {name: "fast/_rust.abi3.so", text: x86}}, true, "manylinux2014_aarch64"},
		"wheel for both":           {pythonRun, []shipped{pythonApp, {name: "fast/a.cpython-314-x86_64-linux-gnu.so", text: x86}, {name: "fast/a.cpython-314-aarch64-linux-gnu.so", text: arm}}, false, ""},
		"wheel for a Mac":          {pythonRun, []shipped{pythonApp, {name: "fast/a.cpython-314-darwin.so", text: mac}}, true, "fast is built for macOS"},
		"wheel's test fixture":     {pythonRun, []shipped{pythonApp, {name: "fast/tests/a.cpython-314-x86_64-linux-gnu.so", text: x86}}, false, "cannot run on arm64"},
		"wheel, free-threaded":     {pythonRun, []shipped{pythonApp, {name: "fast/fast.cpython-314t-x86_64-linux-gnu.so", text: x86}}, true, "fast is built for x86_64"},
		"tool of a debugger":       {pythonRun, []shipped{pythonApp, {name: "debugpy/_vendored/pydevd/pydevd_attach_to_process/attach_linux_amd64.so", text: x86}}, false, "programs for another processor"},
		"module without an ABI":    {pythonRun, []shipped{pythonApp, {name: "fast/_fast.so", text: x86}}, false, "programs for another processor"},
		"wheel beside a tool":      {pythonRun, []shipped{pythonApp, {name: "a/attach.so", text: x86}, {name: "b/b.abi3.so", text: arm}}, false, `"a/attach.so" cannot run on arm64 under Linux.`},
		"library beside":           {pythonRun, []shipped{pythonApp, {name: "tools/libx.so.1", text: x86}}, false, "programs for another processor"},
		"exotic fixture":           {pythonRun, []shipped{pythonApp, {name: "elftools/hello.ppc", text: ppc}, {name: "elftools/hello.i386", text: elfOf(3)}}, false, "cannot run on arm64"},
		"addon":                    {nodeRun, []shipped{nodeApp, {name: "node_modules/argon2/build/Release/argon2.node", text: x86}}, true, "npm install --os=linux --cpu=arm64"},
		"addon for a Mac":          {nodeRun, []shipped{nodeApp, {name: "node_modules/fsevents/package.json", text: `{"os":["darwin"]}`}, {name: "node_modules/fsevents/fsevents.node", text: mac}}, false, "cannot run on arm64 under Linux"},
		"addon for Windows":        {nodeRun, []shipped{nodeApp, {name: "node_modules/@img/sharp-win32-x64/lib/sharp.node", text: "MZ" + strings.Repeat("\x00", 60)}}, true, "sharp-win32-x64 is built for Windows"},
		"addons for all":           {nodeRun, []shipped{nodeApp, {name: "node_modules/@img/sharp-darwin-arm64/lib/sharp.node", text: mac}, {name: "node_modules/@img/sharp-linux-arm64/lib/sharp.node", text: arm}}, false, ""},
		"own addons for two":       {nodeRun, []shipped{nodeApp, {name: "x64/a.node", text: x86}, {name: "arm64/a.node", text: arm}}, false, ""},
		"library of a package":     {nodeRun, []shipped{nodeApp, {name: "node_modules/@img/sharp-libvips/lib/libvips.so", text: x86}}, false, "programs for another processor"},
		"prebuilds for one":        {nodeRun, []shipped{nodeApp, {name: "node_modules/argon2/prebuilds/linux-x64/argon2.node", text: x86}}, false, "programs for another processor"},
		"packages for two":         {nodeRun, []shipped{nodeApp, {name: "node_modules/@img/sharp-linux-x64/lib/sharp.node", text: x86}, {name: "node_modules/@img/sharp-linux-arm64/lib/sharp.node", text: arm}}, false, ""},
		"packages with musl":       {nodeRun, []shipped{nodeApp, {name: "node_modules/@img/sharp-linuxmusl-x64/lib/sharp.node", text: x86}, {name: "node_modules/@img/sharp-linux-arm64/lib/sharp.node", text: arm}}, false, ""},
		"packages with libraries":  {nodeRun, []shipped{nodeApp, {name: "node_modules/@next/swc-linux-x64-gnu/swc.node", text: x86}, {name: "node_modules/@next/swc-linux-arm64-musl/swc.node", text: arm}}, true, "swc-linux-arm64-musl is built for Linux with musl"},
		"package for another":      {nodeRun, []shipped{nodeApp, {name: "node_modules/@img/sharp-linux-x64/lib/sharp.node", text: x86}}, true, "is built for x86_64"},
		"tool":                     {nodeRun, []shipped{nodeApp, {name: "node_modules/@esbuild/linux-x64/bin/esbuild", text: x86, mode: 0o755}}, false, "programs for another processor"},
		"tool for both":            {nodeRun, []shipped{nodeApp, {name: "node_modules/@esbuild/linux-x64/bin/esbuild", text: x86, mode: 0o755}, {name: "node_modules/@esbuild/linux-arm64/bin/esbuild", text: arm, mode: 0o755}}, false, ""},
		"bootstrap":                {customRun, []shipped{{name: "bootstrap", text: x86, mode: 0o755}}, true, `write architecture = "x86_64"`},
		"bootstrap of no use":      {customRun, []shipped{{name: "bootstrap", text: ppc, mode: 0o755}}, true, "Build the package for arm64."},
		"tool beside a bootstrap":  {customRun, []shipped{{name: "bootstrap", text: "#!/bin/sh\nexec ./tool-for-arm\n", mode: 0o755}, {name: "tool", text: x86, mode: 0o755}}, false, "programs for another processor"},
		"nested dependency's":      {nodeRun, []shipped{nodeApp, {name: "node_modules/a/node_modules/b/b.node", text: x86}}, true, "node_modules/a/node_modules/b is built for x86_64"},
		"big-endian machine":       {pythonRun, []shipped{pythonApp, {name: "x/a.out", text: elfMagic + "\x02\x02" + strings.Repeat("\x00", 13) + "\x3e" + strings.Repeat("\x00", 9)}}, false, "programs for another processor"},
		"architecture not known":   {Run{Runtime: "python3.14", Handler: "app.handler"}, []shipped{pythonApp, {name: "fast/a.cpython-314-x86_64-linux-gnu.so", text: x86}}, false, ""},
		"mentioned only in a text": {pythonRun, []shipped{pythonApp, {name: "doc.md", text: "ELF x86_64"}}, false, ""},
	} {
		found := examined(t, zipOf(t, c.files...), c.run)
		wantRemark(t, name, found, "architecture", c.stops, c.says)
		for _, r := range found.Remarks {
			for _, nonsense := range []string{`architecture = "i386"`, `architecture = "another`, `architecture = "macOS"`} {
				if strings.Contains(r.Detail, nonsense) {
					t.Errorf("%s: %s", name, r.Detail)
				}
			}
		}
	}
}

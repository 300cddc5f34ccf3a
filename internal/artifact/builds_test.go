package artifact

import (
	"encoding/binary"
	"strings"
	"testing"
)

// program is an ELF program for a machine, with a loader and with names in it,
// laid out as linkers do.
func program(machine byte, loader string, names ...string) string {
	head := make([]byte, elfFull+elfEntry)
	copy(head, elfMagic+"\x02\x01\x01")
	head[elfMachineAt] = machine
	of := binary.LittleEndian
	of.PutUint64(head[elfSegmentsAt:], elfFull)
	of.PutUint16(head[elfSegmentSizeAt:], elfEntry)
	if loader != "" {
		of.PutUint16(head[elfSegmentCountAt:], 1)
		segment := head[elfFull:]
		of.PutUint32(segment, elfInterpreter)
		of.PutUint64(segment[elfOffsetAt:], elfFull+elfEntry)
		of.PutUint64(segment[elfSizeAt:], uint64(len(loader)+1))
		loader += "\x00"
	}
	return string(head) + loader + "\x00" + strings.Join(names, "\x00") + "\x00"
}

// TestExamine_Builds judges what was built for elsewhere by one rule for all
// runtimes: what is surely loaded stops, a spare is a warning.
func TestExamine_Builds(t *testing.T) {
	t.Parallel()
	mac, windows := "\xcf\xfa\xed\xfe"+strings.Repeat("\x00", 60), "MZ"+strings.Repeat("\x00", 60)
	universal := "\xca\xfe\xba\xbe" + strings.Repeat("\x00", 60)
	arm := program(elfARM, "", "libc.so.6", "GLIBC_2.17")
	musl := program(elfARM, "", "libc.musl-aarch64.so.1")
	old := pythonRun
	old.Runtime = "python3.11"
	for name, c := range map[string]struct {
		run   Run
		at    string
		files []shipped
		stops bool
		says  string
	}{
		"node addon, macOS":              {nodeRun, "architecture", []shipped{nodeApp, {name: "node_modules/argon2/build/Release/argon2.node", text: mac}}, true, "node_modules/argon2 is built for macOS"},
		"node addon, universal":          {nodeRun, "architecture", []shipped{nodeApp, {name: "node_modules/argon2/build/Release/argon2.node", text: universal}}, true, "built for macOS"},
		"node variety, macOS alone":      {nodeRun, "architecture", []shipped{nodeApp, {name: "node_modules/@img/sharp-darwin-arm64/package.json", text: `{"os":["darwin"]}`}, {name: "node_modules/@img/sharp-darwin-arm64/lib/sharp.node", text: mac}}, true, "npm install --os=linux"},
		"node, not for Linux":            {nodeRun, "architecture", []shipped{nodeApp, {name: "node_modules/winreg/package.json", text: `{"os":["!linux"]}`}, {name: "node_modules/winreg/a.node", text: windows}}, false, "processor or system"},
		"node, for all but Windows":      {nodeRun, "architecture", []shipped{nodeApp, {name: "node_modules/pty/package.json", text: `{"os":["!win32"]}`}, {name: "node_modules/pty/a.node", text: mac}}, true, "built for macOS"},
		"node, broken package.json":      {nodeRun, "architecture", []shipped{nodeApp, {name: "node_modules/pty/package.json", text: `{`}, {name: "node_modules/pty/a.node", text: mac}}, true, "built for macOS"},
		"node prebuilds, macOS":          {nodeRun, "architecture", []shipped{nodeApp, {name: "node_modules/a/prebuilds/darwin-arm64/a.node", text: mac}}, false, "processor or system"},
		"node prebuilds, all":            {nodeRun, "", []shipped{nodeApp, {name: "node_modules/a/prebuilds/darwin-arm64/a.node", text: mac}, {name: "node_modules/a/prebuilds/win32-x64/a.node", text: windows}, {name: "node_modules/a/prebuilds/linux-arm64/a.node", text: arm}}, false, ""},
		"node prebuilds, two libcs":      {nodeRun, "", []shipped{nodeApp, {name: "node_modules/a/prebuilds/linux-arm64/a.musl.node", text: musl}, {name: "node_modules/a/prebuilds/linux-arm64/a.glibc.node", text: arm}}, false, ""},
		"node, musl by name":             {nodeRun, "architecture", []shipped{nodeApp, {name: "node_modules/@img/sharp-linuxmusl-arm64/lib/sharp.node", text: elfOf(elfARM)}}, true, "--libc=glibc"},
		"node, musl by its library":      {nodeRun, "architecture", []shipped{nodeApp, {name: "node_modules/bcrypt/lib/bcrypt.node", text: musl}}, true, "built for Linux with musl"},
		"node, musl beside glibc":        {nodeRun, "", []shipped{nodeApp, {name: "node_modules/@img/sharp-linuxmusl-arm64/lib/sharp.node", text: musl}, {name: "node_modules/@img/sharp-linux-arm64/lib/sharp.node", text: arm}}, false, ""},
		"node, pnpm's varieties":         {nodeRun, "", []shipped{nodeApp, {name: "node_modules/.pnpm/@img+sharp-darwin-arm64@0.34.1/node_modules/@img/sharp-darwin-arm64/lib/sharp.node", text: mac}, {name: "node_modules/.pnpm/@img+sharp-linux-arm64@0.34.1/node_modules/@img/sharp-linux-arm64/lib/sharp.node", text: arm}}, false, ""},
		"glibc that names musl":          {nodeRun, "", []shipped{nodeApp, {name: "node_modules/detect/d.node", text: program(elfARM, "", "libc.musl-aarch64.so.1", "libc.so.6")}}, false, ""},
		"python, Windows":                {pythonRun, "architecture", []shipped{pythonApp, {name: "fast/_fast.cp314-win_amd64.pyd", text: windows}}, true, "fast is built for Windows"},
		"python, Windows beside Linux":   {pythonRun, "", []shipped{pythonApp, {name: "fast/_fast.cp314-win_amd64.pyd", text: windows}, {name: "fast/_fast.abi3.so", text: arm}}, false, ""},
		"python, macOS library":          {pythonRun, "architecture", []shipped{pythonApp, {name: "fast/.dylibs/libz.dylib", text: mac}}, false, "processor or system"},
		"python, macOS and its library":  {pythonRun, "architecture", []shipped{pythonApp, {name: "fast/.dylibs/libz.dylib", text: mac}, {name: "fast/_fast.cpython-314-darwin.so", text: mac}}, true, "fast is built for macOS"},
		"python, musl by name":           {pythonRun, "architecture", []shipped{pythonApp, {name: "fast/_fast.cpython-314-aarch64-linux-musl.so", text: elfOf(elfARM)}}, true, "fast is built for Linux with musl"},
		"python, musl of stable ABI":     {pythonRun, "architecture", []shipped{pythonApp, {name: "fast/_fast.abi3.so", text: musl}}, true, "fast is built for Linux with musl"},
		"python, accelerator":            {pythonRun, "architecture", []shipped{pythonApp, {name: "markupsafe/_speedups.cpython-314-x86_64-linux-gnu.so", text: elfOf(elfX86)}}, false, "cannot run on arm64"},
		"python, musl beside source":     {pythonRun, "architecture", []shipped{pythonApp, {name: "fast/md.py", text: "x = 1"}, {name: "fast/md.cpython-314-aarch64-linux-musl.so", text: musl}}, false, "cannot run on arm64"},
		"python, Windows beside source":  {pythonRun, "architecture", []shipped{pythonApp, {name: "fast/md.py", text: "x = 1"}, {name: "fast/md.cp314-win_arm64.pyd", text: windows}}, false, "cannot run on arm64"},
		"ruby, macOS":                    {Run{Runtime: "ruby3.4", Architecture: "arm64"}, "architecture", []shipped{{name: "vendor/a.so", text: mac}}, false, "processor or system"},
		"class of Java":                  {javaRun, "", []shipped{{name: "com/example/Orders.class", text: universal}}, false, ""},
		"bootstrap, musl":                {customRun, "architecture", []shipped{{name: "bootstrap", text: program(elfARM, "/lib/ld-musl-aarch64.so.1"), mode: 0o755}}, true, "or link it statically"},
		"bootstrap, glibc":               {customRun, "", []shipped{{name: "bootstrap", text: program(elfARM, "/lib/ld-linux-aarch64.so.1"), mode: 0o755}}, false, ""},
		"bootstrap, static":              {customRun, "", []shipped{{name: "bootstrap", text: program(elfARM, ""), mode: 0o755}}, false, ""},
		"bootstrap, loader of Nix":       {customRun, "code", []shipped{{name: "bootstrap", text: program(elfARM, "/nix/store/x-glibc/lib/ld-linux-aarch64.so.1"), mode: 0o755}}, true, "The bootstrap needs a loader"},
		"bootstrap, loader of its own":   {customRun, "", []shipped{{name: "bootstrap", text: program(elfARM, "/var/task/lib/ld.so"), mode: 0o755}}, false, ""},
		"tool, musl":                     {customRun, "architecture", []shipped{{name: "bootstrap", text: elfOf(elfARM), mode: 0o755}, {name: "bin/tool", text: program(elfARM, "/lib/ld-musl-aarch64.so.1"), mode: 0o755}}, false, `"bin/tool" cannot run on arm64 under Linux with glibc.`},
		"tool, static, of musl":          {customRun, "", []shipped{{name: "bootstrap", text: elfOf(elfARM), mode: 0o755}, {name: "aarch64-unknown-linux-musl/rg", text: program(elfARM, ""), mode: 0o755}}, false, ""},
		"bootstrap, newer glibc":         {customRun, "code", []shipped{{name: "bootstrap", text: program(elfARM, "", "libc.so.6", "GLIBC_2.17", "GLIBC_2.38"), mode: 0o755}}, false, "built against glibc 2.38, and runtime provided.al2023 has glibc 2.34"},
		"extension, glibc of its image":  {pythonRun, "", []shipped{pythonApp, {name: "fast/_fast.abi3.so", text: program(elfARM, "", "GLIBC_2.34", "GLIBC_2.2.5")}}, false, ""},
		"extension, older image":         {old, "code", []shipped{pythonApp, {name: "fast/_fast.abi3.so", text: program(elfARM, "", "GLIBC_2.28")}}, false, "runtime python3.11 has glibc 2.26"},
		"extension, glibc in its text":   {pythonRun, "", []shipped{pythonApp, {name: "fast/_fast.abi3.so", text: program(elfARM, "", "need GLIBC_2.99 or so")}}, false, ""},
		"glibc of its own":               {pythonRun, "", []shipped{pythonApp, {name: "lib/libc.so.6", text: program(elfARM, "", "GLIBC_2.40")}, {name: "lib/x.so", text: program(elfARM, "", "GLIBC_2.40")}}, false, ""},
		"segments that lead out of file": {customRun, "", []shipped{{name: "bootstrap", text: strings.Replace(program(elfARM, ""), string(rune(elfFull))+"\x00\x00\x00\x00\x00\x00\x00", "\xff\xff\xff\xff\xff\xff\xff\x7f", 1), mode: 0o755}}, false, ""},
	} {
		for form, at := range map[string]string{"zip": zipOf(t, c.files...), "folder": folderOf(t, c.files...)} {
			wantRemark(t, name+" as "+form, examined(t, at, c.run), c.at, c.stops, c.says)
		}
	}
}

// TestLoaderOf_NeverReadsBeyond takes any head for what it says.
func TestLoaderOf_NeverReadsBeyond(t *testing.T) {
	t.Parallel()
	whole := program(elfX86, "/lib64/ld-linux-x86-64.so.2")
	same(t, "whole", loaderOf([]byte(whole)), "/lib64/ld-linux-x86-64.so.2")
	for at := range len(whole) {
		_ = loaderOf([]byte(whole[:at]))
		for _, wrong := range []byte{0, 0x7f, 0xff} {
			damaged := []byte(whole)
			damaged[at] = wrong
			_, _ = loaderOf(damaged), newestGlibc(damaged)
		}
	}
}

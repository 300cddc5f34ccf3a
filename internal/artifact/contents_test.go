package artifact

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

func noise(size int) string {
	out := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(out) // it never fails
	return string(out)
}

// pythonApp is a package with nothing wrong, which defects are added to.
var (
	pythonRun = Run{Runtime: "python3.14", Handler: "app.handler", Architecture: "arm64"}
	nodeRun   = Run{Runtime: "nodejs24.x", Handler: "index.handler", Architecture: "arm64"}
	javaRun   = Run{Runtime: "java25", Handler: "com.example.Orders::handle", Architecture: "arm64"}
	customRun = Run{Runtime: "provided.al2023", Architecture: "arm64"}
	pythonApp = shipped{name: "app.py", text: "def handler(event, context):\n    return 1\n"}
	nodeApp   = shipped{name: "index.mjs", text: "export const handler = async () => 1\n"}
)

func examined(t *testing.T, at string, run Run) Examined {
	t.Helper()
	found, err := Examine(at, run)
	must(t, err)
	return found
}

// wantRemark wants one remark and no secret.
func wantRemark(t *testing.T, name string, found Examined, at string, stops bool, says string) {
	t.Helper()
	if says == "" {
		if len(found.Remarks)+len(found.Secrets) > 0 {
			t.Errorf("%s: %+v", name, found)
		}
		return
	}
	if len(found.Remarks) != 1 || len(found.Secrets) > 0 || found.Remarks[0].At != at || found.Remarks[0].Stops != stops || !strings.Contains(found.Remarks[0].Summary+" "+found.Remarks[0].Detail, says) {
		t.Errorf("%s: %+v does not say %q at %s", name, found, says, at)
	}
}

// TestExamine_Links follows links as the function will.
func TestExamine_Links(t *testing.T) {
	t.Parallel()
	const isLink = 0o777 | fs.ModeSymlink
	link := func(name, to string) shipped { return shipped{name: name, text: to, mode: isLink} }
	code := func(name string) shipped { return shipped{name: name, text: pythonApp.text} }
	program := shipped{name: "bin/app", text: elfOf(183), mode: 0o755}
	layered := pythonRun
	layered.Layers = true
	jarWith := func(class string) string {
		return string(newZip(t, func(w *zip.Writer) {
			_, err := w.Create(class)
			must(t, err)
		}))
	}
	ordersJar, otherJar := jarWith("com/example/Orders.class"), jarWith("com/example/Order.class")
	for name, c := range map[string]struct {
		run   Run
		files []shipped
		at    string
		stops bool
		says  string
	}{
		"handler":                  {pythonRun, []shipped{link("app.py", "src/main.py"), code("src/main.py")}, "", false, ""},
		"handler over two links":   {pythonRun, []shipped{link("app.py", "b.py"), link("b.py", "./c.py"), code("c.py")}, "", false, ""},
		"handler in linked folder": {Run{Runtime: "python3.14", Handler: "pkg.app.handler"}, []shipped{link("pkg", "src/pkg"), code("src/pkg/app.py")}, "", false, ""},
		"handler from inside":      {pythonRun, []shipped{link("app.py", "/var/task/src/main.py"), code("src/main.py")}, "", false, ""},
		"handler of another name":  {pythonRun, []shipped{link("app.py", "main.py"), {name: "main.py", text: "def main(): pass"}}, "handler", true, `"main.py" defines no "handler"`},
		"bootstrap":                {customRun, []shipped{link("bootstrap", "bin/app"), program}, "", false, ""},
		"bootstrap, not runnable":  {customRun, []shipped{link("bootstrap", "bin/app"), {name: "bin/app", text: elfOf(183)}}, "code", true, "chmod 755"},
		"bootstrap, x86_64":        {customRun, []shipped{link("bootstrap", "bin/app"), {name: "bin/app", text: elfOf(62), mode: 0o755}}, "architecture", true, `write architecture = "x86_64"`},
		"to no layer":              {pythonRun, []shipped{pythonApp, link("lib", "/opt/python/lib")}, "code", false, `"lib" to "/opt/python/lib": /opt is empty without a layer`},
		"to a layer":               {layered, []shipped{pythonApp, link("lib", "/opt/python/lib")}, "code", false, "only if one of the layers has a file or folder there"},
		"handler by a layer":       {Run{Runtime: "python3.14", Handler: "lib.handler"}, []shipped{link("lib.py", "/opt/lib.py")}, "code", false, "the function has none"},
		"compiled, through links":  {Run{Runtime: "python3.14", Handler: "pkg.app.handler", Architecture: "arm64"}, []shipped{link("pkg", "build"), {name: "build/app.cpython-314-aarch64-linux-gnu.so", text: elfOf(183)}}, "", false, ""},
		"node module of pnpm":      {Run{Runtime: "nodejs24.x", Handler: "api.handler"}, []shipped{link("node_modules/api", ".pnpm/api@1.0.0/node_modules/api"), {name: "node_modules/.pnpm/api@1.0.0/node_modules/api/package.json", text: "{}"}}, "", false, ""},
		"class, lib is a link":     {javaRun, []shipped{link("lib", "build/lib"), {name: "build/lib/a.jar", text: ordersJar}}, "", false, ""},
		"class, jar is a link":     {javaRun, []shipped{link("lib/a.jar", "../build/a.jar"), {name: "build/a.jar", text: ordersJar}}, "", false, ""},
		"no class in linked jars":  {javaRun, []shipped{link("lib/a.jar", "../build/a.jar"), {name: "build/a.jar", text: otherJar}}, "handler", true, "one of the 1 jars"},
		"to itself":                {pythonRun, []shipped{pythonApp, link("self", ".")}, "", false, ""},
		"to scratch":               {pythonRun, []shipped{pythonApp, link("cache", "/tmp/cache"), link("up", "../../tmp")}, "", false, ""},
		"of the runtime":           {pythonRun, []shipped{pythonApp, link("python", "/var/lang/bin/python3")}, "", false, ""},
		"out":                      {pythonRun, []shipped{pythonApp, link("cfg", "/home/me/cfg")}, "code", true, `"cfg" points to "/home/me/cfg", which is not in the package and not there when the function runs`},
		"out upwards":              {pythonRun, []shipped{pythonApp, link("cfg", "../../home/me/cfg")}, "code", true, `leads out of the package, to "/home/me/cfg" when the function runs`},
		"out upwards to an image":  {pythonRun, []shipped{pythonApp, link("bin/python", "../../../usr/bin/python3")}, "code", true, "leads out of the package"},
		"out by an image":          {pythonRun, []shipped{pythonApp, link("cfg", "/usr/../home/me/cfg")}, "code", true, "link out of itself"},
		"program of the image":     {pythonRun, []shipped{pythonApp, link("bin/python", "/usr/bin/python3")}, "code", false, `"bin/python" to "/usr/bin/python3": whether that is there depends on the runtime's image`},
		"certificates":             {pythonRun, []shipped{pythonApp, link("ca.crt", "/etc/pki/tls/certs/ca-bundle.crt")}, "code", false, "depends on the runtime's image"},
		"library of the image":     {pythonRun, []shipped{pythonApp, link("libz.so.1", "/lib64/libz.so.1")}, "code", false, "depends on the runtime's image"},
		"device":                   {pythonRun, []shipped{pythonApp, link("log", "/dev/null")}, "code", false, "depends on the runtime's image"},
		"many of the image":        {pythonRun, []shipped{pythonApp, link("a", "/proc/self/exe"), link("b", "/sys/fs"), link("c", "/lib/x"), link("d", "/bin/sh")}, "code", false, `"c" to "/lib/x" and 1 more`},
		"handler of the image":     {pythonRun, []shipped{link("app.py", "/usr/lib/app.py")}, "code", false, "depends on the runtime's image"},
		"image that begins alike":  {pythonRun, []shipped{pythonApp, link("cfg", "/usrlocal/cfg")}, "code", true, "link out of itself"},
		"place that begins alike":  {pythonRun, []shipped{pythonApp, link("cfg", "/opt2/cfg")}, "code", true, "link out of itself"},
		"nowhere":                  {pythonRun, []shipped{pythonApp, link("cfg", "gone")}, "code", false, `"cfg": the package has nothing`},
		"in a circle":              {pythonRun, []shipped{pythonApp, link("a", "b"), link("b", "a")}, "code", false, "lead nowhere"},
		"to a folder":              {pythonRun, []shipped{pythonApp, link("a", "lib"), {name: "lib/deep/x.py", text: "x"}}, "", false, ""},
	} {
		wantRemark(t, name, examined(t, zipOf(t, c.files...), c.run), c.at, c.stops, c.says)
	}
}

// TestExamine_Bombs tells bombs from packages by what they unpack to.
func TestExamine_Bombs(t *testing.T) {
	t.Parallel()
	zeros := func(size int) shipped { return shipped{name: "data.bin", text: strings.Repeat("\x00", size)} }
	for name, c := range map[string]struct {
		files []shipped
		says  string
	}{
		"bomb":           {[]shipped{pythonApp, zeros(20 << 20)}, "is a zip bomb"},
		"small and flat": {[]shipped{pythonApp, zeros(2 << 20)}, ""},
		"data":           {[]shipped{pythonApp, zeros(20 << 20), {name: "model.bin", text: noise(1 << 20)}}, ""},
	} {
		wantRemark(t, name, examined(t, zipOf(t, c.files...), pythonRun), "code", true, c.says)
	}
	root := folderOf(t, pythonApp, zeros(20<<20))
	wantRemark(t, "directory", examined(t, root, pythonRun), "", false, "")
}

// TestExamine_DamagedArchives reads every file to its end, and believes none.
func TestExamine_DamagedArchives(t *testing.T) {
	t.Parallel()
	whole, err := os.ReadFile(zipOf(t, pythonApp, shipped{name: "model.bin", text: noise(100_000)}))
	must(t, err)
	changed := func(change func([]byte)) []byte {
		text := bytes.Clone(whole)
		change(text)
		return text
	}
	directory := bytes.Index(whole, []byte("PK\x01\x02"))
	lying := newZip(t, func(w *zip.Writer) {
		out, err := w.CreateRaw(&zip.FileHeader{Name: "app.py", Method: zip.Store, CompressedSize64: 100, UncompressedSize64: 10})
		must(t, err)
		_, err = out.Write(make([]byte, 100))
		must(t, err)
	})
	strange := newZip(t, func(w *zip.Writer) {
		_, err := w.CreateRaw(&zip.FileHeader{Name: "app.py", Method: 93, CompressedSize64: 0, UncompressedSize64: 10})
		must(t, err)
	})
	for name, c := range map[string]struct {
		text    []byte
		summary string
	}{
		"flipped in the middle": {changed(func(b []byte) { b[directory/2] ^= 0xff }), "The code package is damaged"},
		"wrong checksum":        {changed(func(b []byte) { b[directory+16] ^= 0xff }), "The code package is damaged"},
		"more than it says":     {lying, "The code package is damaged"},
		"unknown compression":   {strange, "The code package is compressed in a way that Lambda cannot unpack"},
	} {
		_, err := Examine(zipFile(t, c.text), pythonRun)
		var bad *Error
		if !errors.As(err, &bad) || bad.Summary != c.summary || !strings.Contains(bad.Detail, "Pack it again") {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err = Inspect(zipFile(t, whole[:len(whole)-30]), false)
	refusal(t, err, "The code package is not a zip archive", "cannot be read as a zip archive")
}

// TestExamine_EndlessArchive stops after a bound, not when memory is used up.
func TestExamine_EndlessArchive(t *testing.T) {
	t.Parallel()
	x := &examination{}
	endless := file{name: "app.bin", size: textLooked, packed: true, open: func() (io.ReadCloser, error) { return io.NopCloser(zeroReader{}), nil }}
	_, _, err := x.lookInside([]file{endless, endless})
	refusal(t, err, "The code package is a zip bomb", "app.bin", "more than 1 GB")
}

type zeroReader struct{}

func (zeroReader) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// TestExamine_Writable says once what all files have in common, and nothing of
// archives that have no modes.
func TestExamine_Writable(t *testing.T) {
	t.Parallel()
	files := []shipped{{name: "app.py", text: pythonApp.text, mode: 0o666}}
	for i := range 9 {
		files = append(files, shipped{name: fmt.Sprintf("lib%d.py", i), text: "x", mode: 0o666})
	}
	wantRemark(t, "unix", examined(t, zipOf(t, files...), pythonRun), "code", false, `"app.py", "lib0.py", "lib1.py" and 7 more`)
	windows := newZip(t, func(w *zip.Writer) {
		for _, f := range files {
			out, err := w.CreateHeader(&zip.FileHeader{Name: f.name, CreatorVersion: 20, Method: zip.Deflate})
			must(t, err)
			_, err = out.Write([]byte(f.text))
			must(t, err)
		}
	})
	wantRemark(t, "windows", examined(t, zipFile(t, windows), pythonRun), "", false, "")
	program := newZip(t, func(w *zip.Writer) {
		out, err := w.CreateHeader(&zip.FileHeader{Name: "bootstrap", CreatorVersion: 20})
		must(t, err)
		_, err = out.Write([]byte(elfOf(elfARM)))
		must(t, err)
	})
	wantRemark(t, "program of windows", examined(t, zipFile(t, program), customRun), "code", true, "build-lambda-zip")
}

// TestExamine_Jars looks for the handler's class in the jars that Lambda takes.
func TestExamine_Jars(t *testing.T) {
	t.Parallel()
	jar := func(names ...string) string {
		return string(newZip(t, func(w *zip.Writer) {
			for _, name := range names {
				out, err := w.Create(name)
				must(t, err)
				_, err = out.Write([]byte(noise(50_000)))
				must(t, err)
			}
		}))
	}
	const class = "com/example/Orders.class"
	for name, c := range map[string]struct {
		files []shipped
		says  string
	}{
		"in a jar":           {[]shipped{{name: "lib/a.jar", text: jar("a.class")}, {name: "lib/orders.jar", text: jar("a.class", class)}}, ""},
		"in none":            {[]shipped{{name: "lib/a.jar", text: jar("a.class")}, {name: "lib/b.jar", text: jar("com/example/Order.class")}}, "one of the 2 jars"},
		"in a deeper jar":    {[]shipped{{name: "lib/more/a.jar", text: jar(class)}, {name: "lib/b.jar", text: jar("b.class")}}, "one of the 1 jars"},
		"at the root":        {[]shipped{{name: class, text: "x"}, {name: "lib/b.jar", text: jar("b.class")}}, ""},
		"in a jar at root":   {[]shipped{{name: "orders.jar", text: jar(class)}}, "a jar below lib/"},
		"in a large jar":     {[]shipped{{name: "lib/a.jar", text: jar("a.class")}, {name: "lib/orders.jar", text: largeJar(t, class)}}, ""},
		"not in a large jar": {[]shipped{{name: "lib/orders.jar", text: largeJar(t, "a.class")}}, "one of the 1 jars"},
	} {
		for form, at := range map[string]string{"zip": zipOf(t, c.files...), "folder": folderOf(t, c.files...)} {
			wantRemark(t, name+" as "+form, examined(t, at, javaRun), "handler", true, c.says)
		}
	}
}

// largeJar is longer than what is kept of it.
func largeJar(t *testing.T, class string) string {
	t.Helper()
	return string(newZip(t, func(w *zip.Writer) {
		for _, name := range []string{"big.bin", class} {
			out, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
			must(t, err)
			_, err = out.Write([]byte(noise(2*jarLooked + 1000)))
			must(t, err)
		}
	}))
}

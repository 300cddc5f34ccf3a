package artifact

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/klauspost/compress/flate"
)

// deflated is a text as archives hold it.
func deflated(text string) string {
	var out bytes.Buffer
	w, _ := flate.NewWriter(&out, flate.DefaultCompression) // the level exists
	_, _ = w.Write([]byte(text))                            // a buffer takes everything
	_ = w.Close()
	return out.String()
}

// flagged has a flag in both headers.
func flagged(bit int) crafted {
	set := func(h *header) { h.flags |= 1 << bit }
	return crafted{name: "data.bin", text: "x = 1\n", local: set, central: set}
}

// strange are archives with what no packer of functions makes, and what is said
// of each.
func strange() map[string]struct {
	archive []byte
	says    string
} {
	app := crafted{name: "app.py", text: pythonApp.text}
	with := func(files ...crafted) []byte { return craft(craftedEnd{}, append([]crafted{app}, files...)...) }
	kind := func(mode uint32) crafted { return crafted{name: "entry", kind: mode} }
	link := func(name, to string) crafted { return crafted{name: name, text: to, kind: 0o120777} }
	of := func(made uint16, mode uint32) crafted {
		return crafted{name: "entry", text: "app.py", made: made, kind: mode}
	}
	named := func(name string) crafted { return crafted{name: name, text: "x = 1\n"} }
	hidden := func(name, text, more string) crafted {
		return crafted{name: name, text: text, packed: deflated(text) + more}
	}
	long := func(disk uint32) []byte { return extraField(extraZip64, little(disk)) }
	behind := craft(craftedEnd{}, hidden("app.py", pythonApp.text, "import os"))
	marked := func(mark uint32) []byte {
		return craft(craftedEnd{before: string(little(mark)), begins: 4}, func() crafted { c := app; c.at = 4; return c }())
	}
	return map[string]struct {
		archive []byte
		says    string
	}{
		"patch data":                       {with(flagged(5)), "patch data"},
		"strong encryption":                {with(flagged(6)), "is encrypted"},
		"encrypted":                        {with(flagged(0)), "is encrypted"},
		"masked headers":                   {with(flagged(13)), "is encrypted"},
		"behind the stream":                {behind, `"app.py" holds bytes behind the end of its compressed contents`},
		"behind the stream, one zero":      {with(hidden("a.py", "x = 1\n", "\x00")), "holds bytes behind"},
		"behind the stream, another one":   {with(hidden("a.py", "x = 1\n", deflated("y = 2\n"))), "holds bytes behind"},
		"behind the stream, much":          {with(hidden("a.py", strings.Repeat("x = 1\n", 9000), strings.Repeat("y", 90_000))), "holds bytes behind"},
		"behind the stream, of nothing":    {with(hidden("a.py", "", "hidden")), "holds bytes behind"},
		"behind the stream, of a binary":   {with(hidden("a.png", "\x89PNG", "hidden")), "holds bytes behind"},
		"behind the stream, of a zip":      {with(hidden("a.zip", string(craft(craftedEnd{}, app)), "hidden")), "holds bytes behind"},
		"behind the stream, of gzip":       {with(hidden("a.gz", "\x1f\x8b\x08\x00", "hidden")), "holds bytes behind"},
		"in a folder":                      {with(hidden("lib/", "", "hidden")), "is a folder by its name, and has contents"},
		"on another disk":                  {with(crafted{name: "b.py", text: "x", disk: 1}), "another part of the archive"},
		"on another disk, zip64":           {with(crafted{name: "b.py", text: "x", disk: 0xffff, extra: long(3)}), "another part of the archive"},
		"on no disk":                       {with(crafted{name: "b.py", text: "x", disk: 0xffff}), "contradict each other (zip64)"},
		"spanned":                          {marked(descriptorMagic), "Something comes before the archive"},
		"spanned, of one part":             {marked(0x30304b50), "Something comes before the archive"},
		"end on another disk":              {craft(craftedEnd{disk: 2}, app), "one of several parts"},
		"character device":                 {with(kind(0o020666)), "is a device"},
		"block device":                     {with(kind(0o060666)), "is a device"},
		"pipe":                             {with(kind(0o010644)), "is a pipe"},
		"socket":                           {with(kind(0o140755)), "is a socket"},
		"no kind that there is":            {with(kind(0o030644)), "is of no kind"},
		"device, by name a folder":         {with(crafted{name: "lib/", kind: 0o020666}), "is a device"},
		"link, by name a folder":           {with(crafted{name: "lib/", kind: 0o120777}), "is a link by its mode, and a folder by its name"},
		"device of Windows":                {with(of(0x0014, 0o020666)), "is a device"},
		"link of DOS":                      {with(of(0x0014, 0o120777)), "is a link by its mode, and a file of a system without links"},
		"link of NTFS":                     {with(of(0x0a14, 0o120777)), "is a link by its mode, and a file of a system without links"},
		"folder by its mode":               {with(crafted{name: "evil.py", text: "x = 1\n", kind: 0o040755}), "is a folder by its attributes, and has contents"},
		"folder of DOS":                    {with(crafted{name: "evil.py", text: "x = 1\n", made: 0x0014, dos: 0x10}), "is a folder by its attributes, and has contents"},
		"folder of NTFS":                   {with(crafted{name: "evil.py", text: "x = 1\n", made: 0x0a14, dos: 0x10}), "is a folder by its attributes, and has contents"},
		"folder of DOS, on Unix":           {with(crafted{name: "evil.py", text: "x = 1\n", dos: 0x10}), "is a folder by its attributes, and has contents"},
		"label of a disk":                  {with(crafted{name: "evil.py", text: "x = 1\n", made: 0x0014, dos: 0x08}), "is the label of a disk"},
		"link out":                         {with(link("conf", "../../etc/passwd")), "leads out of the package"},
		"link out, absolute":               {with(link("conf", "/srv/.aws/credentials")), "is not in the package"},
		"link out, by a link":              {with(link("d", "/tmp"), link("conf", "d/../etc/passwd")), "goes through a link and up again"},
		"link elsewhere, by a link":        {with(link("d", "/opt/lib"), link("conf", "./d/../app.py")), "goes through a link and up again"},
		"link elsewhere, by a link inside": {with(crafted{name: "lib/deep/a.py", text: "x"}, link("d", "lib/deep"), link("conf", "d/../a.py")), "goes through a link and up again"},
		"link with a zero byte":            {with(link("conf", "app.py\x00.bak")), "has a zero byte in where it points"},
		"link to nothing":                  {with(link("conf", "")), "points to nothing"},
		"handler is a link out":            {craft(craftedEnd{}, link("app.py", "../../tmp2/app.py")), "leads out of the package"},
		"handler is a link to proc":        {craft(craftedEnd{}, link("app.py", "/srv/app.py")), "is not in the package"},
		"line end in a name":               {with(named("a.py\n")), "sign that is not shown (U+000A)"},
		"escape in a name":                 {with(named("a\x1b[2K.py")), "sign that is not shown (U+001B)"},
		"delete in a name":                 {with(named("a\x7f.py")), "sign that is not shown (U+007F)"},
		"control sign of 8 bits":           {with(named("a\u009b.py")), "sign that is not shown (U+009B)"},
		"from right to left":               {with(named("a\u202eyp.txt")), "sign that is not shown (U+202E)"},
		"isolated":                         {with(named("a\u2067b\u2069.py")), "sign that is not shown (U+2067)"},
		"mark of a direction":              {with(named("a\u200f.py")), "sign that is not shown (U+200F)"},
		"no width":                         {with(named("app\u200b.py")), "sign that is not shown (U+200B)"},
		"byte order mark":                  {with(named("\ufeffapp.py")), "sign that is not shown (U+FEFF)"},
		"control sign in a folder":         {with(crafted{name: "a\r/"}), "sign that is not shown (U+000D)"},
	}
}

// TestExamine_StrangeArchives refuses each, and prints how many.
func TestExamine_StrangeArchives(t *testing.T) {
	t.Parallel()
	refused, all := 0, 0
	for name, c := range strange() {
		all++
		seen, err := Examine(zipFile(t, c.archive), pythonRun)
		var said []string
		if bad, is := errors.AsType[*Error](err); is {
			said = append(said, bad.Detail)
		} else if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, r := range seen.Remarks {
			if r.Stops {
				said = append(said, r.Detail)
			}
		}
		if text := strings.Join(said, "\n"); !strings.Contains(text, c.says) {
			t.Errorf("%s: %q does not say %q", name, text, c.says)
			continue
		}
		refused++
	}
	fmt.Printf("artifact: %d of %d strange archives refused\n", refused, all)
	guide, err := os.ReadFile("../../templates/guides/package.md")
	must(t, err)
	if figure := fmt.Sprintf("refuses %d of %d archives", refused, all); !strings.Contains(string(guide), figure) {
		t.Errorf("templates/guides/package.md does not say %q", figure)
	}
}

// TestExamine_HarmlessArchives takes what looks like those, and as tools make it.
func TestExamine_HarmlessArchives(t *testing.T) {
	t.Parallel()
	app := crafted{name: "app.py", text: pythonApp.text}
	link := func(name, to string) crafted { return crafted{name: name, text: to, kind: 0o120777} }
	deep := crafted{name: "lib/deep/a.py", text: "x"}
	for name, files := range map[string][]crafted{
		"compressed":                     {app, {name: "a.py", text: "x = 1\n", packed: deflated("x = 1\n")}},
		"compressed, long":               {app, {name: "a.py", text: strings.Repeat("x = 1\n", 90_000), packed: deflated(strings.Repeat("x = 1\n", 90_000))}},
		"compressed, not compressible":   {app, {name: "a.bin", text: noise(200_000), packed: deflated(noise(200_000))}},
		"compressed, empty":              {app, {name: "a.py", packed: deflated("")}},
		"folder as jar has it":           {app, {name: "META-INF/", packed: "\x03\x00"}},
		"folder of DOS":                  {app, {name: "lib/", made: 0x0014, kind: 1, dos: 0x10}},
		"folder by its mode":             {app, {name: "lib/", kind: 0o040755, dos: 0x10}},
		"folder with a file's mode":      {app, {name: "lib/"}},
		"folder without a slash":         {app, {name: "lib", kind: 0o040755}},
		"file of DOS, read only":         {app, {name: "a.py", text: "x", made: 0x0014, dos: 0x21}},
		"file of DOS, with a mode":       {app, {name: "a.py", text: "x", made: 0x0014, kind: 0o100644}},
		"zip64 says disk zero":           {app, {name: "a.py", text: "x", disk: 0xffff, extra: extraField(extraZip64, little(uint32(0)))}},
		"link":                           {app, link("main.py", "app.py")},
		"link up":                        {app, deep, link("lib/main.py", "../app.py")},
		"link up, by way of a folder":    {app, deep, link("main.py", "lib/deep/../../app.py")},
		"link to itself by its place":    {app, link("main.py", "/var/task/app.py")},
		"name in Arabic":                 {app, {name: "ملف.py", text: "x"}},
		"name with a joiner":             {app, {name: "می\u200cخواهم.txt", text: "x"}},
		"name of a picture":              {app, {name: "👩\u200d💻.txt", text: "x"}},
		"name with a space, of no break": {app, {name: "a\u00a0b.txt", text: "x"}},
		"name in another encoding":       {app, {name: "s\x81\x84\x9b.py", text: "x"}},
	} {
		seen, err := Examine(zipFile(t, craft(craftedEnd{}, files...)), pythonRun)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, r := range seen.Remarks {
			if r.Stops {
				t.Errorf("%s: %+v", name, r)
			}
		}
	}
}

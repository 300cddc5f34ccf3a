package artifact

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// crafted is a file of an archive that is written byte by byte. What is not set
// is as it should be.
type crafted struct {
	name, text        string
	local             func(*header)
	central           func(*header)
	descriptor        func(*header) // what follows the file, if anything does
	after             string        // bytes between the file and the next one
	at                int           // how far from its place the directory says it begins
	localExtra, extra []byte
	comment           string
	packed            string // what is in the archive, where text is compressed
	kind              uint32 // the mode, of a kind that is no file's
	made              uint16 // by which system; Unix where it is not set
	dos               uint32 // attributes of DOS
	disk              uint16
}

type header struct {
	flags, method uint16
	crc           uint32
	packed, size  uint32
	name          string
}

func little(numbers ...any) []byte {
	var out []byte
	for _, n := range numbers {
		out, _ = binary.Append(out, binary.LittleEndian, n)
	}
	return out
}

func extraField(id uint16, text []byte) []byte {
	return append(little(id, uint16(len(text))), text...)
}

// craftedEnd is what comes after the files.
type craftedEnd struct {
	before, after, comment string
	records                []byte // between the directory and the end
	count                  int
	disk                   uint16
	begins                 int
}

func craft(end craftedEnd, files ...crafted) []byte {
	out := []byte(end.before)
	var directory []byte
	for _, f := range files {
		at := len(out) - len(end.before) + f.at
		h := header{name: f.name, crc: crc32.ChecksumIEEE([]byte(f.text)), packed: uint32(len(f.text)), size: uint32(len(f.text))}
		content := f.text
		if f.packed != "" {
			content, h.method, h.packed = f.packed, 8, uint32(len(f.packed))
		}
		mode, made := cmp.Or(f.kind, 0o100644), cmp.Or(f.made, 0x0314)
		local, central := h, h
		if f.local != nil {
			f.local(&local)
		}
		if f.central != nil {
			f.central(&central)
		}
		out = append(out, little(uint32(localMagic), uint16(20), local.flags, local.method, uint32(0), local.crc, local.packed, local.size, uint16(len(local.name)), uint16(len(f.localExtra)))...)
		out = append(append(append(out, local.name...), f.localExtra...), content...)
		if f.descriptor != nil {
			d := h
			f.descriptor(&d)
			out = append(out, little(uint32(descriptorMagic), d.crc, d.packed, d.size)...)
		}
		out = append(out, f.after...)
		directory = append(directory, little(uint32(centralMagic), made, uint16(20), central.flags, central.method, uint32(0), central.crc, central.packed, central.size,
			uint16(len(central.name)), uint16(len(f.extra)), uint16(len(f.comment)), f.disk, uint16(0), mode<<16|f.dos, uint32(at))...)
		directory = append(append(append(directory, central.name...), f.extra...), f.comment...)
	}
	begins := len(out) - len(end.before) + end.begins
	out = append(append(out, directory...), end.records...)
	count := uint16(len(files) + end.count)
	out = append(out, little(uint32(endMagic), end.disk, end.disk, count, count, uint32(len(directory)), uint32(begins), uint16(len(end.comment)))...)
	return append(append(out, end.comment...), end.after...)
}

// odd are archives that can be read in two ways, and what is said of each.
func odd() map[string]struct {
	archive []byte
	says    string
} {
	app := crafted{name: "app.py", text: pythonApp.text}
	evil := crafted{name: "app.py", text: "import os\ndef handler(a, b): os.system(a)\n"}
	named := func(name string) crafted { return crafted{name: name, text: "x = 1\n"} }
	local := func(change func(*header)) crafted { c := app; c.local = change; return c }
	later := func(change func(*header)) crafted {
		c := app
		c.local = func(h *header) { h.flags, h.crc, h.packed, h.size = flagDescriptor, 0, 0, 0 }
		c.central = func(h *header) { h.flags = flagDescriptor }
		c.descriptor = change
		return c
	}
	extra := func(local, central []byte) crafted { c := app; c.localExtra, c.extra = local, central; return c }
	unicodePath := func(name string) []byte {
		return extraField(extraUnicodePath, append(little(uint8(1), crc32.ChecksumIEEE([]byte("app.py"))), name...))
	}
	whole := craft(craftedEnd{}, app)
	end64 := func(begins uint64) []byte {
		out := little(uint32(end64Magic), uint64(44), uint16(45), uint16(45), uint32(0), uint32(0), uint64(1), uint64(1), uint64(52), begins)
		return append(out, little(uint32(locatorMagic), uint32(0), uint64(len(whole)-endLength), uint32(1))...)
	}
	return map[string]struct {
		archive []byte
		says    string
	}{
		"twice":                 {craft(craftedEnd{}, app, evil), `holds "app.py" twice.`},
		"twice, ./":             {craft(craftedEnd{}, app, named("./app.py")), `as "app.py" and as "./app.py"`},
		"twice, //":             {craft(craftedEnd{}, app, named("lib//a.py"), named("lib/a.py")), `holds "lib/a.py" twice`},
		"twice, /./":            {craft(craftedEnd{}, app, named("lib/./a.py"), named("lib/a.py")), `holds "lib/a.py" twice`},
		"twice, of Windows":     {craft(craftedEnd{}, app, named(`lib\a.py`), named("lib/a.py")), `as "lib\\a.py" and as "lib/a.py"`},
		"up and down":           {craft(craftedEnd{}, app, named("lib/../app.py")), "goes up and down"},
		"up and down, once":     {craft(craftedEnd{}, app, named("lib/../db.py")), "goes up and down"},
		"up, of Windows":        {craft(craftedEnd{}, app, named(`lib\..\app.py`)), "goes up and down"},
		"case":                  {craft(craftedEnd{}, app, named("App.py")), `"app.py" and "App.py" differ in nothing but case`},
		"case of a folder":      {craft(craftedEnd{}, app, named("Lib/a.py"), named("lib/a.py")), "nothing but case"},
		"case outside ASCII":    {craft(craftedEnd{}, app, named("Ä.py"), named("ä.py")), "nothing but case"},
		"case, ß":               {craft(craftedEnd{}, app, named("straße.py"), named("STRASSE.py")), "nothing but case"},
		"composed":              {craft(craftedEnd{}, app, named("\u00e4.py"), named("a\u0308.py")), "how a letter is encoded"},
		"file and folder":       {craft(craftedEnd{}, app, named("lib"), named("lib/a.py")), `"lib" is a file, and "lib/a.py" makes it a folder`},
		"file and empty folder": {craft(craftedEnd{}, app, named("lib"), crafted{name: "lib/"}), "makes it a folder"},
		"folder with contents":  {craft(craftedEnd{}, app, named("lib/")), "has contents as a file has"},
		"zero in a name":        {craft(craftedEnd{}, app, named("a.py\x00.txt")), "zero byte"},
		"another name":          {craft(craftedEnd{}, local(func(h *header) { h.name = "evil.py" })), `"app.py" is what the directory of the archive calls a file that calls itself "evil.py"`},
		"another name, as long": {craft(craftedEnd{}, local(func(h *header) { h.name = "bpp.py" })), `calls itself "bpp.py"`},
		"another method":        {craft(craftedEnd{}, local(func(h *header) { h.method = 8 })), "compressed by method 0 as the directory says, and by 8"},
		"another size":          {craft(craftedEnd{}, local(func(h *header) { h.size++ })), "bytes as the directory says"},
		"another packed size":   {craft(craftedEnd{}, local(func(h *header) { h.packed-- })), "bytes compressed as the directory says"},
		"another checksum":      {craft(craftedEnd{}, local(func(h *header) { h.crc++ })), "another one where it begins"},
		"no checksum": {craft(craftedEnd{}, func() crafted {
			c := app
			none := func(h *header) { h.crc = 0 }
			c.local, c.central = none, none
			return c
		}()), "it has no checksum"},
		"no size":                {craft(craftedEnd{}, local(func(h *header) { h.size, h.packed = 0, 0 })), "and 0 as the file says"},
		"encrypted by one":       {craft(craftedEnd{}, local(func(h *header) { h.flags = flagEncrypted })), "encrypted by one"},
		"another size after":     {craft(craftedEnd{}, later(func(h *header) { h.size++ })), "after it are not those of the directory"},
		"another checksum after": {craft(craftedEnd{}, later(func(h *header) { h.crc++ })), "after it are not those"},
		"nothing after":          {craft(craftedEnd{}, later(nil)), "after it are not those"},
		"another size before": {craft(craftedEnd{}, func() crafted {
			c := later(func(*header) {})
			c.local = func(h *header) { h.flags = flagDescriptor; h.size = 7 }
			return c
		}()), "and 7 as the file says"},
		"Unicode path":              {craft(craftedEnd{}, extra(nil, unicodePath("evil.py"))), `"app.py" is called "evil.py"`},
		"Unicode path of the file":  {craft(craftedEnd{}, extra(unicodePath("evil.py"), nil)), `"app.py" is called "evil.py"`},
		"Unicode path, not ASCII":   {craft(craftedEnd{}, extra(nil, unicodePath("äpp.py"))), `is called "äpp.py"`},
		"Unicode path, longer":      {craft(craftedEnd{}, extra(nil, unicodePath("x/app.py"))), `is called "x/app.py"`},
		"program before":            {craft(craftedEnd{before: "#!/bin/sh\nexit\n"}, app), "Something comes before the archive"},
		"program before, corrected": {craft(craftedEnd{before: "#!/bin/sh\n", begins: 10}, func() crafted { c := app; c.at = 10; return c }()), "Something comes before the archive"},
		"after the end":             {append(bytes.Clone(whole), "more"...), "Something follows the end record"},
		"two, one after the other":  {append(bytes.Clone(whole), craft(craftedEnd{}, evil)...), "Something comes before the archive"},
		"end in the comment":        {craft(craftedEnd{comment: string(craft(craftedEnd{}, evil))}, app), "several end records"},
		"end without files":         {craft(craftedEnd{comment: string(little(uint32(endMagic), uint64(0), uint32(0), uint32(0), uint16(0)))}, app), "several end records"},
		"hidden between":            {craft(craftedEnd{}, crafted{name: "a.py", text: "a", after: string(whole[:len(whole)-endLength-52])}, app), "belong to no file of its directory"},
		"hidden at the end":         {craft(craftedEnd{}, func() crafted { c := app; c.after = "PK\x03\x04hidden"; return c }()), "belong to no file of its directory"},
		"overlap":                   {craft(craftedEnd{}, app, crafted{name: "b.py", text: "x", at: -20}), `begins in the middle of "app.py"`},
		"the same bytes":            {craft(craftedEnd{}, app, crafted{name: "b.py", text: "x", at: -len(pythonApp.text) - localLength - 6}), "in the middle of"},
		"begins far away":           {craft(craftedEnd{}, crafted{name: "a.py", text: "a", at: 1 << 30}), "does not begin where"},
		"begins nowhere":            {craft(craftedEnd{}, crafted{name: "a.py", text: "a", after: "\x00\x00\x00"}, crafted{name: "b.py", text: "b", at: -1}), "does not begin where"},
		"fewer than it says":        {craft(craftedEnd{count: 1}, app), "says that it holds 2 files, and its directory lists 1"},
		"more than it says":         {craft(craftedEnd{count: -1}, app, named("b.py")), "says that it holds 1 files"},
		"in parts":                  {craft(craftedEnd{disk: 1}, app), "one of several parts"},
		"zip64 of another":          {craft(craftedEnd{records: end64(0)}, app), "contradict each other (zip64)"},
		"zip64, long, not there":    {craft(craftedEnd{}, func() crafted { c := app; c.central = func(h *header) { h.size = 1<<32 - 1 }; return c }()), "contradict each other (zip64)"},
		"zip64, not needed":         {craft(craftedEnd{}, extra(nil, extraField(extraZip64, little(uint64(7), uint64(7))))), "contradict each other (zip64)"},
		"zip64, of the file": {craft(craftedEnd{}, func() crafted {
			c := extra(extraField(extraZip64, little(uint64(7), uint64(7))), nil)
			c.local = func(h *header) { h.size, h.packed = 1<<32-1, 1<<32-1 }
			return c
		}()), "and 7 as the file says"},
		"zip64, twice": {craft(craftedEnd{}, func() crafted {
			z := extraField(extraZip64, little(uint64(len(pythonApp.text))))
			c := extra(nil, slices.Concat(z, z))
			c.central = func(h *header) { h.size = 1<<32 - 1 }
			return c
		}()), "contradict each other (zip64)"},
		"reaches into the directory": {craft(craftedEnd{}, func() crafted {
			c := app
			grow := func(h *header) { h.size, h.packed = h.size+60, h.packed+60 }
			c.local, c.central = grow, grow
			return c
		}()), "reaches into the directory"},
	}
}

// TestExamine_ArchivesReadInTwoWays refuses each, says why and what to do, and
// prints how many.
func TestExamine_ArchivesReadInTwoWays(t *testing.T) {
	t.Parallel()
	refused, all := 0, 0
	for name, c := range odd() {
		all++
		_, err := Examine(zipFile(t, c.archive), pythonRun)
		var bad *Error
		switch {
		case !errors.As(err, &bad):
			t.Errorf("%s: %v", name, err)
		case !strings.Contains(bad.Detail, c.says):
			t.Errorf("%s: %q does not say %q", name, bad.Detail, c.says)
		case !strings.Contains(bad.Detail, "what runs") && !strings.Contains(bad.Detail, "run something else"), !strings.Contains(strings.ToLower(bad.Detail), "pack") && !strings.Contains(bad.Detail, "Rename"):
			t.Errorf("%s: %q says neither why nor what to do", name, bad.Detail)
		default:
			refused++
		}
	}
	fmt.Printf("artifact: %d of %d archives that can be read in two ways refused\n", refused, all)
}

// TestExamine_BelowALink refuses what unpacking would write through a link.
func TestExamine_BelowALink(t *testing.T) {
	t.Parallel()
	_, err := Examine(zipOf(t, pythonApp, shipped{name: "lib", text: "/tmp", mode: modeLink}, shipped{name: "lib/a.py", text: "x"}), pythonRun)
	refusal(t, err, "The code package can be read in two ways", `"lib" is a file, and "lib/a.py" makes it a folder`)
}

// TestExamine_TwinsOfADirectory tells of them before they are packed.
func TestExamine_TwinsOfADirectory(t *testing.T) {
	t.Parallel()
	root := folderOf(t, pythonApp, shipped{name: "App.py", text: "x"})
	if entries, err := os.ReadDir(root); err != nil || len(entries) < 2 {
		t.Skip("the disk of this machine does not tell case")
	}
	_, err := Examine(root, pythonRun)
	refusal(t, err, "The code package holds two files that are one on other disks", "App.py", "Rename one of them")
}

// TestExamine_ArchivesAsToolsMakeThem takes what can be read in one way only.
func TestExamine_ArchivesAsToolsMakeThem(t *testing.T) {
	t.Parallel()
	app := crafted{name: "app.py", text: pythonApp.text}
	later := func(h *header) { h.flags, h.crc, h.packed, h.size = flagDescriptor, 0, 0, 0 }
	streamed := app
	streamed.local, streamed.central, streamed.descriptor = later, func(h *header) { h.flags = flagDescriptor }, func(*header) {}
	long := app
	long.local = func(h *header) { h.size, h.packed = 1<<32-1, 1<<32-1 }
	long.localExtra = extraField(extraZip64, little(uint64(len(app.text)), uint64(len(app.text))))
	padded := app
	padded.after = "\x00\x00\x00"
	local := app // another encoding, with the name in Unicode beside it
	local.name = "s\x81\x84.py"
	local.extra = extraField(extraUnicodePath, append(little(uint8(1), crc32.ChecksumIEEE([]byte(local.name))), "süä.py"...))
	escaped := local
	escaped.name, escaped.extra = "s#U00fc#U00e4.py", extraField(extraUnicodePath, append(little(uint8(1), crc32.ChecksumIEEE([]byte("s#U00fc#U00e4.py"))), "süä.py"...))
	level := app // bits that say how hard the compressor tried
	level.local = func(h *header) { h.flags = 1 << 1 }
	for name, archive := range map[string][]byte{
		"plain":                    craft(craftedEnd{}, app),
		"sizes after the file":     craft(craftedEnd{}, streamed, crafted{name: "b.py", text: "x"}),
		"zip64 where not needed":   craft(craftedEnd{}, long),
		"filled up":                craft(craftedEnd{}, padded, crafted{name: "b.py", text: "x"}),
		"another encoding":         craft(craftedEnd{}, app, local),
		"escaped":                  craft(craftedEnd{}, app, escaped),
		"comment":                  craft(craftedEnd{comment: "made by make"}, app, crafted{name: "b.py", text: "x", comment: "a file"}),
		"level":                    craft(craftedEnd{}, level),
		"folders twice":            craft(craftedEnd{}, app, crafted{name: "lib/"}, crafted{name: "lib/"}, crafted{name: "lib/a.py", text: "x"}),
		"as others sort it":        craft(craftedEnd{}, crafted{name: "z.py", text: "z"}, app),
		"folders that differ":      craft(craftedEnd{}, app, crafted{name: "Lib/a.py", text: "x"}, crafted{name: "lib/b.py", text: "x"}),
		"a zip in a zip, stored":   craft(craftedEnd{}, app, crafted{name: "fixture.bin", text: string(craft(craftedEnd{}, crafted{name: "x", text: "x"}))}),
		"two dots in a name":       craft(craftedEnd{}, app, crafted{name: "a..b/c...py", text: "x"}),
		"another order of central": reordered(craft(craftedEnd{}, app, crafted{name: "b.pyc", text: "x"})),
	} {
		if _, err := Examine(zipFile(t, archive), pythonRun); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// reordered exchanges the two entries of a directory, whose names are of
// different lengths.
func reordered(archive []byte) []byte {
	first := bytes.Index(archive, little(uint32(centralMagic)))
	second := first + 1 + bytes.Index(archive[first+1:], little(uint32(centralMagic)))
	end := len(archive) - endLength
	return slices.Concat(archive[:first], archive[second:end], archive[first:second], archive[end:])
}

// TestExamine_ArchivesOfToolsAtHand has those tools pack that this machine has.
func TestExamine_ArchivesOfToolsAtHand(t *testing.T) {
	t.Parallel()
	root := folderOf(t, pythonApp, shipped{name: "lib/größe.py", text: strings.Repeat("x = 1\n", 900)}, shipped{name: "lib/empty.py"}, shipped{name: "lib/日本.txt", text: "x"})
	python := func(script string) []string {
		return []string{"python3", "-c", "import sys, zipfile, shutil, io\nout = sys.argv[1]\n" + script}
	}
	tools := map[string][]string{
		"zip":                 {"sh", "-c", `zip -qr "$1" .`, "-"},
		"zip, links, no dirs": {"sh", "-c", `zip -qryDX "$1" .`, "-"},
		"zip to a pipe":       {"sh", "-c", `zip -qr - . | cat >"$1"`, "-"},
		"zip, UTF-8":          {"sh", "-c", `zip -qr -UN=UTF8 "$1" .`, "-"},
		"zip, zip64":          {"sh", "-c", `zip -qr -fz "$1" .`, "-"},
		"zip, changed":        {"sh", "-c", `zip -qr "$1" . && zip -qr "$1" app.py && zip -qd "$1" lib/empty.py`, "-"},
		"jar":                 {"sh", "-c", `jar cf "$1" .`, "-"},
		"jar, no manifest":    {"sh", "-c", `jar cMf "$1" .`, "-"},
		"bsdtar":              {"sh", "-c", `bsdtar -a -cf "$1" *`, "-"},
		"7z":                  {"sh", "-c", `7z a -bd "$1" . >/dev/null`, "-"},
		"Python":              python("shutil.make_archive(out[:-4], 'zip', '.')"),
		"Python, appended":    python("z = zipfile.ZipFile(out, 'w'); z.write('app.py'); z.close()\nz = zipfile.ZipFile(out, 'a', zipfile.ZIP_DEFLATED); z.write('lib/größe.py'); z.close()"),
		"Python, to a stream": python("class W(io.RawIOBase):\n  def __init__(s, f): s.f = f\n  def writable(s): return True\n  def write(s, b): return s.f.write(b)\nwith zipfile.ZipFile(W(open(out, 'wb')), 'w', zipfile.ZIP_DEFLATED) as z:\n  z.write('app.py'); z.write('lib/größe.py')"),
		"Python, zip64":       python("z = zipfile.ZipFile(out, 'w')\nwith z.open('app.py', 'w', force_zip64=True) as f: f.write(open('app.py', 'rb').read())\nz.close()"),
	}
	made := 0
	for name, tool := range tools {
		program := tool[0]
		if program == "sh" {
			program = strings.Fields(tool[2])[0]
		}
		if _, err := exec.LookPath(program); err != nil {
			continue
		}
		at := filepath.Join(t.TempDir(), "package.zip")
		command := exec.CommandContext(t.Context(), tool[0], append(tool[1:], at)...)
		command.Dir = root
		if said, err := command.CombinedOutput(); err != nil {
			t.Logf("%s: %v: %s", name, err, said)
			continue
		}
		made++
		if _, err := Examine(at, pythonRun); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	written := newZip(t, func(w *zip.Writer) { must(t, w.AddFS(os.DirFS(root))) })
	if _, err := Examine(zipFile(t, written), pythonRun); err != nil {
		t.Errorf("Go: %v", err)
	}
	packed, _, err := Read(root)
	must(t, err)
	if _, err := Examine(zipFile(t, packed), pythonRun); err != nil {
		t.Errorf("its own: %v", err)
	}
	fmt.Printf("artifact: archives of %d ways to pack on this machine taken\n", made+2)
}

// FuzzLayout changes archives at random: reading records fails, and does not fall.
func FuzzLayout(f *testing.F) {
	for _, c := range odd() {
		f.Add(c.archive)
	}
	for _, c := range strange() {
		f.Add(c.archive)
	}
	f.Fuzz(func(_ *testing.T, archive []byte) {
		_, _ = checkLayout(bytes.NewReader(archive), int64(len(archive)))
	})
}

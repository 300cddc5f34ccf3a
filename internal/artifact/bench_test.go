package artifact

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/flate"
)

// manyFiles writes a directory of small modules, as node_modules is, and the
// same files as a zip.
func manyFiles(t testing.TB, count int) (folder, archive string) {
	t.Helper()
	folder, archive = t.TempDir(), filepath.Join(t.TempDir(), "package.zip")
	out, err := os.Create(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	packed := zip.NewWriter(out)
	for i := range count {
		name := fmt.Sprintf("node_modules/m%d/lib/f%d.js", i/30, i)
		text := fmt.Sprintf("exports.f%d = function (request, options) { return options.f%d(request) }\n", i, i) +
			strings.Repeat("module.exports.value = require('./other').call(this, arguments)\n", i%60)
		if i == 0 {
			name, text = "index.js", "exports.handler = async () => 1\n"
		}
		at := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		header := &zip.FileHeader{Name: name, Method: zip.Deflate}
		header.SetMode(0o644)
		w, err := packed.CreateHeader(header)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := packed.Close(); err != nil {
		t.Fatal(err)
	}
	return folder, archive
}

// planned is how long a plan looks at a package.
func planned(t testing.TB, at string) time.Duration {
	t.Helper()
	began := time.Now()
	if _, err := Inspect(at, true); err != nil {
		t.Fatal(err)
	}
	if _, err := Examine(at, nodeRun); err != nil {
		t.Fatal(err)
	}
	return time.Since(began)
}

// TestManyFiles plans a directory of many files. A compressor for each took most
// of the time, and half a megabyte: what is allocated tells, whatever else the
// machine does.
func TestManyFiles(t *testing.T) { //nolint:paralleltest // it measures what it allocates
	folder, archive := manyFiles(t, 3000)
	planned(t, archive)
	var before, after goruntime.MemStats
	goruntime.ReadMemStats(&before)
	ofFolder := planned(t, folder)
	goruntime.ReadMemStats(&after)
	allocated := (after.TotalAlloc - before.TotalAlloc) >> 20
	fmt.Printf("artifact: 3,000 files plan in %.2f s and %d MB as a directory, in %.2f s as a zip\n", ofFolder.Seconds(), allocated, planned(t, archive).Seconds())
	if allocated > 1500 { // the race detector keeps few compressors
		t.Errorf("%d MB were allocated", allocated)
	}
}

// BenchmarkManyFiles plans a directory of 30,000 files and the zip of it.
func BenchmarkManyFiles(b *testing.B) {
	folder, archive := manyFiles(b, 30_000)
	for form, at := range map[string]string{"directory": folder, "zip": archive} {
		b.Run(form, func(b *testing.B) {
			for b.Loop() {
				planned(b, at)
			}
		})
	}
}

// TestPack_AheadAsOneAfterTheOther packs files of all sizes, small ones several
// at a time, and wants the bytes that one new compressor each makes.
func TestPack_AheadAsOneAfterTheOther(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	random := rand.New(rand.NewPCG(4, 2))
	for i := range 400 {
		size := random.IntN(9000)
		switch {
		case i%50 == 0:
			size = smallFile - 1 + i/50
		case i%97 == 0:
			size = 0
		}
		text := []byte(noise(size))
		for at := range text {
			text[at] = "abcdefgh \n"[text[at]%byte(2+i%9)]
		}
		write(t, root, fmt.Sprintf("d%d/f%d", i%7, i), string(text), 0o644)
	}
	got, _, err := Read(root)
	must(t, err)
	entries, err := list(root)
	must(t, err)
	var want bytes.Buffer
	archive := zip.NewWriter(&want)
	archive.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return flate.NewWriter(out, flate.DefaultCompression) })
	for _, e := range entries {
		must(t, add(archive, e, nil))
	}
	must(t, archive.Close())
	same(t, "equal", bytes.Equal(got, want.Bytes()), true)
}

// mixedPackage is 50 MB of text of one's own and of others, libraries and data.
func mixedPackage(t testing.TB) string {
	t.Helper()
	at := filepath.Join(t.TempDir(), "package.zip")
	out, err := os.Create(at)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	random := rand.New(rand.NewPCG(1, 2))
	words := strings.Fields(`def self return import token api_key = ( ) : None value request response operation_model client config
		if else for in not isinstance(value, dict) 0x1f 1024 'us-east-1' "utf-8" password secret_name url://host/path`)
	source := func(size int) string {
		var text strings.Builder
		for text.Len() < size {
			for range 4 + random.IntN(8) {
				text.WriteString(words[random.IntN(len(words))] + " ")
			}
			text.WriteByte('\n')
		}
		return text.String()
	}
	archive := zip.NewWriter(out)
	add := func(name, text string) {
		w, err := archive.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(w, text)
	}
	data, own, others := noise(1<<20), source(60<<10), source(60<<10)
	settings := strings.Repeat("service:\n  name: orders\n  token_ttl: 300\n  hosts: [a, b]\n", 300)
	add("index.mjs", nodeApp.text)
	for i := range 25 {
		add(fmt.Sprintf("model/part%d.bin", i), data)
		for j := range 13 {
			add(fmt.Sprintf("node_modules/m%d/f%d.js", i, j), others)
		}
		add(fmt.Sprintf("orders/f%d.js", i), own)
		add(fmt.Sprintf("node_modules/m%d/f.pyc", i), "\x00\x01"+others)
		add(fmt.Sprintf("config/c%d.yaml", i), settings)
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return at
}

// BenchmarkExamine is what a look into 50 MB costs.
func BenchmarkExamine(b *testing.B) {
	at := mixedPackage(b)
	for b.Loop() {
		if _, err := Examine(at, nodeRun); err != nil {
			b.Fatal(err)
		}
	}
}

package acceptance

import (
	"archive/zip"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What a look into the largest package that Lambda takes may cost.
const (
	largestPackage   = 248 << 20 // bytes unpacked; Lambda takes 250 MB
	maxPackageTime   = 5 * time.Second
	maxPackageMemory = 100 << 20
)

// largePackage makes a package as large ones are: by a third each libraries in
// machine code, data that does not compress, and text, most of it dependencies'.
func largePackage(t *testing.T, size int) string {
	t.Helper()
	at := filepath.Join(t.TempDir(), "package.zip")
	out, err := os.Create(at)
	must(t, err)
	defer out.Close()
	archive := zip.NewWriter(out)
	add := func(name string, content []byte) {
		w, err := archive.Create(name)
		must(t, err)
		_, err = w.Write(content)
		must(t, err)
	}
	add("app.py", []byte(cleanApp))
	add("big-1.0.dist-info/RECORD", []byte("big/__init__.py,sha256=x,1\n"))
	random := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 1<<20)
	_, _ = rand.NewChaCha8([32]byte{}).Read(noise) // it never fails
	text, library := sourceText(random, 60<<10), machineCode(random, 1<<20)
	for written, i := 0, 0; written < size; i++ {
		add(fmt.Sprintf("big/core%d.cpython-312-aarch64-linux-gnu.so", i), library)
		add(fmt.Sprintf("model/part%d.bin", i), noise)
		for j := range 16 {
			add(fmt.Sprintf("big/module%d_%d.py", i, j), text)
		}
		add(fmt.Sprintf("orders/module%d.py", i), text)
		written += len(library) + len(noise) + 17*len(text)
	}
	must(t, archive.Close())
	return at
}

// sourceText looks like code, with the names that secrets have, and digests here
// and there.
func sourceText(random *rand.Rand, size int) []byte {
	words := strings.Fields(`def self return import token api_key = ( ) : None value request response operation_model client config
		if else for in not isinstance(value, dict) 0x1f 1024 'us-east-1' "utf-8" password secret_name url://host/path`)
	var out strings.Builder
	for out.Len() < size {
		out.WriteString("    ")
		for range 4 + random.IntN(8) {
			out.WriteString(words[random.IntN(len(words))] + " ")
		}
		if random.IntN(40) == 0 {
			fmt.Fprintf(&out, "sha256_%x%x", random.Uint64(), random.Uint64())
		}
		out.WriteByte('\n')
	}
	return []byte(out.String())
}

// machineCode compresses by about a half, as libraries do.
func machineCode(random *rand.Rand, size int) []byte {
	out := []byte("\x7fELF\x02\x01\x01" + strings.Repeat("\x00", 11) + "\xb7\x00")
	for len(out) < size {
		out = append(out, byte(random.IntN(16)), byte(random.IntN(256)), 0, byte(random.IntN(4)))
	}
	return out
}

// planPackage plans a unit of a package, and says how long and how much memory
// that took of the provider.
func planPackage(t *testing.T, at string) (took time.Duration, peak int64) {
	t.Helper()
	a := newTenant(t)
	c := newCore(t, a, a.providerBlock()+unit(t, "x", "tfacc-package-large", map[string]string{
		"code": fmt.Sprintf(`{ path = %q, staging_bucket = "tfacc-package-large" }`, at),
	}))
	var stdout string
	took = timed(func() { stdout, peak = c.attached(released(), "plan") })
	if !strings.Contains(stdout, "1 to add") || !strings.Contains(stdout, "The code package is heavy") {
		t.Errorf("the plan says:\n%s", stdout)
	}
	return took, peak
}

// benchPackage looks into a package as large as Lambda takes one.
func benchPackage(t *testing.T, b *table) {
	took, peak := planPackage(t, largePackage(t, largestPackage))
	b.limited(t, "plan of a package of 250 MB", "%.2f s", took.Seconds(), maxPackageTime.Seconds(), "", "every file read, text searched for secrets; start of provider and core included")
	b.limited(t, "memory: package of 250 MB", "%.0f MB", float64(peak)/(1<<20), maxPackageMemory>>20, "", "peak of the provider; nothing is unpacked")
}

// TestFootprintPackage asks of a package of a quarter of the size what the
// benchmark asks of the largest one: memory does not grow with it.
func TestFootprintPackage(t *testing.T) {
	t.Parallel()
	took, peak := planPackage(t, largePackage(t, largestPackage/4))
	t.Logf("plan of a package of %d MB: %s, %s of memory", largestPackage>>22, short(took), megabytes(peak))
	const beside = 3 * maxPackageTime // other tests run at the same time; the benchmark measures alone
	if took > beside || peak > maxPackageMemory {
		t.Errorf("the plan took %s and %s of memory, more than %s or %s", short(took), megabytes(peak), short(beside), megabytes(maxPackageMemory))
	}
}

package artifact

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/base64"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// sparse makes a file that is long without taking room on the disk.
func sparse(t *testing.T, path string, size int64) {
	t.Helper()
	write(t, filepath.Dir(path), filepath.Base(path), "", 0o644)
	must(t, os.Truncate(path, size))
}

func TestInspect_AgreesWithRead(t *testing.T) {
	t.Parallel()
	var unpacked int64
	for _, content := range fixture {
		unpacked += int64(len(content))
	}
	for what, c := range map[string]struct {
		path     string
		unpacked int64
	}{
		"directory": {writeFixture(t, names(), 0o644, 0o755), unpacked},
		"zip file":  {zipFile(t, smallZip(t)), 9},
	} {
		raw, digest, err := Read(c.path)
		must(t, err)
		sum := sha256.Sum256(raw)
		same(t, what+" digest", digest, base64.StdEncoding.EncodeToString(sum[:]))
		got, err := Inspect(c.path, false)
		must(t, err)
		same(t, what, got, Package{SHA256: digest, Size: int64(len(raw)), Unpacked: c.unpacked})
	}
}

func TestRead_PassesAZipThroughAsItIs(t *testing.T) {
	t.Parallel()
	content := smallZip(t)
	raw, _, err := Read(zipFile(t, content))
	must(t, err)
	same(t, "bytes", raw, content)
}

func TestInspect_MissingPathSaysWhereItLooked(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "gone")
	refused(t, path, "The code package does not exist", path, "${path.module}", "build the package before plan")
}

func TestInspect_RefusesAFileThatIsNoZip(t *testing.T) {
	t.Parallel()
	for what, content := range map[string]string{"text": "def handler(): pass", "nothing": "", "cut": string(smallZip(t)[:40])} {
		path := zipFile(t, []byte(content))
		t.Log(what)
		refused(t, path, "The code package is not a zip archive", path, "give code.path a .zip file, or the directory")
	}
}

func TestInspect_RefusesAPackageWithoutFiles(t *testing.T) {
	t.Parallel()
	onlyGit := t.TempDir()
	write(t, onlyGit, ".git/HEAD", "ref", 0o644)
	onlyFolders := t.TempDir()
	must(t, os.MkdirAll(filepath.Join(onlyFolders, "a", "b"), 0o755))
	for what, path := range map[string]string{
		"empty directory":        t.TempDir(),
		"directory of folders":   onlyFolders,
		"directory of left-outs": onlyGit,
		"empty zip":              zipFile(t, newZip(t, func(*zip.Writer) {})),
		"zip of folders": zipFile(t, newZip(t, func(w *zip.Writer) {
			_, err := w.Create("lib/")
			must(t, err)
		})),
	} {
		t.Log(what)
		refused(t, path, "The code package is empty", path, "no file", "Point code.path at")
	}
}

func TestInspect_RefusesADirectoryThatUnpacksTooLarge(t *testing.T) {
	t.Parallel()
	started := time.Now()
	one, several := t.TempDir(), t.TempDir()
	sparse(t, filepath.Join(one, "model.bin"), MaxUnpacked+1)
	for _, name := range []string{"a", "b", "c"} {
		sparse(t, filepath.Join(several, name), 100<<20)
	}
	const summary, remedy = "The code package is too large", "ship it as a container image"
	refused(t, one, summary, one, "262144001 bytes (250 MB)", "at most 262144000 bytes", remedy)
	refused(t, several, summary, several, "314572800 bytes (300 MB)", remedy)
	if took := time.Since(started); took > time.Second {
		t.Errorf("took %s: it packed before it added up", took)
	}
}

func TestInspect_RefusesAZipThatUnpacksTooLarge(t *testing.T) {
	t.Parallel()
	for what, sizes := range map[string][]uint64{
		"one file":         {MaxUnpacked + 1},
		"several":          {MaxUnpacked, 1},
		"forged":           {1 << 40},
		"forged to wrap":   {1 << 63},
		"forged to vanish": {1 << 63, 1 << 63, 10},
	} {
		path := zipFile(t, newZip(t, func(w *zip.Writer) {
			for _, size := range sizes {
				_, err := w.CreateRaw(&zip.FileHeader{Name: "app.py", Method: zip.Deflate, UncompressedSize64: size})
				must(t, err)
			}
		}))
		_, err := Inspect(path, false)
		t.Log(what)
		refusal(t, err, "The code package is too large", path, "250 MB", "Leave out what the function does not import")
	}
}

func TestInspect_TakesAPackageOfExactlyTheLimit(t *testing.T) {
	t.Parallel()
	path := zipFile(t, newZip(t, func(w *zip.Writer) {
		_, err := w.CreateRaw(&zip.FileHeader{Name: "app.py", Method: zip.Deflate, UncompressedSize64: MaxUnpacked})
		must(t, err)
	}))
	got, err := Inspect(path, false)
	must(t, err)
	same(t, "unpacked", got.Unpacked, int64(MaxUnpacked))
}

// A zip may have anything in front, as self-extracting ones do.
func TestInspect_RefusesAZipThatIsTooLargeToUpload(t *testing.T) {
	t.Parallel()
	path := zipFile(t, nil)
	sparse(t, path, MaxDirect)
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	must(t, err)
	_, err = file.Write(smallZip(t))
	must(t, err)
	must(t, file.Close())
	_, err = Inspect(path, false)
	refusal(t, err, "The code package is too large to upload directly", path, "(50 MB)", "code = { path, staging_bucket }")
}

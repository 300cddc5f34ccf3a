package artifact

import (
	"archive/zip"
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	goruntime "runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// epoch is the earliest time a zip can hold. Real times would change the
// package with every checkout.
var epoch = time.Date(1980, time.January, 1, 0, 0, 0, 0, time.UTC)

// skipped are files that belong to the machine rather than to the function.
// Compiled Python embeds the time of its source, so it would differ from
// checkout to checkout. What Terraform writes changes with every apply and holds
// secrets. Patterns are those of path.Match.
var skipped = []string{
	".git", ".hg", ".svn", ".DS_Store", "__pycache__",
	".terraform", ".terraform.lock.hcl", ".terraform.tfstate.lock.info",
	"*.tfstate", "*.tfstate.*", "*.tfvars", "*.tfvars.json", "*.tfplan",
}

func isSkipped(name string) bool {
	return slices.ContainsFunc(skipped, func(pattern string) bool {
		if !strings.Contains(pattern, "*") {
			return name == pattern
		}
		if !strings.Contains(name, ".tf") {
			return false // as in all of them: a match takes longer
		}
		match, err := path.Match(pattern, name)
		return err == nil && match
	})
}

type entry struct {
	name string // slash-separated, relative to the root
	path string
	mode fs.FileMode
	size int64
	// target is where a link leads, and empty for a file.
	target string
}

func (e entry) open() (io.ReadCloser, error) {
	if e.target != "" {
		return io.NopCloser(strings.NewReader(e.target)), nil
	}
	return os.Open(e.path)
}

// pack writes what a directory or a single file holds as a zip: files sorted by name, one fixed time,
// mode 0755 or 0644 by the owner's execute bit, and a compressor that is
// pinned in go.mod, so that neither mtime, umask, file order nor the Go release
// shows in the bytes. Links stay links. It returns the unpacked size.
func pack(w io.Writer, root string, entries []entry) (int64, error) {
	if len(entries) == 0 {
		return 0, empty(root)
	}
	var unpacked int64
	for _, e := range entries {
		unpacked += e.size
	}
	if unpacked > MaxUnpacked {
		return 0, Package{Unpacked: unpacked}.check(root, true)
	}
	archive := zip.NewWriter(w)
	var ready *pressed
	archive.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) {
		if ready != nil {
			return readied{out, ready.packed.Bytes()}, nil
		}
		return newDeflater(out), nil
	})
	err := press(entries, func(e entry, s *pressed) error {
		ready = s
		return add(archive, e, s)
	})
	if err != nil {
		return 0, err
	}
	if err := archive.Close(); err != nil {
		return 0, fmt.Errorf("pack %s: %w", root, err)
	}
	return unpacked, nil
}

func list(root string) ([]entry, error) {
	// An absolute root, since what a symlink resolves to may be absolute too,
	// and "." or ".." is no prefix to tell inside from outside by.
	absolute, err := filepath.Abs(root)
	if err != nil {
		return nil, fmt.Errorf("resolve %s: %w", root, err)
	}
	resolved, err := filepath.EvalSymlinks(absolute)
	if err != nil {
		return nil, fmt.Errorf("resolve %s: %w", root, err)
	}
	entries, err := walk(resolved)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", root, err)
	}
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(a.name, b.name) })
	return entries, nil
}

// folder is what is in one, without what is never packed.
type folder struct {
	files   []entry
	folders []string
	err     error
}

// walk lists the files of a folder and of those in it, several folders at a time.
func walk(root string) ([]entry, error) {
	var entries []entry
	for level := []string{root}; len(level) > 0; {
		found := make([]folder, len(level))
		var next atomic.Int64
		var all sync.WaitGroup
		for range min(goruntime.GOMAXPROCS(0), 4, len(level)) {
			all.Go(func() {
				for i := next.Add(1) - 1; i < int64(len(level)); i = next.Add(1) - 1 {
					found[i] = readFolder(root, level[i])
				}
			})
		}
		all.Wait()
		level = nil
		for _, f := range found {
			if f.err != nil {
				return nil, f.err
			}
			entries, level = append(entries, f.files...), append(level, f.folders...)
		}
	}
	return entries, nil
}

func readFolder(root, at string) (f folder) {
	found, err := os.ReadDir(at)
	if err != nil {
		return folder{err: err}
	}
	for _, d := range found {
		name := filepath.Join(at, d.Name())
		switch {
		case isSkipped(d.Name()):
		case d.IsDir():
			f.folders = append(f.folders, name)
		default:
			e, err := newEntry(root, name)
			if err != nil {
				return folder{err: err}
			}
			f.files = append(f.files, e)
		}
	}
	return f
}

func newEntry(root, path string) (entry, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return entry{}, err
	}
	relative, err := filepath.Rel(root, path)
	if err != nil {
		return entry{}, err
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		return newLink(root, path, relative)
	}
	return newFile(relative, path, info)
}

// newFile packs the file at path under a name of its own.
func newFile(name, path string, info fs.FileInfo) (entry, error) {
	if !info.Mode().IsRegular() {
		return entry{}, linkError(name, "it is not a regular file")
	}
	mode := fs.FileMode(0o644)
	if info.Mode()&0o100 != 0 {
		mode = 0o755
	}
	return entry{name: filepath.ToSlash(name), path: path, mode: mode, size: info.Size()}, nil
}

// add packs a file, or writes what was made of it ahead.
func add(archive *zip.Writer, e entry, ready *pressed) error {
	header := &zip.FileHeader{Name: e.name, Method: zip.Deflate, Modified: epoch}
	if e.target != "" {
		header.Method = zip.Store // as every other packer of links does
	}
	header.SetMode(e.mode)
	out, err := archive.CreateHeader(header)
	if err != nil {
		return fmt.Errorf("pack %s: %w", e.name, err)
	}
	if ready != nil {
		_, err = out.Write(ready.raw.Bytes())
	} else {
		err = e.copyTo(out)
	}
	if err != nil {
		return fmt.Errorf("pack %s: %w", e.name, err)
	}
	return nil
}

func (e entry) copyTo(out io.Writer) error {
	file, err := e.open()
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = io.Copy(out, file)
	return err
}

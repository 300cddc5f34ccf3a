package artifact

import (
	"archive/zip"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
)

// file is one file of a package, packed or not.
type file struct {
	name string // slash-separated
	mode fs.FileMode
	size int64
	open func() (io.ReadCloser, error)
	// encrypted files cannot be read by anybody here, Lambda included.
	encrypted bool
}

// head reads the beginning of a file, at most so many bytes.
func (f file) head(most int64) ([]byte, error) {
	in, err := f.open()
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", f.name, err)
	}
	defer in.Close()
	text, err := io.ReadAll(io.LimitReader(in, most))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", f.name, err)
	}
	return text, nil
}

// walk hands every file of a package to a function, and then calls another that
// may still read them. Nothing is unpacked to disk, and nothing is read but what
// the functions read.
func walk(at string, each func(file) error, then func() error) error {
	info, err := stat(at)
	if err != nil {
		return err
	}
	if info.IsDir() {
		entries, err := list(at)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if err := each(file{name: e.name, mode: e.mode, size: e.size, open: func() (io.ReadCloser, error) { return os.Open(e.path) }}); err != nil {
				return err
			}
		}
		return then()
	}
	archive, err := zip.OpenReader(at)
	if err != nil {
		return fmt.Errorf("open code package: %w", err)
	}
	defer archive.Close()
	for _, f := range archive.File {
		if f.FileInfo().IsDir() {
			continue
		}
		if err := each(file{name: f.Name, mode: f.Mode(), size: int64(min(f.UncompressedSize64, 1<<40)), open: f.Open, encrypted: f.Flags&1 != 0}); err != nil {
			return err
		}
	}
	return then()
}

// leaves reports whether a name leads out of the package.
func leaves(name string) bool {
	clean := path.Clean(strings.ReplaceAll(name, `\`, "/"))
	return path.IsAbs(clean) || clean == ".." || strings.HasPrefix(clean, "../") || len(clean) > 1 && clean[1] == ':'
}

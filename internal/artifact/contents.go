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
	// packed files are read to their end: what an archive says of them is a claim.
	packed bool
	// encrypted files cannot be read by anybody here, Lambda included.
	encrypted bool
	// unmoded files were packed on a system that has no modes.
	unmoded bool
}

// head reads the beginning of a file, at most so many bytes.
func (f file) head(most int64) ([]byte, error) {
	in, err := f.open()
	if err != nil {
		return nil, unreadable(f.name, err)
	}
	defer in.Close()
	text, err := io.ReadAll(io.LimitReader(in, most))
	if err != nil {
		return nil, unreadable(f.name, err)
	}
	return text, nil
}

// contents are the files of a package. Nothing of it is unpacked to disk.
type contents struct {
	files []file
	// packed is the size of an archive, in bytes, and zero for what is not packed yet.
	packed int64
	// single says that the package is one file, which is no archive.
	single bool
	close  func()
}

func openContents(at string) (contents, error) {
	info, err := stat(at)
	if err != nil {
		return contents{}, err
	}
	entries, isArchive, err := entriesOf(at, info)
	if err != nil {
		return contents{}, err
	}
	if !isArchive {
		c := contents{single: !info.IsDir(), close: func() {}}
		var names []string
		for _, e := range entries {
			c.files = append(c.files, file{name: e.name, mode: e.mode, size: e.size, open: e.open})
			names = append(names, e.name)
		}
		return c, checkNames(names)
	}
	if err := checkArchive(at, info.Size()); err != nil {
		return contents{}, err
	}
	archive, err := zip.OpenReader(at)
	if err != nil {
		return contents{}, fmt.Errorf("open code package: %w", err)
	}
	archive.RegisterDecompressor(zip.Deflate, inflateWhole)
	c := contents{packed: info.Size(), close: func() { _ = archive.Close() }}
	for _, f := range archive.File {
		if f.FileInfo().IsDir() {
			continue
		}
		c.files = append(c.files, file{
			name: f.Name, mode: f.Mode(), size: int64(min(f.UncompressedSize64, 1<<40)), open: f.Open,
			packed: true, encrypted: f.Flags&(flagEncrypted|flagStrong|flagMasked) != 0, unmoded: !hasModes(f.CreatorVersion),
		})
	}
	return c, nil
}

// checkArchive refuses an archive that can be read in two ways.
func checkArchive(at string, size int64) error {
	in, err := os.Open(at)
	if err != nil {
		return fmt.Errorf("open code package: %w", err)
	}
	defer in.Close()
	records, err := checkLayout(in, size)
	if err != nil {
		return err
	}
	var names []string
	for _, r := range records {
		names = append(names, r.name)
	}
	return checkNames(names)
}

// hasModes reports whether an archive was made on Unix or macOS. The modes of
// one made elsewhere are made up by whoever reads it.
func hasModes(creator uint16) bool { return creator>>8 == 3 || creator>>8 == 19 }

// leaves reports whether a name leads out of the package.
func leaves(name string) bool {
	clean := path.Clean(strings.ReplaceAll(name, `\`, "/"))
	return path.IsAbs(clean) || clean == ".." || strings.HasPrefix(clean, "../") || len(clean) > 1 && clean[1] == ':'
}

package artifact

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// zipEndings are those of files that are zip archives, whole or damaged.
var zipEndings = []string{".zip", ".jar", ".war", ".whl", ".pyz", ".nupkg"}

// zipBegins are the records that a zip archive may begin with: a file, the end
// of an empty archive, a part of one in several parts.
var zipBegins = []string{"PK\x03\x04", "PK\x05\x06", "PK\x07\x08"}

// otherArchives are how archives begin that Lambda does not unpack.
var otherArchives = []struct{ begins, what string }{
	{"\x1f\x8b", "a gzip file"},
	{"7z\xbc\xaf\x27\x1c", "a 7z archive"},
	{"Rar!\x1a\x07", "a RAR archive"},
	{"\xfd7zXZ\x00", "an xz file"},
	{"BZh", "a bzip2 file"},
	{"\x28\xb5\x2f\xfd", "a zstd file"},
}

// In bytes: where a tar archive says what it is, and how much of a file tells
// its kind.
const (
	tarMagicAt = 257
	kindLooked = 512
)

// entriesOf lists the files to be packed, of a directory or a single file, or
// says that path is an archive, which is deployed as it is.
func entriesOf(path string, info fs.FileInfo) (entries []entry, isArchive bool, err error) {
	if info.IsDir() {
		entries, err = list(path)
		return entries, false, err
	}
	if !info.Mode().IsRegular() {
		return nil, false, &Error{
			Summary: "The code package is not a file",
			Detail:  fmt.Sprintf("%q is neither a directory nor a regular file, so it has no contents to deploy. Give code.path a .zip file, the directory that holds the function, or a single file.", path),
		}
	}
	head, err := file{name: path, open: func() (io.ReadCloser, error) { return os.Open(path) }}.head(kindLooked)
	if err != nil {
		return nil, false, err
	}
	name := filepath.Base(path)
	if isZip(path, head) {
		return nil, true, nil
	}
	if what := otherArchive(head); what != "" {
		return nil, false, &Error{
			Summary: "The code package is not a zip archive",
			Detail:  fmt.Sprintf("%q is %s, and Lambda unpacks only zip files. Pack the function as a zip, or give code.path the directory that holds it.", path, what),
		}
	}
	if info.Size() == 0 {
		return nil, false, empty(path)
	}
	e, err := newFile(name, path, info)
	if startsByItself(name, head) {
		e.mode = 0o755
	}
	return []entry{e}, false, err
}

// isZip reports whether a file is a zip archive, or would be one if it were
// whole. Some archives begin with a program that unpacks them, but a program for
// Linux that carries an archive is started, not unpacked.
func isZip(path string, head []byte) bool {
	if slices.Contains(zipEndings, strings.ToLower(filepath.Ext(path))) || slices.ContainsFunc(zipBegins, func(begins string) bool { return bytes.HasPrefix(head, []byte(begins)) }) {
		return true
	}
	if bytes.HasPrefix(head, []byte(elfMagic)) {
		return false
	}
	archive, err := zip.OpenReader(path)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return false
	}
	_ = archive.Close()
	return true
}

func otherArchive(head []byte) string {
	for _, other := range otherArchives {
		if bytes.HasPrefix(head, []byte(other.begins)) {
			return other.what
		}
	}
	if len(head) > tarMagicAt && bytes.HasPrefix(head[tarMagicAt:], []byte("ustar")) {
		return "a tar archive"
	}
	return ""
}

// startsByItself reports whether Linux starts a file as a program. Its mode on
// this machine does not count: Windows has none.
func startsByItself(name string, head []byte) bool {
	return name == "bootstrap" || bytes.HasPrefix(head, []byte(elfMagic)) || bytes.HasPrefix(head, []byte("#!"))
}

package artifact

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
)

// Limits of a zip package, in bytes.
// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const (
	MaxDirect   = 50 << 20
	MaxUnpacked = 250 << 20
)

// Package is what a plan needs to know about a deployment package.
type Package struct {
	// SHA256 is the base64 digest that Lambda calls CodeSha256.
	SHA256 string
	// Size and Unpacked are bytes.
	Size, Unpacked int64
}

// Error says why a package cannot be deployed and what to do about it.
type Error struct {
	Summary string
	Detail  string
}

func (e *Error) Error() string { return e.Summary + ": " + e.Detail }

// Inspect digests and checks the package at path, a zip file, a directory or a
// single file, without holding it in memory. Only one that goes by way of a bucket may be
// larger than MaxDirect.
func Inspect(path string, staged bool) (Package, error) {
	meter := newMeter(io.Discard)
	unpacked, err := produce(meter, path)
	if err != nil {
		return Package{}, err
	}
	p := Package{SHA256: meter.sum(), Size: meter.written, Unpacked: unpacked}
	return p, p.check(path, staged)
}

// Read returns the bytes of the package at path and their digest.
func Read(path string) ([]byte, string, error) {
	var buffer bytes.Buffer
	meter := newMeter(&buffer)
	if _, err := produce(meter, path); err != nil {
		return nil, "", err
	}
	return buffer.Bytes(), meter.sum(), nil
}

// produce writes the zip that path names or makes, and returns its unpacked
// size.
func produce(w io.Writer, path string) (int64, error) {
	info, err := stat(path)
	if err != nil {
		return 0, err
	}
	entries, isArchive, err := entriesOf(path, info)
	switch {
	case err != nil:
		return 0, err
	case isArchive:
		return copyArchive(w, path)
	}
	return pack(w, path, entries)
}

func stat(path string) (fs.FileInfo, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &Error{
			Summary: "The code package does not exist",
			Detail: fmt.Sprintf("There is no file or directory at %q. Paths are relative to the directory Terraform runs in: "+
				"write \"${path.module}/...\" for a path relative to this module, and build the package before plan.", path),
		}
	}
	if err != nil {
		return nil, fmt.Errorf("read code package: %w", err)
	}
	return info, nil
}

func (p Package) check(path string, staged bool) error {
	if p.Unpacked > MaxUnpacked {
		return &Error{
			Summary: "The code package is too large",
			Detail: fmt.Sprintf("%q unpacks to %d bytes (%d MB); Lambda runs at most %d bytes (250 MB), layers included. "+
				"Leave out what the function does not import, or ship it as a container image.", path, p.Unpacked, p.Unpacked>>20, MaxUnpacked),
		}
	}
	if p.Size > MaxDirect && !staged {
		return &Error{
			Summary: "The code package is too large to upload directly",
			Detail: fmt.Sprintf("%q has %d bytes (%d MB); Lambda takes at most %d bytes (50 MB) in a request. "+
				"Name a bucket that it may go through, code = { path, staging_bucket }, or upload it yourself and write code = { s3 = { bucket, key } }.", path, p.Size, p.Size>>20, MaxDirect),
		}
	}
	return nil
}

// copyArchive passes a zip file through and returns its unpacked size.
func copyArchive(w io.Writer, path string) (int64, error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, fmt.Errorf("open code package: %w", err)
	}
	defer file.Close()
	size, err := io.Copy(w, file)
	if err != nil {
		return 0, fmt.Errorf("read code package: %w", err)
	}
	archive, err := zip.NewReader(file, size)
	if err != nil {
		return 0, &Error{
			Summary: "The code package is not a zip archive",
			Detail: fmt.Sprintf("%q cannot be read as a zip archive (%v). Lambda takes a zip file; "+
				"give code.path a .zip file, or the directory that holds the function, or a single file that is no archive.", path, err),
		}
	}
	var unpacked int64
	files := 0
	for _, f := range archive.File {
		if !f.FileInfo().IsDir() {
			files++
		}
		// The size is what the archive claims; it must not overflow the sum.
		unpacked += int64(min(f.UncompressedSize64, 1<<40))
	}
	if files == 0 {
		return 0, empty(path)
	}
	return unpacked, nil
}

func empty(path string) error {
	return &Error{
		Summary: "The code package is empty",
		Detail:  fmt.Sprintf("%q holds no file, so there is no handler to run. Point code.path at the directory or zip that holds the function.", path),
	}
}

// meter counts and digests what is written through it.
type meter struct {
	out     io.Writer
	digest  hash.Hash
	written int64
}

func newMeter(out io.Writer) *meter { return &meter{out: out, digest: sha256.New()} }

func (m *meter) Write(p []byte) (int, error) {
	n, err := m.out.Write(p)
	m.digest.Write(p[:n])
	m.written += int64(n)
	return n, err
}

func (m *meter) sum() string { return base64.StdEncoding.EncodeToString(m.digest.Sum(nil)) }

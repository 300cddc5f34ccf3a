package artifact

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"path"
	"slices"
	"strings"
	"sync"
)

// Bounds of what is looked at in an archive within a package, against bombs: in
// bytes of the archive, in files, and in bytes that come out of it.
const (
	nestedLooked   = 32 << 20
	nestedFiles    = 20_000
	nestedInflated = 128 << 20
)

// nesting lets one archive be held in memory at a time.
var nesting sync.Mutex

// isArchive reports whether a file holds others: a zip, as wheels and jars are, or
// a gzip file.
func isArchive(head []byte) bool {
	return bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("\x1f\x8b"))
}

// ownArchive reports whether what is in an archive counts as the user's own. What
// dependencies bring does not, and the jars of lib are dependencies but for the
// one with the handler.
func (x *examination) ownArchive(name string) bool {
	return !x.ofOthers(strings.TrimSuffix(name, ".jar")) && (x.run.handlerClass() == "" || path.Ext(name) != ".jar")
}

// lookNested looks into the files of an archive within the package, and into no
// archive in that. What cannot be read as an archive is none.
func (l *looker) lookNested(f file, in io.Reader, head []byte, seen *looked) {
	if bytes.HasPrefix(head, []byte("\x1f\x8b")) {
		whole := &counted{Reader: io.MultiReader(bytes.NewReader(head), in)}
		seen.inside, seen.partly = l.inGzip(f.name, whole)
		if f.packed {
			_, seen.err = io.Copy(io.Discard, whole)
			seen.size = whole.n
			if l.inflated.Add(whole.n) > mostInflated && seen.err == nil {
				seen.err = errInflatedTooFar
			}
		}
		return
	}
	if file, is := in.(io.ReaderAt); is && !f.packed {
		seen.inside, seen.partly = l.inZip(f.name, file, f.size)
		return
	}
	nesting.Lock()
	defer nesting.Unlock()
	text := bytes.NewBuffer(bytes.Clone(head))
	if _, seen.err = io.Copy(text, io.LimitReader(in, nestedLooked-int64(len(head)))); seen.err != nil {
		return
	}
	if int64(text.Len()) >= nestedLooked {
		seen.partly = true
	} else {
		seen.inside, seen.partly = l.inZip(f.name, bytes.NewReader(text.Bytes()), int64(text.Len()))
	}
	if seen.size, seen.err = l.rest(in, head, false); seen.err == nil {
		seen.size += int64(text.Len() - len(head))
	}
}

type counted struct {
	io.Reader

	n int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	return n, err
}

// inZip looks into a zip archive, and reports whether it left something out.
func (l *looker) inZip(name string, at io.ReaderAt, size int64) (found []Secret, partly bool) {
	archive, err := zip.NewReader(at, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, false
	}
	archive.RegisterDecompressor(zip.Deflate, inflate)
	left := int64(nestedInflated)
	for i, inner := range archive.File {
		if i >= nestedFiles || left <= 0 {
			return found, true
		}
		if inner.FileInfo().IsDir() || inner.Flags&flagEncrypted != 0 || skippedInside(inner.Name) {
			continue
		}
		file, err := inner.Open()
		if err != nil {
			continue // a method that this program does not know
		}
		found = append(found, l.inFile(name, inner.Name, file, &left)...)
		_ = file.Close()
	}
	return found, false
}

// inGzip looks into a gzip file, and into a tar archive in it.
func (l *looker) inGzip(name string, in io.Reader) (found []Secret, partly bool) {
	plain, err := gzip.NewReader(in)
	if err != nil {
		return nil, false
	}
	left := int64(nestedInflated)
	bounded := io.LimitReader(plain, nestedInflated)
	head, err := io.ReadAll(io.LimitReader(bounded, kindLooked))
	if err != nil {
		return nil, false
	}
	whole := io.MultiReader(bytes.NewReader(head), bounded)
	if otherArchive(head) != "a tar archive" {
		inner := strings.TrimSuffix(path.Base(name), ".gz")
		return l.inFile(name, inner, whole, &left), false
	}
	archive := tar.NewReader(whole)
	for range nestedFiles {
		header, err := archive.Next()
		if err != nil {
			return found, !errors.Is(err, io.EOF)
		}
		if header.Typeflag != tar.TypeReg || skippedInside(header.Name) {
			continue
		}
		if left <= 0 {
			break
		}
		found = append(found, l.inFile(name, strings.TrimPrefix(header.Name, "./"), archive, &left)...)
	}
	return found, true
}

// skippedInside reports whether nothing is looked for in a file of an archive:
// dependencies, and what is neither text nor a key.
func skippedInside(name string) bool {
	for folder := range strings.SplitSeq(path.Dir(name), "/") {
		if slices.Contains(dependencyFolders, folder) || strings.HasSuffix(folder, ".dist-info") || strings.HasSuffix(folder, ".egg-info") {
			return true
		}
	}
	ending := path.Ext(name)
	return slices.Contains(opaque, ending) && ending != ".pyc"
}

// inFile looks at the beginning of a file in an archive.
func (l *looker) inFile(archive, name string, in io.Reader, left *int64) (found []Secret) {
	text, err := io.ReadAll(io.LimitReader(in, min(textLooked, *left)))
	*left -= int64(len(text))
	if err != nil {
		return nil
	}
	for _, s := range secretsIn(name, text, false) {
		found = append(found, Secret{archive + "/" + name, s.Line, string(s.Reason)})
	}
	return found
}

// judgePartly tells of archives that are too large to be looked into.
func (x *examination) judgePartly() {
	if len(x.partly) > 0 {
		x.remark("code", false, "The code package holds archives that were not looked into whole",
			"%s: an archive within the package is searched for secrets up to 32 MB of it and 128 MB of what comes out. Unpack it, so that the plan reads its files, or make sure that it holds no secret.", named(x.partly))
	}
}

package artifact

import (
	"archive/zip"
	"errors"
	"io"
	"path"
	"slices"
	"strings"
)

// jarLooked is how much of the end of a jar is kept to find its directory in:
// enough for some 60,000 classes.
const jarLooked = 6 << 20

// tail keeps the end of what is written to it. The directory of a zip is at its
// end, so a jar within a package is looked into without room for the whole.
type tail struct {
	kept    []byte
	written int64
}

func (t *tail) Write(p []byte) (int, error) {
	t.written += int64(len(p))
	if len(p) >= jarLooked {
		t.kept = append(t.kept[:0], p[len(p)-jarLooked:]...)
		return len(p), nil
	}
	if over := len(t.kept) + len(p) - 2*jarLooked; over > 0 {
		t.kept = append(t.kept[:0], t.kept[len(t.kept)-jarLooked:]...)
	}
	t.kept = append(t.kept, p...)
	return len(p), nil
}

var errNotKept = errors.New("that part of the jar was not kept")

// ReadAt implements io.ReaderAt for what is kept.
func (t *tail) ReadAt(p []byte, at int64) (int, error) {
	from := at - (t.written - int64(len(t.kept)))
	if from < 0 || from > int64(len(t.kept)) {
		return 0, errNotKept
	}
	n := copy(p, t.kept[from:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// jarAnswer is whether a jar holds the class of the handler.
type jarAnswer int

const (
	noJar jarAnswer = iota
	withoutClass
	withClass
	unreadJar
)

// answer reports whether a jar holds a class, and what the class is, if that
// part of the jar was kept.
func (t *tail) answer(class string) (jarAnswer, []byte) {
	archive, err := zip.NewReader(t, t.written)
	if err != nil {
		return unreadJar, nil
	}
	at := slices.IndexFunc(archive.File, func(f *zip.File) bool { return f.Name == class })
	if at < 0 {
		return withoutClass, nil
	}
	in, err := archive.File[at].Open()
	if err != nil {
		return withClass, nil
	}
	defer in.Close()
	text, err := io.ReadAll(io.LimitReader(in, classLooked))
	if err != nil {
		return withClass, nil
	}
	return withClass, text
}

// onClassPath reports whether Lambda looks for classes in a file: it takes the
// jars of lib, and not of folders below it.
// https://docs.aws.amazon.com/lambda/latest/dg/java-package.html
func onClassPath(name string) bool {
	return path.Dir(name) == "lib" && strings.HasSuffix(name, ".jar")
}

// handlerClass is the file of the class that Lambda calls, empty for other
// runtimes.
func (r Run) handlerClass() string {
	if !strings.HasPrefix(r.Runtime, "java") || r.Handler == "" {
		return ""
	}
	class, _, _ := strings.Cut(r.Handler, "::")
	return strings.ReplaceAll(class, ".", "/") + ".class"
}

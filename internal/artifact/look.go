package artifact

import (
	"bytes"
	"errors"
	"io"
	"path"
	goruntime "runtime"
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/text/encoding/unicode"

	"github.com/secure-lambda/terraform-provider-secure/internal/secrets"
)

// In bytes.
const (
	textLooked   = 1 << 20 // how much of a file is searched for secrets
	smallestRoom = 32 << 10
)

// looked is what was seen in one file.
type looked struct {
	machine string // of a binary
	glibc   int    // N of the newest glibc 2.N that it names
	secrets []secrets.Found
	jar     jarAnswer
	class   []byte // of the handler, in a jar
	size    int64  // bytes that were read of a packed file
	inside  []Secret
	partly  bool // an archive, of which not all was looked at
	err     error
}

// looker reads files one after the other into the same memory.
type looker struct {
	x        *examination
	inflated *atomic.Int64
	buffer   []byte
	jar      tail
}

// looking lets one package be read at a time, however many units are planned
// side by side: it keeps the processors busy, and memory bounded.
var looking sync.Mutex

// lookInside reads every file once, several at a time.
func (x *examination) lookInside(files []file) ([]looked, int64, error) {
	looking.Lock()
	defer looking.Unlock()
	room := int64(smallestRoom)
	for _, f := range files {
		room = max(room, min(f.size, textLooked))
	}
	var inflated atomic.Int64
	var next atomic.Int64
	var all sync.WaitGroup
	out := make([]looked, len(files))
	for range min(goruntime.GOMAXPROCS(0), 4, len(files)) {
		all.Go(func() {
			l := &looker{x: x, inflated: &inflated, buffer: make([]byte, room)}
			for i := next.Add(1) - 1; i < int64(len(files)); i = next.Add(1) - 1 {
				out[i] = l.look(files[i])
				if out[i].err != nil {
					next.Store(int64(len(files)))
				}
			}
		})
	}
	all.Wait()
	for i := range out {
		if out[i].err != nil {
			return nil, 0, unreadable(files[i].name, out[i].err)
		}
	}
	return out, inflated.Load(), nil
}

func (l *looker) look(f file) (seen looked) {
	inJar := l.x.run.handlerClass() != "" && (onClassPath(f.name) || l.x.linkedJars[f.name])
	wanted := l.wanted(f)
	if !f.packed && wanted == 0 && !inJar {
		return seen
	}
	in, err := f.open()
	if err != nil {
		seen.err = err
		return seen
	}
	defer in.Close()
	n, err := io.ReadFull(in, l.buffer[:wanted])
	head := l.buffer[:n]
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) || n < wanted && int64(n) != f.size {
		seen.err = err
		return seen
	}
	seen.machine, seen.glibc = machineOf(f.name, head), newestGlibc(head)
	seen.secrets = secretsIn(f.name, head, l.x.ofOthers(f.name))
	if !inJar && isArchive(head) && l.x.ownArchive(f.name) {
		l.lookNested(f, in, head, &seen)
		return seen
	}
	if !f.packed && !inJar {
		return seen
	}
	l.jar = tail{kept: l.jar.kept[:0]}
	seen.size, seen.err = l.rest(in, head, inJar)
	if inJar && seen.err == nil {
		seen.jar, seen.class = l.jar.answer(l.x.run.handlerClass())
		if seen.jar == withClass && l.jar.written == int64(len(l.jar.kept)) {
			seen.inside, seen.partly = l.inZip(f.name, bytes.NewReader(l.jar.kept), l.jar.written)
		}
	}
	return seen
}

// rest reads a file to its end, as Lambda will when it unpacks it.
func (l *looker) rest(in io.Reader, head []byte, inJar bool) (int64, error) {
	size := int64(len(head))
	if inJar {
		_, _ = l.jar.Write(head) // it never fails
	}
	if l.inflated.Add(size) > mostInflated {
		return size, errInflatedTooFar
	}
	for {
		n, err := in.Read(l.buffer)
		size += int64(n)
		if inJar {
			_, _ = l.jar.Write(l.buffer[:n])
		}
		if l.inflated.Add(int64(n)) > mostInflated {
			return size, errInflatedTooFar
		}
		if errors.Is(err, io.EOF) {
			return size, nil
		}
		if err != nil {
			return size, err
		}
	}
}

// wanted is how much of a file is looked at.
func (l *looker) wanted(f file) int {
	if ending := path.Ext(f.name); slices.Contains(opaque, ending) && ending != ".pyc" {
		return int(min(f.size, elfHeader))
	}
	return int(min(f.size, textLooked))
}

// opaque are endings of files that hold neither text nor programs of Linux.
var opaque = []string{".pyc", ".class", ".jar", ".dll", ".png", ".jpg", ".jpeg", ".gif", ".ico", ".webp", ".woff", ".woff2", ".ttf", ".otf", ".gz", ".zip", ".whl", ".bz2", ".xz", ".zst", ".pdf", ".npy", ".npz", ".parquet", ".onnx", ".pdb"}

// noCode are files of text that hold digests and positions: words that look
// like secrets, and are none.
var noCode = []string{".map", ".lock", ".sum"}

// secretsIn looks into the beginning of a file.
func secretsIn(name string, head []byte, others bool) []secrets.Found {
	if reason, is := secrets.KeyFile(name, head); is {
		return []secrets.Found{{Line: 0, Reason: reason}}
	}
	text := asUTF8(head)
	if path.Ext(name) != ".pyc" && !isText(name, text) {
		return nil
	}
	found := secrets.Scan(name, text, others)
	if len(found) == 0 {
		found = keyIn(name, text)
	}
	return found
}

// asUTF8 is a text in UTF-16, as Windows writes, in UTF-8; anything else stays as
// it is.
func asUTF8(head []byte) []byte {
	order, mark := unicode.LittleEndian, unicode.ExpectBOM
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
	case isUTF16(head, 1):
		mark = unicode.IgnoreBOM
	case isUTF16(head, 0):
		order, mark = unicode.BigEndian, unicode.IgnoreBOM
	default:
		return head
	}
	text, err := unicode.UTF16(order, mark).NewDecoder().Bytes(head[:len(head)&^1])
	if err != nil {
		return head
	}
	return text
}

// isUTF16 reports whether most of the bytes at odd or at even places are zero and
// the others are letters, as UTF-16 has it for most languages of Europe.
func isUTF16(head []byte, zerosAt int) bool {
	head = head[:min(len(head), 512)&^1]
	if len(head) < 8 {
		return false
	}
	zeros, letters := 0, 0
	for i := 0; i < len(head); i += 2 {
		if head[i+zerosAt] == 0 {
			zeros++
		}
		if c := head[i+1-zerosAt]; c >= 0x20 && c < 0x7f || c == '\n' || c == '\r' || c == '\t' {
			letters++
		}
	}
	return zeros*4 >= len(head)/2*3 && letters*4 >= len(head)/2*3
}

func isText(name string, head []byte) bool {
	base, ending := path.Base(name), path.Ext(name)
	if base == "RECORD" || slices.Contains(noCode, ending) || slices.Contains(opaque, ending) {
		return false
	}
	return bytes.IndexByte(head[:min(len(head), 8<<10)], 0) < 0
}

package artifact

import (
	"bytes"
	"fmt"
	"io"
	goruntime "runtime"
	"sync"

	"github.com/klauspost/compress/flate"
)

// Bounds of what is compressed ahead, in bytes and files: two files of that size
// for each of them are the memory that it takes.
const (
	smallFile = 512 << 10
	ahead     = 8
)

// deflaters are kept from file to file: each takes half a megabyte, which costs
// more than a small file does.
var deflaters = sync.Pool{New: func() any {
	w, _ := flate.NewWriter(io.Discard, flate.DefaultCompression) // the level is valid
	return w
}}

// deflater compresses what is written to it.
type deflater struct{ *flate.Writer }

func newDeflater(out io.Writer) deflater {
	w, _ := deflaters.Get().(*flate.Writer) // nothing else is put there
	w.Reset(out)
	return deflater{w}
}

// Close implements io.Closer, and gives the writer back.
func (d deflater) Close() error {
	err := d.Writer.Close()
	d.Reset(io.Discard)
	deflaters.Put(d.Writer)
	return err
}

// pressed is a small file that was read and compressed ahead.
type pressed struct {
	raw, packed bytes.Buffer
	err         error
	done        chan struct{}
}

// presses are kept from file to file.
var presses = sync.Pool{New: func() any { return new(pressed) }}

func (s *pressed) read(e entry) {
	defer close(s.done)
	file, err := e.open()
	if err != nil {
		s.err = err
		return
	}
	defer file.Close()
	if _, s.err = s.raw.ReadFrom(file); s.err != nil {
		return
	}
	out := newDeflater(&s.packed)
	_, _ = out.Write(s.raw.Bytes()) // a buffer takes everything
	s.err = out.Close()
}

// release gives the room back.
func (s *pressed) release() {
	s.raw.Reset()
	s.packed.Reset()
	presses.Put(s)
}

// ahead reports whether a file is compressed while others are written. Links are
// stored, and large files are passed through, so that memory does not grow with
// them.
func (e entry) ahead() bool { return e.target == "" && e.size <= smallFile }

// press compresses small files, several at a time, and hands them to use in
// their order. A large one is handed over without.
func press(entries []entry, use func(entry, *pressed) error) error {
	type job struct {
		entry
		*pressed
	}
	stop := make(chan struct{})
	var working sync.WaitGroup
	defer working.Wait()
	defer close(stop)
	jobs, ordered := make(chan job, ahead), make(chan job, ahead)
	for range min(goruntime.GOMAXPROCS(0), 4) {
		working.Go(func() {
			for j := range jobs {
				j.read(j.entry)
			}
		})
	}
	working.Go(func() {
		defer close(jobs)
		defer close(ordered)
		for _, e := range entries {
			j := job{entry: e}
			if e.ahead() {
				j.pressed, _ = presses.Get().(*pressed) // nothing else is put there
				j.err, j.done = nil, make(chan struct{})
			}
			select {
			case ordered <- j:
			case <-stop:
				return
			}
			if j.pressed != nil {
				jobs <- j
			}
		}
	})
	for j := range ordered {
		if j.pressed != nil {
			<-j.done
			if j.err != nil {
				return fmt.Errorf("pack %s: %w", j.name, j.err)
			}
		}
		if err := use(j.entry, j.pressed); err != nil {
			return err
		}
		if j.pressed != nil {
			j.release()
		}
	}
	return nil
}

// readied passes on what was compressed already, in place of compressing. It does
// so at once: an archive closes a file only when the next one begins.
type readied struct {
	out    io.Writer
	packed []byte
}

func (r readied) Write(p []byte) (int, error) {
	if _, err := r.out.Write(r.packed); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Close implements io.Closer.
func (readied) Close() error { return nil }

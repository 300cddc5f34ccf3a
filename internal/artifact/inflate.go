package artifact

import (
	"bufio"
	"errors"
	"io"
	"sync"

	"github.com/klauspost/compress/flate"
)

// errHidden says that a file of an archive holds more than what unpacks.
var errHidden = errors.New("bytes follow the end of what is compressed")

// inflaters are kept from file to file: each takes 40 KB.
var inflaters = sync.Pool{New: func() any {
	in := bufio.NewReader(nil)
	return &inflater{ReadCloser: flate.NewReader(in), in: in}
}}

// inflate unpacks in about half the time of the standard library, which is most
// of the time that a look into a package takes.
func inflate(packed io.Reader) io.ReadCloser { return newInflater(packed, false) }

// inflateWhole wants nothing behind the end of what it unpacks.
func inflateWhole(packed io.Reader) io.ReadCloser { return newInflater(packed, true) }

func newInflater(packed io.Reader, whole bool) io.ReadCloser {
	i, _ := inflaters.Get().(*inflater) // nothing else is put there
	i.in.Reset(packed)
	resetter, _ := i.ReadCloser.(flate.Resetter)
	_ = resetter.Reset(i.in, nil) // it never fails
	i.whole = whole
	return &lent{i}
}

type inflater struct {
	io.ReadCloser

	in    *bufio.Reader
	whole bool
}

// Read implements io.Reader.
func (i *inflater) Read(p []byte) (int, error) {
	n, err := i.ReadCloser.Read(p)
	if i.whole && errors.Is(err, io.EOF) {
		if _, none := i.in.Peek(1); none == nil {
			return n, errHidden
		}
	}
	return n, err
}

// lent is an inflater until it is closed.
type lent struct{ *inflater }

// Close implements io.Closer, and gives the reader back once.
func (l *lent) Close() error {
	if l.inflater == nil {
		return nil
	}
	err := l.inflater.Close()
	inflaters.Put(l.inflater)
	l.inflater = nil
	return err
}

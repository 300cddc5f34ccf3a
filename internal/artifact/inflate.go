package artifact

import (
	"io"
	"sync"

	"github.com/klauspost/compress/flate"
)

// inflaters are kept from file to file: each takes 40 KB.
var inflaters = sync.Pool{New: func() any { return flate.NewReader(nil) }}

// inflate unpacks in about half the time of the standard library, which is most
// of the time that a look into a package takes.
func inflate(packed io.Reader) io.ReadCloser {
	reader, _ := inflaters.Get().(io.ReadCloser) // nothing else is put there
	resetter, _ := reader.(flate.Resetter)
	_ = resetter.Reset(packed, nil) // it never fails
	return &inflater{reader}
}

type inflater struct{ io.ReadCloser }

// Close implements io.Closer, and gives the reader back once.
func (i *inflater) Close() error {
	if i.ReadCloser == nil {
		return nil
	}
	err := i.ReadCloser.Close()
	inflaters.Put(i.ReadCloser)
	i.ReadCloser = nil
	return err
}

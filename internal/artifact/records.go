package artifact

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
)

// The records of a zip archive: how each begins, and its length without what
// varies, in bytes.
// https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3
const (
	localMagic, localLength     = 0x04034b50, 30
	centralMagic, centralLength = 0x02014b50, 46
	endMagic, endLength         = 0x06054b50, 22
	end64Magic, end64Length     = 0x06064b50, 56
	locatorMagic, locatorLength = 0x07064b50, 20
	descriptorMagic             = 0x08074b50

	longestComment   = 1<<16 - 1
	largestDirectory = 64 << 20 // of some 500,000 files
)

// Bits of a record's flags.
const (
	flagEncrypted  = 1 << 0
	flagDescriptor = 1 << 3
	flagPatch      = 1 << 5
	flagStrong     = 1 << 6
	flagUTF8       = 1 << 11
	flagMasked     = 1 << 13
)

// What the extra fields of a record are named.
const (
	extraZip64       = 0x0001
	extraUnicodePath = 0x7075
)

// record is what one of the two headers of a file says of it.
type record struct {
	name           string
	flags, method  uint16
	crc            uint32
	packed, size   uint64
	extra          []byte
	at             uint64 // of the local header, in the central one
	creator        uint16 // the system it was made on, and the release of the packer
	disk           uint32 // the part of the archive that it is in
	attributes     uint32
	begins, length uint64 // of the header itself
}

// fields reads numbers one after the other.
type fields struct{ rest []byte }

func (f *fields) skip(n int) { f.rest = f.rest[n:] }
func (f *fields) u16() uint16 {
	v := binary.LittleEndian.Uint16(f.rest)
	f.skip(2)
	return v
}

func (f *fields) u32() uint32 {
	v := binary.LittleEndian.Uint32(f.rest)
	f.skip(4)
	return v
}

func (f *fields) u64() uint64 {
	v := binary.LittleEndian.Uint64(f.rest)
	f.skip(8)
	return v
}

// ending is what the end of an archive says of its directory.
type ending struct {
	at             int64 // of the first record after the directory
	count          uint64
	size, begins   uint64
	disk, diskOf   uint32
	countHere      uint64
	trailing       bool // something follows the end
	several        bool // there is more than one end to choose from
	sizes64, other bool // of zip64: there, and contradicting
}

// readEnding finds the end of an archive, or reports that there is none.
func readEnding(r io.ReaderAt, size int64) (e ending, found bool, err error) {
	tail := make([]byte, min(size, endLength+longestComment))
	if _, err := r.ReadAt(tail, size-int64(len(tail))); err != nil && err != io.EOF { //nolint:errorlint // a ReaderAt's own
		return e, false, err
	}
	magic := binary.LittleEndian.AppendUint32(nil, endMagic)
	last := bytes.LastIndex(tail[:max(0, len(tail)-endLength+len(magic))], magic)
	if last < 0 {
		return e, false, nil
	}
	reaches := func(at int) bool {
		return at+endLength <= len(tail) && at+endLength+int(binary.LittleEndian.Uint16(tail[at+endLength-2:])) == len(tail)
	}
	e.trailing = !reaches(last)
	for at := bytes.Index(tail, magic); at >= 0 && at < last; {
		e.several = e.several || reaches(at)
		next := bytes.Index(tail[at+1:], magic)
		if next < 0 {
			break
		}
		at += 1 + next
	}
	in := fields{tail[last+4:]}
	e.disk, e.diskOf = uint32(in.u16()), uint32(in.u16())
	e.countHere, e.count = uint64(in.u16()), uint64(in.u16())
	e.size, e.begins = uint64(in.u32()), uint64(in.u32())
	e.at = size - int64(len(tail)) + int64(last)
	return e, true, e.read64(r)
}

// read64 reads the records of zip64 before the end, if they are there.
func (e *ending) read64(r io.ReaderAt) error {
	locator := make([]byte, locatorLength)
	if e.at < locatorLength {
		return nil
	}
	if _, err := r.ReadAt(locator, e.at-locatorLength); err != nil {
		return err
	}
	in := fields{locator}
	if in.u32() != locatorMagic {
		return nil
	}
	e.sizes64 = true
	part := in.u32()
	begins, parts := in.u64(), in.u32()
	at := e.at - locatorLength
	if part > 0 || parts > 1 || begins > uint64(max(0, at-end64Length)) {
		e.other = true
		return nil
	}
	text := make([]byte, end64Length)
	if _, err := r.ReadAt(text, int64(begins)); err != nil {
		return err
	}
	in = fields{text}
	magic, length := in.u32(), in.u64()
	e.other = magic != end64Magic || length > uint64(at) || begins+12+length != uint64(at)
	in.skip(4)
	e.settle32(&e.disk, in.u32())
	e.settle32(&e.diskOf, in.u32())
	e.settle(&e.countHere, in.u64(), math.MaxUint16)
	e.settle(&e.count, in.u64(), math.MaxUint16)
	e.settle(&e.size, in.u64(), math.MaxUint32)
	e.settle(&e.begins, in.u64(), math.MaxUint32)
	e.at = int64(begins)
	return nil
}

// settle takes the long form of a number, which the short one must not contradict.
func (e *ending) settle(short *uint64, long, saysLong uint64) {
	e.other = e.other || *short != saysLong && *short != long
	*short = long
}

func (e *ending) settle32(short *uint32, long uint32) {
	e.other = e.other || *short != math.MaxUint16 && *short != long
	*short = long
}

// readCentral reads the header at the beginning of a directory's text.
func readCentral(text []byte) (r record, ok bool) {
	if len(text) < centralLength || binary.LittleEndian.Uint32(text) != centralMagic {
		return r, false
	}
	in := fields{text[4:]}
	r.creator = in.u16()
	in.skip(2)
	r.flags, r.method = in.u16(), in.u16()
	in.skip(4)
	r.crc, r.packed, r.size = in.u32(), uint64(in.u32()), uint64(in.u32())
	name, extra, comment := int(in.u16()), int(in.u16()), int(in.u16())
	r.disk = uint32(in.u16())
	in.skip(2)
	r.attributes, r.at = in.u32(), uint64(in.u32())
	r.length = uint64(centralLength + name + extra + comment)
	if r.length > uint64(len(text)) {
		return r, false
	}
	r.name, r.extra = string(in.rest[:name]), in.rest[name:name+extra]
	return r, true
}

// readLocal reads the header where a file begins. Names are short, so that it
// mostly takes one read.
func readLocal(r io.ReaderAt, at uint64, buffer []byte) (l record, ok bool) {
	n, _ := r.ReadAt(buffer, int64(at)) // what is missing shows in the length
	if n < localLength || binary.LittleEndian.Uint32(buffer) != localMagic {
		return l, false
	}
	in := fields{buffer[6:n]}
	l.flags, l.method = in.u16(), in.u16()
	in.skip(4)
	l.crc, l.packed, l.size = in.u32(), uint64(in.u32()), uint64(in.u32())
	name, extra := int(in.u16()), int(in.u16())
	l.begins, l.length = at, uint64(localLength+name+extra)
	rest := in.rest
	if len(rest) < name+extra {
		rest = make([]byte, name+extra)
		if _, err := r.ReadAt(rest, int64(at)+localLength); err != nil {
			return l, false
		}
	}
	l.name, l.extra = string(rest[:name]), bytes.Clone(rest[name:name+extra])
	return l, true
}

// extras calls use for each extra field, and stops where the text is none.
func extras(text []byte, use func(id uint16, field []byte)) {
	for len(text) >= 4 {
		in := fields{text}
		id, length := in.u16(), int(in.u16())
		if length > len(in.rest) {
			return
		}
		use(id, in.rest[:length])
		text = in.rest[length:]
	}
}

// take64 replaces numbers that say that they are too long by those of zip64, and
// reports whether they are there, once, and contradict nothing.
func (r *record) take64(numbers ...*uint64) bool {
	var field []byte
	seen := 0
	extras(r.extra, func(id uint16, text []byte) {
		if id == extraZip64 {
			field, seen = text, seen+1
		}
	})
	in, long := fields{field}, false
	for _, n := range numbers {
		if *n != math.MaxUint32 {
			continue
		}
		long = true
		if len(in.rest) < 8 {
			return false
		}
		*n = in.u64()
	}
	if r.disk == math.MaxUint16 {
		if len(in.rest) < 4 {
			return false
		}
		r.disk = in.u32()
		return seen == 1
	}
	if !long && len(field) >= 8 {
		// Not needed, so that one reader takes it and another does not.
		first := in.u64()
		return seen == 1 && (first == r.size || first == 0 && r.flags&flagDescriptor != 0)
	}
	return seen < 2
}

// window reads ahead: headers of small files are near each other.
type window struct {
	io.ReaderAt

	text []byte
	at   int64
}

// ReadAt implements io.ReaderAt, for one caller at a time.
func (w *window) ReadAt(p []byte, at int64) (int, error) {
	const ahead = 64 << 10
	if len(p) > ahead || at < 0 {
		return w.ReaderAt.ReadAt(p, at)
	}
	if at < w.at || at+int64(len(p)) > w.at+int64(len(w.text)) {
		if w.text == nil {
			w.text = make([]byte, ahead)
		}
		n, err := w.ReaderAt.ReadAt(w.text[:ahead], at)
		w.text, w.at = w.text[:n], at
		if n < len(p) {
			return copy(p, w.text), err
		}
	}
	return copy(p, w.text[at-w.at:]), nil
}

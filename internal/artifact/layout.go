package artifact

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strings"
)

// A zip archive says everything twice: where a file begins, and in the directory
// at its end. Programs differ in which of the two they believe, in which end they
// take, and in which of two files of one name they keep. So what is unpacked on
// Lambda can be something else than what a reviewer or a scanner was shown. AWS
// does not say how Lambda reads an archive: one that can be read in two ways is
// refused, whichever way is Lambda's.

// twoReadings refuses an archive. What says what is wrong, instead what to do.
func twoReadings(what, instead string, arguments ...any) error {
	return &Error{
		Summary: "The code package can be read in two ways",
		Detail: fmt.Sprintf(what, arguments...) + ". Programs that unpack archives differ in what they make of that, so that what runs on Lambda may not be what was looked at. " +
			instead,
	}
}

// packAnew is what to do about most of it.
const packAnew = "Pack the files again, into an archive that does not exist yet."

// checkLayout reads every record of an archive, and none of its files.
func checkLayout(r io.ReaderAt, size int64) ([]record, error) {
	r = &window{ReaderAt: r}
	end, found, err := readEnding(r, size)
	if err != nil {
		return nil, fmt.Errorf("read code package: %w", err)
	}
	if !found {
		return nil, damaged("the archive", "it has no end record")
	}
	if err := end.judge(); err != nil {
		return nil, err
	}
	directory := make([]byte, end.size)
	if _, err := r.ReadAt(directory, int64(end.begins)); err != nil {
		return nil, fmt.Errorf("read code package: %w", err)
	}
	var files []record
	for rest := directory; len(rest) > 0; {
		central, ok := readCentral(rest)
		if !ok {
			return nil, twoReadings("The directory of the archive holds something else than files after %q", packAnew, lastName(files))
		}
		if !central.take64(&central.size, &central.packed, &central.at) {
			return nil, twoReadings("The sizes that the archive gives for %q contradict each other (zip64)", packAnew, central.name)
		}
		if err := central.checkKind(); err != nil {
			return nil, err
		}
		files = append(files, central)
		rest = rest[central.length:]
	}
	if uint64(len(files)) != end.count {
		return nil, twoReadings("The archive says that it holds %d files, and its directory lists %d", packAnew, end.count, len(files))
	}
	return files, checkLocals(r, files, end.begins)
}

func lastName(files []record) string {
	if len(files) == 0 {
		return ""
	}
	return files[len(files)-1].name
}

func (e ending) judge() error {
	switch {
	case e.several:
		return twoReadings("The archive has several end records, each of which lists files of its own", packAnew)
	case e.trailing:
		return twoReadings("Something follows the end record of the archive", packAnew+" Keep what else was there in a file of its own.")
	case e.disk != 0 || e.diskOf != 0 || e.count != e.countHere:
		return twoReadings("The archive says that it is one of several parts", packAnew)
	case e.other, !e.sizes64 && (e.size == math.MaxUint32 || e.begins == math.MaxUint32):
		return twoReadings("The end records of the archive contradict each other (zip64)", packAnew)
	case e.size > largestDirectory:
		return damaged("the archive", fmt.Sprintf("its directory has %d bytes", e.size))
	case e.begins+e.size < uint64(e.at):
		return twoReadings("Something comes before the archive in its file: %d bytes, a program that unpacks it or another archive", packAnew, uint64(e.at)-e.begins-e.size)
	case e.begins+e.size > uint64(e.at):
		return damaged("the archive", "its directory ends after its end record")
	}
	return nil
}

func damaged(what, why string) error {
	return &Error{
		Summary: "The code package is damaged",
		Detail:  fmt.Sprintf("%s is not what the archive says of it (%s), so Lambda would refuse the package, or run something else than was packed. Pack it again, and copy it whole.", what, why),
	}
}

// checkLocals holds the directory against what is where each file begins, and
// wants the files one after the other from the first byte on.
func checkLocals(r io.ReaderAt, files []record, end uint64) error {
	inOrder := slices.Clone(files)
	slices.SortStableFunc(inOrder, func(a, b record) int { return cmp.Compare(a.at, b.at) })
	buffer := make([]byte, localLength+256)
	before := uint64(0)
	for i, central := range inOrder {
		if central.at > end {
			return damaged(fmt.Sprintf("%q", central.name), "it does not begin where the directory says")
		}
		if central.at < before {
			return twoReadings("%q begins in the middle of %q", packAnew, central.name, inOrder[i-1].name)
		}
		if err := checkGap(r, before, central.at, i == 0); err != nil {
			return err
		}
		local, ok := readLocal(r, central.at, buffer)
		if !ok {
			return damaged(fmt.Sprintf("%q", central.name), "it does not begin where the directory says")
		}
		if err := central.against(local); err != nil {
			return err
		}
		if err := checkUnicodePath(central, local); err != nil {
			return err
		}
		next := local.begins + local.length + central.packed
		if next > end || central.packed > end {
			return twoReadings("%q reaches into the directory of the archive", packAnew, central.name)
		}
		if local.flags&flagDescriptor != 0 {
			length, ok := descriptor(r, next, central, buffer[:24])
			if !ok {
				return damaged(fmt.Sprintf("%q", central.name), "the sizes or the checksum after it are not those of the directory")
			}
			next += length
		}
		before = next
	}
	if before > end {
		return twoReadings("%q reaches into the directory of the archive", packAnew, lastName(inOrder))
	}
	return checkGap(r, before, end, false)
}

// checkGap wants nothing between two files but zeros, which some tools fill up
// with.
func checkGap(r io.ReaderAt, from, to uint64, first bool) error {
	if from == to {
		return nil
	}
	gap := make([]byte, min(to-from, 64<<10))
	for at := from; at < to; at += uint64(len(gap)) {
		gap = gap[:min(uint64(len(gap)), to-at)]
		if _, err := r.ReadAt(gap, int64(at)); err != nil {
			return fmt.Errorf("read code package: %w", err)
		}
		if first || len(bytes.Trim(gap, "\x00")) > 0 {
			if first {
				return twoReadings("Something comes before the archive in its file: %d bytes, a program that unpacks it or another archive", packAnew, to-from)
			}
			return twoReadings("The archive holds %d bytes at %d that belong to no file of its directory", packAnew, to-from, from)
		}
	}
	return nil
}

// against holds what the directory says of a file against what the file says.
func (r record) against(local record) error {
	differs := local.flags ^ r.flags
	switch {
	case local.name != r.name:
		return twoReadings("%q is what the directory of the archive calls a file that calls itself %q", packAnew, r.name, local.name)
	case local.method != r.method:
		return twoReadings("%q is compressed by method %d as the directory says, and by %d as the file says", packAnew, r.name, r.method, local.method)
	case differs&(flagEncrypted|flagStrong|flagMasked) != 0:
		return twoReadings("%q is encrypted by one of the two headers that it has, and not by the other", packAnew, r.name)
	case differs&flagUTF8 != 0 && !isASCII(r.name):
		return twoReadings("The name %q is UTF-8 by one of the two headers that it has, and not by the other", packAnew, r.name)
	case !local.take64(&local.size, &local.packed):
		return twoReadings("The sizes that the archive gives for %q contradict each other (zip64)", packAnew, r.name)
	}
	later := local.flags&flagDescriptor != 0 // said after the file
	agree := func(here, there uint64) bool { return here == there || later && here == 0 }
	switch {
	case !agree(local.size, r.size):
		return damaged(fmt.Sprintf("%q", r.name), fmt.Sprintf("it has %d bytes as the directory says, and %d as the file says", r.size, local.size))
	case !agree(local.packed, r.packed):
		return damaged(fmt.Sprintf("%q", r.name), fmt.Sprintf("it has %d bytes compressed as the directory says, and %d as the file says", r.packed, local.packed))
	case !agree(uint64(local.crc), uint64(r.crc)):
		return damaged(fmt.Sprintf("%q", r.name), "it has one checksum in the directory, and another one where it begins")
	case r.crc == 0 && r.size > 0 && r.flags&flagEncrypted == 0 && (r.method == zip.Store || r.method == zip.Deflate): // which some take for "not checked"
		return damaged(fmt.Sprintf("%q", r.name), "it has no checksum")
	case strings.ContainsRune(r.name, 0):
		return twoReadings("%q has a zero byte in its name, where some end it", packAnew, r.name)
	}
	return nil
}

// descriptor finds how long the record after a file is that repeats its sizes:
// with its signature or without, and with long or short numbers.
func descriptor(r io.ReaderAt, at uint64, central record, buffer []byte) (length uint64, ok bool) {
	n, _ := r.ReadAt(buffer, int64(at)) // what is missing shows in the length
	text := buffer[:n]
	signed := len(text) >= 4 && binary.LittleEndian.Uint32(text) == descriptorMagic
	for _, from := range []int{4, 0} {
		if from == 4 && !signed {
			continue
		}
		for _, width := range []int{4, 8} {
			if len(text) < from+4+2*width {
				continue
			}
			in := fields{text[from:]}
			crc := in.u32()
			packed, size := uint64(0), uint64(0)
			if width == 4 {
				packed, size = uint64(in.u32()), uint64(in.u32())
			} else {
				packed, size = in.u64(), in.u64()
			}
			if crc == central.crc && packed == central.packed && size == central.size {
				return uint64(from + 4 + 2*width), true
			}
		}
	}
	return 0, false
}

func isASCII(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r >= 0x80 })
}

// checkUnicodePath wants the name that an extra field gives in Unicode to be the
// one of the header, but for characters that the header could not hold.
func checkUnicodePath(headers ...record) error {
	for _, header := range headers {
		var other string
		extras(header.extra, func(id uint16, field []byte) {
			if id == extraUnicodePath && len(field) > 5 && !sameName(header.name, string(field[5:])) {
				other = string(field[5:])
			}
		})
		if other != "" {
			return twoReadings("%q is called %q by a second name that it has in the archive (Unicode path)", packAnew, header.name, other)
		}
	}
	return nil
}

// sameName reports whether a name of a header can be a Unicode one, written in
// another encoding or with a sign in place of what is not ASCII.
func sameName(name, unicode string) bool {
	if name == unicode {
		return true
	}
	if isASCII(unicode) {
		return false
	}
	var pattern strings.Builder
	pattern.WriteString(`\A`)
	for _, r := range unicode {
		if r < 0x80 {
			pattern.WriteString(regexp.QuoteMeta(string(r)))
		} else {
			pattern.WriteString(`(?:[^\x00-\x7f]{1,4}|#[UL][0-9a-fA-F]{4,8}|[?_])`)
		}
	}
	pattern.WriteString(`\z`)
	like, err := regexp.Compile(pattern.String())
	return err == nil && like.MatchString(name)
}

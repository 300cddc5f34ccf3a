package artifact

import (
	"bytes"
	"encoding/binary"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The ELF format, as far as it is read here: where a header has what.
// https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html
const (
	elfMagic  = "\x7fELF"
	elfHeader = 20 // bytes, up to and with the machine
	elfFull   = 64
	elfX86    = 62
	elfARM    = 183

	elfClassAt, elfOrderAt, elfMachineAt = 4, 5, 18
	elfClass64, elfBigEndian             = 2, 2
	// Of the table of segments: its place, the size of an entry, and how many.
	elfSegmentsAt, elfSegmentSizeAt, elfSegmentCountAt = 32, 54, 56
	// Of a segment that names the loader: its type, place and size.
	elfInterpreter                   = 3
	elfOffsetAt, elfSizeAt, elfEntry = 8, 32, 56
)

// What a binary is for, beside the two architectures of Lambda.
const (
	otherProcessor = "another processor"
	otherSystem    = "macOS"
	otherWindows   = "Windows"
	otherLibrary   = "Linux with musl, such as Alpine"
)

func isProcessor(machine string) bool { return machine == "x86_64" || machine == "arm64" }

// machOs are how binaries of macOS begin: for one processor, and for several.
var machOs = []string{"\xcf\xfa\xed\xfe", "\xce\xfa\xed\xfe", "\xca\xfe\xba\xbe", "\xca\xfe\xba\xbf"}

// ofMusl matches the names of libraries that were linked with musl.
var ofMusl = regexp.MustCompile(`(?i)(?:linux-?musl|musllinux|[-._/]musl[-._/]).*\.(?:node|so)$|-musl/[^/]+\.node$`)

// machineOf is what a binary is built for, empty for all else.
func machineOf(name string, head []byte) string {
	if len(head) < elfHeader {
		return ""
	}
	ending := path.Ext(name)
	switch {
	case slices.Contains([]string{".so", ".node", ".dylib"}, ending) && slices.ContainsFunc(machOs, func(magic string) bool { return bytes.HasPrefix(head, []byte(magic)) }):
		return otherSystem
	case slices.Contains([]string{".pyd", ".node"}, ending) && bytes.HasPrefix(head, []byte("MZ")):
		return otherWindows
	case !bytes.HasPrefix(head, []byte(elfMagic)):
		return ""
	}
	machine := otherProcessor
	switch order(head).Uint16(head[elfMachineAt:]) {
	case elfX86:
		machine = "x86_64"
	case elfARM:
		machine = "arm64"
	}
	if isProcessor(machine) && (ofMusl.MatchString(name) || needsMusl(head)) {
		return otherLibrary
	}
	return machine
}

func order(head []byte) binary.ByteOrder {
	if head[elfOrderAt] == elfBigEndian {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

// needsMusl reports whether a binary is loaded by musl, or needs its library:
// the names of libraries are at the beginning of a binary.
func needsMusl(head []byte) bool {
	if strings.Contains(path.Base(loaderOf(head)), "ld-musl-") {
		return true
	}
	return bytes.Contains(head, []byte("\x00libc.musl-")) && !bytes.Contains(head, []byte("\x00libc.so.6\x00"))
}

// loaderOf is the program that Linux loads an ELF program with, empty for one
// that needs none and for libraries.
func loaderOf(head []byte) string {
	if len(head) < elfFull || !bytes.HasPrefix(head, []byte(elfMagic)) || head[elfClassAt] != elfClass64 {
		return ""
	}
	of := order(head)
	at, size := of.Uint64(head[elfSegmentsAt:]), uint64(of.Uint16(head[elfSegmentSizeAt:]))
	if size < elfEntry {
		return ""
	}
	for range of.Uint16(head[elfSegmentCountAt:]) {
		if at > uint64(len(head)) || uint64(len(head))-at < size {
			return ""
		}
		segment := head[at : at+size]
		at += size
		if of.Uint32(segment) != elfInterpreter {
			continue
		}
		from, long := of.Uint64(segment[elfOffsetAt:]), of.Uint64(segment[elfSizeAt:])
		if from > uint64(len(head)) || long > uint64(len(head))-from {
			return ""
		}
		return strings.TrimRight(string(head[from:from+long]), "\x00")
	}
	return ""
}

// glibcNeeded matches the versions of glibc that a binary names.
var glibcNeeded = regexp.MustCompile(`\x00GLIBC_2\.([0-9]{1,3})(?:\.[0-9]+)?\x00`)

// newestGlibc is N of the newest glibc 2.N that an ELF binary names, or zero.
func newestGlibc(head []byte) (newest int) {
	if !bytes.HasPrefix(head, []byte(elfMagic)) {
		return 0
	}
	const prefix = "\x00GLIBC_2."
	for at := bytes.Index(head, []byte(prefix)); at >= 0; {
		if match := glibcNeeded.FindSubmatch(head[at:min(len(head), at+len(prefix)+8)]); match != nil {
			number, _ := strconv.Atoi(string(match[1])) // the pattern has digits only
			newest = max(newest, number)
		}
		next := bytes.Index(head[at+1:], []byte(prefix))
		if next < 0 {
			break
		}
		at += 1 + next
	}
	return newest
}

// The releases of glibc, as N of 2.N, that Amazon Linux 2 and 2023 have.
const (
	glibc2    = 26
	glibc2023 = 34
)

// onAmazonLinux2 are the runtimes that are not on Amazon Linux 2023.
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
var onAmazonLinux2 = []string{
	"provided.al2", "java8.al2", "java11", "java17", "python3.8", "python3.9", "python3.10", "python3.11",
	"nodejs14.x", "nodejs16.x", "nodejs18.x", "ruby2.7", "ruby3.2", "dotnet6", "dotnetcore3.1",
}

// glibc is the release of glibc that a runtime has.
func (r Run) glibc() int {
	if slices.Contains(onAmazonLinux2, r.Runtime) {
		return glibc2
	}
	return glibc2023
}

// judgeGlibc tells of binaries that were built on a newer Linux than Lambda's. A
// package with a glibc of its own knows what it does.
func (x *examination) judgeGlibc() {
	var newer []string
	newest := 0
	for _, name := range sorted(x.glibcs) {
		if strings.HasPrefix(path.Base(name), "libc.so") || strings.HasPrefix(path.Base(name), "ld-linux") {
			return
		}
		if x.glibcs[name] > x.run.glibc() && !isSpare(name) && !x.told[name] {
			newer = append(newer, name)
			newest = max(newest, x.glibcs[name])
		}
	}
	if x.run.Runtime == "" || len(newer) == 0 {
		return
	}
	x.remark("code", false, "The code package holds binaries for a newer Linux", "%s: built against glibc 2.%d, and runtime %s has glibc 2.%d, so that loading them fails with \"version `GLIBC_2.%d' not found\". "+
		"Build them on the Amazon Linux of the runtime (public.ecr.aws/lambda), or link them statically.", named(newer), newest, x.run.Runtime, x.run.glibc(), newest)
}

package artifact

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

// The ELF format, as far as it is read here: e_machine is at offset 18.
const (
	elfMagic  = "\x7fELF"
	elfHeader = 20
	elfX86    = 62
	elfARM    = 183
)

// What a binary is for, beside the two architectures of Lambda.
const (
	otherProcessor = "another processor"
	otherSystem    = "macOS"
)

// machineOf is what a binary is built for, empty for all else.
func machineOf(name string, head []byte) string {
	if len(head) < elfHeader {
		return ""
	}
	if bytes.HasPrefix(head, []byte("\xcf\xfa\xed\xfe")) && (strings.HasSuffix(name, ".so") || strings.HasSuffix(name, ".node")) {
		return otherSystem
	}
	if !bytes.HasPrefix(head, []byte(elfMagic)) {
		return ""
	}
	order := binary.ByteOrder(binary.LittleEndian)
	if head[5] == 2 {
		order = binary.BigEndian
	}
	switch order.Uint16(head[18:]) {
	case elfX86:
		return "x86_64"
	case elfARM:
		return "arm64"
	}
	return otherProcessor
}

// component is what a file belongs to: a dependency, or the function itself.
func component(name string) string {
	parts := strings.Split(name, "/")
	for i, part := range slices.Backward(parts) {
		if part == "node_modules" && i+1 < len(parts)-1 {
			if strings.HasPrefix(parts[i+1], "@") && i+2 < len(parts)-1 {
				return strings.Join(parts[:i+3], "/")
			}
			return strings.Join(parts[:i+2], "/")
		}
	}
	if len(parts) == 1 {
		return "."
	}
	if parts[0] == "python" || parts[0] == "lib" {
		return strings.Join(parts[:min(2, len(parts)-1)], "/")
	}
	return parts[0]
}

// platform matches what the names of packages for one platform end with, such
// as @img/sharp-linuxmusl-x64 and @next/swc-linux-arm64-gnu.
var platform = regexp.MustCompile(`(?i)[-_./]?(?:linux-?musl|linux|darwin|win32|windows|freebsd|manylinux[0-9_]*|x86_64|x86-64|amd64|x64|ia32|i[36]86|aarch64|arm64|armv?[67]?l?(?:hf)?|ppc64(?:le)?|s390x|riscv64|gnu(?:eabihf)?|musl|glibc)\b`)

// family is what packages for several platforms have in common.
func family(component string) string {
	for {
		shorter := platform.ReplaceAllString(component, "")
		if shorter == component {
			return component
		}
		component = shorter
	}
}

// judgeBinaries finds what was built for another processor. It stops a plan only
// where the import surely fails: tools, examples, and what a package brings for
// several processors to choose from may lie about.
func (x *examination) judgeBinaries() {
	if x.run.Architecture == "" {
		return
	}
	suits := map[string]bool{}
	for _, of := range sorted(x.binaries) {
		if len(x.binaries[of][x.run.Architecture]) > 0 {
			suits[family(of)] = true
		}
	}
	var idle []string
	for _, of := range sorted(x.binaries) {
		if suits[family(of)] {
			continue
		}
		machine, loaded, rest := x.loaded(x.binaries[of])
		idle = append(idle, rest...)
		if len(loaded) == 0 {
			continue
		}
		x.remark("architecture", true, fmt.Sprintf("%s is built for %s", x.wheel(of), machine),
			"%s: built for %s, and the function runs on %s, so that it fails at the first call. %s.", named(loaded), machine, x.run.Architecture, x.rebuild(machine))
	}
	if len(idle) > 0 {
		x.remark("architecture", false, "The code package holds programs for another processor",
			"%s cannot run on %s under Linux. If the function uses them it fails there. Leave them out, or pack those for %s.", named(idle), x.run.Architecture, x.run.Architecture)
	}
}

// loaded parts the binaries of a component that are for another processor into
// those that the runtime is sure to load, and others.
func (x *examination) loaded(machines map[string][]string) (machine string, loaded, rest []string) {
	started, _, _ := x.find("bootstrap")
	for _, m := range sorted(machines) {
		for _, name := range machines[m] {
			switch {
			case name == started.name && strings.HasPrefix(x.run.Runtime, "provided"),
				m != otherProcessor && x.isExtension(name, m):
				if machine == "" {
					machine = m
				}
				loaded = append(loaded, name)
			default:
				rest = append(rest, name)
			}
		}
	}
	return machine, loaded, rest
}

// extension matches what only modules of Python are named: NAME.so may be a
// module too, or a library, or a tool that is loaded into another process.
// https://peps.python.org/pep-3149/
var extension = regexp.MustCompile(`\.(?:cpython-[0-9]+[a-z]*-[a-z0-9_-]+|abi3)\.so$`)

// isExtension reports whether a file is what the runtime loads machine code of.
// What lies in prebuilds is chosen from by platform, and tests are not imported.
// Node.js packages bring addons for macOS that are never loaded on Linux.
func (x *examination) isExtension(name, machine string) bool {
	for folder := range strings.SplitSeq(path.Dir(name), "/") {
		if slices.Contains([]string{"prebuilds", "prebuilt", "test", "tests", "testdata", "fixtures", "example", "examples"}, folder) {
			return false
		}
	}
	switch {
	case strings.HasPrefix(x.run.Runtime, "python"):
		return extension.MatchString(name)
	case strings.HasPrefix(x.run.Runtime, "nodejs"):
		return machine != otherSystem && strings.HasSuffix(name, ".node")
	}
	return false
}

// rebuild says what to do about a binary. Only two processors can be had.
func (x *examination) rebuild(machine string) string {
	want := x.run.Architecture
	how := fmt.Sprintf("Build the package for %s", want)
	switch {
	case strings.HasPrefix(x.run.Runtime, "python"):
		how += fmt.Sprintf(" (pip install --platform manylinux2014_%s --only-binary=:all:)", map[string]string{"arm64": "aarch64", "x86_64": "x86_64"}[want])
	case strings.HasPrefix(x.run.Runtime, "nodejs"):
		how += fmt.Sprintf(" (npm install --os=linux --cpu=%s)", map[string]string{"arm64": "arm64", "x86_64": "x64"}[want])
	}
	if machine == "x86_64" || machine == "arm64" {
		how += fmt.Sprintf(", or write architecture = %q", machine)
	}
	return how
}

// wheel names the Python distribution that a folder came with.
func (x *examination) wheel(of string) string {
	plain := strings.ToLower(strings.NewReplacer("-", "_", ".libs", "").Replace(path.Base(of)))
	for _, name := range sorted(x.files) {
		folder, _, _ := strings.Cut(path.Base(path.Dir(name)), ".dist-info")
		if strings.HasSuffix(path.Dir(name), ".dist-info") && strings.HasPrefix(strings.ToLower(strings.ReplaceAll(folder, "-", "_")), plain+"_") {
			return fmt.Sprintf("%s (%s)", of, folder)
		}
	}
	if of == "." {
		return "The package"
	}
	return of
}

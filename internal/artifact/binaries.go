package artifact

import (
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

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
	system := "Linux"
	stopped := map[string]bool{} // families
	for _, of := range sorted(x.binaries) {
		if suits[family(of)] {
			continue
		}
		machine, loaded, rest := x.loaded(x.binaries[of])
		if len(loaded) == 0 {
			idle = append(idle, rest...)
			if len(x.binaries[of][otherLibrary]) > 0 {
				system = "Linux with glibc"
			}
			continue
		}
		x.tell(rest)
		if stopped[family(of)] {
			x.tell(loaded)
			continue
		}
		stopped[family(of)] = true
		x.tell(loaded)
		on := x.run.Architecture
		if !isProcessor(machine) {
			on += " under Amazon Linux, which has glibc"
		}
		x.remark("architecture", true, fmt.Sprintf("%s is built for %s", x.wheel(of), machine),
			"%s: built for %s, and the function runs on %s, so that it fails at the first call. %s.", named(loaded), machine, on, x.rebuild(machine))
	}
	if len(idle) > 0 {
		x.tell(idle)
		x.remark("architecture", false, "The code package holds programs for another processor or system",
			"%s cannot run on %s under %s. If the function uses them it fails there. Leave them out, or pack those for %s.", named(idle), x.run.Architecture, system, x.run.Architecture)
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

// spares are folders of what is chosen from by platform, or is not imported.
var spares = []string{"prebuilds", "prebuilt", "test", "tests", "testdata", "fixtures", "example", "examples"}

func isSpare(name string) bool { return hasFolder(name, spares) }

func hasFolder(name string, folders []string) bool {
	for folder := range strings.SplitSeq(path.Dir(name), "/") {
		if slices.Contains(folders, folder) {
			return true
		}
	}
	return false
}

// accelerator matches modules that packages do without where they cannot be
// imported, by the names that are usual for them.
var accelerator = regexp.MustCompile(`(?:^|/)(?:_?c?speedups?|_yaml|_cmsgpack|_wrappers|_speed|_accelerated?)\.[^/]+$`)

// isExtension reports whether a file is what the runtime loads machine code of,
// for whatever platform it was built. A Node.js package that says itself that it
// is for another system, and is no variety of one for several, is left out on
// Linux, as fsevents is.
func (x *examination) isExtension(name, machine string) bool {
	switch {
	case isSpare(name):
		return false
	case strings.HasPrefix(x.run.Runtime, "python"):
		return (extension.MatchString(name) || strings.HasSuffix(name, ".pyd")) && !accelerator.MatchString(name) && !x.hasSource(name)
	case strings.HasPrefix(x.run.Runtime, "nodejs"):
		return strings.HasSuffix(name, ".node") && (isProcessor(machine) || machine == otherLibrary || !x.isForAnotherSystem(component(name)))
	}
	return false
}

// foreign matches what a name of an extension module ends with where Python on
// another platform, or of another release, passes it over.
var foreign = regexp.MustCompile(`\.(?:cpython-[^/]+\.so|cp[0-9]+-[^/]+\.pyd)$`)

// hasSource reports whether Python finds the source of a module where it passes
// over the extension.
func (x *examination) hasSource(name string) bool {
	ending := foreign.FindString(name)
	if ending == "" {
		return false
	}
	_, found := x.files[strings.TrimSuffix(name, ending)+".py"]
	return found
}

// manifestLooked is how much of a package.json is read.
const manifestLooked = 256 << 10

// isForAnotherSystem reports whether a Node.js package refuses Linux. The
// varieties of a package for several platforms do so too, and one is needed.
// https://docs.npmjs.com/cli/configuring-npm/package-json#os
func (x *examination) isForAnotherSystem(of string) bool {
	manifest, found := x.files[of+"/package.json"]
	if !found || family(of) != of {
		return false
	}
	text, err := manifest.head(manifestLooked)
	if err != nil {
		return false
	}
	var says struct {
		OS []string `json:"os"`
	}
	if json.Unmarshal(text, &says) != nil || slices.Contains(says.OS, "linux") {
		return false
	}
	return slices.ContainsFunc(says.OS, func(system string) bool { return !strings.HasPrefix(system, "!") || system == "!linux" })
}

// tell remembers what has been told of, so that nothing is told twice.
func (x *examination) tell(names []string) {
	for _, name := range names {
		x.told[name] = true
	}
}

// rebuild says what to do about a binary. Only two processors can be had.
func (x *examination) rebuild(machine string) string {
	want := x.run.Architecture
	how := fmt.Sprintf("Build the package for %s", want)
	switch {
	case strings.HasPrefix(x.run.Runtime, "python"):
		how += fmt.Sprintf(" (pip install --platform manylinux2014_%s --only-binary=:all:)", map[string]string{"arm64": "aarch64", "x86_64": "x86_64"}[want])
	case strings.HasPrefix(x.run.Runtime, "nodejs"):
		libc := ""
		if machine == otherLibrary {
			libc = " --libc=glibc"
		}
		how += fmt.Sprintf(" (npm install --os=linux --cpu=%s%s)", map[string]string{"arm64": "arm64", "x86_64": "x64"}[want], libc)
	case machine == otherLibrary:
		how += " against glibc, or link it statically"
	}
	if isProcessor(machine) {
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

package artifact

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

// ofOnePython matches extension modules for one release of CPython on Linux:
// where they are imported from, and the release.
// https://peps.python.org/pep-3149/
var ofOnePython = regexp.MustCompile(`^(.+)\.cpython-([0-9])([0-9]+)([a-z]*)-[a-z0-9_]+-linux-[a-z0-9]+\.so$`)

// wheelLooked is how much of the WHEEL file of a distribution is read, in bytes.
const wheelLooked = 16 << 10

// judgePythons finds what was built for another release of Python, which the
// runtime does not load. Modules of the stable ABI and those that are there in
// source too are loaded by all.
func (x *examination) judgePythons() error {
	own, isPython := strings.CutPrefix(x.run.Runtime, "python")
	if !isPython {
		return nil
	}
	parts, idle := map[string][]string{}, []string(nil)
	release := map[string]string{} // of a component
	imported := map[string]bool{}  // modules that are there for the runtime's release too
	for name := range x.files {
		if match := ofOnePython.FindStringSubmatch(name); match != nil && match[2]+"."+match[3]+match[4] == own {
			imported[match[1]] = true
		}
	}
	for _, name := range sorted(x.files) {
		match := ofOnePython.FindStringSubmatch(name)
		if match == nil || x.told[name] || isSpare(name) || x.isImportable(match[1], imported) {
			continue
		}
		if accelerator.MatchString(name) {
			idle = append(idle, name)
			continue
		}
		of := component(name)
		parts[of] = append(parts[of], name)
		release[of] = match[2] + "." + match[3] + match[4]
	}
	for _, of := range sorted(parts) {
		x.tell(parts[of])
		x.remark("runtime", true, fmt.Sprintf("%s is built for Python %s", x.wheel(of), release[of]),
			"%s: built for Python %s, and runtime %s loads no extension module of another release, so that the import fails at the first call. %s.", named(parts[of]), release[of], x.run.Runtime, x.reinstall(release[of]))
	}
	if len(idle) > 0 {
		x.tell(idle)
		x.remark("runtime", false, "The code package holds modules for another Python",
			"%s: runtime %s does not load them. What only makes a package faster by them works on without, slower. %s.", named(idle), x.run.Runtime, x.reinstall(""))
	}
	return x.judgeWheels(own)
}

// isImportable reports whether a module is there in a form that the runtime
// imports, or is one of those built for its release.
func (x *examination) isImportable(module string, own map[string]bool) bool {
	for _, ending := range []string{".py", ".pyc", ".so", ".abi3.so", "/__init__.py"} {
		if _, found := x.files[module+ending]; found {
			return true
		}
	}
	return own[module]
}

// reinstall says how a package is made for the function's Python.
func (x *examination) reinstall(release string) string {
	processor := "x86_64"
	if x.run.Architecture == "arm64" {
		processor = "aarch64"
	}
	how := fmt.Sprintf("Install it for the function's Python (pip install --python-version %s --platform manylinux2014_%s --only-binary=:all:)",
		strings.TrimPrefix(x.run.Runtime, "python"), processor)
	if other, known := LookupRuntime("python" + release); known && !other.DeprecatedAt(RuntimesRead()) {
		how += fmt.Sprintf(", or write runtime = %q", "python"+release)
	}
	return how
}

// judgeWheels tells of distributions that pip would not install for the
// function, where their files have not been told of.
func (x *examination) judgeWheels(own string) error {
	var odd, stopping []string
	for _, name := range sorted(x.files) {
		folder := path.Dir(name)
		if path.Base(name) != "WHEEL" || !strings.HasSuffix(folder, ".dist-info") {
			continue
		}
		text, err := x.files[name].head(wheelLooked)
		if err != nil {
			return err
		}
		tags := wheelTags(string(text))
		if len(tags) == 0 || slices.ContainsFunc(tags, func(tag string) bool { return suits(tag, own) }) {
			continue
		}
		untold, err := x.untoldBinaries(folder)
		if err != nil {
			return err
		}
		said := fmt.Sprintf("%q (%s)", strings.TrimSuffix(path.Base(folder), ".dist-info"), tags[0])
		switch {
		case len(untold) == 0:
		case strings.Contains(tags[0], "-musllinux") && slices.ContainsFunc(untold, func(name string) bool { return x.isExtension(name, otherLibrary) }):
			stopping = append(stopping, said)
		default:
			odd = append(odd, said)
		}
	}
	if len(stopping) > 0 {
		x.remark("runtime", true, "The code package holds wheels for Linux with musl", "%s: built for musl, such as Alpine has, and runtime %s has glibc, so that the import fails at the first call. %s.",
			listed(stopping), x.run.Runtime, x.reinstall(""))
	}
	if len(odd) > 0 {
		x.remark("runtime", false, "The code package holds wheels that are not for the function",
			"%s: made for another Python or another system than runtime %s, so that what they hold in machine code may fail to load. %s.", listed(odd), x.run.Runtime, x.reinstall(""))
	}
	return nil
}

// wheelTags are the lines "Tag: cp313-cp313-manylinux_2_17_x86_64".
func wheelTags(text string) (tags []string) {
	for line := range strings.Lines(text) {
		if tag, found := strings.CutPrefix(strings.TrimSpace(line), "Tag: "); found {
			tags = append(tags, strings.TrimSpace(tag))
		}
	}
	return tags
}

// suits reports whether a release of Python on Amazon Linux takes a wheel,
// whatever its processor: that is judged by the binaries.
// https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/
func suits(tag, release string) bool {
	parts := strings.Split(tag, "-")
	if len(parts) != 3 {
		return true // it says nothing that can be judged
	}
	platform := parts[2]
	if platform != "any" && !strings.HasPrefix(platform, "manylinux") && !strings.HasPrefix(platform, "linux") {
		return false
	}
	own := "cp" + strings.ReplaceAll(release, ".", "")
	switch python, abi := parts[0], parts[1]; {
	case !strings.HasPrefix(python, "cp") && !strings.HasPrefix(python, "pp"):
		return true
	case abi == "abi3":
		return strings.HasPrefix(python, "cp3")
	default:
		return python == own && (abi == own || abi == "none")
	}
}

// untoldBinaries are the files of machine code that a distribution put into the
// package, none if one of them has been told of.
func (x *examination) untoldBinaries(distribution string) (names []string, err error) {
	record, found := x.files[path.Join(distribution, "RECORD")]
	if !found {
		return nil, nil
	}
	text, err := record.head(recordLooked)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(text)) {
		name, _, _ := strings.Cut(line, ",")
		name = path.Join(path.Dir(distribution), strings.Trim(name, `"`))
		if _, packed := x.files[name]; !packed || !slices.Contains([]string{".so", ".pyd", ".dylib"}, path.Ext(name)) {
			continue
		}
		if x.told[name] {
			return nil, nil
		}
		names = append(names, name)
	}
	return names, nil
}

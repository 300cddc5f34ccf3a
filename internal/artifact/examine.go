package artifact

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Run is how Lambda will run a package. What is empty is not known.
type Run struct {
	Runtime, Handler, Architecture string
	// Layers says that layers bring files too.
	Layers bool
}

// Remark is what is wrong with the contents of a package.
type Remark struct {
	// At is the attribute: handler, architecture or code.
	At string
	// Stops says that the function would not run, or would give something away.
	Stops           bool
	Summary, Detail string
}

// The ELF format, as far as it is read here: e_machine is at offset 18.
const (
	elfMagic = "\x7fELF"
	elfX86   = 62
	elfARM   = 183
)

// How much of a file is looked at.
const (
	elfHeader  = 20
	codeLooked = 4 << 20
	keyLooked  = 8 << 10
)

// heavy is from where on the weight of a package is worth a word: Lambda loads
// it at every cold start.
// https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html
const heavy = 50 << 20

// examination is what has been seen of a package.
type examination struct {
	run     Run
	remarks []Remark
	files   map[string]file
	// binaries are the machines of the binaries of each component.
	binaries map[string]map[string][]string
	weights  map[string]int64
	total    int64
}

// Examine looks at what is in a package: whether the handler is there, whether
// binaries are for the right processor, and what should not be shipped.
func Examine(at string, run Run) ([]Remark, error) {
	x := &examination{run: run, files: map[string]file{}, binaries: map[string]map[string][]string{}, weights: map[string]int64{}}
	if err := walk(at, x.see, x.judgeHandler); err != nil {
		return nil, err
	}
	x.judgeBinaries()
	x.judgeWeight()
	return x.remarks, nil
}

func (x *examination) remark(at string, stops bool, summary, format string, arguments ...any) {
	x.remarks = append(x.remarks, Remark{At: at, Stops: stops, Summary: summary, Detail: fmt.Sprintf(format, arguments...)})
}

// see takes note of one file.
func (x *examination) see(f file) error {
	switch {
	case leaves(f.name):
		x.remark("code", true, "The code package holds a file outside of itself", "%q leads out of the package. Pack it again with names relative to its root.", f.name)
		return nil
	case f.encrypted:
		x.remark("code", true, "The code package holds an encrypted file", "%q is encrypted, and Lambda has no password. Pack it without one.", f.name)
		return nil
	case f.mode&fs.ModeSymlink != 0:
		return x.seeLink(f)
	case f.mode&0o002 != 0:
		x.remark("code", false, "The code package holds a file that everybody may write", "%q has mode %v. Code that anything in the sandbox may change is not the code that was reviewed. Pack it with mode 0644 or 0755.", f.name, f.mode.Perm())
	}
	x.files[f.name] = f
	x.total += f.size
	x.weights[component(f.name)] += f.size
	if err := x.seeBinary(f); err != nil {
		return err
	}
	return x.seeKey(f)
}

func (x *examination) seeLink(f file) error {
	target, err := f.head(keyLooked)
	if err != nil {
		return err
	}
	if to := path.Join(path.Dir(f.name), string(target)); path.IsAbs(string(target)) || leaves(to) {
		x.remark("code", true, "The code package holds a link out of itself", "%q points to %q, which is not in the package. Put the file itself there.", f.name, target)
		return nil
	}
	x.files[f.name] = f
	return nil
}

// component is what a file belongs to: a dependency, or the function itself.
func component(name string) string {
	parts := strings.Split(name, "/")
	for i, part := range parts {
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

// textual are endings of files that are no binaries.
var textual = []string{".py", ".pyc", ".pyi", ".js", ".mjs", ".cjs", ".ts", ".map", ".json", ".txt", ".md", ".rst", ".html", ".css", ".yml", ".yaml", ".toml", ".rb", ".java", ".class", ".jar", ".dll", ".xml", ".csv", ".png", ".svg"}

func (x *examination) seeBinary(f file) error {
	if f.size < elfHeader || slices.Contains(textual, path.Ext(f.name)) {
		return nil
	}
	head, err := f.head(elfHeader)
	if err != nil || len(head) < elfHeader || !bytes.HasPrefix(head, []byte(elfMagic)) {
		return err
	}
	machine := "another processor"
	switch binary.LittleEndian.Uint16(head[18:]) {
	case elfX86:
		machine = "x86_64"
	case elfARM:
		machine = "arm64"
	}
	of := component(f.name)
	if x.binaries[of] == nil {
		x.binaries[of] = map[string][]string{}
	}
	x.binaries[of][machine] = append(x.binaries[of][machine], f.name)
	return nil
}

// judgeBinaries finds dependencies that were built for another processor. One
// that brings binaries for several is left alone.
func (x *examination) judgeBinaries() {
	if x.run.Architecture == "" {
		return
	}
	for _, of := range sorted(x.binaries) {
		machines := x.binaries[of]
		if len(machines[x.run.Architecture]) > 0 {
			continue
		}
		for _, machine := range sorted(machines) {
			names := machines[machine]
			x.remark("architecture", true, fmt.Sprintf("%s is built for %s", x.wheel(of), machine),
				"%q and %d more of it are for %s, and the function runs on %s: the import fails at the first call. Build the package for %s (pip install --platform manylinux2014_%s --only-binary=:all:, npm install --cpu=%s), or write architecture = %q.",
				names[0], len(names)-1, machine, x.run.Architecture, x.run.Architecture, map[string]string{"arm64": "aarch64", "x86_64": "x86_64"}[x.run.Architecture],
				map[string]string{"arm64": "arm64", "x86_64": "x64"}[x.run.Architecture], machine)
			break
		}
	}
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

// seeKey finds private keys and files that hold credentials.
func (x *examination) seeKey(f file) error {
	base := path.Base(f.name)
	switch {
	case base == ".env" || strings.HasPrefix(base, ".env.") || base == "credentials" && strings.HasSuffix(path.Dir(f.name), ".aws") || base == ".npmrc" || base == ".pypirc" || base == ".netrc":
		x.remark("code", false, "The code package holds a file that usually holds secrets", "%q goes with the code to whoever may read the function. Leave it out of the package, and keep secrets in Secrets Manager or Parameter Store.", f.name)
	case slices.Contains([]string{".pem", ".key", ".p8", ".ppk"}, path.Ext(base)) || strings.HasPrefix(base, "id_") && path.Ext(base) == "":
		head, err := f.head(keyLooked)
		if err != nil {
			return err
		}
		if bytes.Contains(head, []byte("PRIVATE KEY-----")) {
			x.remark("code", true, "The code package holds a private key", "%q is a private key, and goes with the code to whoever may read the function. Leave it out of the package; keep it in Secrets Manager, or use a key of KMS.", f.name)
		}
	}
	return nil
}

// judgeWeight names the heaviest parts of a package that is slow to start.
func (x *examination) judgeWeight() {
	if x.total <= heavy {
		return
	}
	parts := sorted(x.weights)
	slices.SortStableFunc(parts, func(a, b string) int { return cmp.Compare(x.weights[b], x.weights[a]) })
	var lines []string
	for _, p := range parts[:min(5, len(parts))] {
		lines = append(lines, fmt.Sprintf("  %s: %.1f MB", p, float64(x.weights[p])/(1<<20)))
	}
	x.remark("code", false, "The code package is heavy", "It has %d files of %d MB in %d parts, all of which Lambda loads at every cold start. The heaviest:\n\n%s\n\nLeave out what the function does not import.",
		len(x.files), x.total>>20, len(parts), strings.Join(lines, "\n"))
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

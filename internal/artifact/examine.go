package artifact

import (
	"bytes"
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/secrets"
)

// Run is how Lambda will run a package. What is empty is not known.
type Run struct {
	Runtime, Handler, Architecture string
	// Layers says that layers bring files too.
	Layers bool
	// NodeOptions says that NODE_OPTIONS is set, or may be: it can change what
	// Node.js takes for a module.
	NodeOptions bool
}

// Remark is what is wrong with the contents of a package.
type Remark struct {
	// At is the attribute: handler, runtime, architecture or code.
	At string
	// Stops says that the function would not run, or would give something away.
	Stops           bool
	Summary, Detail string
}

// Secret is where a package holds a secret, and what it is taken for. What it
// is, is not repeated.
type Secret struct {
	File   string
	Line   int
	Reason string
}

// String names the place: "app.py:3 (github-pat)", without a line where there are
// none.
func (s Secret) String() string {
	if s.Line == 0 {
		return fmt.Sprintf("%s (%s)", s.File, s.Reason)
	}
	return fmt.Sprintf("%s:%d (%s)", s.File, s.Line, s.Reason)
}

// Examined is what was found in a package.
type Examined struct {
	Remarks []Remark
	// Secrets are those in the user's own files. What dependencies hold is a
	// remark: they are full of keys for tests.
	Secrets []Secret
}

// How much of a file is looked at for one thing, in bytes.
const (
	codeLooked = 4 << 20
	keyLooked  = 8 << 10
	linkLooked = 4 << 10
)

// heavy is from where on the weight of a package is worth a word: Lambda loads
// it at every cold start.
// https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html
const heavy = 50 << 20

// examination is what has been seen of a package.
type examination struct {
	Examined

	run Run
	// single says that the package is one file, which is no archive.
	single bool
	files  map[string]file
	links  map[string]string // where they lead, at run time
	// toImage are the links into the runtime's image, and where they lead.
	toImage []string
	// toLayers are the links into layers, and where they lead.
	toLayers []string
	// turns are the links that go down and up again.
	turns []turn
	// linkedJars are the jars that lib reaches through links.
	linkedJars map[string]bool
	// installed are the folders and files at a root that pip put there.
	installed map[string]bool
	// binaries are the machines of the binaries of each component.
	binaries map[string]map[string][]string
	weights  map[string]int64
	// glibcs are N of the newest glibc 2.N that each binary names.
	glibcs map[string]int
	// told are the files that something has been said of.
	told  map[string]bool
	total int64
	jars  []jarAnswer
	// classes are what jars hold of the handler's class.
	classes  [][]byte
	odd      oddities
	testKeys []string // of dependencies
	// partly are archives within the package of which not all was looked at.
	partly []string
}

// Examine looks at what is in a package: whether the handler is there, whether
// binaries are for the right processor, and what should not be shipped. Every
// file is read once and none is unpacked to disk.
func Examine(at string, run Run) (Examined, error) {
	x := &examination{
		run: run, files: map[string]file{}, links: map[string]string{}, installed: map[string]bool{},
		binaries: map[string]map[string][]string{}, weights: map[string]int64{}, glibcs: map[string]int{}, told: map[string]bool{},
	}
	c, err := openContents(at)
	if err != nil {
		return Examined{}, err
	}
	defer c.close()
	x.single = c.single
	if err := x.examine(c); err != nil {
		return Examined{}, err
	}
	return x.Examined, nil
}

func (x *examination) examine(c contents) error {
	var files []file
	for _, f := range c.files {
		regular, err := x.see(f)
		if err != nil {
			return err
		}
		if regular {
			x.files[f.name] = f
			files = append(files, f)
		}
	}
	for _, f := range files {
		if err := x.seeDistribution(f); err != nil {
			return err
		}
	}
	if err := x.judgeTurns(); err != nil {
		return err
	}
	x.seeLinkedJars()
	seen, inflated, err := x.lookInside(files)
	if err != nil {
		return err
	}
	for i, f := range files {
		x.note(f, seen[i])
	}
	x.judgeGrowth(c.packed, inflated)
	if err := x.judgeHandler(); err != nil {
		return err
	}
	x.judgeLinks()
	x.judgeBinaries()
	if err := x.judgePythons(); err != nil {
		return err
	}
	x.judgeGlibc()
	x.judgeOddities()
	x.judgeTestKeys()
	x.judgePartly()
	x.judgeWeight()
	return nil
}

func (x *examination) remark(at string, stops bool, summary, format string, arguments ...any) {
	x.Remarks = append(x.Remarks, Remark{At: at, Stops: stops, Summary: summary, Detail: fmt.Sprintf(format, arguments...)})
}

// see judges a file by what its package says of it, and reports whether it can
// be looked into.
func (x *examination) see(f file) (regular bool, err error) {
	switch {
	case leaves(f.name):
		x.remark("code", true, "The code package holds a file outside of itself", "%q leads out of the package. Pack it again with names relative to its root.", f.name)
		return false, nil
	case f.encrypted:
		x.remark("code", true, "The code package holds an encrypted file", "%q is encrypted, and Lambda has no password. Pack it without one.", f.name)
		return false, nil
	case f.mode&fs.ModeSymlink != 0:
		return false, x.seeLink(f)
	}
	x.odd.see(f)
	if secrets.IsSettingsFile(f.name) {
		x.remark("code", false, "The code package holds a file that usually holds secrets", "%q goes with the code to everybody who may read the function. Leave it out of the package, and keep secrets in Secrets Manager or Parameter Store.", f.name)
	}
	return true, nil
}

// note takes note of what was seen in a file.
func (x *examination) note(f file, seen looked) {
	of := component(f.name)
	x.total += f.size
	x.weights[of] += f.size
	if seen.machine != "" {
		if x.binaries[of] == nil {
			x.binaries[of] = map[string][]string{}
		}
		x.binaries[of][seen.machine] = append(x.binaries[of][seen.machine], f.name)
	}
	if seen.glibc > 0 {
		x.glibcs[f.name] = seen.glibc
	}
	if seen.jar != noJar {
		x.jars = append(x.jars, seen.jar)
	}
	if seen.jar == withClass {
		x.classes = append(x.classes, seen.class)
	}
	x.Secrets = append(x.Secrets, seen.inside...)
	if seen.partly {
		x.partly = append(x.partly, f.name)
	}
	for _, s := range seen.secrets {
		found := Secret{f.name, s.Line, string(s.Reason)}
		if x.ofOthers(f.name) {
			x.testKeys = append(x.testKeys, found.String())
		} else {
			x.Secrets = append(x.Secrets, found)
		}
	}
}

// judgeTestKeys tells of what looks like a secret in dependencies.
func (x *examination) judgeTestKeys() {
	if len(x.testKeys) > 0 {
		x.remark("code", false, "Dependencies in the code package hold what looks like secrets",
			"%s: usually keys for the dependency's own tests, which anybody can read anyway. Check whether any of them is yours, and leave tests out of the package.", named(x.testKeys))
	}
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

// isKeyFile reports whether a file by its name is made to hold a private key.
func isKeyFile(name string) bool {
	base := path.Base(name)
	return slices.Contains([]string{".pem", ".key", ".p8", ".ppk"}, path.Ext(base)) || strings.HasPrefix(base, "id_") && path.Ext(base) == ""
}

// keyIn finds the private key in a file of keys, whole or not.
func keyIn(name string, head []byte) []secrets.Found {
	above, _, found := bytes.Cut(head, []byte("PRIVATE KEY-----"))
	if !found || !isKeyFile(name) {
		return nil
	}
	return []secrets.Found{{Line: 1 + bytes.Count(above, []byte("\n")), Reason: secrets.PrivateKey}}
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

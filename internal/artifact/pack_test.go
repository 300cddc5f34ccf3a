package artifact

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// golden is the package of the fixture. It changes when the compressor or the
// form of the zip does; then every unit would publish a new version without a
// change of its code, which belongs into the changelog.
const golden = "r1UcBeGMNXJeK6W5t0kG2uFR3UYW5pjS8bVWZqfhrio="

func TestPack_HasTheSameBytesOnEveryMachine(t *testing.T) {
	t.Parallel()
	reversed := names()
	slices.Reverse(reversed)
	later := writeFixture(t, names(), 0o644, 0o755)
	for _, name := range names() {
		must(t, os.Chtimes(filepath.Join(later, name), time.Now(), time.Date(2001, 2, 3, 4, 5, 7, 0, time.UTC)))
	}
	for what, root := range map[string]string{
		"plain":               writeFixture(t, names(), 0o644, 0o755),
		"other times":         later,
		"written backwards":   writeFixture(t, reversed, 0o644, 0o755),
		"group may write":     writeFixture(t, names(), 0o664, 0o775),
		"nobody else":         writeFixture(t, names(), 0o600, 0o700),
		"readable for all":    writeFixture(t, names(), 0o666, 0o777),
		"executable by owner": writeFixture(t, names(), 0o655, 0o744),
	} {
		_, digest, err := Read(root)
		must(t, err)
		same(t, what, digest, golden)
	}
}

func TestPack_TwoCopiesAreEqualByteForByte(t *testing.T) {
	t.Parallel()
	one, _, err := Read(writeFixture(t, names(), 0o644, 0o755))
	must(t, err)
	two, _, err := Read(writeFixture(t, names(), 0o664, 0o775))
	must(t, err)
	same(t, "equal", bytes.Equal(one, two), true)
}

func TestPack_EveryChangeOfTheCodeShows(t *testing.T) {
	t.Parallel()
	for what, change := range map[string]func(root string){
		"content":      func(root string) { write(t, root, "app.py", "other", 0o644) },
		"name":         func(root string) { must(t, os.Rename(filepath.Join(root, "app.py"), filepath.Join(root, "main.py"))) },
		"new file":     func(root string) { write(t, root, "new.py", "", 0o644) },
		"missing file": func(root string) { must(t, os.Remove(filepath.Join(root, "app.py"))) },
		"executable":   func(root string) { must(t, os.Chmod(filepath.Join(root, "app.py"), 0o755)) },
	} {
		root := writeFixture(t, names(), 0o644, 0o755)
		change(root)
		_, digest, err := Read(root)
		must(t, err)
		if digest == golden {
			t.Errorf("%s does not show", what)
		}
	}
}

func TestPack_HoldsFilesSortedWithTwoModesAndOneTime(t *testing.T) {
	t.Parallel()
	files, content := open(t, writeFixture(t, names(), 0o664, 0o775))
	var got []string
	for _, f := range files {
		got = append(got, f.Name)
		same(t, "time of "+f.Name, f.Modified.UTC(), time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC))
		same(t, "method of "+f.Name, f.Method, zip.Deflate)
		mode := os.FileMode(0o644)
		if executable(f.Name) {
			mode = 0o755
		}
		same(t, f.Name, content[f.Name], packed{mode, fixture[f.Name]})
	}
	same(t, "names", got, names())
}

func TestPack_LeavesOutWhatBelongsToTheMachine(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	write(t, root, "app.py", "kept", 0o644)
	write(t, root, ".gitignore", "kept", 0o644)
	write(t, root, "git/.gitkeep", "kept", 0o644)
	for _, name := range []string{
		".git/HEAD", "lib/.git", ".hg/store", ".svn/entries", ".DS_Store", "lib/.DS_Store",
		"__pycache__/app.pyc", "lib/__pycache__/a.pyc", ".terraform/providers/x",
	} {
		write(t, root, name, "left out", 0o644)
	}
	_, got := open(t, root)
	same(t, "package", got, map[string]packed{
		"app.py": {0o644, "kept"}, ".gitignore": {0o644, "kept"}, "git/.gitkeep": {0o644, "kept"},
	})
}

func TestPack_RootMayHaveAnyName(t *testing.T) {
	t.Parallel()
	root := filepath.Join(t.TempDir(), "__pycache__")
	write(t, root, "app.pyc", "compiled", 0o644)
	_, got := open(t, root)
	same(t, "package", got, map[string]packed{"app.pyc": {0o644, "compiled"}})
}

func TestPack_KeepsSymlinksInsideThePackage(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	write(t, root, "lib/real.sh", "content", 0o755)
	link(t, "lib/real.sh", root, "relative.sh")
	link(t, filepath.Join(root, "lib", "real.sh"), root, "absolute.sh")
	_, got := open(t, root)
	want := packed{modeLink, "lib/real.sh"}
	same(t, "package", got, map[string]packed{"lib/real.sh": {0o755, "content"}, "relative.sh": want, "absolute.sh": want})
}

func TestPack_OfARelativePathKeepsSymlinksToo(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	write(t, root, "real.sh", "content", 0o644)
	link(t, filepath.Join(root, "real.sh"), root, "absolute.sh")
	here, err := os.Getwd()
	must(t, err)
	relative, err := filepath.Rel(here, root)
	must(t, err)
	_, got := open(t, relative)
	same(t, "package", got["absolute.sh"], packed{modeLink, "real.sh"})
}

func TestPack_RootMayBeASymlink(t *testing.T) {
	t.Parallel()
	root, beside := writeFixture(t, names(), 0o644, 0o755), t.TempDir()
	link(t, root, beside, "current")
	_, digest, err := Read(filepath.Join(beside, "current"))
	must(t, err)
	same(t, "digest", digest, golden)
}

func TestPack_RefusesSymlinksThatLeadElsewhere(t *testing.T) {
	t.Parallel()
	const summary, remedy = "The code package holds a file that cannot be packed", "Copy the file into the package directory"
	outside := t.TempDir()
	write(t, outside, "secret", "secret", 0o644)
	for what, c := range map[string]struct {
		target, why string
	}{
		"outside":         {filepath.Join(outside, "secret"), "outside the package"},
		"left out":        {".git", "left out of every package"},
		"outside upwards": {"../../../../../../../../etc", "outside the package"},
		"dangling":        {"nowhere", "no such file"},
		"itself":          {"link", "too many links"},
	} {
		root := t.TempDir()
		write(t, root, "lib/app.py", "kept", 0o644)
		write(t, root, ".git/HEAD", "ref", 0o644)
		link(t, c.target, root, "link")
		t.Log(what)
		refused(t, root, summary, `"link"`, c.why, remedy)
	}
}

func TestPack_RefusesASiblingWhoseNameBeginsAlike(t *testing.T) {
	t.Parallel()
	both := t.TempDir()
	write(t, both, "app/app.py", "kept", 0o644)
	write(t, both, "app-secrets/token", "secret", 0o644)
	link(t, "../app-secrets/token", filepath.Join(both, "app"), "token")
	refused(t, filepath.Join(both, "app"), "The code package holds a file that cannot be packed", "outside the package")
}

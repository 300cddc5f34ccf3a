package artifact

import (
	"bytes"
	"path"
	"slices"
	"strings"
)

// dependencyFolders hold what others wrote, wherever they are.
var dependencyFolders = []string{"node_modules", "site-packages", "dist-packages", "vendor", "gems", "bower_components"}

const recordLooked = 1 << 20

// seeDistribution takes note of what pip installed at the root of a package: a
// distribution records its files. One that was made of a folder, as the user's
// own is, stays theirs.
func (x *examination) seeDistribution(f file) error {
	folder := path.Dir(f.name)
	if path.Base(f.name) != "RECORD" || !strings.HasSuffix(folder, ".dist-info") {
		return nil
	}
	if source, ok := x.files[path.Join(folder, "direct_url.json")]; ok {
		text, err := source.head(keyLooked)
		if err != nil {
			return err
		}
		if bytes.Contains(text, []byte(`"file:`)) {
			return nil
		}
	}
	text, err := f.head(recordLooked)
	if err != nil {
		return err
	}
	root := path.Dir(folder)
	for line := range strings.Lines(string(text)) {
		name, _, _ := strings.Cut(line, ",")
		top, _, _ := strings.Cut(strings.Trim(name, `"`), "/")
		if top != ".." && top != "bin" && top != "" {
			x.installed[path.Join(root, top)] = true
		}
	}
	return nil
}

// ofOthers reports whether a file belongs to a dependency. What holds the
// handler never does.
func (x *examination) ofOthers(name string) bool {
	if strings.HasPrefix(name, x.handlerStem()) {
		return false
	}
	for at := 0; ; {
		slash := strings.IndexByte(name[at:], '/')
		if slash < 0 {
			return x.installed[name] || strings.HasSuffix(name, ".jar")
		}
		folder := name[at : at+slash]
		if slices.Contains(dependencyFolders, folder) || x.installed[name[:at+slash]] || strings.HasSuffix(folder, ".dist-info") || strings.HasSuffix(folder, ".egg-info") {
			return true
		}
		at += slash + 1
	}
}

// handlerStem is what the name of the handler's file begins with.
func (x *examination) handlerStem() string {
	if x.run.Handler == "" || strings.HasPrefix(x.run.Runtime, "java") || strings.HasPrefix(x.run.Runtime, "dotnet") {
		return "\x00"
	}
	stem := strings.TrimPrefix(x.run.Handler, "./")
	if strings.HasPrefix(x.run.Runtime, "python") {
		top, _, deep := strings.Cut(path.Dir(strings.ReplaceAll(stem, ".", "/")), "/")
		if deep {
			return top + "/"
		}
		return top + "."
	}
	folder := strings.LastIndexByte(stem, '/') + 1
	if dot := strings.IndexByte(stem[folder:], '.'); dot >= 0 {
		stem = stem[:folder+dot]
	}
	return stem + "."
}

package artifact

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// modeLink is the mode that Linux gives to every link.
const modeLink = fs.ModeSymlink | 0o777

// layersAt is where Lambda unpacks layers.
// https://docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html
const layersAt = "/opt"

// newLink packs a link within the package as a link: Lambda unpacks it as one,
// and Node.js looks for what a module requires beside the file the link leads
// to, as pnpm relies on. It is written relative to its folder, so that the
// bytes do not depend on where the package was made. A link out of the package
// is refused, since a review does not see what it brings, unless it leads into
// a layer.
func newLink(root, path, name string) (entry, error) {
	if inLayer, ok := layerTarget(root, path); ok {
		return linkEntry(name, inLayer), nil
	}
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return entry{}, linkError(name, err.Error())
	}
	if !within(root, target) {
		why := "it points outside the package"
		if strings.Contains(filepath.ToSlash(name), "node_modules/") {
			why += " (pnpm deploy, or npm install --install-links, makes a directory that holds the packages of a workspace too)"
		}
		return entry{}, linkError(name, why)
	}
	info, err := os.Stat(target)
	if err != nil {
		return entry{}, err
	}
	inside, err := filepath.Rel(root, target)
	if err != nil {
		return entry{}, err
	}
	if slices.ContainsFunc(strings.Split(inside, string(filepath.Separator)), isSkipped) {
		if info.IsDir() {
			return entry{}, linkError(name, fmt.Sprintf("it leads to %q, which is left out of every package", filepath.ToSlash(inside)))
		}
		return newFile(name, target, info)
	}
	if !info.IsDir() && !info.Mode().IsRegular() {
		return entry{}, linkError(name, "it does not lead to a regular file")
	}
	relative, err := filepath.Rel(filepath.Dir(path), target)
	if err != nil {
		return entry{}, err
	}
	return linkEntry(name, filepath.ToSlash(relative)), nil
}

func linkEntry(name, target string) entry {
	return entry{name: filepath.ToSlash(name), mode: modeLink, target: target, size: int64(len(target))}
}

// layerTarget follows links, one after the other, to one into a layer. What is
// there on this machine does not matter.
func layerTarget(root, path string) (string, bool) {
	for range mostHops {
		target, err := os.Readlink(path)
		if err != nil {
			return "", false
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(path), target)
		} else if clean := filepath.ToSlash(filepath.Clean(target)); below(clean, []string{layersAt}) && !within(root, target) {
			return clean, true
		}
		if !within(root, target) {
			return "", false
		}
		path = target
	}
	return "", false
}

// within reports whether a clean, absolute path is the root or below it.
func within(root, path string) bool {
	return path == root || strings.HasPrefix(path, strings.TrimSuffix(root, string(filepath.Separator))+string(filepath.Separator))
}

func linkError(name, why string) error {
	return &Error{
		Summary: "The code package holds a file that cannot be packed",
		Detail:  fmt.Sprintf("%q cannot be packed: %s. Copy the file into the package directory, or take the entry out.", name, why),
	}
}

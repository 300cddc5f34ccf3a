package artifact

import (
	"fmt"
	"path"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// checkNames refuses names of which not all can be files on every disk. Folders
// of an archive end in "/".
//
// The disk of Lambda tells "App.py" from "app.py". Those of macOS and Windows do
// not, so that a developer, and a scanner that unpacks the package there, has seen
// one of the two: which one, depends on their order.
func checkNames(names []string) error {
	files, folders := map[string]string{}, map[string]string{}
	for _, name := range names {
		if err := checkShown(name); err != nil {
			return err
		}
		if leaves(name) {
			continue // which is said of it
		}
		if strings.Contains("/"+strings.ReplaceAll(name, `\`, "/")+"/", "/../") {
			return twoReadings("%q goes up and down again on its way, and some leave the \"..\" out", packAnew+" Names are relative to the root of the package and go down only.", name)
		}
		clean := unpackedAs(name)
		if strings.HasSuffix(name, "/") {
			folders[folded(clean)] = name
			continue
		}
		key := folded(clean)
		if other, twice := files[key]; twice {
			return twins(other, name)
		}
		files[key] = name
		for folder := path.Dir(key); folder != "/" && folders[folder] == ""; folder = path.Dir(folder) {
			folders[folder] = name
		}
	}
	for key, name := range files {
		if inside, is := folders[key]; is {
			return twoReadings("%q is a file, and %q makes it a folder", "Rename one of them, and pack the files again.", name, inside)
		}
	}
	return nil
}

func twins(one, other string) error {
	if unpackedAs(one) != unpackedAs(other) {
		return &Error{
			Summary: "The code package holds two files that are one on other disks",
			Detail: fmt.Sprintf("%q and %q differ in nothing but case, or in how a letter is encoded. The disk of Lambda keeps both; those of macOS and Windows keep one, so that what runs may not be what was looked at. "+
				"Rename one of them, or leave it out.", one, other),
		}
	}
	as := ""
	if one != other {
		as = fmt.Sprintf(", as %q and as %q", one, other)
	}
	return twoReadings("The archive holds %q twice%s", "Leave one of them out: pack the files again, into an archive that does not exist yet.", strings.TrimPrefix(unpackedAs(one), "/"), as)
}

// unpackedAs is where a file lands, with programs that take a backslash for what
// Windows does too.
func unpackedAs(name string) string { return path.Clean("/" + strings.ReplaceAll(name, `\`, "/")) }

// folded is what two names have in common that are one on a disk which does not
// tell case.
func folded(name string) string {
	if isASCII(name) {
		return strings.ToLower(name)
	}
	return cases.Fold().String(norm.NFC.String(name))
}

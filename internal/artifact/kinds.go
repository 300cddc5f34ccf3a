package artifact

import (
	"fmt"
	"strings"
	"unicode"
)

// What the attributes of a file say that it is: the upper half as Unix has it, the
// lower one as DOS has it.
const (
	kindMask   = 0o170000
	kindPipe   = 0o010000
	kindChar   = 0o020000
	kindFolder = 0o040000
	kindBlock  = 0o060000
	kindFile   = 0o100000
	kindLink   = 0o120000
	kindSocket = 0o140000

	dosLabel  = 0x08
	dosFolder = 0x10

	// emptyStream is how long nothing is when it is compressed, as jar writes folders.
	emptyStream = 2
)

// checkKind refuses what is no file, folder or link, and what is two of them: one
// program goes by the name of an entry, another one by its attributes.
func (r record) checkKind() error {
	kind := r.attributes >> 16 & kindMask
	folder := strings.HasSuffix(r.name, "/")
	switch kind {
	case 0, kindFile, kindFolder:
	case kindLink:
		if folder {
			return twoReadings("%q is a link by its mode, and a folder by its name", packAnew, r.name)
		}
		if !hasModes(r.creator) {
			return twoReadings("%q is a link by its mode, and a file of a system without links by the rest", packAnew, r.name)
		}
	case kindPipe:
		return noFile(r.name, "a pipe")
	case kindSocket:
		return noFile(r.name, "a socket")
	case kindChar, kindBlock:
		return noFile(r.name, "a device")
	default:
		return noFile(r.name, "of no kind that Linux knows")
	}
	switch {
	case r.flags&flagPatch != 0:
		return &Error{
			Summary: "The code package is compressed in a way that Lambda cannot unpack",
			Detail:  fmt.Sprintf("%q is patch data, the changes to a file that is not in the archive, so the function could not be made. Pack the file itself.", r.name),
		}
	case folder && (r.size > 0 || r.packed > emptyStream):
		return twoReadings("%q is a folder by its name, and has contents as a file has", packAnew, r.name)
	case !folder && r.size+r.packed > 0 && (kind == kindFolder || r.attributes&dosFolder != 0):
		return twoReadings("%q is a folder by its attributes, and has contents as a file has", packAnew, r.name)
	case r.attributes&dosLabel != 0 && !hasModes(r.creator):
		return noFile(r.name, "the label of a disk")
	case r.disk != 0:
		return twoReadings("%q is in another part of the archive, as its directory says", packAnew, r.name)
	}
	return nil
}

func noFile(name, is string) error {
	return &Error{
		Summary: "The code package holds something else than files",
		Detail:  fmt.Sprintf("%q is %s. Lambda unpacks files, folders and links, and the plan can look at nothing else, so that what runs may not be what was looked at. Leave it out, and pack the files again.", name, is),
	}
}

// checkShown refuses names with signs that are not shown, or that change how the
// rest is: whoever reads a list of the files sees another name.
func checkShown(name string) error {
	if isASCII(name) && !strings.ContainsFunc(name, unicode.IsControl) {
		return nil
	}
	for _, r := range name {
		if !unicode.IsControl(r) && !strings.ContainsRune(notShown, r) || r == 0 {
			continue
		}
		return &Error{
			Summary: "The code package holds a name that cannot be read",
			Detail: fmt.Sprintf("%q has a sign that is not shown (%U): a list of the files shows another name, so that what runs may not be what was looked at. "+
				"Rename the file, or leave it out, and pack the files again.", name, r),
		}
	}
	return nil
}

// notShown are marks and overrides of the direction of a text, spaces without a
// width, and ends of lines. Joiners are left out: some languages spell with them.
const notShown = "\u061c\u200b\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\u00ad"

package artifact

import "strings"

// oddities are names and modes of files that mean something else at run time
// than where the package was made.
type oddities struct {
	writable, unreadable, backslashed []string
}

func (o *oddities) see(f file) {
	switch {
	case f.unmoded:
	case f.mode&0o002 != 0:
		o.writable = append(o.writable, f.name)
	case f.packed && f.mode&0o004 == 0: // the modes of a folder are set when it is packed
		o.unreadable = append(o.unreadable, f.name)
	}
	if f.packed && strings.Contains(f.name, `\`) {
		o.backslashed = append(o.backslashed, f.name)
	}
}

func (x *examination) judgeOddities() {
	for _, odd := range []struct {
		names           []string
		summary, detail string
	}{
		{x.odd.writable, "The code package holds files that everybody may write",
			"%s of mode 0666 or alike: code that anything in the sandbox may change is not the code that was reviewed. Pack files with mode 0644 or 0755."},
		// https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-deployment.html
		{x.odd.unreadable, "The code package holds files that the function may not read",
			"%s of mode 0600 or alike: the function runs as another user than the owner of its files, so that it gets \"permission denied\" when it opens them. Pack files with mode 0644, and programs with 0755."},
		{x.odd.backslashed, "The code package holds names with backslashes",
			"%s: Lambda runs on Linux, where a backslash is a part of the name and makes no folder. Pack it again with a tool that writes /."},
	} {
		if len(odd.names) > 0 {
			x.remark("code", false, odd.summary, odd.detail, named(odd.names))
		}
	}
}

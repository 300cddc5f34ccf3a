package artifact

import (
	"bytes"
	"path"
	"slices"
	"strings"
)

// scriptLooked is how much of a bootstrap is read, in bytes: the first line of a
// script, or the head of a program.
const scriptLooked = 16 << 10

// loaders are those of Amazon Linux, for both processors.
var loaders = []string{
	"/lib64/ld-linux-x86-64.so.2", "/usr/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1", "/lib64/ld-linux-aarch64.so.1", "/usr/lib/ld-linux-aarch64.so.1",
}

// notInProvided are interpreters that the images of custom runtimes lack. The one
// of Amazon Linux 2 has a Python 2 for its package manager.
// https://docs.aws.amazon.com/linux/al2023/ug/barebones-containers.html
var notInProvided = []string{"python3", "node", "nodejs", "ruby", "perl", "php", "deno", "bun", "lua", "pwsh", "Rscript", "zsh", "ksh", "fish", "dash"}

// judgeBootstrap wants an executable named bootstrap at the root, for the right
// processor or a script.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html
func (x *examination) judgeBootstrap() error {
	f, ok, open := x.find("bootstrap")
	if open {
		return nil
	}
	if !ok {
		x.remark("code", true, "The package has no bootstrap", "Runtime %s starts an executable named bootstrap at the root of the package, or of a layer%s. Name it so.", x.run.Runtime, x.elsewhere("bootstrap", []string{""}))
		return nil
	}
	switch {
	case f.unmoded && f.mode&0o111 == 0:
		x.remark("code", true, "The bootstrap is not executable", "The archive was made on a system that has no modes, so that Lambda cannot start %q. Pack it on Linux or macOS, or with build-lambda-zip.", f.name)
	case f.mode&0o111 == 0:
		x.remark("code", true, "The bootstrap is not executable", "%q has mode %v, so Lambda cannot start it. Run chmod 755 on it before it is packed.", f.name, f.mode.Perm())
	}
	head, err := f.head(scriptLooked)
	if err != nil {
		return err
	}
	if script, isScript := bytes.CutPrefix(head, []byte("#!")); isScript {
		x.judgeScript(f.name, script)
	}
	if loader := loaderOf(head); loader != "" && !strings.HasPrefix(loader, unpackedAt+"/") && !slices.Contains(loaders, loader) && !needsMusl(head) {
		x.remark("code", true, "The bootstrap needs a loader that Lambda does not have", "%q is loaded by %q, which Amazon Linux does not have, so that every start fails with \"no such file or directory\". "+
			"Build it on Amazon Linux, or link it statically.", f.name, loader)
	}
	if !bytes.HasPrefix(head, []byte(elfMagic)) && !bytes.HasPrefix(head, []byte("#!")) {
		x.remark("code", true, "The bootstrap is no program for Linux", "%q is neither an ELF executable nor a script that begins with #!. Build it for Linux (GOOS=linux).", f.name)
	}
	return nil
}

// judgeScript judges the first line of a bootstrap, after #!.
func (x *examination) judgeScript(name string, script []byte) {
	line, _, _ := bytes.Cut(script, []byte("\n"))
	words := strings.Fields(string(line))
	if len(words) == 0 {
		return
	}
	if bytes.HasSuffix(line, []byte("\r")) {
		x.remark("code", true, "The bootstrap has the line ends of Windows", "The first line of %q ends with a carriage return, so that Linux looks for the interpreter \"%s\\r\" and every start fails. "+
			"Write the file with LF alone (dos2unix, or \"bootstrap text eol=lf\" in .gitattributes).", name, words[len(words)-1])
		return
	}
	interpreter, found := words[0], words[0]
	if path.Base(interpreter) == "env" {
		words = slices.DeleteFunc(words[1:], func(word string) bool { return strings.HasPrefix(word, "-") || strings.Contains(word, "=") })
		if len(words) == 0 {
			return
		}
		found = words[0]
	}
	if inside, isInside := strings.CutPrefix(found, unpackedAt+"/"); isInside {
		if _, ok, open := x.find(inside); !ok && !open {
			x.remark("code", true, "The bootstrap has no interpreter", "%q is started by %q, and the package has no %q. Pack the interpreter there, or name another one.", name, found, inside)
		}
		return
	}
	if isMissing(found) {
		x.remark("code", false, "The bootstrap is perhaps without an interpreter", "%q is started by %q, which the image of runtime %s does not have; without a layer or the package that bring it every start fails. "+
			"Write the bootstrap for /bin/sh, use the runtime that AWS offers for the language, or pack the interpreter and name it with its whole path.", name, found, x.run.Runtime)
	}
}

// isMissing reports whether an interpreter, by a path of the image or by its
// name alone, is known to be missing.
func isMissing(interpreter string) bool {
	folder, base := path.Split(interpreter)
	if folder != "" && !below(path.Clean(folder), []string{"/bin", "/usr/bin", "/usr/local/bin"}) {
		return false
	}
	return slices.Contains(notInProvided, base) || strings.HasPrefix(base, "python3.")
}

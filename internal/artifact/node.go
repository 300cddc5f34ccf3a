package artifact

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// nodeFiles are what Lambda's Node.js runtime tries after the name of a module,
// and nodeFolder what may be meant by a folder of that name. Of these require
// finds no index.mjs and index.cjs by itself.
// https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/blob/main/src/UserFunction.js
var (
	nodeFiles  = []string{"", ".js", ".mjs", ".cjs"}
	nodeFolder = []string{"/package.json", "/index.js", "/index.mjs", "/index.cjs", "/index.node"}
)

// judgeNode wants what folder/MODULE.export.of.export is loaded from: a file, a
// folder, or a module that was installed.
func (x *examination) judgeNode() error {
	handler := strings.TrimPrefix(x.run.Handler, unpackedAt+"/")
	folder, file := path.Split(handler)
	module, export, dotted := strings.Cut(file, ".")
	if !dotted {
		return nil // its form is judged elsewhere
	}
	for _, ending := range slices.Concat(nodeFiles, nodeFolder) {
		f, found, open := x.find(folder + module + ending)
		switch {
		case open, found && ending == "/package.json", found && ending == "/index.node":
			return nil // it says itself what is loaded
		case found && (ending == "/index.mjs" || ending == "/index.cjs"):
			x.remark("handler", false, "The handler is perhaps not found in its folder", "Handler %q is the folder %q, of which Node.js loads index.js, or what a package.json there names, and the package has %q. Name the file in the handler: %q.",
				x.run.Handler, folder+module, f.name, folder+module+"/index."+export)
			return nil
		case found:
			return x.judgeJavaScript(f, export)
		}
	}
	if module != "" && x.isInstalled(folder, module) {
		return nil
	}
	if f, found := x.inTypeScript(folder + module); found {
		x.remark("code", true, "The handler's file is not JavaScript", "Handler %q would be in %q, and the package has %q: Lambda looks for JavaScript alone. %s.", x.run.Handler, folder+module+".js", f, compileIt)
		return nil
	}
	tried := fmt.Sprintf("%q or %q or %q, or in a folder or module of that name", folder+module+".js", folder+module+".mjs", folder+module+".cjs")
	x.absent(tried, "has none of them", export, x.nearby(module, nodeFiles[1:]))
	return nil
}

// isInstalled looks for a module in node_modules, from the handler's folder up to
// the root. Of folder/MODULE the runtime asks for MODULE alone.
func (x *examination) isInstalled(folder, module string) bool {
	for at := path.Clean(folder); ; at = path.Dir(at) {
		for _, ending := range slices.Concat(nodeFiles, nodeFolder) {
			if _, found, open := x.find(path.Join(at, "node_modules", module) + ending); found || open {
				return true
			}
		}
		if at == "." || at == "/" {
			return false
		}
	}
}

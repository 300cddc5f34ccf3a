package artifact

import (
	"io/fs"
	"strings"
	"testing"
)

// TestExamine_NodeHandlers takes for a handler what Lambda's runtime takes.
func TestExamine_NodeHandlers(t *testing.T) {
	t.Parallel()
	const code, es = "exports.handler = exports.v1 = async () => 1\n", "export const handler = async () => 1\n"
	for name, c := range map[string]struct {
		handler, file string
		stops         bool
		says          string
	}{
		"file":                        {"src/api.handler", "src/api.js", false, ""},
		"file of ECMAScript":          {"src/api.handler", "src/api.mjs", false, ""},
		"file of CommonJS":            {"src/api.handler", "src/api.cjs", false, ""},
		"file without an ending":      {"src/api.handler", "src/api", false, ""},
		"folder":                      {"src/api.handler", "src/api/index.js", false, ""},
		"folder, ECMAScript":          {"src/api.handler", "src/api/index.mjs", false, `Name the file in the handler: "src/api/index.handler".`},
		"folder, CommonJS":            {"src/api.handler", "src/api/index.cjs", false, "perhaps not found in its folder"},
		"folder with package.json":    {"src/api.handler", "src/api/package.json", false, ""},
		"folder with an addon":        {"src/api.handler", "src/api/index.node", false, ""},
		"module":                      {"api.handler", "node_modules/api/package.json", false, ""},
		"module without package.json": {"api.handler", "node_modules/api/index.js", false, ""},
		"module of one file":          {"api.handler", "node_modules/api.js", false, ""},
		"module below the folder":     {"src/api.handler", "src/node_modules/api/index.js", false, ""},
		"module above the folder":     {"src/v1/api.handler", "node_modules/api/index.js", false, ""},
		"file of a module":            {"node_modules/wrapper/dist/run.handler", "node_modules/wrapper/dist/run.js", false, ""},
		"by the name at run time":     {"/var/task/src/api.handler", "src/api.js", false, ""},
		"export of an export":         {"src/api.v1.handler", "src/api/index.js", false, ""},
		"elsewhere":                   {"src/api.handler", "lib/api.js", true, `"src/api.js" or "src/api.mjs" or "src/api.cjs", or in a folder or module of that name, and the package has none of them; it has "lib/api.js". Did you mean handler = "lib/api.handler"?`},
		"folder with no module":       {"src/api.handler", "src/api/main.js", true, "not in the package"},
		"folder elsewhere":            {"src/api.handler", "lib/other/index.js", true, "none of them."},
		"module of another folder":    {"src/api.handler", "node_modules/src/api.js", true, "not in the package"},
		"module that begins alike":    {"api.handler", "node_modules/api-client/index.js", true, "not in the package"},
		"text":                        {"src/api.handler", "src/api.json", true, "not in the package"},
		"folder without the export":   {"src/api.main", "src/api/index.js", true, `"src/api/index.js" exports no "main"`},
	} {
		code := code
		if strings.HasSuffix(c.file, ".mjs") {
			code = es
		}
		run := Run{Runtime: "nodejs24.x", Handler: c.handler, Architecture: "arm64"}
		for form, at := range map[string]string{"zip": zipOf(t, shipped{name: c.file, text: code}), "folder": folderOf(t, shipped{name: c.file, text: code})} {
			wantRemark(t, name+" as "+form, examined(t, at, run), "handler", c.stops, c.says)
		}
	}
	linked := zipOf(t, shipped{name: "src/api", text: "../dist/api", mode: 0o777 | fs.ModeSymlink}, shipped{name: "dist/api/index.js", text: code})
	wantRemark(t, "linked folder", examined(t, linked, Run{Runtime: "nodejs24.x", Handler: "src/api.handler"}), "", false, "")
}

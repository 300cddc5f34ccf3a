package source

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/hashicorp/hcl/v2"
)

// module is one folder of configuration files.
type module struct {
	files  []file
	locals func() map[string]hcl.Expression
	// elsewhere says that the module comes from a registry or a repository, so
	// that whoever runs Terraform cannot correct it.
	elsewhere bool
}

func openModule(dir string, elsewhere bool) *module {
	m := &module{files: filesIn(dir), elsewhere: elsewhere}
	m.locals = sync.OnceValue(m.readLocals)
	return m
}

// about returns the files in which one of the words stands.
func (m *module) about(words ...string) []file {
	var out []file
	for _, f := range m.files {
		if f.mentions(words...) {
			out = append(out, f)
		}
	}
	parseAll(out)
	return out
}

// blocks lists the blocks of a type.
func (m *module) blocks(kind string, labels []string, words ...string) []located {
	var out []located
	schema := &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: kind, LabelNames: labels}}}
	for _, f := range m.about(words...) {
		body := f.body()
		if body == nil {
			continue
		}
		content, _, _ := body.PartialContent(schema)
		if content == nil {
			continue
		}
		for _, block := range content.Blocks {
			out = append(out, located{block, f})
		}
	}
	return out
}

// located is a block and the file that it stands in.
type located struct {
	*hcl.Block

	file file
}

func (m *module) readLocals() map[string]hcl.Expression {
	all := map[string]hcl.Expression{}
	for _, block := range m.blocks("locals", nil, "locals") {
		attributes, _ := block.Body.JustAttributes()
		for name, attribute := range attributes {
			all[name] = attribute.Expr
		}
	}
	return all
}

// localNames are what the module calls the provider of an address: what its
// required_providers say, and the usual name unless they give it to another.
func (m *module) localNames(address, usual string) map[string]bool {
	names := map[string]bool{usual: true}
	for _, block := range m.blocks("terraform", nil, "required_providers") {
		content, _, _ := block.Body.PartialContent(&hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "required_providers"}}})
		if content == nil {
			continue
		}
		for _, required := range content.Blocks {
			attributes, _ := required.Body.JustAttributes()
			for name, attribute := range attributes {
				if from, ok := sourceOf(attribute.Expr); ok {
					names[name] = from == address || strings.HasSuffix(from, "/"+address)
				}
			}
		}
	}
	return names
}

// sourceOf reads the source address of one entry of required_providers.
func sourceOf(e hcl.Expression) (string, bool) {
	pairs, diags := hcl.ExprMap(e)
	if diags.HasErrors() {
		return "", false
	}
	for _, pair := range pairs {
		if key, ok := literalText(pair.Key); ok && key == "source" {
			return literalText(pair.Value)
		}
	}
	return "", false
}

// inUse opens the module of a folder and all those that it calls, directly or
// not, as far as init has put them in place. One that is called several times
// is there once.
func inUse(dir, dataDir string) []*module {
	type call struct {
		key, dir  string
		elsewhere bool
	}
	placed := manifest(dir, dataDir)
	byDir, seen := map[string]*module{}, map[call]bool{}
	var out []*module
	for queue := []call{{dir: dir}}; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		if seen[at] {
			continue
		}
		seen[at] = true
		m, opened := byDir[at.dir]
		if !opened {
			m = openModule(at.dir, at.elsewhere)
			byDir[at.dir] = m
			out = append(out, m)
		}
		for _, block := range m.blocks("module", []string{"name"}, "module") {
			key := strings.TrimPrefix(at.key+"."+block.Labels[0], ".")
			if to, ok := placed[key]; ok {
				queue = append(queue, call{key, filepath.Join(dir, to.Dir), at.elsewhere || !isLocal(to.Source)})
			}
		}
	}
	return out
}

// record is what init notes about one module call.
type record struct{ Key, Source, Dir string }

// manifest reads where init has put modules, by the path of their calls.
func manifest(dir, dataDir string) map[string]record {
	if !filepath.IsAbs(dataDir) {
		dataDir = filepath.Join(dir, dataDir)
	}
	text, err := os.ReadFile(filepath.Join(dataDir, "modules", "modules.json"))
	if err != nil {
		return nil
	}
	var noted struct{ Modules []record }
	if json.Unmarshal(text, &noted) != nil {
		return nil
	}
	out := map[string]record{}
	for _, r := range noted.Modules {
		out[r.Key] = r
	}
	return out
}

// isLocal reports whether a module's source is a path of the same tree.
func isLocal(address string) bool {
	return address == "." || address == ".." || strings.HasPrefix(address, "./") || strings.HasPrefix(address, "../") ||
		strings.HasPrefix(address, `.\`) || strings.HasPrefix(address, `..\`)
}

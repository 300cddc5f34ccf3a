package source

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/json"
)

// file is one configuration file of a module, parsed when it is asked for.
type file struct {
	path     string
	text     []byte
	override bool
	body     func() hcl.Body // nil where the file has mistakes: the core reports them
}

// filesIn reads the configuration files of a folder in the order in which the
// core reads them: by name, override files last.
func filesIn(dir string) []file {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var files []file
	for _, entry := range entries { // sorted by name
		name := entry.Name()
		stem, isJSON, ok := configuration(name)
		if !ok || twin(entries, name) {
			continue
		}
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		files = append(files, file{
			path: path, text: text, override: stem == "override" || strings.HasSuffix(stem, "_override"),
			body: sync.OnceValue(func() hcl.Body { return parsed(path, text, isJSON) }),
		})
	}
	slices.SortStableFunc(files, func(a, b file) int { return rank(a) - rank(b) })
	return files
}

// twin reports whether a file stands beside one that only differs in whose it
// is: OpenTofu reads x.tofu instead of x.tf, Terraform the other way round, and
// which of them runs is not known here.
func twin(entries []os.DirEntry, name string) bool {
	other := strings.NewReplacer(".tofu", ".tf").Replace(name)
	if other == name {
		other = strings.Replace(name, ".tf", ".tofu", 1)
	}
	return slices.ContainsFunc(entries, func(e os.DirEntry) bool { return e.Name() == other })
}

func rank(f file) int {
	if f.override {
		return 1
	}
	return 0
}

// configuration reports whether the core reads a file of this name. OpenTofu
// reads its own endings too.
func configuration(name string) (stem string, isJSON, ok bool) {
	if strings.HasPrefix(name, ".") || strings.HasSuffix(name, "~") || strings.HasPrefix(name, "#") && strings.HasSuffix(name, "#") {
		return "", false, false
	}
	for _, ending := range []string{".tf.json", ".tofu.json"} {
		if stem, ok := strings.CutSuffix(name, ending); ok {
			return stem, true, true
		}
	}
	for _, ending := range []string{".tf", ".tofu"} {
		if stem, ok := strings.CutSuffix(name, ending); ok {
			return stem, false, true
		}
	}
	return "", false, false
}

func parsed(path string, text []byte, isJSON bool) hcl.Body {
	var f *hcl.File
	var diags hcl.Diagnostics
	if isJSON {
		f, diags = json.Parse(text, path)
	} else {
		f, diags = hclsyntax.ParseConfig(text, path, hcl.InitialPos)
	}
	if diags.HasErrors() || f == nil {
		return nil
	}
	return f.Body
}

// mentions reports whether one of the words stands in the file.
func (f file) mentions(words ...string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return bytes.Contains(f.text, []byte(word)) })
}

// parseAll parses files side by side.
func parseAll(files []file) {
	var group sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	for _, f := range files {
		slots <- struct{}{}
		group.Go(func() {
			f.body()
			<-slots
		})
	}
	group.Wait()
}
